//! What a new user meets on the first day.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, refine, strings};

#[test]
fn a_repository_without_settings_is_told_how_to_begin() {
    let env = TestEnv::with_cargo_project();
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.contains("piton is not set up here\n      piton init\n"),
        "{shown}"
    );
    let _ = env.ok(&["init"]);
    assert!(!env.ok(&["status"]).stdout.contains("not set up"));
}

#[test]
fn whoever_refines_or_rejects_is_told_what_comes_next() {
    let env = TestEnv::planned(3);
    let mut refine = strings(&["migration", "refine", SLUG, "--message", "x"]);
    refine.extend(env.script("good", GOOD));
    let told = env.ok(&refine).stderr;
    assert!(
        told.contains("continue with `piton migration step add-api`"),
        "{told}"
    );
    let told = env
        .ok(&["migration", "reject", SLUG, "--reason", "x"])
        .stderr;
    assert!(told.contains("piton migration reopen add-api"), "{told}");
}

#[test]
fn work_that_is_not_committed_is_in_everybodys_way_with_one_code_and_one_reason() {
    let env = TestEnv::planned(5);
    env.repo.write("migrations/add-api/notes.md", "mine\n");
    let before = env.repo.subjects();
    let script = env.script("good", GOOD);
    let mut step = strings(&["migration", "step", SLUG]);
    step.extend(script);
    for args in [
        step,
        strings(&refine("x")),
        strings(&["migration", "undo", SLUG]),
        strings(&["migration", "reject", SLUG, "--reason", "x"]),
        strings(&["migration", "rename", SLUG, "other"]),
        strings(&["migration", "archive", SLUG]),
        strings(&["migration", "delete", SLUG]),
    ] {
        let ran = env.run(&args);
        assert_eq!(ran.code, 1, "{args:?} {}", ran.shown());
        for told in [
            "not committed",
            "migrations/add-api/notes.md",
            "nothing was changed",
        ] {
            assert!(ran.stderr.contains(told), "{args:?} {}", ran.shown());
        }
    }
    assert_eq!(env.repo.subjects(), before);
    assert!(env.repo.exists("migrations/add-api/notes.md"));
}

#[test]
fn one_screen_tells_what_waits_for_whom() {
    let env = TestEnv::waiting();
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.starts_with("waiting for you\n  add-api: touches the public API\n"),
        "{shown}"
    );
    assert!(shown.contains("piton migration review add-api"), "{shown}");
    assert!(shown.lines().all(|line| line.len() <= 80), "{shown}");
    // Without a command it is the same screen.
    let none: [&str; 0] = [];
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(first(&env.ok(&none).stdout), first(&shown));
    let json = env.ok(&["status", "--json"]).json();
    assert_eq!(json["waiting"][0]["slug"], SLUG);
    assert_eq!(json["wrong"], serde_json::json!([]));
    assert_eq!(
        env.ok(&["status", "--porcelain"]).stdout,
        "ready 0 planning 0 waiting 1 broken 0\n"
    );
    for file in ["manifest.json", "plan.md", "phase-1-facade.md"] {
        let from = format!("migrations/add-api/{file}");
        let text = env.repo.read(&from).replace("\"add-api\"", "\"two\"");
        let text = text.replace(
            "\"awaiting_human_review\": true",
            "\"awaiting_human_review\": false",
        );
        env.repo.write(&format!("migrations/two/{file}"), &text);
    }
    env.repo.write("migrations/broken/manifest.json", "{");
    let shown = env.ok(&["status"]).stdout;
    assert!(shown.contains("piton migration doctor broken"), "{shown}");
    assert_eq!(shown.matches("piton run --focus").count(), 1, "{shown}");
}

#[test]
fn the_next_step_is_named_after_each_decision() {
    let env = TestEnv::waiting();
    let ran = env.ok(&["migration", "approve", SLUG]);
    let told = "hint: carry it out with `piton run --focus-on-live-migrations`\n";
    assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    let refine = refine("x");
    let ran = env.ok(&refine);
    let told = "hint: continue with `piton migration step add-api`\n";
    assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    // What changes nothing has no next step.
    let dry = [&refine[..], &["--dry-run"]].concat();
    assert!(!env.ok(&dry).stderr.contains("`piton migration step"));
}

#[test]
fn what_cannot_go_on_is_wrong_here_and_not_the_next_thing_to_do() {
    let env = TestEnv::planned(7);
    env.edit_manifest("status", "planning".into());
    env.repo.commit_all("by hand");
    let shown = env.ok(&["status"]).stdout;
    assert!(
        shown.starts_with(
            "wrong here\n  add-api: its planning has ended, but its manifest still says planning\n      \
             piton migration doctor add-api\n"
        ),
        "{shown}"
    );
    assert_eq!(
        env.ok(&["status", "--porcelain"]).stdout,
        "ready 0 planning 0 waiting 0 broken 1\n"
    );
}

