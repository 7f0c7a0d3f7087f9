//! Commands that are killed, or that a disk fails, at one call of their many.
//!
//! `piton selftest --crash` tries all of them; here stands what once went wrong.

use std::path::Path;
use std::time::Duration;

use piton_selftest::trace::{End, Fault, Point, SUPPORTED, Verdict, Watch, trace};

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};

const LIMIT: Duration = Duration::from_secs(60);

/// Runs piton, and at its calls in the repository asks what shall be done.
fn struck(env: &TestEnv, args: &[&str], decide: &mut dyn FnMut(&Point) -> Verdict) -> End {
    struck_at(env, Watch::Writes, args, decide)
}

fn struck_at(
    env: &TestEnv,
    watch: Watch,
    args: &[&str],
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> End {
    let root = env.path().canonicalize().unwrap();
    let mut command = env.command(&["--non-interactive", "--yes"]);
    let said = std::fs::File::create(env.home.path().join("said")).unwrap();
    command
        .args(args)
        .stdout(said.try_clone().unwrap())
        .stderr(said);
    trace(&mut command, &root, watch, LIMIT, decide)
        .unwrap()
        .end
}

/// Runs piton and kills it, and all that it started, at the first call that is
/// meant.
fn killed_at(env: &TestEnv, args: &[&str], meant: impl Fn(&Point) -> bool) {
    let mut hit = false;
    let end = struck(env, args, &mut |point| {
        if !hit && meant(point) {
            hit = true;
            return Verdict::Kill;
        }
        Verdict::Go
    });
    assert_eq!(end, End::Killed, "{args:?} has no such call");
}

fn said(env: &TestEnv) -> String {
    std::fs::read_to_string(env.home.path().join("said")).unwrap()
}

/// Whether a call gives a file this name.
fn names(point: &Point, name: &str) -> bool {
    let named = point.other.as_ref().unwrap_or(&point.path);
    point.call.starts_with("rename") && named.ends_with(name)
}

/// Whether a file of an unfinished write lies anywhere in the working tree.
fn scraps(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains("piton-tmp") {
            found.push(name);
        } else if entry.file_type().unwrap().is_dir() && name != ".git" {
            found.extend(scraps(&entry.path()));
        }
    }
    found
}

#[test]
fn an_init_that_moves_and_is_killed_is_finished_by_whatever_writes_next() {
    if !SUPPORTED {
        return;
    }
    let saved = |env: &TestEnv| env.home.path().join("saved").display().to_string();
    let next: [&[&str]; 7] = [
        &["init", "--migrations-dir", "other"],
        &["migration", "new", "second", "--target", "x"],
        &["config", "set", "agent.model", "tall"],
        &["run-once", "--paths", "src/lib.rs"],
        &["apply", "{saved}"],
        &["journal", "resume"],
        &["runs", "prune"],
    ];
    for command in next {
        let env = TestEnv::planned(0);
        let script = env.script("good", GOOD);
        let with: Vec<&str> = script.iter().map(String::as_str).collect();
        let place = saved(&env);
        let save = ["migration", "step", SLUG, "--plan-out", &place];
        let _ = env.ok(&[&save[..], &with].concat());
        killed_at(&env, &["init", "--migrations-dir", "other"], |point| {
            names(point, "piton.toml")
        });
        // The settings come last: until then they name the old place.
        assert!(!env.repo.read("piton.toml").contains("other"));
        assert!(env.repo.exists("other/add-api/manifest.json"));
        let mut args: Vec<&str> = (command.iter())
            .map(|arg| {
                if *arg == "{saved}" {
                    place.as_str()
                } else {
                    arg
                }
            })
            .collect();
        if command[0] == "run-once" {
            args.extend(with);
        }
        let ran = env.run(&[&["--non-interactive", "--yes"][..], &args].concat());
        let shown = format!("{command:?}: {}", ran.shown());
        assert!(env.repo.read("piton.toml").contains("other"), "{shown}");
        assert!(env.repo.exists("other/add-api/manifest.json"), "{shown}");
        assert!(!env.repo.exists("migrations"), "{shown}");
        // What was saved before is stale now, and is refused as such.
        match command[0] {
            "apply" => assert_eq!(ran.code, 5, "{shown}"),
            // What is to be cleaned up is another matter.
            "run-once" => {}
            _ => assert_eq!(ran.code, 0, "{shown}"),
        }
    }
}

