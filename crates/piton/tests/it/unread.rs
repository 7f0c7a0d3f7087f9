//! What the disk does not give away does not count as absent.

use std::path::Path;
use std::process::Command;

use piton_selftest::trace::{End, Fault, Point, SUPPORTED, Verdict, Watch};
use piton_testkit::forge::{self, FaultKind};

use crate::env::TestEnv;
use crate::failing_disk::half_mended;
use crate::overnight::Yard;
use crate::overnight_limits::{DEAR, describe};
use crate::stage::{GOOD, SLUG};
use crate::stored::Stored;
use crate::struck::{failed_at, killed_at, said, struck_at, struck_command};

/// Runs piton on a disk that does not give away what is meant.
fn kept_from(
    env: &TestEnv,
    (root, watch): (&Path, Watch),
    args: &[&str],
    meant: impl Fn(&Point) -> bool,
) -> (End, String) {
    let mut command = env.command(&["--non-interactive", "--yes"]);
    command.args(args);
    command_kept_from(env, (root, watch), command, meant)
}

/// The same of a command that finds a GitHub.
pub(crate) fn command_kept_from(
    env: &TestEnv,
    at: (&Path, Watch),
    command: Command,
    meant: impl Fn(&Point) -> bool,
) -> (End, String) {
    let shown = format!("{command:?}");
    let mut hit = false;
    let end = struck_command(env, at, command, &mut |point| {
        if point.writes || !meant(point) {
            return Verdict::Go;
        }
        hit = true;
        Verdict::Fail(Fault::InputOutput)
    });
    let said = said(env);
    assert!(hit, "{shown} looks at nothing like it: {said}");
    (end, said)
}

#[test]
fn what_was_spent_today_and_cannot_be_read_keeps_a_run_from_spending_more_and_is_not_pruned() {
    if !SUPPORTED {
        return;
    }
    let yard = Yard::with(4);
    let limits = "run.max-cost-per-day = 1";
    describe(&yard.env, DEAR, limits, "stream = \"claude-stream-json\"");
    let run = [
        "run",
        "--with=own",
        "--validation-command=sh check.sh",
        "--targets",
        &yard.targets,
    ];
    let ran = yard.env.run(&run);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let before = yard.env.repo.subjects();
    let runs = yard.env.path().join(".git/piton/runs");
    let records = || std::fs::read_dir(&runs).unwrap().count();
    let count = records();
    assert!(count > 0);
    let prune = ["runs", "prune", "--keep", "0"];
    for command in [&run[..], &prune] {
        let at = (yard.env.path(), Watch::Opens);
        let (end, said) = kept_from(&yard.env, at, command, |point| {
            point.path.ends_with("summary.json")
        });
        assert_eq!(end, End::Exit(1), "{said}");
        assert!(said.contains("could not read the run records"), "{said}");
        assert_eq!(yard.env.repo.subjects(), before, "{said}");
        assert_eq!(records(), count, "{said}");
    }
    let _ = yard.env.ok(&["runs", "prune", "--keep", "0", "-y"]);
    assert_eq!(records(), count, "today's are kept where they are counted");
}

#[test]
fn a_plan_that_was_made_and_cut_off_is_not_made_twice_because_a_disk_failed() {
    if !SUPPORTED {
        return;
    }
    for (watch, kept) in [(Watch::Opens, ".lock"), (Watch::Looks, ".lock.holder")] {
        let env = TestEnv::planned(0);
        let _ = env.ok(&["config", "set", "plans.backend", "local"]);
        env.repo.write("plan.txt", "Tidy it up.\n");
        let create = ["plan", "create", "--file", "plan.txt", "--title", "Tidy"];
        let mut made = false;
        let end = struck_at(&env, Watch::Writes, &create, &mut |point| {
            if made {
                return Verdict::Kill;
            }
            let to = point.other.as_ref();
            made = point.call.starts_with("rename") && to.is_some_and(|to| to.ends_with("tidy"));
            Verdict::Go
        });
        assert_eq!(end, End::Killed, "{}", said(&env));
        let at = (env.path(), watch);
        let (end, said) = kept_from(&env, at, &create, |point| {
            let path = point.path.to_string_lossy();
            path.contains("/journals/") && path.ends_with(kept)
        });
        let shown = env.run(&create).shown();
        let listed = env.ok(&["plan", "list", "--json"]).json();
        let count = listed["plans"].as_array().unwrap().len();
        assert_eq!(count, 1, "{kept}: {end:?}: {said}\nthen {shown}");
    }
}

