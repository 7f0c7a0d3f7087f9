//! Commands that work on stored plans, on a fake GitHub.

use piton_testkit::Replies;
use serde_json::Value;

use super::{Answers, Part};
use crate::env::Ran;
use crate::stored::Stored;
use crate::team::Team;

#[test]
fn every_command_of_stored_plans_answers_as_its_schema_says() {
    let mut answers = Answers::default();
    plans(&mut answers);
    migrations(&mut answers);
    reports(&mut answers);
    rehearsals(&mut answers);
    answers.complete(Part::Stored);
}

fn implements() -> Replies {
    Replies::new()
        .says("", "done")
        .appends("src/lib.rs", "cache\n")
}

fn plans(answers: &mut Answers) {
    let team = Team::new("github-issue", &implements());
    let _ = team.ok(&["init", "--ci"]);
    team.publish();
    team.env.repo.write("plan.md", "# Add a cache\n\nPlan.\n");
    let mut take = |words: &str| {
        let mut all: Vec<&str> = words.split(' ').collect();
        all.push("--json");
        answers.take(&team.run(&all))
    };
    take("plan create --file plan.md");
    team.env.repo.git(&["clean", "-fdq"]);
    let id = take("plan list")["plans"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for words in [
        "plan show ID",
        "plan check ID",
        "plan update ID --patch {\"branch_name\":\"work\"}",
        "plan comment ID --text hello",
        "plan dispatch ID",
        "plan list",
        "plan log ID",
        "plan prepare ID",
        "plan resolve",
        "plan repair ID",
        "plan sync",
        "plan implement ID --with script --dry-run",
        "plan implement ID --with script",
    ] {
        take(&words.replace("ID", &id));
    }
    team.env.repo.git(&["push", "-q", "origin", "work"]);
    team.fake.world(|world| {
        world
            .repo("acme/app")
            .commit_files("work", "work", &[("x", "x")]);
    });
    take(&format!("plan submit {id}"));
    take(&format!("plan close {id}"));
    take("status");
}

fn migrations(answers: &mut Answers) {
    let team = Team::new("github-issue", &implements());
    let _ = team.ok(&["migration", "new", "tidy", "--target", "Tidy up"]);
    answers.take(&team.run(&["migration", "share", "tidy", "--json"]));
    let id = team.create("# Add a cache\n\nPlan.\n");
    answers.take(&team.run(&["migration", "import", &id, "--json"]));
}

/// Takes the one object of an `exec` command, on the stream where it stands.
fn report(answers: &mut Answers, ran: &Ran, command: &str, success: bool) {
    let text = if ran.stdout.is_empty() {
        &ran.stderr
    } else {
        &ran.stdout
    };
    let answer: Value = serde_json::from_str(text).unwrap_or_else(|error| {
        panic!("{command}: {error}\n{}", ran.shown());
    });
    assert_eq!(answer["success"], success, "{command}: {answer}");
    crate::documents::schemas::check(&format!("exec {command}"), &answer);
    answers.hold(&format!("exec {command}"), &answer);
}

fn reports(answers: &mut Answers) {
    let stored = Stored::new().with_folder(".impl");
    stored.env.repo.write("session.jsonl", "{}\n");
    let plan = stored.plan.to_string();
    let upload = "--session-file session.jsonl --session-id s --source local";
    let cases = [
        (
            "update-dispatch-info",
            format!("{plan} 22 WFR_x 2026-02-15T10:00:00+00:00"),
            true,
        ),
        (
            "update-dispatch-info",
            "999 22 WFR_x 2026-02-15T10:00:00+00:00".to_owned(),
            false,
        ),
        ("mark-impl-started", "--session-id s".to_owned(), true),
        ("mark-impl-ended", String::new(), true),
        ("impl-signal", "started --session-id s".to_owned(), true),
        ("impl-signal", "started".to_owned(), false),
        ("impl-signal", "ended".to_owned(), true),
        (
            "update-plan-remote-session",
            format!("--issue-number {plan} --run-id 7 --session-id s"),
            true,
        ),
        (
            "update-plan-remote-session",
            "--issue-number 999 --run-id 7 --session-id s".to_owned(),
            false,
        ),
        ("update-pr-header", format!("{plan} branch_name=work"), true),
        ("update-pr-header", format!("{plan} nonsense"), false),
        ("get-plan-metadata", format!("{plan} branch_name"), true),
        ("get-plan-metadata", format!("{plan} created_at"), true),
        ("get-plan-metadata", "999 branch_name".to_owned(), false),
        (
            "upload-session",
            format!("{upload} --issue-number {plan}"),
            true,
        ),
        (
            "upload-session",
            upload.replace("session.jsonl", "none.jsonl"),
            false,
        ),
    ];
    for (command, words, success) in cases {
        let mut all = vec!["exec", command];
        all.extend(words.split(' ').filter(|word| !word.is_empty()));
        report(answers, &stored.run(&all), command, success);
    }
    // Outside of any plan, and without a way to GitHub.
    let nowhere = Stored::new();
    for command in ["mark-impl-started", "mark-impl-ended"] {
        report(answers, &nowhere.run(&["exec", command]), command, false);
    }
    drop(nowhere);
}

/// `exec --dry-run` shows a plan, and with `--json` as every command does.
fn rehearsals(answers: &mut Answers) {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["exec", "--dry-run", "impl-signal", "ended", "--json"]);
    let document = ran.document();
    crate::documents::schemas::check("init", &document["result"]);
    assert_eq!(document["result"]["dry_run"], true, "{}", ran.shown());
    assert_eq!(document["exit"], 0);
    answers.hold("exec impl-signal", &document);
    let refused = stored.run(&[
        "exec",
        "--dry-run",
        "update-pr-header",
        "x y",
        "a=b",
        "--json",
    ]);
    // What stops it is answered as without `--dry-run`.
    assert_eq!(refused.code, 1, "{}", refused.shown());
    let told: serde_json::Value = serde_json::from_str(&refused.stderr).unwrap();
    answers.hold("exec update-pr-header", &told);
}
