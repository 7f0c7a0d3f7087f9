//! Behaviours of continuous-refactoring that no other test holds: what is
//! called, how often, and what the record says of it.

use std::fs;

use piton_testkit::{Replies, ScratchRepo, manifest};
use serde_json::Value;

use crate::carrying::{FOCUS, project};
use crate::env::TestEnv;
use crate::stage::strings;

/// Writes a migration of one phase, made on a day of June.
fn migration(repo: &ScratchRepo, slug: &str, day: u32, status: &str) {
    let mut manifest = manifest(slug, &[("first", "it stands")]);
    manifest["created_at"] = format!("2026-06-{day:02}T00:00:00.000+00:00").into();
    manifest["status"] = status.into();
    repo.write_migration(&manifest);
}

/// The project with one migration.
fn one_migration() -> TestEnv {
    let repo = project();
    migration(&repo, "tidy", 1, "ready");
    repo.commit_all("a plan");
    TestEnv::over(repo)
}

fn calls(env: &TestEnv) -> Vec<Value> {
    let started = |event: &Value| event["event"] == "call_started";
    env.run_events().into_iter().filter(started).collect()
}

fn roles(env: &TestEnv) -> Vec<String> {
    let role = |call: Value| call["call_role"].as_str().unwrap().to_owned();
    calls(env).into_iter().map(role).collect()
}