#[test]
fn an_init_that_moves_and_fails_half_way_is_finished_by_whatever_writes_next() {
    if !SUPPORTED {
        return;
    }
    let next: [&[&str]; 4] = [
        &["init", "--migrations-dir", "other"],
        &["migration", "new", "second", "--target", "x"],
        &["config", "set", "agent.model", "tall"],
        &["runs", "prune"],
    ];
    for command in next {
        let env = TestEnv::planned(0);
        let end = struck(&env, &["init", "--migrations-dir", "other"], &mut |point| {
            if names(point, "piton.toml") {
                return Verdict::Fail(Fault::NoSpace);
            }
            Verdict::Go
        });
        assert_eq!(end, End::Exit(1), "{}", said(&env));
        assert!(!env.repo.read("piton.toml").contains("other"));
        assert!(env.repo.exists("other/add-api/manifest.json"));
        let ran = env.ok(&[&["--non-interactive", "--yes"][..], command].concat());
        let shown = format!("{command:?}: {}", ran.shown());
        assert!(env.repo.read("piton.toml").contains("other"), "{shown}");
        assert!(env.repo.exists("other/add-api/manifest.json"), "{shown}");
        assert!(!env.repo.exists("migrations"), "{shown}");
        assert!(shown.contains("finished the interrupted"), "{shown}");
    }
}

#[test]
fn a_close_that_was_killed_before_its_end_says_that_it_is_closed_only_once() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Tidy it up.\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
    let close = ["plan", "close", "tidy"];
    killed_at(&env, &close, |point| names(point, "plan.json"));
    let comments = || std::fs::read_dir(env.path().join("plans/tidy/comments")).unwrap();
    assert_eq!(comments().count(), 1);
    let ran = env.ok(&close);
    assert!(
        env.repo.read("plans/tidy/plan.json").contains("closed"),
        "{}",
        ran.shown()
    );
    assert_eq!(comments().count(), 1, "{}", ran.shown());
    assert_eq!(scraps(&env.path().join("plans")), [] as [String; 0]);
}

#[test]
fn a_plan_of_an_init_that_was_killed_is_finished_by_applying_it_again() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let saved = env.home.path().join("saved").display().to_string();
    let _ = env.ok(&["init", "--migrations-dir", "other", "--plan-out", &saved]);
    killed_at(&env, &["apply", &saved], |point| names(point, "piton.toml"));
    let ran = env.ok(&["--non-interactive", "--yes", "apply", &saved]);
    assert!(
        ran.stderr.contains("finished the interrupted"),
        "{}",
        ran.shown()
    );
    assert!(env.repo.read("piton.toml").contains("other"));
}

#[test]
fn a_first_init_that_is_killed_anywhere_is_made_whole_by_the_next_and_leaves_no_scraps() {
    if !SUPPORTED {
        return;
    }
    for last in ["taste.md", ".gitkeep", "piton.toml"] {
        for made in [false, true] {
            let env = TestEnv::with_cargo_project();
            let mut seen = false;
            let end = struck(&env, &["init"], &mut |point| {
                let here = if made { seen } else { names(point, last) };
                seen |= names(point, last);
                if here { Verdict::Kill } else { Verdict::Go }
            });
            assert_eq!(end, End::Killed, "{last}");
            let ran = env.ok(&["init"]);
            for file in ["piton.toml", ".piton/taste.md", "migrations/.gitkeep"] {
                assert!(env.repo.exists(file), "{last}: {file}: {}", ran.shown());
            }
            assert_eq!(scraps(env.path()), [] as [String; 0], "{last}");
        }
    }
}

