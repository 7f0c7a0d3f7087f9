//! Setting up, settings, and the texts beside them.

use super::{ADD, BARE, BEGUN, Check, INIT, PLANNED, SET_UP, SETTLE, STEP, Scenario, Step};
use super::{of_demo, without_demo};

const MOVE: &[&str] = &["init", "--migrations-dir", "other"];
const TASTE: &[&str] = &["init", "--taste", "docs/taste.md"];
const SET: &[&str] = &["config", "set", "agent.model", "tall"];
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
        committed: None,
        ..without_demo(
            "init",
            &[Step::Edits],
            INIT,
            INIT,
            &[
                Check::There("piton.toml"),
                Check::There(".piton/taste.md"),
                Check::There("migrations/.gitkeep"),
            ],
        )
    },
    Scenario {
        committed: None,
        ..without_demo(
            "move",
            BEGUN,
            MOVE,
            MOVE,
            &[
                Check::There("other/demo/manifest.json"),
                Check::Gone("migrations"),
                Check::Says("piton.toml", "other"),
            ],
        )
    },
    of_demo(
        "taste",
        &[
            SET_UP,
            Step::Write(".piton/taste.md", "own\n"),
            ADD,
            SETTLE,
            PLANNED,
            Step::Edits,
        ],
        TASTE,
        TASTE,
        &[
            Check::Is("docs/taste.md", "own\n"),
            Check::Gone(".piton/taste.md"),
            Check::Says("piton.toml", "docs/taste.md"),
        ],
    ),
    without_demo(
        "set",
        BARE,
        SET,
        SET,
        &[
            Check::Says("piton.toml", "tall"),
            Check::Says("piton.toml", "migrations"),
        ],
    ),
    without_demo(
        "copy",
        BARE,
        COPY,
        COPY,
        &[Check::There(".piton/prompts/refactor.md.j2")],
    ),
    without_demo(
        "agent-files",
        BARE,
        AGENT_FILES,
        AGENT_FILES,
        &[Check::There(".claude"), Check::There(".agents")],
    ),
    Scenario {
        committed: Some("plans"),
        ..without_demo(
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
