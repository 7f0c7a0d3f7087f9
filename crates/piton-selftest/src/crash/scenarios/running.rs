//! Runs, and their records.

use super::{ADD, APPROACHES, APPROVE, CODE, Check, MANIFEST, PLANNED, READY, RUN, SET_UP, SETTLE};
use super::{STEP, STEPPED, Scenario, Step, of_demo, without_demo};

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

/// The same of a clean-up.
const KEPT_CODE: Step = Step::Waits(&[
    "run-once",
    "--paths",
    "code.py",
    "--with",
    "command",
    "--agent-command",
    "sh -c 'cat >/dev/null; echo x+=1 >>code.py; cd $HOME/../r; git rev-parse HEAD >.git/MERGE_HEAD; echo done'",
]);
const QUIT: Step = Step::Git(&["merge", "--quit"]);
/// A sealed agent could not begin one.
const UNSEALED: Step = Step::Piton(&["config", "set", "seal", "off"]);

/// Hooks of the user's: one changes what is committed, one the message.
const HOOKS: Step = Step::Git(&[
    "-c",
    "alias.do=!mkdir -p .git/hooks; \
     printf '%s\\n' '#!/bin/sh' 'grep -q tidy code.py || { echo \"# tidy\" >>code.py; git add code.py; }' >.git/hooks/pre-commit; \
     printf '%s\\n' '#!/bin/sh' 'grep -q Checked: \"$1\" || echo Checked: yes >>\"$1\"' >.git/hooks/commit-msg; \
     chmod +x .git/hooks/*",
    "do",
]);
/// A program that signs whatever it is given, and git asks it.
const SIGNS: Step = Step::Git(&[
    "-c",
    "alias.do=!printf '%s\\n' '#!/bin/sh' 'cat >/dev/null' \
     'echo >&2 \"[GNUPG:] SIG_CREATED D 1 8 00 0 X\"' \
     'echo -----BEGIN PGP SIGNATURE-----; echo; echo x; echo -----END PGP SIGNATURE-----' >.git/signs; \
     chmod +x .git/signs; git config commit.gpgsign true; git config gpg.program \"$PWD/.git/signs\"",
    "do",
]);
/// One that never does.
const SIGNS_NOT: Step = Step::Git(&["config", "gpg.program", "false"]);

pub(super) const SCENARIOS: &[Scenario] = &[
    of_demo(
        "kept",
        &[
            SET_UP,
            UNSEALED,
            ADD,
            SETTLE,
            PLANNED,
            KEPT,
            QUIT,
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
        STEPPED,
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
    without_demo(
        "hooks",
        &[SET_UP, CODE, ADD, SETTLE, HOOKS, Step::Edits],
        RUN_ONCE,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n# tidy\n"),
        ],
    ),
    without_demo(
        "signed",
        &[SET_UP, CODE, ADD, SETTLE, SIGNS, Step::Edits],
        RUN_ONCE,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n"),
        ],
    ),
    without_demo(
        "signed-later",
        &[
            SET_UP,
            CODE,
            ADD,
            SETTLE,
            SIGNS,
            SIGNS_NOT,
            Step::Waits(RUN_ONCE),
            SIGNS,
            Step::Edits,
        ],
        RUN,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n"),
        ],
    ),
    without_demo(
        "rebased",
        &[
            SET_UP,
            UNSEALED,
            CODE,
            ADD,
            SETTLE,
            KEPT_CODE,
            QUIT,
            Step::Write("other.py", "o=1\n"),
            Step::Git(&["add", "other.py"]),
            Step::Git(&["commit", "--quiet", "--message", "theirs"]),
            Step::Edits,
        ],
        RUN,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::CommittedOnce("theirs"),
            Check::Is("code.py", "x=1\nx+=1\n"),
            Check::Is("other.py", "o=1\n"),
        ],
    ),
    without_demo(
        "switched",
        &[
            SET_UP,
            UNSEALED,
            CODE,
            ADD,
            SETTLE,
            KEPT_CODE,
            QUIT,
            Step::Git(&["checkout", "--quiet", "-b", "elsewhere"]),
            Step::Edits,
        ],
        RUN,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=1\n"),
        ],
    ),
    without_demo(
        "detached",
        &[
            SET_UP,
            CODE,
            ADD,
            SETTLE,
            Step::Git(&["checkout", "--quiet", "--detach"]),
            Step::Edits,
        ],
        RUN_ONCE,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n"),
        ],
    ),
];
