//! Commands that a disk fails at one call of their many, or that a full one does.
//!
//! `piton selftest --crash --errors` tries all of them; here stands what once
//! went wrong.

use piton_selftest::trace::{End, Fault, Point, SUPPORTED, Verdict, Watch};

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};
use crate::struck::{failed_at, names, said, struck, struck_at, struck_below};

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
fn a_file_that_git_could_not_look_at_is_not_left_out_of_a_commit() {
    if !SUPPORTED {
        return;
    }
    let step = ["migration", "step", SLUG];
    let run = [
        "run",
        "--focus-on-live-migrations",
        "--max-refactors=1",
        "--validation-command=true",
    ];
    // The one commits in the repository, the other in a slot.
    for (command, in_slot) in [(&step[..], false), (&run[..], true)] {
        let mut nth = 0;
        while commits_all_although_a_look_fails(command, in_slot, nth) {
            nth += 1;
        }
        assert!(nth > 2, "{command:?}: git looked {nth} times");
    }
}

const STEP: &str = "planning/add-api/approaches";

/// Lets one of git's looks at a file fail, the n-th, and looks whether the step's
/// commit has all that was made. Tells whether there was such a look.
fn commits_all_although_a_look_fails(command: &[&str], in_slot: bool, nth: u32) -> bool {
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    let mut args = command.to_vec();
    args.extend(script.iter().map(String::as_str));
    let root = if in_slot { env.home.path() } else { env.path() };
    let log = env.path().join(".git/logs/HEAD");
    let is_done = || std::fs::read_to_string(&log).unwrap().contains(STEP);
    let (mut seen, mut hit) = (0, false);
    let end = struck_below(&env, root, Watch::Looks, &args, &mut |point| {
        let is_look = point.call == "fstatat" && point.path.ends_with("add-api/manifest.json");
        let is_meant = is_look && !is_done();
        seen += u32::from(is_meant);
        if hit || !is_meant || seen <= nth {
            return Verdict::Go;
        }
        hit = true;
        Verdict::Fail(Fault::InputOutput)
    });
    let told = format!("{command:?}, look {nth}, {end:?}: {}", said(&env));
    // What did not come to a commit is done by the same command.
    if !is_done() {
        let _ = env.run(&args);
    }
    let grep = format!("--grep={STEP}");
    let log = ["log", "-1", "--format=", "--name-only", &grep];
    let made = env.repo.git(&log);
    for file in [
        "manifest.json",
        ".planning/state.json",
        "approaches/facade.md",
    ] {
        assert!(made.contains(file), "{file} is not in {made}: {told}");
    }
    assert_eq!(env.repo.status(), "", "{told}");
    hit
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

/// A repair whose disk failed after it mended a file, and before it committed.
pub(crate) fn half_mended() -> TestEnv {
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
    env
}

#[test]
fn a_repair_whose_disk_failed_after_it_mended_is_committed_by_the_same_command() {
    if !SUPPORTED {
        return;
    }
    let env = half_mended();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
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
fn the_lock_of_a_call_that_could_not_be_removed_is_gone_after_whatever_comes_next() {
    if !SUPPORTED {
        return;
    }
    for ending in ["lock", "json"] {
        let env = TestEnv::planned(0);
        let script = env.script("good", GOOD);
        let with = script.iter().map(String::as_str);
        let step: Vec<&str> = ["migration", "step", SLUG]
            .into_iter()
            .chain(with)
            .collect();
        let guards = env
            .path()
            .canonicalize()
            .unwrap()
            .join(".git/piton/work/guards");
        let end = failed_at(&env, &step, |point| {
            point.call.starts_with("unlink")
                && point.path.parent() == Some(&guards)
                && point.path.extension().is_some_and(|it| it == ending)
        });
        let left = || std::fs::read_dir(&guards).unwrap().count();
        assert_ne!(left(), 0, "{ending}: {end:?}: {}", said(&env));
        let ran = env.ok(&["migration", "list"]);
        assert_eq!(left(), 0, "{ending}: {}", ran.shown());
    }
}

#[test]
fn an_init_that_cannot_read_what_it_moves_moves_nothing() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(2);
    let init = ["init", "--migrations-dir", "other"];
    let end = failed_at(&env, &init, |point| {
        !point.writes && point.path.ends_with(format!("{SLUG}/.planning/state.json"))
    });
    assert_eq!(end, End::Exit(1), "{}", said(&env));
    assert!(env.repo.exists("migrations/add-api/manifest.json"));
    let _ = env.ok(&init);
    let state = env.repo.read("other/add-api/.planning/state.json");
    assert!(!state.contains("\"migrations/"), "{state}");
}
