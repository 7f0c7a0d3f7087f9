//! What ends a run, holds it up, or is refused at its start.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use piton_testkit::Replies;

use crate::carrying::{FOCUS, all_well};
use crate::env::TestEnv;

#[test]
fn a_red_baseline_stops_before_any_call_and_shows_the_end_of_it() {
    let env = TestEnv::to_tidy();
    env.repo.write("src/lib.rs", "BROKEN\n");
    env.repo.commit_all("broken");
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 6, "{}", ran.shown());
    assert!(ran.stdout.contains("src/lib.rs:BROKEN"), "{}", ran.stdout);
    assert_eq!(env.repo.subjects()[0], "broken");
    // Nothing eligible: nothing is validated either.
    env.repo.git(&["rm", "-rq", "migrations/tidy/plan.md"]);
    env.repo.commit_all("no plan");
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_validation_command_that_cannot_start_is_bad_input_and_no_agent_is_called() {
    let env = TestEnv::to_tidy();
    let before = env.repo.subjects();
    let once = ["run-once", "--paths", "src/lib.rs"];
    for (command, args) in [
        ("nothere --all", &FOCUS[..]),
        ("/nothere/check", &FOCUS[..]),
        ("./nothere.sh", &FOCUS[..]),
        (
            "nothere",
            &["run", "--focus-on-live-migrations", "--dry-run"][..],
        ),
        ("nothere", &once[..]),
    ] {
        let ran = env.played_and_checked(&all_well(), args, command);
        assert_eq!(ran.code, 2, "{command}: {}", ran.shown());
        let program = command.split(' ').next().unwrap();
        let told = format!("the program {program} was not found");
        assert!(ran.stderr.contains(&told), "{command}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("--validation-command"),
            "{}",
            ran.stderr
        );
        assert!(!env.repo.exists(".git/piton/runs"), "{command}");
    }
    assert_eq!(env.repo.subjects(), before);
}

#[test]
fn what_may_still_come_to_be_is_no_reason_to_refuse_a_validation_command() {
    let env = TestEnv::to_tidy();
    let checked = |command: &str| {
        let ran =
            env.played_and_checked(&all_well(), &[&FOCUS[..], &["--dry-run"]].concat(), command);
        assert_eq!(ran.code, 0, "{command}: {}", ran.shown());
    };
    checked("sh -c 'cd src && ! grep -r BROKEN .'");
    env.repo.write("check", "#!/bin/sh\n");
    let check = env.path().join("check");
    fs::set_permissions(&check, fs::Permissions::from_mode(0o755)).unwrap();
    checked("./check");
    env.repo.commit_all("a check");
    // As it is committed counts, not as it stands.
    fs::remove_file(&check).unwrap();
    checked("./check");
    // The set-up may bring it.
    env.repo
        .write("piton.toml", "slot.setup = \"sh -c true\"\n");
    env.repo.commit_all("a set-up");
    checked("made-by-the-set-up --all");
}

