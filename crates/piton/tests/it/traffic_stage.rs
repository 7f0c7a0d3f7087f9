//! A set-up that runs: made, committed, pushed, published.

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Run, Workflow};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::traffic::{CREATE, fake, on};
use crate::traffic_jobs::{badge, job};

pub(crate) const FILES: [&str; 4] = [
    ".github/workflows/traffic-badges.yml",
    "docs/stats/index.html",
    "docs/stats/README.md",
    "docs/stats/favicon.svg",
];

/// The day so many days ago.
pub(crate) fn day(back: i64) -> String {
    let at = Timestamp::now() - SignedDuration::from_hours(24 * back);
    at.to_string()[..10].to_owned()
}

/// Sets everything up, as it is after it was committed, pushed and published.
pub(crate) fn running() -> (TestEnv, FakeGitHub) {
    let (env, fake) = (TestEnv::new(), fake());
    let made = on(&env, &fake, &CREATE);
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    publish(&env, &fake);
    (env, fake)
}

pub(crate) fn publish(env: &TestEnv, fake: &FakeGitHub) {
    let files: Vec<(&str, String)> = FILES.map(|path| (path, env.repo.read(path))).into();
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        repo.commit_files("main", "track", &files);
        repo.pages = Some(("main".to_owned(), "/docs".to_owned()));
        repo.workflows.insert(
            "traffic-badges.yml".to_owned(),
            Workflow {
                id: 7,
                name: "Track Downloads & Clones".to_owned(),
                state: "active".to_owned(),
                run_name: None,
            },
        );
        let counted = |count: u64| -> Vec<Value> {
            let days = (0..14).rev();
            days.map(|back| {
                json!({"timestamp": format!("{}T00:00:00Z", day(back)), "count": count, "uniques": 2})
            })
            .collect()
        };
        repo.created_at = Timestamp::now() - SignedDuration::from_hours(24 * 200);
        repo.traffic.insert("clones".to_owned(), counted(5));
        repo.traffic.insert("views".to_owned(), counted(9));
    });
}

pub(crate) fn run(status: &str, conclusion: Option<&str>) -> Run {
    Run {
        name: "Track Downloads & Clones".to_owned(),
        title: "x".to_owned(),
        workflow_id: 7,
        path: ".github/workflows/traffic-badges.yml".to_owned(),
        event: "schedule".to_owned(),
        branch: "main".to_owned(),
        status: status.to_owned(),
        conclusion: conclusion.map(str::to_owned),
        created_at: Timestamp::now(),
        attempt: 1,
        jobs: Vec::new(),
        referenced: Vec::new(),
        inputs: std::collections::BTreeMap::new(),
    }
}

pub(crate) fn collect(env: &TestEnv, fake: &FakeGitHub) {
    let ran = env.finish(job(env, fake, &["traffic", "collect"]).output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

pub(crate) fn verdict(ran: &Ran, id: &str) -> String {
    let shown = ran.json();
    let checks = shown["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["id"] == id);
    let one = one.unwrap_or_else(|| panic!("{id}: {shown}"));
    let code = one["code"].as_str().unwrap_or_default();
    format!("{} {code}", one["verdict"].as_str().unwrap())
}

pub(crate) fn state(fake: &FakeGitHub) -> Value {
    serde_json::from_str(&badge(fake, "state.json")).unwrap()
}

/// Changes the gist of the badges behind everybody's back.
pub(crate) fn edit(fake: &FakeGitHub, file: &str, text: &str) {
    fake.world(|world| {
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.past
            .insert(gist.revisions - 1, (gist.updated_at, gist.files.clone()));
        gist.revisions += 1;
        gist.files.insert(file.to_owned(), text.to_owned());
    });
}
