//! Commands in the middle of a merge, a rebase and the like of the user's.

use piton_selftest::trace::SUPPORTED;

use super::{calls, counted};
use crate::env::TestEnv;
use crate::stage::{SLUG, refine, strings};
use crate::struck::killed_at;

#[test]
fn in_the_middle_of_a_rebase_or_a_merge_no_agent_is_called() {
    type Begun = (&'static str, &'static str);
    for (file, told) in [
        (".git/rebase-merge/done", "a rebase is under way"),
        (".git/MERGE_HEAD", "a merge is under way"),
        (".git/BISECT_LOG", "a bisect is under way"),
    ] as [Begun; 3]
    {
        let env = TestEnv::planned(0);
        env.repo.write(file, &env.repo.git(&["rev-parse", "HEAD"]));
        let before = env.repo.subjects();
        for command in [
            [strings(&["migration", "step", SLUG]), counted(&env, "")].concat(),
            strings(&refine("x")),
            strings(&["migration", "new", "another", "--target", "x"]),
            [
                strings(&["run-once", "--paths", "src/lib.rs"]),
                counted(&env, ""),
            ]
            .concat(),
            [
                strings(&["run", "--focus-on-live-migrations"]),
                counted(&env, ""),
            ]
            .concat(),
            strings(&["migration", "rename", SLUG, "fresh"]),
            strings(&["migration", "archive", SLUG]),
            strings(&["--yes", "migration", "delete", SLUG]),
        ] {
            let ran = env.run(&command);
            assert_eq!(ran.code, 3, "{}", ran.shown());
            assert!(ran.shown().contains(told), "{}", ran.shown());
        }
        assert_eq!(calls(&env), 0);
        assert_eq!(env.repo.subjects(), before);
        assert!(env.repo.exists("migrations/add-api/manifest.json"));
    }
}

/// Begins with real git what a user would, and meets a conflict or a stop.
fn begin(env: &TestEnv, what: &str) {
    let tried = |args: &[&str]| {
        let mut git = std::process::Command::new("git");
        let git = git.args(args).current_dir(env.path());
        let _ = git
            .env("GIT_SEQUENCE_EDITOR", "sed -i.bak s/^pick/edit/")
            .output();
    };
    env.repo.git(&["switch", "--quiet", "--create", "side"]);
    env.repo.write("src/lib.rs", "theirs\n");
    env.repo.commit_all("theirs");
    env.repo.git(&["switch", "--quiet", "main"]);
    env.repo.write("src/lib.rs", "ours\n");
    env.repo.commit_all("ours");
    env.repo.write("src/lib.rs", "ours, longer\n");
    env.repo.commit_all("more of ours");
    match what {
        "merge" => tried(&["merge", "side"]),
        "rebase" => tried(&["rebase", "--interactive", "HEAD~1"]),
        "cherry-pick" => tried(&["cherry-pick", "side"]),
        "revert" => tried(&["revert", "--no-edit", "HEAD~1"]),
        _ => env.repo.git(&["bisect", "start", "HEAD", "HEAD~1"]).clear(),
    }
}

/// All that piton may not touch while the user is in the middle of something.
fn standing(env: &TestEnv) -> [String; 4] {
    let git = |args: &[&str]| env.repo.git(args);
    [
        git(&["rev-parse", "HEAD"]),
        git(&["status", "--porcelain"]),
        git(&["ls-files", "--stage"]),
        git(&["for-each-ref"]),
    ]
}

#[test]
fn in_the_middle_of_anything_real_nothing_is_woken_mended_moved_or_carried_on() {
    let migration = |verb: &'static str, more: &[&'static str]| {
        strings(&[&["migration", verb, SLUG][..], more].concat())
    };
    for what in ["merge", "rebase", "cherry-pick", "revert", "bisect"] {
        let env = TestEnv::planned(1);
        let manifest = format!("migrations/{SLUG}/manifest.json");
        let put_off = env.repo.read(&manifest).replace(
            "\"wake_up_on\": null",
            "\"wake_up_on\": \"2999-01-01T00:00:00.000+00:00\"",
        );
        env.repo.write(&manifest, &put_off);
        env.repo.commit_all("put off");
        begin(&env, what);
        let before = standing(&env);
        for command in [
            migration("wake", &[]),
            migration("undo", &[]),
            migration("reject", &["--reason", "x"]),
            migration("share", &[]),
            strings(&["init", "--migrations-dir", "other"]),
        ] {
            let ran = env.run(&[strings(&["--yes"]), command].concat());
            let shown = ran.shown();
            assert_eq!(ran.code, 3, "{what}: {shown}");
            let told = format!("a {what} is under way");
            assert!(shown.contains(&told), "{what}: {shown}");
            assert!(shown.contains("nothing was changed"), "{what}: {shown}");
        }
        assert_eq!(standing(&env), before, "{what}");
    }
}

#[test]
fn in_the_middle_of_a_merge_nothing_is_mended_and_afterwards_it_is() {
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    begin(&env, "merge");
    let before = standing(&env);
    let repair = ["migration", "doctor", "--all", "--repair"];
    let ran = env.run(&repair);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("a merge is under way"),
        "{}",
        ran.shown()
    );
    assert_eq!(standing(&env), before);
    env.repo.git(&["merge", "--abort"]);
    let _ = env.ok(&repair);
    assert_eq!(env.repo.status(), "");
    assert!(
        env.repo.subjects()[0].contains("repair"),
        "{:?}",
        env.repo.subjects()
    );
}

