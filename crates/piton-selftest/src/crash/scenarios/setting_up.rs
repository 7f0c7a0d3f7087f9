//! Setting up, settings, and the texts beside them.

use super::{
    ADD, BARE, BEGUN, Check, INIT, PLANNED, SETTLE, STEP, Scenario, Step, of_demo, set_up,
    without_demo,
};

const MOVE: &str = "init --migrations-dir other";
const TASTE: &str = "init --taste docs/taste.md";
const SET: &str = "config set agent.model tall";
const COPY: &str = "prompt copy refactor";
const AGENT_FILES: &str = "init --agent-files";
const REPAIR: &str = "migration doctor --repair";
const TRAFFIC: &str = "traffic init --repo acme/app";
const WORKFLOW: &str = "init --ci";

/// An agent that writes down a taste, as in an interview.
const TASTER: Step = Step::Append(
    "piton.toml",
    r#"
[agents.taster]
program = "sh"
interactive-arguments = ["-c", "P=${0#Read }; P=${P%% and do *}; T=${P%/*}/taste.md; printf 'taste-scoping-version: 1\\n\\nours\\n' >\"$T\"; printf 'sha256:%s\\n' $(sha256sum <\"$T\" | cut -d' ' -f1) >\"$T.done\""]
"#,
);

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        committed: None,
        ..without_demo(
            "init",
            [&[Step::Edits], &[], &[], &[], &[]],
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
        set_up(&[Step::Write(".piton/taste.md", "own\n")], &[PLANNED]),
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
            set_up(
                &[],
                &[
                    PLANNED,
                    Step::Piton(STEP),
                    Step::Git("mv migrations plans"),
                    Step::Piton("config set migrations-dir plans"),
                    ADD,
                    SETTLE,
                ],
            ),
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
        set_up(&[TASTER], &[]),
        "{person} taste --interview --force --with taster",
        "taste",
        &[Check::Is(
            ".piton/taste.md",
            "taste-scoping-version: 1\n\nours\n",
        )],
    ),
    without_demo(
        "workflow",
        set_up(
            &[
                Step::Piton("config set ci.install 1.0.0"),
                Step::Piton("config set ci.agent claude@2.1.0"),
                Step::Piton("config set ci.secret AGENT_KEY"),
            ],
            &[],
        ),
        WORKFLOW,
        WORKFLOW,
        &[Check::There(".github/workflows/piton-plan.yml")],
    ),
    without_demo(
        "traffic",
        set_up(&[Step::Piton("config set ci.install 1.0.0")], &[]),
        TRAFFIC,
        TRAFFIC,
        &[
            Check::There(".github/workflows/traffic-badges.yml"),
            Check::There("docs/stats/index.html"),
            Check::There("docs/stats/README.md"),
        ],
    ),
];
