//! The tables of what is tried. Each command that writes has its rows in one.

mod formats;
mod planning;
mod running;
mod setting_up;
mod stored;

use super::scenario::{Check, Ground, Scenario, Step};

const INIT: &str = "init --migrations-dir migrations --validation-command true";
const NEW: &str = "migration new demo --target tidy";
const OTHER: &str = "migration new other --target tidy";
const STEP: &str = "migration step demo {agent}";
const READY: &str = "migration step demo --until ready {agent}";
const APPROVE: &str = "migration approve demo";
const RUN: &str = "run --focus-on-live-migrations {agent}";

const MANIFEST: &str = "migrations/demo/manifest.json";
const APPROACHES: Check = Check::CommittedOnce("planning/demo/approaches");
const PICKED: Check = Check::CommittedOnce("planning/demo/pick-best");

const ADD: Step = Step::Git("add --all");
const SETTLE: Step = Step::Git("commit --quiet --message settings");
const SET_UP: Step = Step::Piton(INIT);
/// What agents change, and the user does not.
const CODE: Step = Step::Write("code.py", "x=1\n");
const PLANNED: Step = Step::Piton(NEW);

const READIED: Step = Step::Waits(READY);
const APPROVED: Step = Step::Piton(APPROVE);

/// A repository that piton is set up in,
const BARE: Ground = set_up(&[], &[]);
/// with a migration,
const BEGUN: Ground = set_up(&[], &[PLANNED]);
/// whose first step is made,
const STEPPED: Ground = set_up(&[], &[PLANNED, Step::Piton(STEP)]);
/// or whose plan waits for a person.
const UNDECIDED: Ground = set_up(&[], &[PLANNED, READIED]);

/// A repository that piton is set up in, with what is committed with the
/// settings, and what is done then.
const fn set_up(with: &'static [Step], then: &'static [Step]) -> Ground {
    [&[SET_UP], with, &[ADD, SETTLE], then, &[Step::Edits]]
}

/// A scenario in a repository with a migration, which most are.
const fn of_demo(
    name: &'static str,
    arrange: Ground,
    command: &'static str,
    next: &'static str,
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

/// The same in one without.
const fn without_demo(
    name: &'static str,
    arrange: Ground,
    command: &'static str,
    next: &'static str,
    holds: &'static [Check],
) -> Scenario {
    Scenario {
        live: None,
        ..of_demo(name, arrange, command, next, holds)
    }
}

/// Returns all that is tried.
pub(super) fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        setting_up::SCENARIOS,
        planning::SCENARIOS,
        running::SCENARIOS,
        stored::SCENARIOS,
        formats::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_a_name_of_its_own() {
        for scenario in all() {
            let same = all().filter(|other| other.name == scenario.name);
            assert_eq!(same.count(), 1, "{}", scenario.name);
        }
    }
}