#[test]
fn a_repair_that_is_killed_before_its_commit_is_committed_by_whatever_writes_next() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    killed_at(&env, &["migration", "doctor", "--repair"], |point| {
        names(point, ".git/index.lock")
    });
    assert_ne!(
        env.repo.status(),
        "",
        "something is mended and not committed"
    );
    let _ = env.ok(&["migration", "new", "second", "--target", "x"]);
    env.assert_in_order();
    let subjects = env.repo.subjects();
    let repairs = subjects.iter().filter(|subject| subject.contains("repair"));
    assert_eq!(repairs.count(), 1, "{subjects:?}");
}

#[test]
fn a_full_disk_does_not_keep_old_runs_from_being_removed() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    for _ in 0..2 {
        let ran = env.step(&env.script("good", GOOD));
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let runs = env.path().join(".git/piton/runs");
    let count = || std::fs::read_dir(&runs).map_or(0, Iterator::count);
    assert!(count() >= 2);
    let mut freed = false;
    let end = struck(&env, &["runs", "prune", "--keep", "0"], &mut |point| {
        // What was laid up for this gives the little room that is needed.
        let reserve = point.path.ends_with(".git/piton/reserve");
        freed |= reserve && point.call.starts_with("unlink");
        let takes_room = ["open", "creat", "write", "pwrite", "mkdir", "fallocate"];
        let wants = takes_room.iter().any(|call| point.call.starts_with(call));
        if !freed && wants && point.faults.contains(&Fault::NoSpace) {
            return Verdict::Fail(Fault::NoSpace);
        }
        Verdict::Go
    });
    assert!(freed);
    assert_eq!(end, End::Exit(0), "{}", said(&env));
    assert_eq!(count(), 0, "{}", said(&env));
}

#[test]
fn candidates_of_a_new_that_fails_or_is_killed_do_not_pile_up() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::staged();
    let candidates = || {
        let dir = env.path().join(".git/piton/work/candidates");
        std::fs::read_dir(dir).map_or(0, Iterator::count)
    };
    let new = ["migration", "new", "first", "--target", "x"];
    env.repo.hook("pre-commit", "#!/bin/sh\nexit 1\n");
    for _ in 0..3 {
        let ran = env.run(&new);
        assert_eq!(ran.code, 1, "{}", ran.shown());
    }
    assert_eq!(candidates(), 0, "of refused ones");
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    for _ in 0..3 {
        killed_at(&env, &new, |point| names(point, "migrations/first"));
        // The next command removes them before it makes its own.
        let _ = env.run(&["migration", "new", "first", "--target", "x"]);
        let _ = env.run(&["--yes", "migration", "delete", "first"]);
    }
    assert_eq!(candidates(), 0, "of killed ones");
}

#[test]
fn a_directory_that_git_could_not_open_is_not_left_out_of_a_commit() {
    if !SUPPORTED {
        return;
    }
    let new = ["migration", "new", "first", "--target", "x"];
    let opens = |point: &Point| !point.writes && point.path.ends_with("migrations/first");
    let mut nth = 0;
    loop {
        let env = TestEnv::staged();
        let (mut seen, mut hit) = (0, false);
        let end = struck_at(&env, Watch::Opens, &new, &mut |point| {
            seen += u32::from(opens(point));
            if hit || !opens(point) || seen <= nth {
                return Verdict::Go;
            }
            hit = true;
            Verdict::Fail(Fault::InputOutput)
        });
        if !hit {
            break;
        }
        let first = format!("{end:?} after {}: {}", nth, said(&env));
        let _ = env.run(&new);
        assert_eq!(env.repo.status(), "", "{first}");
        let held = env
            .repo
            .git(&["ls-tree", "-r", "--name-only", "HEAD", "migrations"]);
        assert!(
            held.contains("first/.planning/state.json"),
            "{first}: {held}"
        );
        nth += 1;
    }
    assert!(nth > 0, "nothing opened it");
}

