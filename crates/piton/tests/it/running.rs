//! The loop from the command line.

use std::fmt::Write as _;
use std::fs;

use piton_testkit::ScratchRepo;
use serde_json::Value;

use crate::env::{Ran, TestEnv};

const MANIFEST: &str = r#"{"awaiting_human_review": false, "cooldown_until": null,
  "created_at": "2026-06-01T00:00:00.000+00:00", "current_phase": "first",
  "human_review_reason": null, "last_touch": "2026-06-01T00:00:00.000+00:00", "name": "tidy",
  "phases": [
    {"done": false, "effort_reason": null, "file": "phase-1-first.md", "name": "first",
     "precondition": "src/lib.rs exists", "required_effort": null},
    {"done": false, "effort_reason": null, "file": "phase-2-second.md", "name": "second",
     "precondition": "the first is done", "required_effort": "high"}],
  "status": "ready", "wake_up_on": null}"#;

const SCRIPT: &str = r#"
[[step]]
role = "phase.ready-check"
reply = "ready: yes"
[[step]]
role = "phase.execute"
reply = "done"
[[step.edit]]
base = "cwd"
path = "src/lib.rs"
append = "tidy\n"
[[step]]
role = "refactor"
reply = "done"
[[step.edit]]
base = "cwd"
path = "src/lib.rs"
append = "cleaner\n"
"#;

fn env() -> TestEnv {
    let repo = ScratchRepo::new();
    repo.write("src/lib.rs", "fine\n");
    repo.write("check.sh", "! grep -r BROKEN src\n");
    repo.write("migrations/tidy/manifest.json", MANIFEST);
    repo.write("migrations/tidy/plan.md", "# Plan\n");
    for phase in ["phase-1-first.md", "phase-2-second.md"] {
        let text = "# x\n\n## Precondition\n\nsomething\n\n## Definition of Done\n\nit\n";
        repo.write(&format!("migrations/tidy/{phase}"), text);
    }
    repo.commit_all("a plan");
    TestEnv::over(repo)
}

fn run(env: &TestEnv, script: &str, args: &[&str]) -> Ran {
    let file = env.home.path().join("script.toml");
    fs::write(&file, script).unwrap();
    let file = file.to_str().unwrap();
    let mut all = args.to_vec();
    all.extend(["--with", "script", "--agent-script", file]);
    all.extend(["--validation-command", "sh check.sh"]);
    env.run(&all)
}

const FOCUS: [&str; 2] = ["run", "--focus-on-live-migrations"];

