//! Eight processes, each with fifty reports of one plan, while GitHub fails.

use std::collections::BTreeMap;
use std::time::Duration;

use piton_backend::log::LogPage;
use piton_testkit::forge::{FIELDS, FakeGitHub, Fault, FaultKind};

use crate::env::TestEnv;
use crate::stored::{BODY, add_plan, reach};

const PROCESSES: usize = FIELDS.len();
const REPORTS: usize = 50;

#[derive(Clone, Copy)]
enum Kept {
    InAnIssue,
    InAPullRequest,
}

fn check(clones: usize, kept: Kept) {
    let mut plan = 0;
    let fake = FakeGitHub::with(|world| {
        plan = match kept {
            Kept::InAnIssue => add_plan(world, BODY),
            Kept::InAPullRequest => {
                let now = jiff::Timestamp::now();
                let repo = world.add_repo("acme/app", now);
                repo.add_pull("[erk-pr] Add a cache", BODY, "plnd/add-a-cache", now)
            }
        };
    });
    let clones: Vec<TestEnv> = (0..clones).map(|_| TestEnv::new()).collect();
    if let Kept::InAPullRequest = kept {
        for clone in &clones {
            clone
                .repo
                .write("piton.toml", "plans.backend = \"github-draft-pr\"\n");
        }
    }
    for fault in [
        Fault::new("PATCH", "/issues/", FaultKind::StatusAfter(502)).every(43),
        Fault::new("PATCH", "", FaultKind::Drop).every(61),
        Fault::new("", "", FaultKind::DropAfter).every(97),
        Fault::new("GET", "", FaultKind::Status(500, "{}")).every(101),
        Fault::new("POST", "/comments", FaultKind::StatusAfter(502)).every(2),
        Fault::new("GET", "/comments", FaultKind::Stale(2)).every(53),
        Fault::new("POST", "/graphql", FaultKind::Status(502, "{}")).every(47),
        Fault::new("GET", "", FaultKind::Slow(Duration::from_millis(3))).every(11),
    ] {
        fake.fault(fault);
    }
    let last: Vec<usize> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..PROCESSES)
            .map(|process| {
                let (fake, clone) = (&fake, &clones[process % clones.len()]);
                scope.spawn(move || report(fake, clone, plan, process))
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    fake.clear_faults();
    // What waits in an outbox is sent with the next report.
    for clone in &clones {
        let plan = plan.to_string();
        let args = [
            "exec",
            "update-pr-header",
            plan.as_str(),
            "branch_name=last",
        ];
        let output = reach(&fake, clone.command(&args)).output().unwrap();
        assert!(output.status.success());
    }
    let (body, comments) = fake.world(|world| {
        let repo = world.repo("acme/app");
        let comments = repo.comments.values().map(|comment| comment.body.clone());
        (
            repo.issues[&plan].body.clone(),
            comments.collect::<Vec<_>>(),
        )
    });
    let header = piton_backend::header::find_header(&body).unwrap();
    for (field, last) in FIELDS.iter().zip(last) {
        let has = header.text(field).unwrap();
        assert_eq!(has, format!("value-{last}"), "{field}");
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for page in comments.iter().filter_map(|body| LogPage::read(body)) {
        for entry in page.entries {
            *seen.entry(entry.key).or_default() += 1;
        }
    }
    assert!(
        seen.values().all(|times| *times == 1),
        "none is there twice"
    );
    assert!(body.ends_with("Text of ours.\n"));
    assert!(fake.violations().is_empty(), "{:?}", fake.violations());
}

/// Reports again and again; returns the last one that is acknowledged or waits.
fn report(fake: &FakeGitHub, clone: &TestEnv, plan: u64, process: usize) -> usize {
    let plan = plan.to_string();
    let mut last = None;
    for n in 0..REPORTS {
        let field = format!("{}=value-{n}", FIELDS[process]);
        let args = ["exec", "update-pr-header", plan.as_str(), field.as_str()];
        let output = reach(fake, clone.command(&args)).output().unwrap();
        let told = if output.status.success() {
            output.stdout
        } else {
            output.stderr
        };
        let answer: serde_json::Value = serde_json::from_slice(&told).unwrap();
        if answer["success"] == true || answer["queued"] == true {
            last = Some(n);
        }
    }
    last.unwrap()
}

#[test]
fn eight_processes_of_one_clone_lose_no_report_of_an_issue() {
    check(1, Kept::InAnIssue);
}

#[test]
fn eight_processes_of_eight_clones_lose_no_report_of_an_issue() {
    check(PROCESSES, Kept::InAnIssue);
}

#[test]
fn eight_processes_of_one_clone_lose_no_report_of_a_pull_request() {
    check(1, Kept::InAPullRequest);
}

#[test]
fn eight_processes_of_eight_clones_lose_no_report_of_a_pull_request() {
    check(PROCESSES, Kept::InAPullRequest);
}
