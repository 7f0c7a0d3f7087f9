//! Commands that are killed at one call of their many.
//!
//! `piton selftest --crash` tries all of them; here stands what once went wrong.

use std::path::Path;

use piton_selftest::trace::{End, SUPPORTED, Verdict};

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};
use crate::struck::{killed_at, names, struck};

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
fn a_close_that_was_killed_before_its_end_says_that_it_is_closed_only_once() {
    if !SUPPORTED {
        return;
    }
    let close = ["plan", "close", "tidy"];
    let other = ["plan", "close", "tidy", "--comment", "Never mind."];
    for again in [&close[..], &other] {
        let env = TestEnv::planned(0);
        let _ = env.ok(&["config", "set", "plans.backend", "local"]);
        env.repo.write("plan.txt", "Tidy it up.\n");
        let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
        killed_at(&env, &close, |point| names(point, "plan.json"));
        let comments = || std::fs::read_dir(env.path().join("plans/tidy/comments")).unwrap();
        assert_eq!(comments().count(), 1);
        let ran = env.ok(again);
        assert!(
            env.repo.read("plans/tidy/plan.json").contains("closed"),
            "{}",
            ran.shown()
        );
        assert_eq!(comments().count(), 1, "{}", ran.shown());
        assert_eq!(scraps(&env.path().join("plans")), [] as [String; 0]);
    }
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
fn a_publish_syncs_the_directories_of_its_commit_before_its_record_goes() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let mut calls = Vec::new();
    let new = ["migration", "new", "second", "--target", "x"];
    let end = struck(&env, &new, &mut |point| {
        let to = point.other.as_ref().unwrap_or(&point.path);
        calls.push((point.call, to.clone()));
        Verdict::Go
    });
    assert_eq!(end, End::Exit(0));
    let git = env.path().canonicalize().unwrap().join(".git");
    let last = |is_it: &dyn Fn(&str, &Path) -> bool| {
        let at = calls.iter().rposition(|(call, path)| is_it(call, path));
        at.unwrap_or_else(|| panic!("{calls:?}"))
    };
    let synced = |dir: &Path| last(&|call, path| call == "fsync" && path == dir);
    let objects = git.join("objects");
    let shelves: std::collections::BTreeSet<&Path> = calls
        .iter()
        .filter(|(call, _)| *call != "fsync")
        .filter_map(|(_, path)| path.parent())
        .filter(|dir| dir.parent() == Some(&*objects) && !dir.ends_with("pack"))
        .collect();
    assert!(shelves.len() > 1, "{calls:?}");
    let heads = git.join("refs/heads");
    let moved = last(&|call, path| call != "fsync" && path == heads.join("main"));
    for shelf in shelves {
        let filled = last(&|call, path| call != "fsync" && path.parent() == Some(shelf));
        assert!(filled < synced(shelf) && synced(shelf) < moved, "{calls:?}");
    }
    let forgotten = last(&|call, path| {
        call.starts_with("unlink")
            && path.starts_with(git.join("piton/git"))
            && path.ends_with("record.json")
    });
    assert!(
        moved < synced(&heads) && synced(&heads) < forgotten,
        "{calls:?}"
    );
}