#[test]
fn a_rename_that_failed_before_its_commit_is_committed_by_whatever_writes_next() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(1);
    let rename = ["migration", "rename", SLUG, "fresh"];
    let end = struck(&env, &rename, &mut |point| {
        if point.path.ends_with(".git/index")
            || point.path.starts_with(env.path().join(".git/piton/git"))
        {
            return Verdict::Fail(Fault::InputOutput);
        }
        Verdict::Go
    });
    assert_eq!(end, End::Exit(1), "{}", said(&env));
    assert!(!env.repo.exists("migrations/add-api"));
    let ran = env.ok(&["migration", "new", "second", "--target", "x"]);
    assert!(
        ran.stderr.contains("finished the interrupted"),
        "{}",
        ran.shown()
    );
    env.assert_in_order();
    assert!(
        env.repo.subjects()[1].contains("rename add-api"),
        "{:?}",
        env.repo.subjects()
    );
}

#[test]
fn what_a_maintainer_said_is_not_answered_because_a_disk_failed() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    let _ = env.ok(&["migration", "share", SLUG]);
    let listed = env.ok(&["plan", "list", "--json"]).json();
    let plan = listed["plans"][0]["id"].as_str().unwrap().to_owned();
    let _ = env.ok(&["plan", "comment", &plan, "--text", "/piton reject no"]);
    let mut hit = false;
    let _ = struck_at(&env, Watch::Opens, &["plan", "sync"], &mut |point| {
        let reads = !point.writes && point.path.ends_with(format!("{SLUG}/.planning"));
        hit = hit || reads;
        if reads {
            Verdict::Fail(Fault::InputOutput)
        } else {
            Verdict::Go
        }
    });
    assert!(hit, "{}", said(&env));
    let ran = env.ok(&["plan", "sync"]);
    assert!(ran.shown().contains("rejected"), "{}", ran.shown());
    assert_eq!(env.show(SLUG)["status"], "skipped");
}

/// Runs piton on a disk that fails the first call that is meant, and no other.
fn failed_at(env: &TestEnv, args: &[&str], mut meant: impl FnMut(&Point) -> bool) -> End {
    let mut hit = false;
    let end = struck_at(env, Watch::Opens, args, &mut |point| {
        if !hit && meant(point) {
            hit = true;
            return Verdict::Fail(Fault::InputOutput);
        }
        Verdict::Go
    });
    assert!(hit, "{args:?} has no such call: {}", said(env));
    end
}

#[test]
fn a_repair_whose_disk_failed_after_it_mended_is_committed_by_the_same_command() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    let repair = ["migration", "doctor", "--repair"];
    let plans = env.path().canonicalize().unwrap().join("plans");
    let mut mended = false;
    let end = failed_at(&env, &repair, |point| {
        let now = mended && point.call == "fsync";
        mended |= names(point, "state.json")
            && point
                .other
                .as_deref()
                .is_some_and(|it| it.starts_with(&plans));
        now
    });
    assert_eq!(end, End::Exit(1), "{}", said(&env));
    assert_ne!(env.repo.status(), "", "something is mended: {}", said(&env));
    let ran = env.ok(&repair);
    assert_eq!(env.repo.status(), "", "{}", ran.shown());
    let subjects = env.repo.subjects();
    let repairs = subjects.iter().filter(|subject| subject.contains("repair"));
    assert_eq!(repairs.count(), 1, "{subjects:?}");
}

