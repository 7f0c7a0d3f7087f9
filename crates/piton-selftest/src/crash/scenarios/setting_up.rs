//! Setting up, settings, and the texts beside them.

use super::{ADD, Check, INIT, PLANNED, SET_UP, SETTLE, STEP, Scenario, Step};
use super::{of_demo, without_demo};

const COPY: &[&str] = &["prompt", "copy", "refactor"];
const AGENT_FILES: &[&str] = &["init", "--agent-files"];
const REPAIR: &[&str] = &["migration", "doctor", "--repair"];
const TRAFFIC: &[&str] = &["traffic", "init", "--repo", "acme/app"];
const WORKFLOW: &[&str] = &["init", "--ci"];

/// An agent that writes down a taste, as in an interview.
const TASTER: Step = Step::Append(
    "piton.toml",
    r#"
[agents.taster]
program = "sh"
interactive-arguments = ["-c", "P=${0#Read }; T=$(dirname ${P%% *}); printf 'taste-scoping-version: 1\\n\\nours\\n' >$T/taste.md; printf 'sha256:%s\\n' $(sha256sum $T/taste.md | cut -d' ' -f1) >$T/taste.md.done"]
"#,
);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "init",
        arrange: &[Step::Edits],
        command: INIT,
        next: INIT,
        nothing: None,
        holds: &[
            Check::There("piton.toml"),
            Check::There(".piton/taste.md"),
            Check::There("migrations/.gitkeep"),
        ],
        live: None,
        committed: None,
    },
    Scenario {
        name: "move",
        arrange: &[SET_UP, ADD, SETTLE, PLANNED, Step::Edits],
        command: &["init", "--migrations-dir", "other"],
        next: &["init", "--migrations-dir", "other"],
        nothing: None,
        holds: &[
            Check::There("other/demo/manifest.json"),
            Check::Gone("migrations"),
            Check::Says("piton.toml", "other"),
        ],
        live: None,
        committed: None,
    },
    Scenario {
        name: "taste",
        arrange: &[
            SET_UP,
            Step::Write(".piton/taste.md", "own\n"),
            ADD,
            SETTLE,
            PLANNED,
            Step::Edits,
        ],
        command: &["init", "--taste", "docs/taste.md"],
        next: &["init", "--taste", "docs/taste.md"],
        nothing: None,
        holds: &[
            Check::Is("docs/taste.md", "own\n"),
            Check::Gone(".piton/taste.md"),
            Check::Says("piton.toml", "docs/taste.md"),
        ],
        live: Some("migrations/demo"),
        committed: Some("migrations"),
    },
    Scenario {
        name: "set",
        arrange: &[SET_UP, ADD, SETTLE, Step::Edits],
        command: &["config", "set", "agent.model", "tall"],
        next: &["config", "set", "agent.model", "tall"],
        nothing: None,
        holds: &[
            Check::Says("piton.toml", "tall"),
            Check::Says("piton.toml", "migrations"),
        ],
        live: None,
        committed: Some("migrations"),
    },
    without_demo(
        "copy",
        &[SET_UP, ADD, SETTLE, Step::Edits],
        COPY,
        COPY,
        &[Check::There(".piton/prompts/refactor.md.j2")],
    ),
    without_demo(
        "agent-files",
        &[SET_UP, ADD, SETTLE, Step::Edits],
        AGENT_FILES,
        AGENT_FILES,
        &[Check::There(".claude"), Check::There(".agents")],
    ),
    Scenario {
        live: None,
        committed: Some("plans"),
        ..of_demo(
            "repair",
            &[
                SET_UP,
                ADD,
                SETTLE,
                PLANNED,
                Step::Piton(STEP),
                Step::Git(&["mv", "migrations", "plans"]),
                Step::Piton(&["config", "set", "migrations-dir", "plans"]),
                ADD,
                SETTLE,
                Step::Edits,
            ],
            REPAIR,
            REPAIR,
            &[
                Check::CommittedOnce("repair demo"),
                Check::Gone("migrations/demo"),
            ],
        )
    },
    without_demo(
        "interview",
        &[SET_UP, TASTER, ADD, SETTLE, Step::Edits],
        &[
            "{person}",
            "taste",
            "--interview",
            "--force",
            "--with",
            "taster",
        ],
        &["taste"],
        &[Check::Is(
            ".piton/taste.md",
            "taste-scoping-version: 1\n\nours\n",
        )],
    ),
    without_demo(
        "workflow",
        &[
            SET_UP,
            Step::Piton(&["config", "set", "ci.install", "1.0.0"]),
            Step::Piton(&["config", "set", "ci.agent", "claude@2.1.0"]),
            Step::Piton(&["config", "set", "ci.secret", "AGENT_KEY"]),
            ADD,
            SETTLE,
            Step::Edits,
        ],
        WORKFLOW,
        WORKFLOW,
        &[Check::There(".github/workflows/piton-plan.yml")],
    ),
    without_demo(
        "traffic",
        &[
            SET_UP,
            Step::Piton(&["config", "set", "ci.install", "1.0.0"]),
            ADD,
            SETTLE,
            Step::Edits,
        ],
        TRAFFIC,
        TRAFFIC,
        &[
            Check::There(".github/workflows/traffic-badges.yml"),
            Check::There("docs/stats/index.html"),
            Check::There("docs/stats/README.md"),
        ],
    ),
];
