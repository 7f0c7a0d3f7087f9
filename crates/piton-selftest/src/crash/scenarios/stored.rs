//! Stored plans, in a directory of the repository, and what is reported to them.

use super::{
    CODE, Check, Ground, MANIFEST, PLANNED, READIED, Scenario, Step, of_demo, set_up, without_demo,
};

const STORE: &str = "plan create --file code.py --title Tidy";
const CLOSE: &str = "plan close tidy";
const SHARE: &str = "migration share demo";
const IMPLEMENT: &str = "plan implement tidy {agent}";
const LIST: &str = "plan list";
const IMPORT: &str = "migration import tidy";
const PREPARE: &str = "plan prepare tidy";
const SYNC: &str = "plan sync";

const LOCAL: Step = Step::Piton("config set plans.backend local");
const STORED: Step = Step::Piton(STORE);

const PLAN: &str = "plans/tidy/plan.md";
const COMMENTS: &str = "plans/tidy/comments";

/// The folder of somebody who works on the plan.
const FOLDER: Step = Step::Write(
    ".impl/plan-ref.json",
    r#"{"provider": "local", "pr_id": "tidy", "url": "", "title": "Tidy", "labels": [], "created_at": "2026-01-01T00:00:00+00:00", "synced_at": "2026-01-01T00:00:00+00:00"}
"#,
);
/// A report that could not be sent when it was made.
const WAITING: &str = ".git/piton/outbox/00000000000000000001-a.json";
const WAITS: Step = Step::Write(
    WAITING,
    r#"{"version": 1, "plan": "tidy", "provider": "local", "key": "k1", "patch": [["branch_name", "waited"]], "comment": "It waited.", "since": "2026-01-01T00:00:00Z"}
"#,
);

/// A plan that is stored, in a folder of somebody who works on it.
const WORKED_ON: Ground = set_up(&[CODE, LOCAL, STORED, FOLDER], &[]);

/// A scenario with a plan that is stored.
const fn of_tidy(
    name: &'static str,
    command: &'static str,
    next: &'static str,
    holds: &'static [Check],
) -> Scenario {
    without_demo(
        name,
        set_up(&[CODE, LOCAL, STORED], &[]),
        command,
        next,
        holds,
    )
}

pub(super) const SCENARIOS: &[Scenario] = &[
    without_demo(
        "store",
        set_up(&[CODE, LOCAL], &[]),
        STORE,
        LIST,
        &[Check::There(PLAN)],
    ),
    of_tidy(
        "comment",
        "plan comment tidy --text :: Look at this.",
        LIST,
        &[Check::Once(COMMENTS, "Look at this.")],
    ),
    of_tidy(
        "update",
        "plan update tidy --patch {\"branch_name\":\"b\"}",
        LIST,
        &[
            Check::Says(PLAN, "branch_name: b"),
            Check::Says(PLAN, "x=1"),
        ],
    ),
    of_tidy(
        "close",
        CLOSE,
        // In other words than before: these must not be told beside them.
        "plan close tidy --comment :: Never mind.",
        &[
            Check::Says("plans/tidy/plan.json", "\"closed\""),
            // One comment, whatever it says.
            Check::Once(COMMENTS, ""),
        ],
    ),
    of_tidy(
        "implement",
        IMPLEMENT,
        IMPLEMENT,
        &[
            Check::CommittedOnce("piton: Tidy"),
            Check::Says(PLAN, "last_local_impl_event: ended"),
        ],
    ),
    without_demo(
        "signal",
        WORKED_ON,
        "exec impl-signal started --session-id s",
        LIST,
        &[
            Check::There(".impl/local-run-state.json"),
            Check::Says(PLAN, "last_local_impl_session: s"),
            Check::Once(COMMENTS, "Worktree"),
        ],
    ),
    without_demo(
        "mark-started",
        WORKED_ON,
        "exec mark-impl-started --session-id s",
        LIST,
        &[
            Check::There(".impl/local-run-state.json"),
            Check::Says(PLAN, "last_local_impl_event: started"),
        ],
    ),
    without_demo(
        "mark-ended",
        WORKED_ON,
        "exec mark-impl-ended --session-id s",
        LIST,
        &[
            Check::There(".impl/local-run-state.json"),
            Check::Says(PLAN, "last_local_impl_event: ended"),
        ],
    ),
    of_tidy(
        "prepare",
        PREPARE,
        PREPARE,
        &[
            Check::Says(".impl/plan.md", "x=1"),
            Check::There(".impl/plan-ref.json"),
        ],
    ),
    Scenario {
        nothing: Some("is a migration already"),
        ..of_tidy(
            "import",
            IMPORT,
            IMPORT,
            &[
                Check::There("migrations/tidy/manifest.json"),
                Check::Gone("migrations/tidy-2"),
                Check::CommittedOnce("tidy"),
            ],
        )
    },
    of_demo(
        "sync",
        set_up(
            &[LOCAL],
            &[
                PLANNED,
                Step::Piton(SHARE),
                Step::Piton("plan comment tidy --text :: /piton reject no"),
            ],
        ),
        SYNC,
        SYNC,
        &[
            Check::CommittedOnce("reject demo"),
            Check::Says(MANIFEST, "\"status\": \"skipped\""),
            Check::Once(COMMENTS, "piton has read"),
        ],
    ),
    without_demo(
        "outbox",
        set_up(&[CODE, LOCAL, STORED, WAITS], &[]),
        "exec update-pr-header tidy objective_issue=7",
        "exec update-pr-header tidy learn_status=pending",
        &[
            Check::Gone(WAITING),
            Check::Says(PLAN, "branch_name: waited"),
            Check::Says(PLAN, "objective_issue: 7"),
            Check::Once(COMMENTS, "It waited."),
        ],
    ),
    Scenario {
        nothing: Some("is shared already"),
        ..of_demo(
            "share",
            set_up(&[LOCAL], &[PLANNED, READIED]),
            SHARE,
            SHARE,
            &[
                Check::CommittedOnce("share demo"),
                Check::There("plans/tidy/plan.json"),
                Check::Gone("plans/tidy-2"),
                Check::Says(MANIFEST, "demo"),
            ],
        )
    },
];
