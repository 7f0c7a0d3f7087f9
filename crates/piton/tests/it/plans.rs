//! What is decided, shown, saved, performed, cut off and carried on.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use piton_durable::{Holder, Lock};
use piton_testkit::ScratchRepo;

use crate::env::TestEnv;

#[test]
fn a_dry_run_of_init_shows_what_init_then_does() {
    let env = TestEnv::with_cargo_project();
    let dry = env.ok(&["init", "--dry-run"]);
    assert_snapshot!(dry.stdout);
    let real = env.ok(&["init"]);
    let actions = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with(['+', '=', '~']))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(actions(&dry.stdout), actions(&real.stdout));
    assert_eq!(
        env.repo.read("piton.toml").lines().last(),
        Some("validation-command = \"cargo test\"")
    );
    assert!(
        env.repo
            .read(".piton/taste.md")
            .starts_with("taste-scoping-version: 1")
    );
}

#[test]
fn doing_it_again_plans_nothing_and_exit_code_tells() {
    let env = TestEnv::with_cargo_project();
    assert_eq!(env.run(&["init", "--dry-run", "--exit-code"]).code, 10);
    let _ = env.ok(&["init"]);
    let again = env.run(&["init", "--dry-run", "--exit-code"]);
    assert_eq!(again.code, 0);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
}

#[test]
fn a_saved_plan_is_applied_once_and_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--plan-out", "plan.json"]);
    assert!(!env.repo.exists("piton.toml"));
    let mode = env
        .path()
        .join("plan.json")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let shown = env.ok(&["apply", "--show", "plan.json"]);
    assert!(shown.stdout.contains("piton.toml"), "{}", shown.stdout);
    assert!(!env.repo.exists("piton.toml"), "showing is not applying");
    let _ = env.ok(&["apply", "plan.json"]);
    assert!(env.repo.exists("piton.toml"));

    let before = env.world();
    let again = env.run(&["apply", "plan.json"]);
    assert_eq!(again.code, 5);
    assert!(again.stderr.contains("applied already"), "{}", again.stderr);
    assert_eq!(env.world(), before);
}

#[test]
fn a_world_that_changed_makes_the_plan_stale_and_nothing_is_changed() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--plan-out", "plan.json"]);
    env.repo.write("piton.toml", "taste = \"elsewhere.md\"\n");
    let before = env.world();
    let ran = env.run(&["apply", "plan.json"]);
    assert_snapshot!(ran.shown());
    assert_eq!(env.world(), before);
    assert_eq!(
        env.run(&["apply", "--show", "plan.json"]).code,
        0,
        "a stale plan can be shown"
    );
}

#[test]
fn a_plan_file_that_is_not_as_it_was_written_is_refused_with_the_reason() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--plan-out", "good.json"]);
    let good = env.repo.read("good.json");
    let before_format = good.replace("piton-saved-plan/2", "piton-saved-plan/9");
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty", Vec::new(), "empty"),
        (
            "truncated",
            good.as_bytes()[..good.len() / 2].to_vec(),
            "middle",
        ),
        (
            "edited",
            good.replace("cargo test", "cargo  test").into_bytes(),
            "changed after",
        ),
        ("newer", before_format.into_bytes(), "newer"),
        ("not-utf8", b"\xff\xfe".to_vec(), "UTF-8"),
        ("other", b"{\"a\": 1}\n".to_vec(), "not a saved plan"),
    ];
    for (name, bytes, reason) in cases {
        std::fs::write(env.path().join(name), bytes).unwrap();
        let before = env.world();
        let ran = env.run(&["apply", name]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(reason), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint:"), "{name}: {}", ran.stderr);
        assert_eq!(env.world(), before, "{name}");
    }
}