#[test]
fn the_surroundings_are_checked_and_each_fault_has_its_way_out() {
    let env = TestEnv::staged();
    let ran = env.run(&["doctor", "--json"]);
    let checks = ran.json()["checks"].clone();
    let named = |name: &str| {
        let all = checks.as_array().unwrap();
        all.iter()
            .find(|check| check["name"] == name)
            .unwrap()
            .clone()
    };
    for name in ["git", "repository", "identity", "file system", "terminal"] {
        assert_eq!(named(name)["status"], "ok", "{name}: {checks:#}");
    }
    for check in checks.as_array().unwrap() {
        if check["status"] != "ok" {
            assert!(check["way_out"].is_string(), "{check:#}");
        }
    }
}

#[test]
fn a_missing_identity_is_told_before_anything_is_written() {
    let env = TestEnv::staged();
    env.repo.git(&["config", "--unset", "user.name"]);
    env.repo.git(&["config", "--unset", "user.email"]);
    env.repo.git(&["config", "user.useConfigOnly", "true"]);
    let ran = env.run(&["migration", "new", "--target", "x"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(!env.repo.exists("migrations/x"), "{}", ran.shown());
    assert!(ran.stderr.contains("user.email"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
    let told = env.ok(&["init", "--dry-run"]).stderr;
    let warned = "warning: git does not know who commits: user.name or user.email is not set; \
                  nothing can be committed; set them:";
    assert!(told.contains(warned), "{told}");
}

#[test]
fn a_git_that_fails_is_not_told_to_be_an_author_that_is_missing() {
    let env = TestEnv::staged();
    env.repo.git(&["config", "user.name", ","]);
    for command in [
        &["migration", "new", "--target", "x"][..],
        &["init", "--dry-run"],
        &["doctor"],
    ] {
        let shown = env.run(command).shown();
        assert!(shown.contains("of disallowed characters"), "{shown}");
        assert!(!shown.contains("is not set"), "{shown}");
        assert!(!shown.contains("; \n"), "{shown}");
    }
    assert!(!env.repo.exists("migrations/x"));
}

#[test]
fn a_step_that_nobody_could_commit_is_refused_before_the_call() {
    let env = TestEnv::planned(0);
    env.repo.git(&["config", "--unset", "user.name"]);
    env.repo.git(&["config", "--unset", "user.email"]);
    env.repo.git(&["config", "user.useConfigOnly", "true"]);
    let script = env.script("good", GOOD);
    let mut step = vec!["migration", "step", SLUG];
    step.extend(script.iter().map(String::as_str));
    let ran = env.run(&step);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("git config user.email"),
        "{}",
        ran.stderr
    );
    assert!(!env.repo.exists(".git/piton/runs"), "{}", ran.shown());
    step.push("--dry-run");
    assert_eq!(env.run(&step).code, 0);
}

#[test]
fn what_work_will_need_first_is_told_in_one_line_each() {
    let env = TestEnv::with_cargo_project();
    env.without_the_agent();
    let told = |ran: &crate::env::Ran, about: &str| {
        let lines = ran.stderr.lines();
        lines.filter(|line| line.contains(about)).count()
    };
    let ran = env.ok(&["init", "--validation-command", "no-such-check --all"]);
    assert_eq!(
        told(&ran, "the program no-such-check was not found"),
        1,
        "{}",
        ran.stderr
    );
    assert_eq!(
        told(&ran, "the agent's program no-such-agent was not found"),
        1,
        "{}",
        ran.stderr
    );
    env.repo.commit_all("piton");
    let new = ["migration", "new", "--target", "x"];
    let ran = env.ok(&new);
    assert_eq!(
        told(&ran, "the agent's program no-such-agent was not found"),
        1,
        "{}",
        ran.stderr
    );
    // Planned at once, it could not begin: nothing is begun.
    let before = env.picture();
    let ran = env.run(&[&new[..], &["--until", "ready"]].concat());
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("npm install -g"), "{}", ran.stderr);
    assert_eq!(env.picture(), before);
    // Whoever has both is told of neither.
    let ran = env.ok(&["init", "--validation-command", "sh -c true"]);
    assert_eq!(told(&ran, "validation command"), 0, "{}", ran.stderr);
    let script = env.script("good", GOOD);
    let with: Vec<&str> = new
        .into_iter()
        .chain(script.iter().map(String::as_str))
        .collect();
    assert_eq!(told(&env.ok(&with), "the agent's"), 0);
}
