//! Runs, and their records.

use super::{
    APPROACHES, APPROVED, CODE, Check, MANIFEST, PLANNED, READIED, RUN, STEP, STEPPED, Scenario,
    Step, of_demo, set_up, without_demo,
};

const RUN_ONCE: &str = "run-once --paths code.py {agent}";
const PRUNE: &str = "runs prune --keep 0";

/// Two things to do at once, by an agent that does each only once.
const TARGETS: Step = Step::Write(
    "targets.jsonl",
    r#"{"description": "code", "files": ["code.py"]}
{"description": "more", "files": ["more.py"]}
"#,
);
const JOBS: &str = "run --targets targets.jsonl --jobs 2 --with command --agent-command :: sh -c 'case $(cat) in *more.py*) F=more.py ;; *) F=code.py ;; esac; grep -q x+=1 $F || echo x+=1 >>$F; echo done'";

/// A run whose planning step cannot land, for its agent begins a merge.
const KEPT: Step = Step::Waits(
    "run --focus-on-live-migrations --with command --agent-command :: sh -c 'cat >/dev/null; cd $PITON_WORKSPACE; mkdir -p approaches; echo 1 >approaches/one.md; cd $HOME/../r; git rev-parse HEAD >.git/MERGE_HEAD; echo done'",
);

/// The same of a clean-up.
const KEPT_CODE: Step = Step::Waits(
    "run-once --paths code.py --with command --agent-command :: sh -c 'cat >/dev/null; echo x+=1 >>code.py; cd $HOME/../r; git rev-parse HEAD >.git/MERGE_HEAD; echo done'",
);
const QUIT: Step = Step::Git("merge --quit");
/// A sealed agent could not begin one.
const UNSEALED: Step = Step::Piton("config set seal off");

/// Hooks of the user's: one changes what is committed, one the message.
const HOOKS: Step = Step::Shell(
    "mkdir -p .git/hooks; \
     printf '%s\\n' '#!/bin/sh' 'grep -q tidy code.py || { echo \"# tidy\" >>code.py; git add code.py; }' >.git/hooks/pre-commit; \
     printf '%s\\n' '#!/bin/sh' 'grep -q Checked: \"$1\" || echo Checked: yes >>\"$1\"' >.git/hooks/commit-msg; \
     chmod +x .git/hooks/*",
);
/// A program that signs whatever it is given, and git asks it.
const SIGNS: Step = Step::Shell(
    "printf '%s\\n' '#!/bin/sh' 'cat >/dev/null' \
     'echo >&2 \"[GNUPG:] SIG_CREATED D 1 8 00 0 X\"' \
     'echo -----BEGIN PGP SIGNATURE-----; echo; echo x; echo -----END PGP SIGNATURE-----' >.git/signs; \
     chmod +x .git/signs; git config commit.gpgsign true; git config gpg.program \"$PWD/.git/signs\"",
);
/// One that never does.
const SIGNS_NOT: Step = Step::Git("config gpg.program false");

/// The clean-up of `code.py` is committed, once.
const CLEANED: &[Check] = &[
    Check::CommittedOnce("piton: run-once"),
    Check::Is("code.py", "x=2\n"),
];

pub(super) const SCENARIOS: &[Scenario] = &[
    of_demo(
        "kept",
        set_up(&[UNSEALED], &[PLANNED, KEPT, QUIT]),
        STEP,
        STEP,
        &[APPROACHES],
    ),
    of_demo(
        "phases",
        set_up(&[CODE], &[PLANNED, READIED, APPROVED]),
        RUN,
        RUN,
        &[
            Check::CommittedOnce("migration/demo/phase-1-first.md"),
            Check::CommittedOnce("migration/demo/phase-2-second.md"),
            Check::Says(MANIFEST, "\"status\": \"done\""),
            Check::Is("code.py", "x=1\nx+=1\nx+=1\n"),
        ],
    ),
    without_demo("clean-up", set_up(&[CODE], &[]), RUN_ONCE, RUN, CLEANED),
    of_demo(
        "prune",
        STEPPED,
        PRUNE,
        PRUNE,
        &[APPROACHES, Check::Empty(".git/piton/runs")],
    ),
    without_demo(
        "jobs",
        set_up(&[CODE, Step::Write("more.py", "y=1\n"), TARGETS], &[]),
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
        set_up(&[CODE], &[PLANNED]),
        RUN_ONCE,
        RUN_ONCE,
        &[APPROACHES],
    ),
    without_demo(
        "hooks",
        set_up(&[CODE], &[HOOKS]),
        RUN_ONCE,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=2\n# tidy\n"),
        ],
    ),
    without_demo("signed", set_up(&[CODE], &[SIGNS]), RUN_ONCE, RUN, CLEANED),
    without_demo(
        "signed-later",
        set_up(&[CODE], &[SIGNS, SIGNS_NOT, Step::Waits(RUN_ONCE), SIGNS]),
        RUN,
        RUN,
        CLEANED,
    ),
    without_demo(
        "rebased",
        set_up(
            &[UNSEALED, CODE],
            &[
                KEPT_CODE,
                QUIT,
                Step::Write("other.py", "o=1\n"),
                Step::Git("add other.py"),
                Step::Git("commit --quiet --message theirs"),
            ],
        ),
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
        set_up(
            &[UNSEALED, CODE],
            &[KEPT_CODE, QUIT, Step::Git("checkout --quiet -b elsewhere")],
        ),
        RUN,
        RUN,
        &[
            Check::CommittedOnce("piton: run-once"),
            Check::Is("code.py", "x=1\n"),
        ],
    ),
    without_demo(
        "detached",
        set_up(&[CODE], &[Step::Git("checkout --quiet --detach")]),
        RUN_ONCE,
        RUN,
        CLEANED,
    ),
];
