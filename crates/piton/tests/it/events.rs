//! `--events`: what happens, as lines of JSON.

use piton_loop::runs::{Event, Recorded};

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

fn events(text: &str) -> Vec<Recorded> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Starts a migration and plans it to its end.
fn plan(env: &TestEnv, more: &[&str]) -> Vec<String> {
    let mut arguments = strings(&["migration", "new", SLUG, "--target", "x"]);
    arguments.extend(strings(&["--until", "ready"]));
    arguments.extend(strings(more));
    arguments.extend(env.script("good", GOOD));
    arguments
}

#[test]
fn a_command_of_many_steps_is_one_run_and_its_events_are_those_of_the_record() {
    let env = TestEnv::staged();
    let ran = env.ok(&plan(&env, &["--events", ".git/events.jsonl"]));
    assert!(ran.stderr.contains("add-api is ready"), "{}", ran.stderr);
    let told = events(&env.repo.read(".git/events.jsonl"));
    let runs = std::fs::read_dir(env.path().join(".git/piton/runs")).unwrap();
    let runs: Vec<_> = runs
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    let kept = events(&std::fs::read_to_string(run.join("events.jsonl")).unwrap());
    let of_run: Vec<_> = told.iter().filter(|told| told.run.is_some()).collect();
    assert_eq!(of_run, kept.iter().collect::<Vec<_>>());
    let count = |wanted: fn(&Event) -> bool| told.iter().filter(|it| wanted(&it.event)).count();
    assert_eq!(count(|event| matches!(event, Event::CallFinished(_))), 7);
    assert_eq!(count(|event| matches!(event, Event::RunFinished(_))), 1);
    // The start of the migration belongs to no run: no agent was called yet.
    assert!(told.first().unwrap().run.is_none());
}

#[test]
fn standard_output_holds_the_events_alone_where_they_are_wanted_there() {
    let env = TestEnv::staged();
    let ran = env.ok(&plan(&env, &["--events", "-"]));
    let told = events(&ran.stdout);
    assert!(told.len() > 20, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("migration new add-api: 1 change"),
        "{}",
        ran.stderr
    );
}

#[test]
fn events_that_cannot_be_written_cost_nothing() {
    let env = TestEnv::staged();
    let before = env.repo.subjects();
    let ran = env.run(&plan(&env, &["--events", "no/such/place.jsonl"]));
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("no/such/place.jsonl"), "{}", ran.stderr);
    let ran = env.run(&plan(&env, &["--events", "-", "--json"]));
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert_eq!(env.repo.subjects(), before);
}
