//! Migrations, from their making to their end.

use super::{
    ADD, APPROACHES, APPROVE, APPROVED, BARE, BEGUN, Check, MANIFEST, NEW, OTHER, PICKED, PLANNED,
    READIED, SET_UP, SETTLE, STEP, STEPPED, Scenario, Step, UNDECIDED, of_demo, set_up,
};

const APPLY: &str = "apply {plan}";
const RESUME: &str = "journal resume";
const SAVED: Step = Step::Piton("migration step demo --plan-out {plan} {agent}");
const KILLED: Step = Step::Killed {
    command: APPLY,
    call: "renameat2",
    path: "migrations/demo",
};
const REJECT: &str = "migration reject demo --reason no";
const NO_JOURNAL: &str = "there is no journal to go on with";

/// An agent that approves in the copy that it is shown.
const TALKER: Step = Step::Append(
    "piton.toml",
    r#"
[agents.talker]
program = "sh"
interactive-arguments = ["-c", "sed -i 's/\"awaiting_human_review\": true/\"awaiting_human_review\": false/; s/\"human_review_reason\": \".*\"/\"human_review_reason\": null/' migrations/demo/manifest.json"]
"#,
);

/// A run in which the first phase is not ready, and is put off.
const PUT_OFF: Step = Step::Piton(
    "run --focus-on-live-migrations --with command --agent-command :: echo ready: no - not yet",
);

pub(super) const SCENARIOS: &[Scenario] = &[
    of_demo(
        "new",
        BARE,
        NEW,
        OTHER,
        &[
            Check::There(MANIFEST),
            Check::There("migrations/other/manifest.json"),
        ],
    ),
    of_demo("step", BEGUN, STEP, STEP, &[APPROACHES]),
    of_demo("again", STEPPED, STEP, STEP, &[APPROACHES, PICKED]),
    of_demo(
        "approve",
        UNDECIDED,
        APPROVE,
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"ready\"")],
    ),
    of_demo(
        "refine",
        UNDECIDED,
        "migration refine demo --record-only --message smaller",
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"planning\"")],
    ),
    of_demo(
        "reject",
        UNDECIDED,
        REJECT,
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"skipped\"")],
    ),
    of_demo(
        "reopen",
        set_up(&[], &[PLANNED, READIED, Step::Piton(REJECT)]),
        "migration reopen demo --message again",
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"planning\"")],
    ),
    of_demo(
        "revise",
        STEPPED,
        "migration refine demo --message smaller {agent}",
        STEP,
        &[PICKED],
    ),
    of_demo(
        "undo",
        STEPPED,
        "migration undo demo",
        OTHER,
        &[Check::CommittedOnce("undo demo")],
    ),
    of_demo(
        "rename",
        STEPPED,
        "migration rename demo fresh",
        OTHER,
        &[
            Check::There("migrations/fresh/manifest.json"),
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("rename demo"),
        ],
    ),
    of_demo(
        "archive",
        STEPPED,
        "migration archive demo",
        OTHER,
        &[
            Check::There("migrations/.archive/demo/manifest.json"),
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("archive demo"),
        ],
    ),
    of_demo(
        "delete",
        STEPPED,
        "migration delete demo",
        OTHER,
        &[
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("delete demo"),
        ],
    ),
    Scenario {
        nothing: Some(NO_JOURNAL),
        ..of_demo(
            "apply",
            set_up(&[], &[PLANNED, SAVED]),
            APPLY,
            RESUME,
            &[APPROACHES],
        )
    },
    Scenario {
        nothing: Some(NO_JOURNAL),
        ..of_demo(
            "resume",
            [
                &[SET_UP, ADD, SETTLE, PLANNED, SAVED],
                &[Step::Edits],
                &[KILLED],
                &[],
                &[],
            ],
            RESUME,
            RESUME,
            &[APPROACHES],
        )
    },
    of_demo(
        "wake",
        set_up(&[], &[PLANNED, READIED, APPROVED, PUT_OFF]),
        "migration wake demo",
        OTHER,
        &[
            Check::CommittedOnce("wake demo"),
            Check::Says(MANIFEST, "\"cooldown_until\": null"),
        ],
    ),
    of_demo(
        "review",
        set_up(&[TALKER], &[PLANNED, READIED]),
        "{person} migration review demo --with talker",
        OTHER,
        &[
            Check::CommittedOnce("review demo"),
            Check::Says(MANIFEST, "\"status\": \"ready\""),
        ],
    ),
];
