//! A run of a migration of which nobody can read whether it is shared.

use std::fs;

use piton_selftest::trace::{Fault, SUPPORTED, Verdict, Watch};

use crate::shared::{share, team};
use crate::struck::{said, struck_at};
use crate::team::Team;

const NOTES: &str = "migrations/tidy/.planning/piton.json";
const RUN: [&str; 4] = ["run", "--focus-on-live-migrations", "--with", "script"];

/// A migration that is shared in this repository, and its plan.
fn shared() -> (Team, String) {
    let team = team("local");
    let id = share(&team);
    team.env.repo.commit_all("the plan");
    (team, id)
}

/// What the plan is told in comments.
fn told(team: &Team, id: &str) -> String {
    let dir = team.env.path().join("plans").join(id).join("comments");
    let comments = fs::read_dir(dir).into_iter().flatten();
    comments
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn it_is_said_which_migration_could_not_be_reported_and_what_to_do() {
    let (team, id) = shared();
    team.env.repo.write(NOTES, "{");
    team.env.repo.commit_all("notes that are none");
    let ran = team.run(&RUN);
    for word in [
        "warning: could not tell whether tidy is shared",
        NOTES,
        "`piton migration doctor tidy` says what is wrong",
        "if tidy is shared, its plan was told nothing of this run",
        "piton runs show",
    ] {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.shown());
    }
    assert_eq!(told(&team, &id), "", "{}", ran.shown());
}

#[test]
fn a_plan_is_told_all_of_it_although_the_notes_could_not_be_read_once() {
    if !SUPPORTED {
        return;
    }
    let (mut nth, mut warned) = (0, false);
    loop {
        let (team, id) = shared();
        let notes = team.env.path().canonicalize().unwrap().join(NOTES);
        let (mut seen, mut hit) = (0, false);
        let end = struck_at(&team.env, Watch::Opens, &RUN, &mut |point| {
            let reads = !point.writes && point.path == notes;
            seen += u32::from(reads);
            if hit || !reads || seen <= nth {
                return Verdict::Go;
            }
            hit = true;
            Verdict::Fail(Fault::InputOutput)
        });
        if !hit {
            break;
        }
        let (said, told) = (said(&team.env), told(&team, &id));
        let shown = format!("{nth}: {end:?}: {said}\n{told}");
        warned |= said.contains("could not tell whether tidy is shared");
        let landed = team.env.repo.read("src/lib.rs").matches("tidy").count();
        assert!(told.matches(": began ").count() >= landed, "{shown}");
        if landed > 0 {
            let header = team.header(&id);
            assert_eq!(header["last_local_impl_event"], "ended", "{shown}");
            assert!(told.contains(" started"), "{shown}");
        }
        nth += 1;
    }
    assert!(warned, "{nth} looks, and none of them to tell the plan");
}
