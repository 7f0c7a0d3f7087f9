//! What a run does, from the command line.

use std::fmt::Write as _;
use std::fs;

use piton_testkit::Replies;
use serde_json::Value;

use crate::carrying::{FOCUS, all_well};
use crate::env::TestEnv;

#[test]
fn a_dry_run_shows_the_very_thing_that_a_run_does_first_and_touches_nothing() {
    let env = TestEnv::to_tidy();
    let ran = env.played(&all_well(), &["run-once", "--paths", "x", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let before = env.world();
    let ran = env.played(&all_well(), &["run", "--focus-on-live-migrations", "-n"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    for part in [
        "phase tidy/phase-1-first.md, by script in a slot",
        "asks script whether it may start",
        "lands it on main",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let touched = env.world().files_changed_since(&before);
    assert!(touched.is_empty(), "{touched:?}");
    let ran = env.played(
        &all_well(),
        &[&FOCUS[..], &["--dry-run", "--json"]].concat(),
    );
    let shown = ran.json();
    assert_eq!(shown["next"]["kind"], "phase");
    assert!(shown["plan"].to_string().contains("branch:move:main"));
    assert_eq!(shown["migrations"][0]["eligible"], true);
}

#[test]
fn a_run_whose_work_nobody_could_commit_is_refused_before_any_call() {
    let env = TestEnv::to_tidy();
    env.repo.git(&["config", "--unset", "user.name"]);
    env.repo.git(&["config", "--unset", "user.email"]);
    env.repo.git(&["config", "user.useConfigOnly", "true"]);
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("git config user.email"),
        "{}",
        ran.stderr
    );
    assert!(!env.repo.exists(".git/piton/runs"), "{}", ran.shown());
}

#[test]
fn a_run_carries_out_what_it_may_and_says_what_waits_for_what() {
    let env = TestEnv::to_tidy();
    let ran = env.played(
        &all_well(),
        &[&FOCUS[..], &["--max-allowed-effort", "medium"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains("landed"), "{}", ran.stdout);
    assert_eq!(
        env.repo.subjects()[0],
        "piton: migration/tidy/phase-1-first.md"
    );
    assert_eq!(env.repo.status(), "");
    let args = [&FOCUS[..], &["--max-allowed-effort", "medium", "--dry-run"]].concat();
    let ran = env.played(&all_well(), &args);
    assert!(
        ran.stdout
            .contains("asks for high effort, and medium is allowed"),
        "{}",
        ran.stdout
    );
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    let list = env.ok(&["migration", "list", "--no-headers"]).stdout;
    assert!(list.starts_with("tidy\tdone\t"), "{list}");
    let record = env.ok(&["runs", "show", "--json"]).json();
    let status = &record["summary"]["final_status"];
    assert!(status == "nothing_eligible" || record.to_string().contains("nothing_eligible"));
    assert_eq!(record["summary"]["counts"]["calls"], 2, "of an agent");
    let shown = env.ok(&["runs", "show"]).stdout;
    let validation = "validation 3-phase.validation\n  result    green in ";
    assert!(shown.contains(validation), "{shown}");
    assert!(
        shown.contains("kept in   calls/3-phase.validation"),
        "{shown}"
    );
}

#[test]
fn run_once_makes_one_commit_and_shows_what_changed() {
    let env = TestEnv::checked();
    let ran = env.played(&all_well(), &["run-once", "--paths", "src/lib.rs"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "piton: run-once");
    assert!(
        ran.stdout.contains("1 file changed, 1 insertion(+)"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_file_of_targets_is_used_up_once_each() {
    let env = TestEnv::checked();
    let targets = env.home.path().join("targets.jsonl");
    fs::write(
        &targets,
        "{\"description\": \"the library\", \"files\": [\"src/lib.rs\"]}\nnot a target\n{\"description\": \"the check\", \"files\": [\"check.sh\"]}\n",
    )
    .unwrap();
    let ran = env.played(
        &all_well(),
        &["run", "--targets", targets.to_str().unwrap()],
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains("targets.jsonl:2: it is not a JSON object"),
        "{}",
        ran.stderr
    );
    let mut subjects = env.repo.subjects()[..2].to_vec();
    subjects.sort();
    assert_eq!(subjects, ["piton: the check", "piton: the library"]);
}

#[test]
fn json_is_one_document_whatever_happens() {
    let env = TestEnv::to_tidy();
    let ran = env.played(&all_well(), &[&FOCUS[..], &["--json"]].concat());
    let shown: Value = ran.json();
    assert_eq!(shown["status"], "nothing_eligible");
    assert_eq!(shown["actions"].as_array().unwrap().len(), 2);
    assert_eq!(shown["commits"], 2);
}

/// Three targets, one file each, and a script in which each is changed.
fn three_targets(env: &TestEnv) -> (String, Replies) {
    for name in ["a", "b", "c"] {
        env.repo.write(&format!("src/{name}.txt"), "fine\n");
    }
    env.repo.commit_all("three files");
    let targets = env.home.path().join("three.jsonl");
    let (mut lines, mut script) = (String::new(), Replies::new());
    for name in ["a", "b", "c"] {
        let _ = writeln!(
            lines,
            "{{\"description\": \"{name}\", \"files\": [\"src/{name}.txt\"]}}"
        );
        let file = format!("src/{name}.txt");
        script = script.says("refactor", "done").writes(&file, "better\n");
    }
    fs::write(&targets, lines).unwrap();
    (targets.to_str().unwrap().to_owned(), script)
}

#[test]
fn several_actions_at_once_land_one_after_the_other_in_a_line() {
    let env = TestEnv::checked();
    let (targets, script) = three_targets(&env);
    let ran = env.played(
        &script,
        &["run", "--targets", &targets, "--jobs", "3", "--json"],
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let shown = ran.json();
    let actions = shown["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 3);
    assert!(
        actions.iter().all(|it| it["outcome"] == "landed"),
        "{shown}"
    );
    assert_eq!(shown["commits"], 3);
    let log = env.repo.git(&["log", "--format=%P", "-3"]);
    assert!(log.lines().all(|parents| !parents.contains(' ')), "{log}");
    for name in ["a", "b", "c"] {
        assert_eq!(env.repo.read(&format!("src/{name}.txt")), "better\n");
    }
    assert_eq!(env.repo.status(), "");
    let unlanded = env.repo.git(&["for-each-ref", "refs/piton/unlanded"]);
    assert_eq!(unlanded, "");
}

#[test]
fn planning_phases_and_their_calls_are_one_record_of_one_run() {
    let env = TestEnv::to_tidy();
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let script = Replies::new().finds_ways().then(&all_well());
    let ran = env.played(&script, &["run-once", "--paths", "x"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "piton: planning/fresh/approaches");
    let message = env.repo.git(&["log", "-1", "--format=%B"]);
    for part in [
        "Piton-Run: ",
        "Piton-Migration: fresh",
        "Piton-Agent: script",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(env.repo.status(), "");
    let runs = env.ok(&["runs", "list", "--json"]).json();
    let text = runs.to_string();
    assert_eq!(text.matches("run-once").count(), 1, "{text}");
    assert_eq!(text.matches("migration step").count(), 0, "{text}");
    let doctor = env.ok(&["migration", "doctor", "--all"]);
    assert!(!doctor.stdout.contains("error"), "{}", doctor.stdout);
}

#[test]
fn a_migration_that_somebody_is_at_work_on_is_left_to_them() {
    let env = TestEnv::to_tidy();
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let lock = env.repo.path().join(".git/piton/claims/fresh.lock");
    let holder = piton_durable::Holder {
        pid: std::process::id(),
        host: "here".to_owned(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".to_owned(),
    };
    let guard = piton_durable::Lock::at(&lock)
        .acquire(&holder, std::time::Duration::ZERO)
        .unwrap();
    let ran = env.run(&["migration", "step", "fresh"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("for a test"), "{}", ran.stderr);
    let refine = ["migration", "refine", "fresh", "--message", "x"];
    assert_eq!(env.run(&refine).code, 1);
    // A run goes on with what nobody is at.
    let ran = env.played(&all_well(), &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains("for a test"), "{}", ran.stdout);
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    drop(guard);
}

#[test]
fn the_user_s_own_command_is_told_once_for_each_cause() {
    let env = TestEnv::to_tidy();
    let told = env.home.path().join("told.jsonl");
    let command = format!("sh -c 'cat >> {}'", told.display());
    let unsure = Replies::new().says("phase.ready-check", "ready: unverifiable - ask the team");
    for _ in 0..2 {
        let ran = env.played(&unsure, &[&FOCUS[..], &["--notify", &command]].concat());
        assert_eq!(ran.code, 3, "{}", ran.shown());
    }
    let text = fs::read_to_string(&told).unwrap();
    let causes: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let named = |name: &str| causes.iter().filter(|it| it["cause"] == name).count();
    assert_eq!(
        (named("person-needed"), named("run-over")),
        (1, 2),
        "{text}"
    );
    assert!(
        text.contains("tidy waits for a person: ask the team"),
        "{text}"
    );
    // The repository has no say in what runs on the user's machine.
    env.repo.write("piton.toml", "notify = \"sh -c true\"\n");
    env.repo.commit_all("notify");
    let ran = env.played(&unsure, &FOCUS);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("notify"), "{}", ran.stderr);
}

#[test]
fn a_run_goes_by_the_settings_and_the_taste_of_its_commit() {
    let env = TestEnv::to_tidy();
    env.repo.write("piton.toml", "commit-prefix = \"ours\"\n");
    env.repo.write(".piton/taste.md", "COMMITTED TASTE\n");
    env.repo.commit_all("settings");
    env.repo.write("piton.toml", "commit-prefix = \"theirs\"\n");
    env.repo.write(".piton/taste.md", "ANOTHER TASTE\n");
    let ran = env.played(&all_well(), &["run-once", "--paths", "x"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr.contains("a run goes by what is committed"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        env.repo.subjects()[0],
        "ours: migration/tidy/phase-1-first.md"
    );
    let mut asked = String::new();
    let runs = env.repo.path().join(".git/piton/runs");
    for run in fs::read_dir(runs).unwrap().flatten() {
        let Ok(calls) = fs::read_dir(run.path().join("calls")) else {
            continue;
        };
        for call in calls.flatten() {
            asked += &fs::read_to_string(call.path().join("prompt.md")).unwrap_or_default();
        }
    }
    assert!(asked.contains("COMMITTED TASTE"), "{asked}");
    assert!(!asked.contains("ANOTHER TASTE"), "{asked}");
    assert_eq!(env.repo.read(".piton/taste.md"), "ANOTHER TASTE\n");
}

#[test]
fn every_action_of_a_run_is_a_plan_with_a_journal_of_its_own() {
    let env = TestEnv::to_tidy();
    assert_eq!(env.played(&all_well(), &FOCUS).code, 0);
    let listed = env.ok(&["journal", "list", "--json"]).json().to_string();
    assert_eq!(listed.matches("\"command\":\"run\"").count(), 2, "{listed}");
    // One that was cut off is settled by whatever writes next.
    let journals = env.repo.path().join(".git/piton/journals");
    let mut files: Vec<_> = fs::read_dir(&journals)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    let last = files.last().unwrap();
    let text = fs::read_to_string(last).unwrap();
    let cut: Vec<&str> = text.lines().take(2).collect();
    fs::write(last, format!("{}\n", cut.join("\n"))).unwrap();
    let ran = env.ok(&["migration", "new", "next", "--target", "x"]);
    assert!(
        ran.stderr.contains("an action of a run that was cut off"),
        "{}",
        ran.shown()
    );
    let ran = env.ok(&["migration", "new", "another", "--target", "x"]);
    assert!(!ran.stderr.contains("cut off"), "{}", ran.shown());
}

#[test]
fn work_that_holds_a_secret_of_the_user_s_is_never_committed() {
    const SECRET: &str = "hunter2-hunter2-hunter2";
    let env = TestEnv::to_tidy();
    let script = env.home.path().join("script.toml");
    let spilled = format!("key {SECRET}\n");
    let plays = |replies: &Replies| fs::write(&script, replies.as_bytes()).unwrap();
    let refused = |args: &[&str]| {
        let mut all = args.to_vec();
        all.extend([
            "--with",
            "script",
            "--agent-script",
            script.to_str().unwrap(),
        ]);
        let output = env.command(&all).env("DEPLOY_TOKEN", SECRET).output();
        let ran = env.finish(output.unwrap());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stdout.contains("DEPLOY_TOKEN"), "{}", ran.shown());
        assert!(!ran.shown().contains(SECRET), "{}", ran.shown());
        let holding = env.repo.git(&["log", "--all", "--format=%s", "-S", SECRET]);
        assert_eq!(holding, "", "no commit has it");
        assert_eq!(env.repo.read("src/lib.rs"), "fine\n");
    };
    plays(&Replies::new().carries_out(&spilled));
    refused(&FOCUS);
    plays(&Replies::new().cleans_up(&spilled));
    env.repo.git(&["rm", "-rq", "migrations"]);
    env.repo.commit_all("no plans");
    refused(&["run-once", "--paths", "src/lib.rs"]);
}