#[test]
fn a_killed_run_is_carried_on_and_what_was_done_is_not_done_twice() {
    let env = TestEnv::with_cargo_project();
    // The first file is waited for: somebody else is writing.
    let lock = Lock::at(env.path().join(".git/piton/lock"));
    let holder = Holder {
        pid: 1,
        host: "here".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    };
    let guard = lock.acquire(&holder, Duration::ZERO).unwrap();
    let mut child = env.command(&["init"]).spawn().unwrap();
    let journals = env.path().join(".git/piton/journals");
    let deadline = Instant::now() + Duration::from_secs(30);
    let begun = || {
        std::fs::read_dir(&journals)
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| {
                std::fs::read_to_string(entry.path()).is_ok_and(|text| text.contains("\"intent\""))
            })
    };
    while !begun() {
        assert!(Instant::now() < deadline, "the run never began");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(guard);

    assert!(env.ok(&["journal", "list"]).stdout.contains("stopped"));
    let resumed = env.ok(&["journal", "resume"]);
    assert!(resumed.stdout.contains("3 ok"), "{}", resumed.stdout);
    assert!(env.ok(&["journal", "list"]).stdout.contains("finished"));
    assert_eq!(
        env.run(&["journal", "resume"]).code,
        2,
        "there is nothing left to carry on"
    );
    assert!(env.ok(&["init"]).stdout.contains("nothing to do"));
}

#[test]
fn a_torn_last_line_of_a_journal_is_no_error() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init"]);
    let entries = std::fs::read_dir(env.path().join(".git/piton/journals")).unwrap();
    let journal = entries
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .unwrap();
    let whole = std::fs::read(&journal).unwrap();
    let lines = whole
        .split_inclusive(|byte| *byte == b'\n')
        .collect::<Vec<_>>();
    // Cut in the middle of the third line: one action is done, one is torn.
    let keep: usize = lines[..3].iter().map(|line| line.len()).sum();
    std::fs::write(&journal, &whole[..keep + 5]).unwrap();
    std::fs::remove_file(env.path().join("migrations/.gitkeep")).unwrap();
    assert!(env.ok(&["journal", "list"]).stdout.contains("stopped"));
    let resumed = env.ok(&["journal", "resume"]);
    assert!(
        resumed.stdout.contains("1 ok, 1 already so") || resumed.stdout.contains("ok"),
        "{}",
        resumed.stdout
    );
    assert!(env.repo.exists("migrations/.gitkeep"));
}

#[test]
fn moving_takes_what_was_made_before_along() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init"]);
    env.repo
        .write(".piton/taste.md", "taste-scoping-version: 1\n\nours\n");
    let ran = env.ok(&[
        "init",
        "--taste",
        "docs/taste.md",
        "--migrations-dir",
        "docs/plans/",
    ]);
    assert_snapshot!(ran.stdout);
    assert!(env.repo.read("docs/taste.md").contains("ours"));
    assert!(env.repo.exists("docs/plans/.gitkeep") && !env.repo.exists("migrations"));
    let inside = env.run(&["init", "--migrations-dir", "docs/plans/inner"]);
    assert_eq!(inside.code, 2, "{}", inside.stderr);
}

#[test]
fn a_destination_that_is_taken_needs_force_and_nothing_is_lost() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init"]);
    env.repo.write("taken.md", "theirs\n");
    env.repo.write("full/theirs", "x");
    let before = env.world();
    let mut command = env.command(&[
        "init",
        "--taste",
        "taken.md",
        "--migrations-dir",
        "full",
        "--non-interactive",
    ]);
    // An agent that is there, whatever this machine has.
    command.env("PITON_AGENT_USE", "command");
    command.env("PITON_AGENT_COMMAND", "git");
    let ran = env.finish(command.output().unwrap());
    assert_snapshot!(ran.shown());
    assert_eq!(env.world(), before);

    let _ = env.ok(&[
        "init",
        "--taste",
        "taken.md",
        "--migrations-dir",
        "full",
        "--force",
    ]);
    assert!(
        env.repo
            .read("taken.md")
            .starts_with("taste-scoping-version")
    );
    assert!(env.repo.exists("full/.gitkeep") && !env.repo.exists("full/theirs"));
    let kept = |name: &str| {
        std::fs::read_dir(env.path().join(".git/piton/journals"))
            .unwrap()
            .any(|entry| entry.unwrap().path().join(name).exists())
    };
    assert!(kept("taken.md"), "a copy of the file is kept");
    assert!(kept("full/theirs"), "the directory in the way is kept");
}