/// Repairs a migration as often as there are such reads; another one fails each
/// time, and then the repair is asked for again and must be committed.
fn repaired_although_a_read_fails(is_meant: impl Fn(&Point) -> bool) {
    let repair = ["migration", "doctor", "--repair"];
    let mut nth = 0;
    loop {
        let env = TestEnv::planned(2);
        env.repo.git(&["mv", "migrations", "plans"]);
        let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
        env.repo.commit_all("moved by hand");
        // Written once more, so that git must read it to see that it is the same.
        let state = env
            .path()
            .join("plans")
            .join(SLUG)
            .join(".planning/state.json");
        std::fs::write(&state, std::fs::read(&state).unwrap()).unwrap();
        let (mut seen, mut hit) = (0, false);
        let end = struck_at(&env, Watch::Opens, &repair, &mut |point| {
            let reads = !point.writes && is_meant(point);
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
        let first = format!("{end:?} at {nth}: {}", said(&env));
        let _ = env.ok(&repair);
        assert_eq!(env.repo.status(), "", "{first}");
        let subjects = env.repo.subjects();
        let repairs = subjects.iter().filter(|it| it.contains("repair add-api"));
        assert_eq!(repairs.count(), 1, "{subjects:?} after {first}");
        nth += 1;
    }
    assert!(nth > 1, "nothing read it");
}

#[test]
fn a_commit_that_git_could_not_read_is_not_taken_for_changes_of_the_users() {
    if SUPPORTED {
        repaired_although_a_read_fails(|point| point.path.ends_with(".git/refs/heads/main"));
    }
}

#[test]
fn a_file_that_git_could_not_read_is_not_taken_for_changes_of_the_users() {
    if SUPPORTED {
        repaired_although_a_read_fails(|point| {
            point.path.ends_with("add-api/.planning/state.json")
        });
    }
}

#[test]
fn a_lock_that_git_could_not_remove_is_gone_when_the_command_ends() {
    if !SUPPORTED {
        return;
    }
    for lock in ["HEAD.lock", "index.lock"] {
        let env = TestEnv::staged();
        let new = ["migration", "new", "first", "--target", "x"];
        let path = env.path().canonicalize().unwrap().join(".git").join(lock);
        let end = failed_at(&env, &new, |point| {
            point.call.starts_with("unlink") && point.path == path
        });
        assert!(!path.exists(), "{lock} stays after {end:?}: {}", said(&env));
        env.repo.git(&["add", "--all"]);
        let _ = env.ok(&["migration", "new", "second", "--target", "x"]);
    }
}

#[test]
fn a_disk_that_fails_after_a_branch_moved_takes_nothing_of_a_landing_back() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    let mut run = vec!["run", "--focus-on-live-migrations", "--max-refactors", "1"];
    run.extend(["--validation-command", "true"]);
    run.extend(script.iter().map(String::as_str));
    let mut moved = false;
    let end = failed_at(&env, &run, |point| {
        let now = moved && point.call == "fsync" && point.path.ends_with(".git/refs/heads");
        moved |= names(point, ".git/refs/heads/main");
        now
    });
    let told = format!("{end:?}: {}", said(&env));
    assert_eq!(env.repo.status(), "", "{told}");
    let held = env
        .repo
        .git(&["show", "HEAD:migrations/add-api/approaches"]);
    assert!(held.contains("facade.md"), "{told}");
    env.assert_in_order();
    // It goes on with the next step, and not with this one.
    let _ = env.run(&run);
    let subjects = env.repo.subjects();
    let steps = subjects.iter().filter(|it| it.ends_with("/approaches"));
    assert_eq!(steps.count(), 1, "{subjects:?}");
}

#[test]
fn a_report_that_the_disk_kept_from_its_plan_waits() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Tidy it up.\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
    for report in ["objective_issue=7", "learn_status=pending"] {
        let header = ["exec", "update-pr-header", "tidy", report];
        let _ = failed_at(&env, &header, |point| names(point, "plan.md"));
    }
    let _ = env.ok(&["exec", "update-pr-header", "tidy", "branch_name=b"]);
    let plan = env.repo.read("plans/tidy/plan.md");
    for told in [
        "objective_issue: 7",
        "learn_status: pending",
        "branch_name: b",
    ] {
        assert!(plan.contains(told), "{told}: {plan}");
    }
    let outbox = std::fs::read_dir(env.path().join(".git/piton/outbox"));
    let left = outbox.unwrap().flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name != "lock").collect();
    assert_eq!(left, [""; 0]);
}
