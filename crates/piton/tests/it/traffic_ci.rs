//! Clones that the repository's own workflows make, counted by the collector as
//! a process.

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{Fault, FaultKind, Job, Run, Step};
use serde_json::json;

use crate::traffic_jobs::job;
use crate::traffic_stage::{collect, day, run, running, state};

/// A run of the workflow `ci.yml`, with its jobs and their steps.
fn ci(jobs: &[(&str, &[&str])]) -> Run {
    let step = |name: &&str| Step {
        name: (*name).to_owned(),
        conclusion: "success".to_owned(),
    };
    let mut one = run("completed", Some("success"));
    ".github/workflows/ci.yml".clone_into(&mut one.path);
    "CI".clone_into(&mut one.name);
    one.jobs = jobs
        .iter()
        .map(|(name, steps)| Job {
            name: (*name).to_owned(),
            attempt: 1,
            steps: steps.iter().map(step).collect(),
        })
        .collect();
    one
}

#[test]
fn a_checkout_under_a_name_of_its_own_is_known_from_the_workflow() {
    let (env, fake) = running();
    let workflow = "name: CI\njobs:\n  test:\n    steps:\n      - name: Get the code\n        uses: actions/checkout@v4\n      - name: Test\n        run: make\n";
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.commit_files("main", "ci", &[(".github/workflows/ci.yml", workflow)]);
        for id in [1, 2] {
            let steps = ["Set up job", "Get the code", "Test", "Post Get the code"];
            repo.runs.insert(id, ci(&[("test", &steps)]));
        }
    });
    collect(&env, &fake);
    let entry = state(&fake)["ciCheckouts"][day(0)].clone();
    assert_eq!(
        (&entry["total"], &entry["runs"]),
        (&json!(2), &json!(2)),
        "{entry}"
    );
    let log = fake.take_log();
    let read = log
        .iter()
        .filter(|line| line.ends_with("/contents/.github/workflows/ci.yml"));
    assert_eq!(read.count(), 1, "each revision is read once: {log:?}");
    // Where it may not be read the usual names count, and nothing fails.
    fake.fault(Fault::new("GET", "/contents/", FaultKind::Status(403, "no")).times(u32::MAX));
    collect(&env, &fake);
    assert_eq!(state(&fake)["ciCheckouts"][day(0)]["total"], json!(0));
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn checkouts_inside_called_workflows_and_actions_of_the_repository_are_counted() {
    let (env, fake) = running();
    let checkout =
        |name: &str| format!("      - name: {name}\n        uses: actions/checkout@v4\n");
    let caller = "name: CI\njobs:\n  ours:\n    uses: ./.github/workflows/called.yml\n  theirs:\n    uses: tools/ci/.github/workflows/build.yml@v1\n  test:\n    steps:\n      - uses: ./.github/actions/both\n      - name: Prepare\n        uses: ./prepare/\n";
    let called = format!(
        "name: Called\non: workflow_call\njobs:\n  inner:\n    steps:\n{}",
        checkout("Fetch ours")
    );
    let theirs = format!(
        "name: Build\non: workflow_call\njobs:\n  inner:\n    steps:\n{}",
        checkout("Fetch theirs")
    );
    let both = "name: Both\nruns:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n    - uses: ./prepare\n    - uses: actions/checkout@v4\n      if: always()\n";
    let prepare = "runs:\n  using: composite\n  steps:\n    - name: again\n      uses: actions/checkout@v4\n    - uses: ./prepare\n";
    fake.world(|world| {
        let tools = world.add_repo("tools/ci", Timestamp::now());
        tools.commit_files("main", "ci", &[(".github/workflows/build.yml", &theirs)]);
        let sha = tools.refs["refs/heads/main"].clone();
        let repo = world.repo("acme/widget");
        repo.commit_files(
            "main",
            "ci",
            &[
                (".github/workflows/ci.yml", caller),
                (".github/workflows/called.yml", &called),
                (".github/actions/both/action.yml", both),
                ("prepare/action.yaml", prepare),
            ],
        );
        let mut one = ci(&[
            ("ours / inner", &["Set up job", "Fetch ours", "Build"]),
            ("theirs / inner", &["Fetch theirs"]),
            // A name of a called workflow says nothing in a job of another.
            (
                "test",
                &[
                    "Run ./.github/actions/both",
                    "Prepare",
                    "Fetch ours",
                    "Complete job",
                ],
            ),
        ]);
        one.referenced = vec![
            (
                "acme/widget/.github/workflows/called.yml@main".to_owned(),
                "x".to_owned(),
            ),
            ("tools/ci/.github/workflows/build.yml@v1".to_owned(), sha),
        ];
        repo.runs.insert(1, one);
    });
    collect(&env, &fake);
    let entry = state(&fake)["ciCheckouts"][day(0)].clone();
    // One each for the called ones; an action with its own and another one's
    // (which calls itself, three times more); and that other one by itself.
    assert_eq!(
        entry["byWorkflow"]["CI"]["checkoutsPerRun"],
        json!([1 + 1 + 4 + 4])
    );
    assert_eq!(fake.violations(), [""; 0]);
    // What cannot be read tells nothing, and the rest still counts.
    let none = FaultKind::Status(404, "Not Found");
    fake.fault(Fault::new("GET", "/repos/tools/ci/contents/", none).times(u32::MAX));
    collect(&env, &fake);
    let entry = state(&fake)["ciCheckouts"][day(0)].clone();
    assert_eq!(entry["total"], json!(9), "{entry}");
}

#[test]
fn a_clock_that_is_ahead_settles_no_day_before_it_is_over() {
    let (env, fake) = running();
    // This machine is three days ahead of GitHub.
    let there = Timestamp::now() - SignedDuration::from_hours(72);
    fake.set_now(there);
    let one = |created_at: Timestamp| {
        let mut one = ci(&[("test", &["Run actions/checkout@v4"])]);
        one.created_at = created_at;
        one
    };
    fake.world(|world| {
        world.repo("acme/widget").runs.insert(1, one(there));
    });
    let ran = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("this machine's clock says"),
        "{}",
        ran.stderr
    );
    let now = state(&fake);
    assert_eq!(now["ciCheckouts"][day(3)]["total"], json!(1), "{now}");
    assert!(
        now["ciCheckouts"].get(day(0)).is_none(),
        "that day has not come"
    );
    // What ran later on that day is counted, as the day was not over.
    fake.world(|world| {
        world.repo("acme/widget").runs.insert(2, one(there));
    });
    collect(&env, &fake);
    assert_eq!(state(&fake)["ciCheckouts"][day(3)]["total"], json!(2));
}
