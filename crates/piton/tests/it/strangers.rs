//! What somebody does who is new here, and what a night's job is told.

use piton_testkit::Replies;
use piton_testkit::forge::{Fault, FaultKind};

use crate::carrying::all_well;
use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};
use crate::stored::Stored;

#[test]
fn text_may_begin_with_a_dash_and_an_option_is_no_text() {
    let env = TestEnv::staged();
    let list = "- split the report\n- count first";
    let _ = env.ok(&["migration", "new", SLUG, "--target", list]);
    let _ = env.ok(&[
        "migration",
        "refine",
        SLUG,
        "--record-only",
        "--message",
        "- two phases",
    ]);
    let before = env.world();
    for args in [
        &["migration", "new", "other", "--target", "--dry-run"][..],
        &["migration", "reject", SLUG, "--reason", "-y"],
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(
            ran.stderr.contains("looks like an option"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(env.world(), before);
}

#[test]
fn until_ready_has_nothing_to_do_where_the_plan_is_ready() {
    let env = TestEnv::planned(7);
    let until = strings(&["migration", "step", SLUG, "--until", "ready"]);
    let until = [until, env.script("good", GOOD)].concat();
    let before = env.repo.subjects();
    let ran = env.ok(&until);
    assert!(ran.stderr.contains("add-api is ready"), "{}", ran.stderr);
    let told = env
        .ok(&[&until[..], &["--json".to_owned()]].concat())
        .json();
    assert_eq!(told["slug"], SLUG, "{told}");
    assert_eq!(told["status"], "ready", "{told}");
    assert_eq!(told["steps"], serde_json::json!([]), "{told}");
    assert_eq!(env.repo.subjects(), before);
}

#[test]
fn a_run_that_fails_says_so_to_whoever_wants_to_hear_of_errors_alone() {
    let env = TestEnv::to_tidy();
    let fails = Replies::new().fails("", "crashed", "");
    let args = ["run-once", "--paths", "src/lib.rs", "-QQQ"];
    let ran = env.played(&fails, &args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout.contains("ended: the last action failed"),
        "{}",
        ran.shown()
    );
    env.repo.write("src/lib.rs", "BROKEN\n");
    env.repo.commit_all("red");
    let ran = env.played(&all_well(), &args);
    assert_eq!(ran.code, 6, "{}", ran.shown());
    let told = "ended: the validation command is red";
    assert!(ran.stdout.contains(told), "{}", ran.shown());
    let ran = env.played(&all_well(), &[&args[..], &["-Q"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (6, ""), "{}", ran.shown());
}

#[test]
fn what_is_pitons_own_is_no_target_and_what_is_not_there_is_said() {
    let env = TestEnv::to_tidy();
    env.repo.write(".piton/notes.zz", "ours\n");
    env.repo.git(&["add", "--force", ".piton/notes.zz"]);
    env.repo.commit_all("a file of piton's");
    for (args, told) in [
        (["--extensions", "zz"], "no tracked file matches **/*.zz"),
        (["--globs", "*.no"], "no tracked file matches *.no"),
        (["--paths", "no.rs"], "there is nothing at no.rs"),
        (["--paths", "../x"], "there is nothing at ../x"),
        (
            ["--paths", "/etc/passwd"],
            "there is nothing at /etc/passwd",
        ),
    ] {
        let run = ["run", "--max-refactors", "1", "--dry-run"];
        let ran = env.played(&all_well(), &[&run[..], &args].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.stderr.contains(told), "{told}: {}", ran.shown());
        assert!(!ran.stdout.contains("notes.zz"), "{}", ran.stdout);
    }
}

#[test]
fn one_document_is_printed_wherever_json_stands() {
    let env = TestEnv::staged();
    for args in [
        ["--json", "status", "--porcelain"],
        ["status", "--porcelain", "--json"],
    ] {
        let ran = env.run(&args);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert_eq!(ran.error()["kind"], "usage");
    }
}

#[test]
fn a_wrong_variable_is_no_file_to_be_corrected() {
    let env = TestEnv::staged();
    let mut status = env.command(&["status"]);
    let output = status.env("PITON_RUNS_KEEP", "many").output().unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("PITON_RUNS_KEEP"), "{}", ran.stderr);
    assert!(ran.stderr.contains("unset it"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("correct the file"), "{}", ran.stderr);
}

#[test]
fn a_plan_that_cannot_be_read_hides_no_other() {
    let env = TestEnv::staged();
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo
        .write("plan.md", "\u{feff}# Add\ta cache\r\n\r\nDo it.\r\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.md"]);
    std::fs::create_dir(env.path().join("plans/empty")).unwrap();
    let _ = env.ok(&["plan", "create", "--file", "plan.md", "--title", "Spoilt"]);
    std::fs::write(env.path().join("plans/spoilt/plan.md"), b"\xff").unwrap();
    let ran = env.ok(&["plan", "list", "--no-headers"]);
    assert!(ran.stdout.starts_with("add-a-cache\t"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    for told in [
        "the plan empty is not listed",
        "the plan spoilt is not listed",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    for args in [
        &["plan", "close", "add-a-cache", "--comment", " "][..],
        &["plan", "create", "--file", "plan.md", "--label", ""],
    ] {
        assert_eq!(env.run(args).code, 2, "{args:?}");
    }
}

#[test]
fn where_a_plan_cannot_be_read_nobody_says_that_the_branch_has_none() {
    let env = TestEnv::staged();
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.md", "# Add a cache\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.md"]);
    assert!(
        env.run(&["plan", "show"])
            .stderr
            .contains("no plan is named")
    );
    std::fs::write(env.path().join("plans/add-a-cache/plan.md"), b"\xff").unwrap();
    let ran = env.run(&["plan", "show"]);
    assert_ne!(ran.code, 0);
    assert!(!ran.stderr.contains("no plan is named"), "{}", ran.shown());
    assert!(ran.stderr.contains("add-a-cache"), "{}", ran.shown());
}

#[test]
fn a_second_archive_of_a_name_says_what_to_do() {
    let env = TestEnv::planned(0);
    let _ = env.ok(&["migration", "archive", SLUG]);
    let _ = env.ok(&["migration", "new", SLUG, "--target", "x"]);
    let ran = env.run(&["migration", "archive", SLUG]);
    assert_eq!(ran.code, 2);
    let told = "piton migration rename add-api NAME";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[test]
fn a_token_that_is_not_taken_and_a_limit_have_their_exit_codes() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let asked: [&[&str]; 5] = [
        &["plan", "list"],
        &["plan", "show", &plan],
        &["plan", "comment", &plan, "--text", "x"],
        &["plan", "close", &plan, "--dry-run"],
        &["plan", "submit", &plan],
    ];
    let refused = || FaultKind::Status(401, "Bad credentials");
    let limited = || FaultKind::Primary(1800);
    let cases: [(&dyn Fn() -> FaultKind, i32, &str); 2] = [
        (&refused, 4, "not signed in"),
        (&limited, 7, "limit is used up"),
    ];
    for (kind, code, told) in cases {
        stored.fake.clear_faults();
        stored
            .fake
            .fault(Fault::new("", "", kind()).times(u32::MAX));
        for args in asked {
            let ran = stored.run(args);
            assert_eq!(ran.code, code, "{args:?}: {}", ran.shown());
            assert!(ran.stderr.contains(told), "{}", ran.stderr);
        }
    }
}

#[test]
fn at_most_none_are_listed_where_none_are_wanted() {
    let stored = Stored::new();
    let list = ["plan", "list", "--no-headers", "--limit"];
    assert_ne!(stored.run(&[&list[..], &["1"]].concat()).stdout, "");
    assert_eq!(stored.run(&[&list[..], &["0"]].concat()).stdout, "");
}

#[test]
fn a_name_that_differs_in_upper_and_lower_case_alone_is_taken() {
    let env = TestEnv::staged();
    let _ = env.ok(&["migration", "new", "Split-it", "--target", "x"]);
    let _ = env.ok(&["migration", "new", "other", "--target", "x"]);
    let before = env.world();
    for args in [
        &["migration", "new", "split-IT", "--target", "x"][..],
        &["migration", "rename", "other", "SPLIT-IT"],
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(
            ran.stderr.contains("Split-it already exists"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(env.world(), before);
    // A name that piton makes is another one, and its own may change its case.
    let _ = env.ok(&["migration", "new", "--target", "split it"]);
    assert!(env.repo.exists("migrations/split-it-2"));
    let _ = env.ok(&["migration", "rename", "other", "Other"]);
}

#[test]
fn a_bare_repository_is_told_so_by_whatever_looks_at_stored_plans() {
    let env = TestEnv::staged();
    let bare = env.home.path().join("bare.git");
    env.repo
        .git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    for args in [["plan", "list"], ["migration", "list"]] {
        let output = env.command(&args).current_dir(&bare).output().unwrap();
        let ran = env.finish(output);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains("has no working tree"), "{}", ran.stderr);
        assert!(ran.stderr.contains("a clone or worktree"), "{}", ran.stderr);
    }
}

#[test]
fn what_is_missing_is_told_with_all_that_would_do() {
    let env = TestEnv::staged();
    for (args, would_do) in [
        (&["plan", "comment"][..], ["--text", "--file"]),
        (&["plan", "update"], ["--patch", "--text"]),
        (&["selftest"], ["--crash", "--seal"]),
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        let told = ran.stderr.split("Usage").next().unwrap();
        for option in would_do {
            assert!(told.contains(option), "{args:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_directory_for_temporary_files_is_found_from_where_piton_was_started() {
    let env = TestEnv::checked();
    env.repo.write("check.sh", "test -d \"$TMPDIR\"\n");
    env.repo.commit_all("looks for it");
    let script = env.home.path().join("script.toml");
    std::fs::write(&script, &*all_well()).unwrap();
    let started = env.home.path().join("below");
    std::fs::create_dir_all(started.join("here")).unwrap();
    let run = |temporary: &str| {
        let mut command = env.command(&["-C", env.path().to_str().unwrap(), "run-once"]);
        command
            .current_dir(&started)
            .args(["--paths", "src/lib.rs", "--with", "script"])
            .args(["--agent-script", script.to_str().unwrap()])
            .args(["--validation-command", "sh check.sh"])
            .env("TMPDIR", temporary);
        env.finish(command.output().unwrap())
    };
    let ran = run("here");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(std::fs::read_dir(started.join("here")).unwrap().count(), 0);
    // Where it is not there, what says where it is is named.
    let ran = run("nowhere");
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout.contains("(TMPDIR says where)"),
        "{}",
        ran.shown()
    );
}
