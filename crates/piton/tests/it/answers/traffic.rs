//! Commands of traffic tracking, on a fake GitHub.

use std::io::Read as _;
use std::process::Stdio;

use super::{Answers, Part};
use crate::traffic::{CREATE, fake, on};
use crate::traffic_jobs::job;
use crate::traffic_stage::running;

#[test]
fn every_command_of_traffic_tracking_answers_as_its_schema_says() {
    let mut answers = Answers::default();
    let (env, fake_of_env) = (crate::env::TestEnv::new(), fake());
    answers.take(&on(
        &env,
        &fake_of_env,
        &[&CREATE[..], &["--json"]].concat(),
    ));
    let (env, fake) = running();
    for collect in [
        &["traffic", "collect", "--dry-run", "--json"][..],
        &["traffic", "collect", "--json"],
    ] {
        answers.take(&env.finish(job(&env, &fake, collect).output().unwrap()));
    }
    for words in [
        "init",
        "status",
        "list",
        "verify",
        "verify --fix --dry-run",
        "upgrade",
        "backfill --dry-run",
        "backfill",
        "export --format json",
        "badge",
        "badge installs",
        "remove --dry-run",
        "remove -y",
    ] {
        let mut all = vec!["traffic"];
        all.extend(words.split(' '));
        all.push("--json");
        answers.take(&on(&env, &fake, &all));
    }
    dashboard(&mut answers);
    answers.complete(Part::Traffic);
}

/// The dashboard is served until somebody ends it; its answer comes at once.
fn dashboard(answers: &mut Answers) {
    let env = crate::env::TestEnv::new();
    let mut child = env
        .command(&["traffic", "dashboard", "--demo", "--days", "7", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut text = String::new();
    let mut out = child.stdout.take().unwrap();
    let mut byte = [0];
    while !text.ends_with("\n}\n") && out.read(&mut byte).unwrap() == 1 {
        text.push(char::from(byte[0]));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    answers.take(&crate::env::Ran {
        code: 0,
        stdout: text,
        stderr: String::new(),
    });
}