#[test]
fn migrations_that_are_not_sound_cost_no_call_and_hold_up_nobody() {
    let repo = project();
    migration(&repo, "no-state", 1, "planning");
    migration(&repo, "odd-state", 2, "planning");
    repo.write("migrations/odd-state/.planning/state.json", "{}\n");
    migration(&repo, "torn", 3, "ready");
    repo.write("migrations/torn/manifest.json", "{\"name\": \"torn\"");
    migration(&repo, "misnamed", 4, "ready");
    let named = repo.read("migrations/misnamed/manifest.json");
    let named = named.replace("\"misnamed\"", "\"another\"");
    repo.write("migrations/misnamed/manifest.json", &named);
    migration(&repo, "no-document", 5, "ready");
    fs::remove_file(repo.path().join("migrations/no-document/phase-1-first.md")).unwrap();
    migration(&repo, "sound", 9, "ready");
    // Nothing of this is a migration.
    repo.write("migrations/README.md", "what lies here\n");
    repo.write("migrations/.hidden/manifest.json", "{");
    repo.write("migrations/__drafts__/manifest.json", "{");
    repo.commit_all("plans");
    let env = TestEnv::over(repo);
    let script = Replies::new().carries_out("tidy\n");
    let args = [&FOCUS[..], &["--verbose"]].concat();
    let ran = env.played(&script, &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(roles(&env), ["phase.ready-check", "phase.execute"]);
    for call in calls(&env) {
        assert_eq!(call["target"], "sound/phase-1-first.md", "{call}");
        assert_eq!(call["phase_reached"], "first", "{call}");
    }
    assert_eq!(
        env.repo.subjects()[0],
        "piton: migration/sound/phase-1-first.md"
    );
    let shown = ran.shown();
    for slug in ["no-state", "odd-state", "misnamed", "no-document"] {
        assert!(
            shown.contains(&format!("{slug} is passed over: ")),
            "{slug}: {shown}"
        );
    }
    let queue = env.played(&script, &[&FOCUS[..], &["--dry-run"]].concat());
    for slug in ["no-state", "odd-state", "torn", "misnamed", "no-document"] {
        assert!(queue.stdout.contains(slug), "{slug}: {}", queue.stdout);
    }
    for noise in ["hidden", "drafts", "README"] {
        assert!(!queue.stdout.contains(noise), "{noise}: {}", queue.stdout);
    }
}

#[test]
fn a_phase_of_a_migration_that_git_ignores_costs_no_call_and_says_what_to_do() {
    let repo = project();
    repo.write(".gitignore", "migrations/\n");
    repo.commit_all("a project");
    migration(&repo, "tidy", 1, "ready");
    let env = TestEnv::over(repo);
    let script = Replies::new().carries_out("tidy\n");
    let ran = env.played(&script, &[&FOCUS[..], &["--verbose"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(roles(&env), Vec::<String>::new());
    let way_out = "git add --force migrations/tidy";
    assert!(ran.shown().contains(way_out), "{}", ran.shown());
    env.repo.git(&["add", "--force", "migrations/tidy"]);
    env.repo.git(&["commit", "--quiet", "-m", "the plan"]);
    let ran = env.played(&script, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\n");
    assert_eq!(env.repo.status(), "");
}

#[test]
fn an_agent_that_fails_in_a_phase_is_not_called_again() {
    let env = one_migration();
    let crash = Replies::new()
        .begins()
        .fails("phase.execute", "crashed", "");
    let args = [&FOCUS[..], &["--max-attempts", "5"]].concat();
    let ran = env.played(&crash, &args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(roles(&env), ["phase.ready-check", "phase.execute"]);
    // Work that the checks refuse is tried as often as was said.
    let script = Replies::new().carries_out("BROKEN\n");
    let args = [&FOCUS[..], &["--max-attempts", "3"]].concat();
    let ran = env.played(&script, &args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(roles(&env).len(), 1 + 3, "{:?}", roles(&env));
    let retries: Vec<u64> = calls(&env)[1..]
        .iter()
        .map(|call| call["retry"].as_u64().unwrap())
        .collect();
    assert_eq!(retries, [1, 2, 3]);
}

#[test]
fn checks_that_could_not_run_are_a_reason_to_try_again() {
    let repo = project();
    migration(&repo, "tidy", 1, "ready");
    repo.commit_all("a plan");
    repo.git(&["update-index", "--chmod=+x", "check.sh"]);
    repo.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    repo.git(&["checkout", "--quiet", "--", "."]);
    let env = TestEnv::over(repo);
    let tries = env.home.path().join("tries");
    // The first try takes the checks away, the second leaves them.
    let agent = format!(
        "cat >/dev/null\ncase $PITON_ROLE in\nphase.ready-check) echo 'ready: yes' ;;\n*) echo one >> '{0}'\necho tidy >> src/lib.rs\n[ $(wc -l < '{0}') -gt 1 ] || rm check.sh\necho done ;;\nesac\n",
        tries.display()
    );
    let file = env.home.path().join("agent.sh");
    fs::write(&file, agent).unwrap();
    let command = format!("sh {}", file.display());
    let mut args = strings(&FOCUS);
    args.extend(strings(&["--max-attempts", "2", "--seal", "off"]));
    args.extend(strings(&["--with", "command", "--agent-command", &command]));
    args.extend(strings(&["--validation-command", "./check.sh"]));
    let ran = env.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(fs::read_to_string(&tries).unwrap(), "one\none\n");
    assert_eq!(env.repo.read("src/lib.rs"), "fine\ntidy\n");
    let failures = env.kept("failures");
    assert!(failures.contains("validation-infra-failure"), "{failures}");
    assert!(env.repo.exists("check.sh"));
}

#[test]
fn what_put_a_migration_off_is_forgotten_when_its_phase_is_done() {
    let env = one_migration();
    let no = Replies::new().says("phase.ready-check", "ready: no — not yet");
    let ran = env.played(&no, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let manifest: Value =
        serde_json::from_str(&env.repo.read("migrations/tidy/manifest.json")).unwrap();
    assert!(manifest["cooldown_until"].is_string(), "{manifest}");
    let _ = env.ok(&["migration", "wake", "tidy"]);
    let script = Replies::new().carries_out("tidy\n");
    let ran = env.played(&script, &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let manifest: Value =
        serde_json::from_str(&env.repo.read("migrations/tidy/manifest.json")).unwrap();
    assert!(manifest["cooldown_until"].is_null(), "{manifest}");
    assert!(manifest["wake_up_on"].is_null(), "{manifest}");
    assert_eq!(manifest["status"], "done");
    assert_eq!(manifest["current_phase"], "");
    let own = env.repo.read("migrations/tidy/.planning/piton.json");
    assert!(!own.contains("not yet"), "{own}");
}

#[test]
fn a_planning_step_counts_as_an_action_and_a_deferral_does_not() {
    let env = one_migration();
    let no = Replies::new().says("phase.ready-check", "ready: no — not yet");
    let script = no
        .says("classify", "decision: cohesive-cleanup — one place")
        .cleans_up("cleaner\n");
    let args = [
        "run",
        "--paths",
        "src/lib.rs:check.sh",
        "--max-refactors",
        "1",
    ];
    let ran = env.played(&script, &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(roles(&env)[0], "phase.ready-check");
    assert!(
        env.repo.read("src/lib.rs").contains("cleaner"),
        "{}",
        ran.shown()
    );
    let _ = env.ok(&["migration", "new", "fresh", "--target", "tidy up"]);
    let planning = Replies::new().finds_ways().then(&script);
    let ran = env.played(&planning, &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(roles(&env), ["planning.approaches"]);
    assert!(
        !ran.stdout.contains("src/lib.rs"),
        "no target was taken up: {}",
        ran.stdout
    );
}

#[test]
fn the_effort_of_every_call_is_on_record_with_where_it_comes_from() {
    let env = TestEnv::checked();
    let targets = env.home.path().join("targets.jsonl");
    let line =
        r#"{"description": "the library", "files": ["src/lib.rs"], "effort-override": "xhigh"}"#;
    fs::write(&targets, format!("{line}\n")).unwrap();
    let args = [
        "run",
        "--targets",
        targets.to_str().unwrap(),
        "--max-allowed-effort",
        "medium",
    ];
    let ran = env.played(&Replies::new().cleans_up("cleaner\n"), &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let call = &calls(&env)[0];
    assert_eq!(call["effort_source"], "target-override", "{call}");
    assert_eq!(call["requested_effort"], "xhigh", "{call}");
    assert_eq!(call["effective_effort"], "medium", "{call}");
    assert_eq!(call["max_allowed_effort"], "medium", "{call}");
    assert_eq!(call["effort_capped"], true, "{call}");
}

#[test]
fn every_decision_that_is_no_commit_leaves_a_document_without_paths_of_the_machine() {
    let env = TestEnv::checked();
    let args = [
        "run",
        "--paths",
        "src/lib.rs",
        "--max-refactors",
        "1",
        "--max-attempts",
        "2",
    ];
    let ran = env.played(&Replies::new().cleans_up("BROKEN\n"), &args);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let failures = env.path().join(".git/piton/failures");
    let mut names: Vec<_> = fs::read_dir(failures)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    let (first, last) = (
        fs::read_to_string(&names[0]).unwrap(),
        fs::read_to_string(&names[1]).unwrap(),
    );
    assert!(first.contains("decision: \"retry\""), "{first}");
    assert!(last.contains("decision: \"abandon\""), "{last}");
    assert!(
        last.contains("retry_recommendation: \"new-target\""),
        "{last}"
    );
    let summary = last
        .lines()
        .find(|line| line.starts_with("summary: "))
        .unwrap();
    let root = env.path().display().to_string();
    assert!(!summary.contains(&root), "{summary}");
}

#[test]
fn a_focus_says_first_at_which_documents_migrations_stand() {
    let repo = project();
    migration(&repo, "later", 2, "ready");
    migration(&repo, "earlier", 1, "ready");
    migration(&repo, "begun", 3, "planning");
    repo.commit_all("plans");
    let env = TestEnv::over(repo);
    let ran = env.played(&Replies::new().carries_out("tidy\n"), &FOCUS);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    let stands: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("stands at "))
        .collect();
    let expected = ["earlier", "later"].map(|slug| format!("migrations/{slug}/phase-1-first.md"));
    assert_eq!(stands, expected, "{}", ran.stdout);
    let place = |text: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(text))
            .unwrap()
    };
    assert!(
        place("stands at ") < place("phase earlier/"),
        "{}",
        ran.stdout
    );
}

#[test]
fn planning_that_was_given_up_is_passed_over_for_the_run_and_tried_again_by_the_next() {
    let env = TestEnv::checked();
    for slug in ["first", "second"] {
        let _ = env.ok(&["migration", "new", slug, "--target", "tidy up"]);
    }
    let begun = |slug: &str| {
        Replies::new()
            .says("planning.approaches", "two ways")
            .field("slug", slug)
    };
    let good = |slug: &str| {
        begun(slug)
            .hands_in("approaches/one.md", "# One\n\nThe one way.\n")
            .hands_in("approaches/two.md", "# Two\n\nThe other.\n")
    };
    let script = |first: Replies| first.then(&good("second"));
    let args = ["run", "--paths", "src/lib.rs", "--max-refactors", "2"];
    // It says that it did, and wrote nothing.
    let ran = env.played(&script(begun("first")), &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let slugs = |env: &TestEnv| -> Vec<String> {
        let target = |call: Value| call["target"].as_str().unwrap().to_owned();
        calls(env).into_iter().map(target).collect()
    };
    assert_eq!(slugs(&env), ["first", "second"]);
    assert!(!env.repo.exists("migrations/first/approaches/one.md"));
    assert!(env.repo.exists("migrations/second/approaches/one.md"));
    let args = ["run", "--paths", "src/lib.rs", "--max-refactors", "1"];
    let ran = env.played(&script(good("first")), &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(slugs(&env), ["first"]);
    assert!(env.repo.exists("migrations/first/approaches/one.md"));
}

#[test]
fn a_run_that_finds_nothing_to_do_says_what_is_in_the_way_of_each_migration() {
    let repo = project();
    let mut dear = manifest("dear", &[("first", "it stands")]);
    dear["phases"][0]["required_effort"] = "high".into();
    repo.write_migration(&dear);
    migration(&repo, "edited", 2, "ready");
    migration(&repo, "over", 3, "done");
    repo.commit_all("plans");
    let env = TestEnv::over(repo);
    env.repo.write("migrations/edited/plan.md", "# Mine\n");
    let args = [&FOCUS[..], &["--max-allowed-effort", "medium"]].concat();
    let ran = env.played(&Replies::new().begins(), &args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(roles(&env), Vec::<String>::new());
    let said = |text: &str| ran.stdout.lines().any(|line| line.trim().starts_with(text));
    assert!(said("dear ") && said("edited "), "{}", ran.stdout);
    assert!(!said("over "), "{}", ran.stdout);
}
