//! The table of what is tried. Each command that writes has its rows here.

use super::scenario::{Check, Scenario, Step};

const INIT: &[&str] = &[
    "init",
    "--migrations-dir",
    "migrations",
    "--validation-command",
    "true",
];
const NEW: &[&str] = &["migration", "new", "demo", "--target", "tidy"];
const OTHER: &[&str] = &["migration", "new", "other", "--target", "tidy"];
const STEP: &[&str] = &["migration", "step", "demo", "{agent}"];
const READY: &[&str] = &["migration", "step", "demo", "--until", "ready", "{agent}"];
const SAVE: &[&str] = &[
    "migration",
    "step",
    "demo",
    "--plan-out",
    "{plan}",
    "{agent}",
];
const APPLY: &[&str] = &["apply", "{plan}"];
const RESUME: &[&str] = &["journal", "resume"];
const RUN: &[&str] = &["run", "--focus-on-live-migrations", "{agent}"];
const RUN_ONCE: &[&str] = &["run-once", "--paths", "code.py", "{agent}"];
const REJECT: &[&str] = &["migration", "reject", "demo", "--reason", "no"];
const STORE: &[&str] = &["plan", "create", "--file", "code.py", "--title", "Tidy"];
const COPY: &[&str] = &["prompt", "copy", "refactor"];
const AGENT_FILES: &[&str] = &["init", "--agent-files"];
const PRUNE: &[&str] = &["runs", "prune", "--keep", "0"];
const REPAIR: &[&str] = &["migration", "doctor", "--repair"];

const MANIFEST: &str = "migrations/demo/manifest.json";
const APPROACHES: Check = Check::CommittedOnce("planning/demo/approaches");
const PICKED: Check = Check::CommittedOnce("planning/demo/pick-best");
const NO_JOURNAL: &str = "no journal to go on with";

const ADD: Step = Step::Git(&["add", "--all"]);
const SETTLE: Step = Step::Git(&["commit", "--quiet", "--message", "settings"]);
const SET_UP: Step = Step::Piton(INIT);
/// What agents change, and the user does not.
const CODE: Step = Step::Write("code.py", "x=1\n");
const PLANNED: Step = Step::Piton(NEW);

/// A scenario in a repository with a migration, which most are.
const fn of_demo(
    name: &'static str,
    arrange: &'static [Step],
    command: &'static [&'static str],
    next: &'static [&'static str],
    holds: &'static [Check],
) -> Scenario {
    Scenario {
        name,
        arrange,
        command,
        next,
        nothing: None,
        holds,
        live: Some("migrations/demo"),
        committed: Some("migrations"),
    }
}

/// What is tried.
pub const SCENARIOS: &[Scenario] = &[
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
    of_demo(
        "new",
        &[SET_UP, ADD, SETTLE, Step::Edits],
        NEW,
        OTHER,
        &[
            Check::There(MANIFEST),
            Check::There("migrations/other/manifest.json"),
        ],
    ),
    of_demo(
        "step",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Edits],
        STEP,
        STEP,
        &[APPROACHES],
    ),
    of_demo(
        "again",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        STEP,
        STEP,
        &[APPROACHES, PICKED],
    ),
    of_demo(
        "approve",
        &[
            SET_UP,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Edits,
        ],
        &["migration", "approve", "demo"],
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"ready\"")],
    ),
    of_demo(
        "refine",
        &[
            SET_UP,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Edits,
        ],
        &[
            "migration",
            "refine",
            "demo",
            "--record-only",
            "--message",
            "smaller",
        ],
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"planning\"")],
    ),
    of_demo(
        "reject",
        &[
            SET_UP,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Edits,
        ],
        REJECT,
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"skipped\"")],
    ),
    of_demo(
        "reopen",
        &[
            SET_UP,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Piton(REJECT),
            Step::Edits,
        ],
        &["migration", "reopen", "demo", "--message", "again"],
        OTHER,
        &[Check::Says(MANIFEST, "\"status\": \"planning\"")],
    ),
    of_demo(
        "revise",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        &[
            "migration",
            "refine",
            "demo",
            "--message",
            "smaller",
            "{agent}",
        ],
        STEP,
        &[PICKED],
    ),
    of_demo(
        "undo",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        &["migration", "undo", "demo"],
        OTHER,
        &[Check::CommittedOnce("undo demo")],
    ),
    of_demo(
        "rename",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        &["migration", "rename", "demo", "fresh"],
        OTHER,
        &[
            Check::There("migrations/fresh/manifest.json"),
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("rename demo"),
        ],
    ),
    of_demo(
        "archive",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        &["migration", "archive", "demo"],
        OTHER,
        &[
            Check::There("migrations/.archive/demo/manifest.json"),
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("archive demo"),
        ],
    ),
    of_demo(
        "delete",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        &["migration", "delete", "demo"],
        OTHER,
        &[
            Check::Gone("migrations/demo"),
            Check::CommittedOnce("delete demo"),
        ],
    ),
    of_demo(
        "prune",
        &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(STEP), Step::Edits],
        PRUNE,
        PRUNE,
        &[APPROACHES, Check::Empty(".git/piton/runs")],
    ),
    Scenario {
        live: None,
        ..of_demo(
            "copy",
            &[SET_UP, ADD, SETTLE, Step::Edits],
            COPY,
            COPY,
            &[Check::There(".piton/prompts/refactor.md.j2")],
        )
    },
    Scenario {
        live: None,
        ..of_demo(
            "agent-files",
            &[SET_UP, ADD, SETTLE, Step::Edits],
            AGENT_FILES,
            AGENT_FILES,
            &[Check::There(".claude"), Check::There(".agents")],
        )
    },
    Scenario {
        live: None,
        ..of_demo(
            "store",
            &[
                SET_UP,
                CODE,
                Step::Piton(&["config", "set", "plans.backend", "local"]),
                ADD,
                SETTLE,
                Step::Edits,
            ],
            STORE,
            &["plan", "list"],
            &[Check::There("plans/tidy/plan.md")],
        )
    },
    of_demo(
        "phases",
        &[
            SET_UP,
            CODE,
            ADD,
            SETTLE,
            PLANNED,
            Step::Waits(READY),
            Step::Piton(&["migration", "approve", "demo"]),
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
    Scenario {
        live: None,
        ..of_demo(
            "clean-up",
            &[SET_UP, CODE, ADD, SETTLE, Step::Edits],
            RUN_ONCE,
            RUN,
            &[
                Check::CommittedOnce("piton: run-once"),
                Check::Is("code.py", "x=2\n"),
            ],
        )
    },
    Scenario {
        nothing: Some(NO_JOURNAL),
        ..of_demo(
            "apply",
            &[SET_UP, ADD, SETTLE, PLANNED, Step::Piton(SAVE), Step::Edits],
            APPLY,
            RESUME,
            &[APPROACHES],
        )
    },
    Scenario {
        nothing: Some(NO_JOURNAL),
        ..of_demo(
            "resume",
            &[
                SET_UP,
                ADD,
                SETTLE,
                PLANNED,
                Step::Piton(SAVE),
                Step::Edits,
                Step::Killed {
                    command: APPLY,
                    call: "renameat2",
                    path: "migrations/demo",
                },
            ],
            RESUME,
            RESUME,
            &[APPROACHES],
        )
    },
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
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_a_name_of_its_own() {
        for scenario in SCENARIOS {
            let same = SCENARIOS.iter().filter(|other| other.name == scenario.name);
            assert_eq!(same.count(), 1, "{}", scenario.name);
        }
    }
}