#[test]
fn a_file_that_cannot_be_looked_at_is_not_told_to_be_missing() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::staged();
    let new = ["migration", "new", SLUG, "--target=x", "--file=src/lib.rs"];
    let at = (env.path(), Watch::Looks);
    let (end, said) = kept_from(&env, at, &new, |point| point.path.ends_with("src/lib.rs"));
    assert_eq!(end, End::Exit(1), "{said}");
    assert!(said.contains("could not look at"), "{said}");
}

#[test]
fn a_step_whose_migration_cannot_be_read_is_still_there_to_be_carried_on() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    let with: Vec<&str> = script.iter().map(String::as_str).collect();
    killed_at(
        &env,
        &[&["migration", "step", SLUG], &with[..]].concat(),
        |point| point.path.to_string_lossy().contains(".git/piton/runs/"),
    );
    let at = (env.path(), Watch::Opens);
    let (end, said) = kept_from(&env, at, &["journal", "resume"], |point| {
        point.path.ends_with("migrations/add-api")
    });
    assert_eq!(end, End::Exit(1), "{said}");
    assert!(!said.contains("no journal waits"), "{said}");
}

#[test]
fn a_registry_of_the_original_that_cannot_be_looked_at_is_told() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::with_cargo_project();
    let data = env.home.path().join(".local/share/continuous-refactoring");
    std::fs::create_dir_all(&data).unwrap();
    let registry = data.join("manifest.json");
    std::fs::write(&registry, "{}").unwrap();
    let at = (env.home.path(), Watch::Looks);
    let (end, said) = kept_from(&env, at, &["init"], |point| point.path == registry);
    assert_eq!(end, End::Exit(0), "{said}");
    assert!(said.contains("manifest.json cannot be read"), "{said}");
}

#[test]
fn a_repair_that_failed_and_cannot_be_looked_at_is_not_taken_for_one_that_did_nothing() {
    if !SUPPORTED {
        return;
    }
    let env = half_mended();
    let new = ["migration", "new", "second", "--target", "x"];
    let end = failed_at(&env, &new, |point| {
        !point.writes
            && point
                .path
                .ends_with(format!("plans/{SLUG}/.planning/state.json"))
    });
    let told = said(&env);
    assert_eq!(end, End::Exit(1), "{told}");
    for word in [
        "could not tell whether `piton migration doctor --repair`, which failed, was done",
        "state.json",
        "run the command again",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!env.repo.exists("plans/second"), "{told}");
    let ran = env.ok(&new);
    assert!(
        ran.stderr.contains("finished the interrupted"),
        "{}",
        ran.shown()
    );
    assert_eq!(env.repo.status(), "", "{}", ran.shown());
}

#[test]
fn a_clone_whose_name_cannot_be_read_writes_under_no_other_one() {
    if !SUPPORTED {
        return;
    }
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let comment = |text: &'static str| ["plan", "comment", plan.as_str(), "--text", text];
    let ran = stored.run(&comment("first"));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let at = (stored.env.path(), Watch::Opens);
    let second = stored.command(&comment("second"));
    let (end, said) = command_kept_from(&stored.env, at, second, |point| {
        point.path.ends_with("plans/clone")
    });
    assert_eq!(end, End::Exit(3), "{said}");
    assert!(
        said.contains("could not give this clone a name of its own"),
        "{said}"
    );
    let told = stored.fake.world(|world| {
        let comments = world.repo("acme/app").comments.values();
        comments.filter(|it| it.body.contains("second")).count()
    });
    assert_eq!(told, 0, "{said}");
}

#[test]
fn an_upload_that_may_have_been_made_is_looked_for_before_it_is_made_again() {
    if !SUPPORTED {
        return;
    }
    let stored = Stored::new();
    stored.env.repo.write("log.jsonl", "{\"a\": 1}\n");
    let upload = [
        "exec",
        "upload-session",
        "--session-file=log.jsonl",
        "--session-id=S",
        "--source=local",
    ];
    // It is made, and nobody is told.
    let made = forge::Fault::new("POST", "/gists", FaultKind::StatusAfter(502));
    stored.fake.fault(made);
    let unheard = forge::Fault::new("GET", "/gists", FaultKind::Status(404, "Not Found"));
    stored.fake.fault(unheard.times(u32::MAX));
    let ran = stored.run(&upload);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    stored.fake.clear_faults();
    let gists = || stored.fake.world(|world| world.gists.len());
    assert_eq!(gists(), 1);
    let at = (stored.env.path(), Watch::Looks);
    let again = stored.command(&upload);
    let (end, said) = command_kept_from(&stored.env, at, again, |point| {
        point
            .path
            .parent()
            .is_some_and(|it| it.ends_with("uploads"))
    });
    assert_eq!(end, End::Exit(0), "{said}");
    assert_eq!(gists(), 1, "{said}");
}