#[test]
fn a_repository_of_the_original_is_taken_over_as_it_is() {
    let env = TestEnv::with_cargo_project();
    env.repo.write("docs/migrations/.keep", "");
    let data = env.home.path().join(".local/share/continuous-refactoring");
    std::fs::create_dir_all(data.join("projects/u-1")).unwrap();
    let top = env.path().display();
    std::fs::write(
        data.join("manifest.json"),
        format!(
            r#"{{"version": 1, "projects": {{"u-1": {{"uuid": "u-1", "path": "{top}",
                "git_remote": null, "created_at": "x", "live_migrations_dir": "docs/migrations",
                "repo_taste_path": null}}}}}}"#
        ),
    )
    .unwrap();
    std::fs::write(
        data.join("projects/u-1/taste.md"),
        "taste-scoping-version: 1\n\nold taste\n",
    )
    .unwrap();
    let ran = env.ok(&["init"]);
    assert_snapshot!(ran.stdout);
    assert!(env.repo.read(".piton/taste.md").contains("old taste"));
    assert!(!env.repo.exists("migrations"));
    assert_eq!(
        env.ok(&["config", "get", "migrations-dir"]).stdout,
        "docs/migrations\n"
    );
}

#[test]
fn outside_a_repository_init_says_what_to_do() {
    let env = TestEnv::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let output = env
        .command(&["init"])
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("git init"), "{}", ran.stderr);
}

#[test]
fn something_in_the_way_is_told_before_anything_is_changed() {
    let env = TestEnv::over(ScratchRepo::new());
    env.repo.write(".piton", "in the way\n");
    let before = env.world();
    let ran = env.run(&["init"]);
    assert_snapshot!(ran.shown());
    assert_eq!(env.world(), before);
}

#[test]
fn a_plan_is_shown_as_markdown_and_as_json() {
    let env = TestEnv::with_cargo_project();
    assert_snapshot!(env.ok(&["init", "--dry-run", "--markdown"]).stdout);
    let json = env.ok(&["init", "--dry-run", "--json"]).json();
    assert_eq!(json["dry_run"], true);
    assert_eq!(json["order"][0], "file:create:.piton/taste.md");
    let json = env.ok(&["init", "--json"]).json();
    assert_eq!(json["receipts"].as_array().unwrap().len(), 3);
}

#[test]
fn a_lock_that_is_held_is_told_with_its_holder() {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--plan-out", "plan.json"]);
    let id = env.repo.read("plan.json");
    let id = id
        .split("\"id\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let lock = Lock::at(env.path().join(format!(".git/piton/journals/{id}.lock")));
    let holder = Holder {
        pid: 4711,
        host: "elsewhere".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "performing a plan".into(),
    };
    let _guard = lock.acquire(&holder, Duration::ZERO).unwrap();
    let ran = env.run(&["apply", "plan.json"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("process 4711 on elsewhere"),
        "{}",
        ran.stderr
    );
    assert!(!env.repo.exists("piton.toml"));
}

#[test]
fn a_plan_is_saved_over_nothing_but_an_earlier_plan() {
    use std::os::unix::fs::symlink;
    let env = TestEnv::with_cargo_project();
    let at = |name: &str| env.path().join(name);
    env.repo.write("notes.md", "mine\n");
    symlink("notes.md", at("link")).unwrap();
    std::fs::create_dir(at("dir")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    let before = env.world();
    for (place, told) in [
        ("notes.md", "a file that is no saved plan is there"),
        ("link", "a link is there"),
        ("dir", "a directory is there"),
        ("socket", "a device, a pipe or a socket is there"),
    ] {
        let ran = env.run(&["init", "--plan-out", place]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert!(ran.stderr.contains("not there yet"), "{}", ran.stderr);
        let ran = env.run(&["init", "--plan-out", place, "--json"]);
        assert_eq!(ran.error()["kind"], "usage");
    }
    assert_eq!(env.world(), before);
    env.repo.write("plan.json", "");
    let _ = env.ok(&["init", "--plan-out", "plan.json"]);
    let _ = env.ok(&["init", "--plan-out", "plan.json"]);
}