#[test]
fn in_the_middle_of_a_merge_nothing_is_carried_on_and_afterwards_it_is() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let step = [strings(&["migration", "step", SLUG]), counted(&env, "")].concat();
    let step: Vec<&str> = step.iter().map(String::as_str).collect();
    // Killed before its answer is kept.
    killed_at(&env, &step, |point| {
        point.writes && point.path.ends_with("approaches/facade.md")
            || point.path.to_string_lossy().contains("work/candidates")
    });
    let asked = calls(&env);
    begin(&env, "merge");
    let before = standing(&env);
    let listed = env.ok(&["journal", "list", "--json"]).json();
    let id = listed["journals"][0]["id"].as_str().unwrap().to_owned();
    for resume in [&["journal", "resume"][..], &["journal", "resume", &id]] {
        let ran = env.run(&[&["--yes"], resume].concat());
        assert_eq!(ran.code, 3, "{}", ran.shown());
        assert!(
            ran.stderr.contains("a merge is under way"),
            "{}",
            ran.shown()
        );
    }
    assert_eq!(standing(&env), before);
    assert_eq!(calls(&env), asked);
    env.repo.git(&["merge", "--abort"]);
    let ran = env.ok(&["--yes", "journal", "resume"]);
    assert_eq!(env.cursor(), "pick-best", "{}", ran.shown());
    env.assert_in_order();
}

/// A repair that is killed between mending and committing, and then a merge of
/// the user's.
fn killed_repair_and_merge() -> TestEnv {
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    env.repo.git(&["switch", "--quiet", "--create", "side"]);
    env.repo.write("src/lib.rs", "theirs\n");
    env.repo.commit_all("theirs");
    env.repo.git(&["switch", "--quiet", "main"]);
    env.repo.write("src/lib.rs", "ours\n");
    env.repo.commit_all("ours");
    killed_at(&env, &["migration", "doctor", "--repair"], |point| {
        crate::struck::names(point, ".git/index.lock")
    });
    assert_ne!(env.repo.status(), "", "mended and not committed");
    let merge = std::process::Command::new("git")
        .args(["merge", "side"])
        .current_dir(env.path())
        .output();
    assert!(!merge.unwrap().status.success(), "a conflict");
    env
}

#[test]
fn a_killed_repair_waits_for_the_end_of_a_merge_and_is_finished_by_whatever_writes_next() {
    if !SUPPORTED {
        return;
    }
    for ends in ["abort", "commit", "commit all"] {
        let env = killed_repair_and_merge();
        let before = standing(&env);
        for command in [
            &["migration", "doctor", "--repair"][..],
            &["migration", "new", "second", "--target", "x"],
            &["config", "set", "agent.model", "tall"],
            &["run-once", "--paths", "src/lib.rs"],
            &["journal", "resume"],
        ] {
            let ran = env.run(&[&["--yes"], command].concat());
            assert_eq!(ran.code, 3, "{}", ran.shown());
            let told = match command[0] {
                "journal" => "could not carry on with `piton migration doctor --repair",
                _ => "could not finish the interrupted `piton migration doctor --repair",
            };
            assert!(ran.stderr.contains(told), "{}", ran.shown());
            assert!(
                ran.stderr.contains("nothing was changed"),
                "{}",
                ran.shown()
            );
            assert!(
                ran.stderr.contains("git merge --continue"),
                "{}",
                ran.shown()
            );
        }
        let _ = env.ok(&["migration", "list"]);
        assert_eq!(standing(&env), before);
        match ends {
            "abort" => env.repo.git(&["merge", "--abort"]).clear(),
            "commit" => {
                env.repo.write("src/lib.rs", "both\n");
                env.repo.git(&["add", "src/lib.rs"]);
                env.repo.git(&["commit", "--quiet", "-m", "merged"]).clear();
            }
            _ => {
                env.repo.write("src/lib.rs", "both\n");
                env.repo.commit_all("merged");
            }
        }
        let _ = env.ok(&["migration", "new", "second", "--target", "x"]);
        assert_eq!(env.repo.status(), "", "{ends}");
        let repairs = env.repo.subjects();
        let repairs = repairs.iter().filter(|it| it.contains("repair")).count();
        assert_eq!(repairs, usize::from(ends != "commit all"), "{ends}");
        let _ = env.ok(&["migration", "doctor", "--all"]);
    }
}

#[test]
fn a_killed_publish_waits_for_the_end_of_a_merge() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    env.repo.git(&["switch", "--quiet", "--create", "side"]);
    env.repo.write("src/lib.rs", "theirs\n");
    env.repo.commit_all("theirs");
    env.repo.git(&["switch", "--quiet", "main"]);
    env.repo.write("src/lib.rs", "ours\n");
    env.repo.commit_all("ours");
    let step = [strings(&["migration", "step", SLUG]), counted(&env, "")].concat();
    let step: Vec<&str> = step.iter().map(String::as_str).collect();
    killed_at(&env, &step, |point| {
        crate::struck::names(point, ".git/index.lock")
    });
    let asked = calls(&env);
    let merge = std::process::Command::new("git")
        .args(["merge", "side"])
        .current_dir(env.path())
        .output();
    assert!(!merge.unwrap().status.success(), "a conflict");
    // The locks of the dead go with the first.
    assert_eq!(env.run(&step).code, 3);
    let before = standing(&env);
    for command in [
        &step[..],
        &["migration", "doctor", "--repair"],
        &["migration", "new", "second", "--target", "x"],
    ] {
        let ran = env.run(&[&["--yes"], command].concat());
        assert_eq!(ran.code, 3, "{}", ran.shown());
        assert!(
            ran.stderr.contains("a merge is under way"),
            "{}",
            ran.shown()
        );
    }
    assert_eq!(standing(&env), before);
    env.repo.git(&["merge", "--abort"]);
    let _ = env.ok(&["migration", "new", "second", "--target", "x"]);
    assert_eq!(env.cursor(), "pick-best");
    assert_eq!(calls(&env), asked);
    env.assert_in_order();
}
