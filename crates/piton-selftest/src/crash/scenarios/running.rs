//! Runs, and their records.

use super::{ADD, APPROACHES, APPROVE, CODE, Check, MANIFEST, PLANNED, READY, RUN, SET_UP, SETTLE};
use super::{STEP, Scenario, Step, of_demo, without_demo};

const RUN_ONCE: &[&str] = &["run-once", "--paths", "code.py", "{agent}"];
const PRUNE: &[&str] = &["runs", "prune", "--keep", "0"];

/// Two things to do at once, by an agent that does each only once.
const TARGETS: Step = Step::Write(
    "targets.jsonl",
    r#"{"description": "code", "files": ["code.py"]}
{"description": "more", "files": ["more.py"]}
"#,
);
const JOBS: &[&str] = &[
    "run",
    "--targets",
    "targets.jsonl",
    "--jobs",
    "2",
    "--with",
    "command",
    "--agent-command",
    "sh -c 'case $(cat) in *more.py*) F=more.py ;; *) F=code.py ;; esac; grep -q x+=1 $F || echo x+=1 >>$F; echo done'",
];

/// A run whose planning step cannot land, for its agent begins a merge.
const KEPT: Step = Step::Waits(&[
    "run",
    "--focus-on-live-migrations",
    "--with",
    "command",
    "--agent-command",
    "sh -c 'cat >/dev/null; cd $PITON_WORKSPACE; mkdir -p approaches; echo 1 >approaches/one.md; cd $HOME/../r; git rev-parse HEAD >.git/MERGE_HEAD; echo done'",
]);

pub(super) const SCENARIOS: &[Scenario] = &[
    of_demo(
        "kept",
        &[
            SET_UP,
            // A sealed agent could not begin one.
            Step::Piton(&["config", "set", "seal", "off"]),
            ADD,
            SETTLE,
            PLANNED,
            KEPT,
            Step::Git(&["merge", "--quit"]),
            Step::Edits,
        ],
        STEP,
        STEP,
        &[APPROACHES],
    ),
    of_demo(
        "phases",
        &[
            SET_UP,
            CODE,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Piton(APPROVE),
            Step::Edits,
        ],
        RUN,
        RUN,
        &[
            Check::CommittedOnce("migration/demo/phase-1-first.md"),
            Check::CommittedOnce("migration/demo/phase-2-second.md"),
            Check::Says(MANIFEST, "\"status\": \"done\""),
            Check::Is("code.py", "x=1\nx+=1\nx+=1\n"),
        ],
    ),
    without_demo(
        "clean-up",
        &[SET_UP, CODE, ADD, SETTLE, Step::Edits],
        RUN_ONCE,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n"),
        ],
    ),
    of_demo(
        "prune",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        PRUNE,
        PRUNE,
        &[APPROACHES, Check::Empty(".git/piton/runs")],
    ),
    without_demo(
        "jobs",
        &[
            SET_UP,
            CODE,
            Step::Write("more.py", "y=1\n"),
            TARGETS,
            ADD,
            SETTLE,
            Step::Edits,
        ],
        JOBS,
        RUN,
        &[
            Check::CommittedOnce("piton: code"),
            Check::CommittedOnce("piton: more"),
            Check::Is("code.py", "x=1\nx+=1\n"),
            Check::Is("more.py", "y=1\nx+=1\n"),
        ],
    ),
    of_demo(
        "run-plans",
        &[SET_UP, CODE, ADD, SETTLE, PLANNED, Step::Edits],
        RUN_ONCE,
        RUN_ONCE,
        &[APPROACHES],
    ),
];