#[test]
fn a_focus_without_a_migration_has_nothing_to_do_and_without_a_place_is_refused() {
    let env = TestEnv::new();
    for more in [&[][..], &["--dry-run"]] {
        let ran = env.played(&all_well(), &[&FOCUS[..], more].concat());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stderr.contains("piton init"), "{}", ran.stderr);
    }
    let _ = env.ok(&["init"]);
    env.repo.commit_all("piton");
    fs::remove_dir_all(env.path().join("migrations")).ok();
    for more in [&[][..], &["--dry-run"]] {
        let ran = env.played(&all_well(), &[&FOCUS[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.shown().contains("nothing"), "{}", ran.shown());
    }
}

#[test]
fn failures_end_a_run_and_the_next_one_knows_of_them() {
    let env = TestEnv::to_tidy();
    let script = Replies::new().carries_out("BROKEN\n");
    for round in 1..=2 {
        let ran = env.played(&script, &FOCUS);
        assert_eq!(ran.code, 1, "{round}: {}", ran.shown());
        assert_eq!(env.repo.status(), "");
    }
    let ran = env.played(&script, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stdout.contains("nothing can be done before"),
        "{}",
        ran.stdout
    );
    let woken = env.ok(&["migration", "wake", "tidy"]);
    assert!(
        woken.stdout.contains("migrations/tidy"),
        "{}",
        woken.shown()
    );
    assert_eq!(env.repo.subjects()[0], "piton: wake tidy");
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn work_that_cannot_land_waits_and_the_next_run_lands_it_without_a_call() {
    let env = TestEnv::to_tidy();
    env.repo.write("src/lib.rs", "being edited\n");
    let ran = env.played(&all_well(), &["run-once", "--paths", "src/lib.rs"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stdout.contains("in the way is src/lib.rs (changed)"),
        "{}",
        ran.stdout
    );
    assert_eq!(env.repo.read("src/lib.rs"), "being edited\n");
    env.repo.git(&["restore", "src/lib.rs"]);
    let mute = Replies::new().fails("", "crashed", "");
    let ran = env.played(
        &mute,
        &[
            "run",
            "--max-refactors",
            "0",
            "--paths",
            "x",
            "--max-consecutive-failures",
            "1",
            "--json",
        ],
    );
    let shown = ran.json();
    assert_eq!(shown["actions"][0]["kind"], "land");
    assert_eq!(shown["actions"][0]["outcome"], "landed");
    assert!(env.repo.read("src/lib.rs").contains("tidy"));
}

#[test]
fn nobody_is_paid_again_for_what_waits_to_land() {
    let env = TestEnv::to_tidy();
    let (well, mute) = (all_well(), Replies::new().fails("", "crashed", ""));
    env.repo.write("src/lib.rs", "being edited\n");
    let focus = [&FOCUS[..], &["--json"]].concat();
    let clean_up = [
        "run",
        "--max-refactors",
        "3",
        "--paths",
        "src/lib.rs",
        "--json",
    ];
    for (script, args, kind) in [
        // The first phase changes the file, and so would each clean-up of it.
        (&well, &focus[..], "phase"),
        (&mute, &focus[..], "land"),
        (&mute, &clean_up[..], "land"),
    ] {
        let ran = env.played(script, args);
        assert_eq!(ran.code, 3, "{}", ran.shown());
        let shown = ran.json();
        assert_eq!(shown["status"], "waits_to_land", "{}", ran.shown());
        assert_eq!(shown["actions"][0]["kind"], kind, "{}", ran.shown());
        assert_eq!(shown["actions"].as_array().unwrap().len(), 1);
    }
    let status = env.ok(&["status"]).stdout;
    assert!(
        status.contains(
            "accepted, and waits to land\n  piton: migration/tidy/phase-1-first.md, on main\n"
        ),
        "{status}"
    );
    let status = env.ok(&["status", "--json"]).json();
    assert_eq!(status["unlanded"][0]["migration"], "tidy");
    env.repo.git(&["restore", "src/lib.rs"]);
    let ran = env.played(&well, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    // Each of the two phases has changed it once.
    assert_eq!(env.repo.read("src/lib.rs").matches("tidy").count(), 2);
}

#[test]
fn what_is_missing_on_the_command_line_is_said_and_costs_nothing() {
    let env = TestEnv::to_tidy();
    let before = env.world();
    for (args, part) in [
        (&["run", "--paths", "x"][..], "--max-refactors N"),
        (&["run", "--max-refactors", "1"][..], "--scope-instruction"),
        (&["run-once"][..], "--scope-instruction"),
        (
            &["run", "--focus-on-live-migrations", "--sleep", "-1"][..],
            "not negative",
        ),
        (&["run", "--targets", "none.jsonl"][..], "none.jsonl"),
        (
            &["run-once", "--paths", "x", "--validation-command", "sh 'x"][..],
            "quote",
        ),
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.shown());
        assert!(ran.stderr.contains(part), "{args:?}: {}", ran.stderr);
    }
    assert!(env.world().files_changed_since(&before).is_empty());
}

#[test]
fn an_agent_that_is_not_signed_in_ends_the_run_and_is_nobody_s_failure() {
    let env = TestEnv::to_tidy();
    let mute = Replies::new().fails("", "authentication", "no key");
    let ran = env.played(&mute, &FOCUS);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "a plan");
}

#[test]
fn a_planning_step_that_fails_is_noted_and_holds_up_no_phase() {
    let env = TestEnv::to_tidy();
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let script = all_well().says("planning.approaches", "no files");
    for round in 1..=2 {
        let ran = env.played(&script, &FOCUS);
        assert_eq!(env.repo.status(), "", "{round}: {}", ran.shown());
    }
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    let noted = env.repo.read("migrations/fresh/.planning/piton.json");
    assert!(noted.contains("\"failures\": 2"), "{noted}");
    let ran = env.played(&script, &[&FOCUS[..], &["--dry-run"]].concat());
    assert!(ran.stdout.contains("is put off until"), "{}", ran.stdout);
}

#[test]
fn a_limit_that_the_agent_cannot_be_held_to_is_refused_at_the_start() {
    let env = TestEnv::to_tidy();
    let _ = env.played(&all_well(), &["run"]);
    let before = env.world();
    for (limit, part) in [
        (&["--max-cost", "2.50"][..], "does not report what it costs"),
        (
            &["--max-tokens", "1000"][..],
            "does not report how many tokens",
        ),
        (&["--max-cost", "lots"][..], "an amount of dollars"),
        (&["--max-duration", "soon"][..], "--max-duration"),
        (&["--jobs", "0"][..], "from 1 to 32"),
    ] {
        let ran = env.played(&all_well(), &[&FOCUS[..], limit].concat());
        assert_eq!(ran.code, 2, "{limit:?}: {}", ran.shown());
        assert!(ran.stderr.contains(part), "{limit:?}: {}", ran.stderr);
    }
    assert!(env.world().files_changed_since(&before).is_empty());
}

#[test]
fn a_limit_at_the_provider_is_waited_for_or_ends_the_run_and_the_next_one_knows() {
    let env = TestEnv::to_tidy();
    let limited = Replies::new().fails("", "limit-reached", "limit");
    let ran = env.played(&limited, &FOCUS);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let record = env.ok(&["runs", "show", "--json"]).json();
    assert!(record.to_string().contains("limit_reached"));
    // It is nobody's failure.
    assert!(
        !env.repo
            .path()
            .join("migrations/tidy/.planning/piton.json")
            .exists()
    );
    let until = jiff::Timestamp::now()
        .checked_add(std::time::Duration::from_secs(3600))
        .unwrap();
    let note = format!("{{\"version\": 1, \"agent\": \"script\", \"until\": \"{until}\"}}");
    fs::write(env.repo.path().join(".git/piton/provider.json"), note).unwrap();
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert_eq!(env.repo.read("src/lib.rs"), "fine\n", "no agent is asked");
    // Waiting is bounded by what the run may last.
    env.repo.write("piton.toml", "[run]\nlimit = \"wait\"\n");
    env.repo.commit_all("wait");
    let ran = env.played(
        &all_well(),
        &[&FOCUS[..], &["--max-duration", "1s"]].concat(),
    );
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert!(
        ran.stdout.contains("the time for this run is used up"),
        "{}",
        ran.stdout
    );
    fs::remove_file(env.repo.path().join(".git/piton/provider.json")).unwrap();
    assert_eq!(env.played(&all_well(), &FOCUS).code, 0);
}

#[test]
fn an_action_that_fails_is_told_to_the_script_that_asked_for_it() {
    let env = TestEnv::checked();
    let broken = Replies::new().cleans_up("BROKEN\n");
    let once = ["run-once", "--paths", "src/lib.rs"];
    let ran = env.played(&broken, &once);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout.contains("the last action failed"),
        "{}",
        ran.shown()
    );
    let twice = ["run", "--extensions", "rs", "--max-refactors", "2"];
    let ran = env.played(&broken, &twice);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let ran = env.played(&all_well(), &once);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_focus_does_no_more_than_it_is_allowed() {
    let env = TestEnv::to_tidy();
    let ran = env.played(
        &all_well(),
        &[&FOCUS[..], &["--max-refactors", "1", "--json"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(ran.json()["actions"].as_array().unwrap().len(), 1);
    // None is no limit, as without it.
    let ran = env.played(
        &all_well(),
        &[&FOCUS[..], &["--max-refactors", "0"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let shown = env.ok(&["migration", "list", "--json"]).json();
    assert_eq!(shown["migrations"][0]["status"], "done");
}

#[test]
fn a_number_below_none_is_refused_with_the_option_that_it_was_for() {
    let env = TestEnv::to_tidy();
    for option in [
        "--max-refactors",
        "--max-attempts",
        "--max-consecutive-failures",
        "--max-tokens",
        "--max-cost",
        "--jobs",
        "--timeout",
    ] {
        let ran = env.played(&all_well(), &[&FOCUS[..], &[option, "-1"]].concat());
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(ran.stderr.contains(option), "{option}: {}", ran.stderr);
        assert!(!ran.stderr.contains("unexpected"), "{}", ran.stderr);
    }
}

#[test]
fn a_run_that_ends_badly_says_why_in_its_document() {
    let env = TestEnv::to_tidy();
    let fails = Replies::new().fails("", "crashed", "");
    let once = ["run-once", "--paths", "src/lib.rs", "--json"];
    let ran = env.played(&fails, &once);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let error = ran.error();
    assert_eq!(error["kind"], "failed", "{error}");
    assert_eq!(error["message"], "the last action failed");
    assert!(error["record"].as_str().unwrap().contains("runs show"));

    env.repo.write("src/lib.rs", "BROKEN\n");
    env.repo.commit_all("broken");
    let ran = env.played(&all_well(), &[&FOCUS[..], &["--json"]].concat());
    assert_eq!(ran.code, 6, "{}", ran.shown());
    assert_eq!(ran.json()["status"], "baseline_failed");
    let error = ran.error();
    assert_eq!(error["kind"], "validation_red", "{error}");
    assert_eq!(error["message"], ran.json()["ending"]);

    env.repo.write("src/lib.rs", "fine\n");
    env.repo.commit_all("sound");
    let ran = env.played(&all_well(), &[&FOCUS[..], &["--json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.error().is_null(), "{}", ran.shown());
}

#[test]
fn what_cannot_be_read_of_work_that_waits_holds_every_target_back() {
    let env = TestEnv::to_tidy();
    let mute = Replies::new().fails("", "crashed", "");
    env.repo.write("src/lib.rs", "being edited\n");
    let ran = env.played(&all_well(), &["run-once", "--paths", "src/lib.rs"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let held = env
        .repo
        .git(&["for-each-ref", "--format=%(refname)", "refs/piton/unlanded"]);
    let tree = format!("{}^{{tree}}", held.trim());
    let tree = env.repo.git(&["rev-parse", &tree]);
    let (folder, file) = tree.trim().split_at(2);
    let lost = env.path().join(".git/objects").join(folder).join(file);
    fs::remove_file(&lost).unwrap();
    let other = [
        "run",
        "--paths",
        "check.sh",
        "--max-refactors",
        "2",
        "--json",
    ];
    let ran = env.played(&mute, &other);
    assert!(!ran.shown().contains("crashed"), "{}", ran.shown());
    let actions = ran.json()["actions"].as_array().cloned();
    for action in actions.into_iter().flatten() {
        assert_eq!(action["kind"], "land", "{}", ran.shown());
    }
}