#[test]
fn a_dry_run_shows_the_very_thing_that_a_run_does_first_and_touches_nothing() {
    let env = env();
    let ran = run(&env, SCRIPT, &["run-once", "--paths", "x", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let before = env.world();
    let ran = run(&env, SCRIPT, &["run", "--focus-on-live-migrations", "-n"]);
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
    let ran = run(
        &env,
        SCRIPT,
        &[&FOCUS[..], &["--dry-run", "--json"]].concat(),
    );
    let shown = ran.json();
    assert_eq!(shown["next"]["kind"], "phase");
    assert!(shown["plan"].to_string().contains("branch:move:main"));
    assert_eq!(shown["migrations"][0]["eligible"], true);
}

#[test]
fn a_run_carries_out_what_it_may_and_says_what_waits_for_what() {
    let env = env();
    let ran = run(
        &env,
        SCRIPT,
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
    let ran = run(&env, SCRIPT, &args);
    assert!(
        ran.stdout
            .contains("asks for high effort, and medium is allowed"),
        "{}",
        ran.stdout
    );
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    let list = env.ok(&["migration", "list", "--no-headers"]).stdout;
    assert!(list.starts_with("tidy\tdone\t"), "{list}");
    let record = env.ok(&["runs", "show", "--json"]).json();
    let status = &record["summary"]["final_status"];
    assert!(status == "nothing_eligible" || record.to_string().contains("nothing_eligible"));
    assert_eq!(record["summary"]["counts"]["calls"], 2, "of an agent");
    let shown = env.ok(&["runs", "show"]).stdout;
    let validation = "validation 3-phase.validation\n  came to   green in ";
    assert!(shown.contains(validation), "{shown}");
    assert!(
        shown.contains("kept in   calls/3-phase.validation"),
        "{shown}"
    );
}

#[test]
fn a_red_baseline_stops_before_any_call_and_shows_the_end_of_it() {
    let env = env();
    env.repo.write("src/lib.rs", "BROKEN\n");
    env.repo.commit_all("broken");
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 6, "{}", ran.shown());
    assert!(ran.stdout.contains("src/lib.rs:BROKEN"), "{}", ran.stdout);
    assert_eq!(env.repo.subjects()[0], "broken");
    // Nothing eligible: nothing is validated either.
    env.repo.git(&["rm", "-rq", "migrations/tidy/plan.md"]);
    env.repo.commit_all("no plan");
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_focus_without_a_migration_has_nothing_to_do_and_without_a_place_is_refused() {
    let env = TestEnv::new();
    for more in [&[][..], &["--dry-run"]] {
        let ran = run(&env, SCRIPT, &[&FOCUS[..], more].concat());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(ran.stderr.contains("piton init"), "{}", ran.stderr);
    }
    let _ = env.ok(&["init"]);
    env.repo.commit_all("piton");
    fs::remove_dir_all(env.path().join("migrations")).ok();
    for more in [&[][..], &["--dry-run"]] {
        let ran = run(&env, SCRIPT, &[&FOCUS[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.shown().contains("nothing"), "{}", ran.shown());
    }
}

#[test]
fn failures_end_a_run_and_the_next_one_knows_of_them() {
    let env = env();
    let script = SCRIPT.replace("tidy\\n", "BROKEN\\n");
    for round in 1..=2 {
        let ran = run(&env, &script, &FOCUS);
        assert_eq!(ran.code, 1, "{round}: {}", ran.shown());
        assert_eq!(env.repo.status(), "");
    }
    let ran = run(&env, &script, &FOCUS);
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
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn work_that_cannot_land_waits_and_the_next_run_lands_it_without_a_call() {
    let env = env();
    env.repo.write("src/lib.rs", "being edited\n");
    let ran = run(&env, SCRIPT, &["run-once", "--paths", "src/lib.rs"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stdout.contains("in the way is src/lib.rs (changed)"),
        "{}",
        ran.stdout
    );
    assert_eq!(env.repo.read("src/lib.rs"), "being edited\n");
    env.repo.git(&["restore", "src/lib.rs"]);
    let mute = "[[step]]\nreply = \"\"\nfailure = \"crashed\"\n";
    let ran = run(
        &env,
        mute,
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
    let env = env();
    let mute = "[[step]]\nreply = \"\"\nfailure = \"crashed\"\n";
    env.repo.write("src/lib.rs", "being edited\n");
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
        (SCRIPT, &[&FOCUS[..], &["--json"]].concat()[..], "phase"),
        (mute, &[&FOCUS[..], &["--json"]].concat()[..], "land"),
        (mute, &clean_up[..], "land"),
    ] {
        let ran = run(&env, script, args);
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
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    // Each of the two phases has changed it once.
    assert_eq!(env.repo.read("src/lib.rs").matches("tidy").count(), 2);
}

#[test]
fn run_once_makes_one_commit_and_shows_what_changed() {
    let env = env();
    env.repo.git(&["rm", "-rq", "migrations"]);
    env.repo.commit_all("no plans");
    let ran = run(&env, SCRIPT, &["run-once", "--paths", "src/lib.rs"]);
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
    let env = env();
    env.repo.git(&["rm", "-rq", "migrations"]);
    env.repo.commit_all("no plans");
    let targets = env.home.path().join("targets.jsonl");
    fs::write(
        &targets,
        "{\"description\": \"the library\", \"files\": [\"src/lib.rs\"]}\nnot a target\n{\"description\": \"the check\", \"files\": [\"check.sh\"]}\n",
    )
    .unwrap();
    let ran = run(
        &env,
        SCRIPT,
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
fn what_is_missing_on_the_command_line_is_said_and_costs_nothing() {
    let env = env();
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
    let env = env();
    let mute = "[[step]]\nreply = \"no key\"\nfailure = \"authentication\"\n";
    let ran = run(&env, mute, &FOCUS);
    assert_eq!(ran.code, 4, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "a plan");
}

#[test]
fn a_planning_step_that_fails_is_noted_and_holds_up_no_phase() {
    let env = env();
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let script =
        SCRIPT.to_owned() + "[[step]]\nrole = \"planning.approaches\"\nreply = \"no files\"\n";
    for round in 1..=2 {
        let ran = run(&env, &script, &FOCUS);
        assert_eq!(env.repo.status(), "", "{round}: {}", ran.shown());
    }
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    let noted = env.repo.read("migrations/fresh/.planning/piton.json");
    assert!(noted.contains("\"failures\": 2"), "{noted}");
    let ran = run(&env, &script, &[&FOCUS[..], &["--dry-run"]].concat());
    assert!(ran.stdout.contains("is put off until"), "{}", ran.stdout);
}

#[test]
fn json_is_one_document_whatever_happens() {
    let env = env();
    let ran = run(&env, SCRIPT, &[&FOCUS[..], &["--json"]].concat());
    let shown: Value = ran.json();
    assert_eq!(shown["status"], "nothing_eligible");
    assert_eq!(shown["actions"].as_array().unwrap().len(), 2);
    assert_eq!(shown["commits"], 2);
}

/// Three targets, one file each, and a script in which each is changed.
fn three_targets(env: &TestEnv) -> (String, String) {
    env.repo.git(&["rm", "-rq", "migrations"]);
    for name in ["a", "b", "c"] {
        env.repo.write(&format!("src/{name}.txt"), "fine\n");
    }
    env.repo.commit_all("three files");
    let targets = env.home.path().join("three.jsonl");
    let (mut lines, mut script) = (String::new(), String::new());
    for name in ["a", "b", "c"] {
        let _ = writeln!(
            lines,
            "{{\"description\": \"{name}\", \"files\": [\"src/{name}.txt\"]}}"
        );
        let _ = writeln!(
            script,
            "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/{name}.txt\"\nwrite = \"better\\n\""
        );
    }
    fs::write(&targets, lines).unwrap();
    (targets.to_str().unwrap().to_owned(), script)
}

#[test]
fn several_actions_at_once_land_one_after_the_other_in_a_line() {
    let env = env();
    let (targets, script) = three_targets(&env);
    let ran = run(
        &env,
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
    let env = env();
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let plan = "[[step]]\nrole = \"planning.approaches\"\nreply = \"two ways\"\n[[step.edit]]\npath = \"approaches/one.md\"\nwrite = \"# One\\n\\nThe one way.\\n\"\n[[step.edit]]\npath = \"approaches/two.md\"\nwrite = \"# Two\\n\\nThe other.\\n\"\n";
    let ran = run(
        &env,
        &(plan.to_owned() + SCRIPT),
        &["run-once", "--paths", "x"],
    );
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
    let env = env();
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
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains("for a test"), "{}", ran.stdout);
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\ntidy\n");
    drop(guard);
}

#[test]
fn a_limit_that_the_agent_cannot_be_held_to_is_refused_at_the_start() {
    let env = env();
    let _ = run(&env, SCRIPT, &["run"]);
    let before = env.world();
    for (limit, part) in [
        (&["--max-cost", "2.50"][..], "does not tell what it costs"),
        (
            &["--max-tokens", "1000"][..],
            "does not tell how many tokens",
        ),
        (&["--max-cost", "lots"][..], "an amount of dollars"),
        (&["--max-duration", "soon"][..], "--max-duration"),
        (&["--jobs", "0"][..], "from 1 to 32"),
    ] {
        let ran = run(&env, SCRIPT, &[&FOCUS[..], limit].concat());
        assert_eq!(ran.code, 2, "{limit:?}: {}", ran.shown());
        assert!(ran.stderr.contains(part), "{limit:?}: {}", ran.stderr);
    }
    assert!(env.world().files_changed_since(&before).is_empty());
}

#[test]
fn a_limit_at_the_provider_is_waited_for_or_ends_the_run_and_the_next_one_knows() {
    let env = env();
    let limited = "[[step]]\nreply = \"limit\"\nfailure = \"limit-reached\"\n";
    let ran = run(&env, limited, &FOCUS);
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
    let ran = run(&env, SCRIPT, &FOCUS);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert_eq!(env.repo.read("src/lib.rs"), "fine\n", "no agent is asked");
    // Waiting is bounded by what the run may last.
    env.repo.write("piton.toml", "[run]\nlimit = \"wait\"\n");
    env.repo.commit_all("wait");
    let ran = run(
        &env,
        SCRIPT,
        &[&FOCUS[..], &["--max-duration", "1s"]].concat(),
    );
    assert_eq!(ran.code, 7, "{}", ran.shown());
    assert!(
        ran.stdout.contains("the time for this run is used up"),
        "{}",
        ran.stdout
    );
    fs::remove_file(env.repo.path().join(".git/piton/provider.json")).unwrap();
    assert_eq!(run(&env, SCRIPT, &FOCUS).code, 0);
}

#[test]
fn the_user_s_own_command_is_told_once_for_each_cause() {
    let env = env();
    let told = env.home.path().join("told.jsonl");
    let command = format!("sh -c 'cat >> {}'", told.display());
    let unsure =
        "[[step]]\nrole = \"phase.ready-check\"\nreply = \"ready: unverifiable - ask the team\"\n";
    for _ in 0..2 {
        let ran = run(
            &env,
            unsure,
            &[&FOCUS[..], &["--notify", &command]].concat(),
        );
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
    let ran = run(&env, unsure, &FOCUS);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("notify"), "{}", ran.stderr);
}

#[test]
fn a_run_goes_by_the_settings_and_the_taste_of_its_commit() {
    let env = env();
    env.repo.write("piton.toml", "commit-prefix = \"ours\"\n");
    env.repo.write(".piton/taste.md", "COMMITTED TASTE\n");
    env.repo.commit_all("settings");
    env.repo.write("piton.toml", "commit-prefix = \"theirs\"\n");
    env.repo.write(".piton/taste.md", "ANOTHER TASTE\n");
    let ran = run(&env, SCRIPT, &["run-once", "--paths", "x"]);
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
    let env = env();
    assert_eq!(run(&env, SCRIPT, &FOCUS).code, 0);
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
    let env = env();
    let script = env.home.path().join("script.toml");
    let spilling = |text: &str| {
        let spilled = SCRIPT.replace(text, &format!("key {SECRET}\\n"));
        assert!(spilled.contains(SECRET));
        fs::write(&script, spilled).unwrap();
    };
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
    spilling("tidy\\n");
    refused(&FOCUS);
    spilling("cleaner\\n");
    env.repo.git(&["rm", "-rq", "migrations"]);
    env.repo.commit_all("no plans");
    refused(&["run-once", "--paths", "src/lib.rs"]);
}

#[test]
fn an_action_that_fails_is_told_to_the_script_that_asked_for_it() {
    let env = env();
    env.repo.git(&["rm", "-rq", "migrations"]);
    env.repo.commit_all("no plans");
    let broken = SCRIPT.replace("cleaner\\n", "BROKEN\\n");
    let once = ["run-once", "--paths", "src/lib.rs"];
    let ran = run(&env, &broken, &once);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout.contains("the last action failed"),
        "{}",
        ran.shown()
    );
    let twice = ["run", "--extensions", "rs", "--max-refactors", "2"];
    let ran = run(&env, &broken, &twice);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let ran = run(&env, SCRIPT, &once);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}
