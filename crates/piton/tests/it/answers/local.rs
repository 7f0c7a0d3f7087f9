//! Commands that need nothing but a repository and an agent.

use std::process::Command;

use piton_testkit::Replies;

use super::{Answers, Part};
use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};

/// Runs a command with `--json`, whatever it ends with.
fn run(env: &TestEnv, words: &str, more: &[String]) -> Ran {
    let mut all: Vec<String> = words.split(' ').map(str::to_owned).collect();
    all.extend_from_slice(more);
    all.push("--json".to_owned());
    env.run(&all)
}

#[test]
fn every_local_command_answers_as_its_schema_says() {
    let mut answers = Answers::default();
    setting_up(&mut answers);
    planning(&mut answers);
    deciding(&mut answers);
    carrying_out(&mut answers);
    apart(&mut answers);
    answers.complete(Part::Local);
}

fn setting_up(answers: &mut Answers) {
    let env = TestEnv::with_cargo_project();
    let plan = env.home.path().join("plan.json").display().to_string();
    let _ = env.ok(&["init", "--plan-out", &plan]);
    answers.take(&run(&env, "apply --show", std::slice::from_ref(&plan)));
    answers.take(&run(&env, "apply", &[plan]));
    answers.take(&run(&env, "init", &[]));
    env.repo.commit_all("piton");
    for words in [
        "config show",
        "config get migrations-dir",
        "config get agent.model",
        "config set runs.keep 100",
        "doctor",
        "journal list",
        "man man -y",
        "prime",
        "prompt list",
        "prompt show expand",
        "prompt copy expand",
        "status",
        "taste",
    ] {
        answers.take(&run(&env, words, &[]));
    }
    let listed = env.ok(&["journal", "list", "--no-headers"]).stdout;
    let id = listed.split(['\t', ' ']).next().unwrap();
    answers.take(&run(&env, &format!("journal show {id}"), &[]));
    // As a machine leaves it that lost its power in the middle.
    let journals = env.path().join(".git/piton/journals");
    let newest = std::fs::read_dir(journals)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("expand")))
        .max()
        .unwrap();
    let whole = std::fs::read_to_string(&newest).unwrap();
    let begun: Vec<&str> = whole.lines().take(2).collect();
    std::fs::write(&newest, begun.join("\n") + "\n").unwrap();
    answers.take(&run(&env, "journal resume", &[]));
}

fn planning(answers: &mut Answers) {
    let env = TestEnv::planned(4);
    let good = env.script("good", GOOD);
    for words in [
        "migration new another --target another",
        "migration list",
        "migration show add-api",
        "migration open add-api",
        "migration diff add-api",
        "migration log add-api",
        "migration doctor --all",
        "migration doctor --repair -y",
        "migration undo add-api",
    ] {
        answers.take(&run(&env, words, &[]));
    }
    answers.take(&run(&env, "migration step add-api --dry-run", &good));
    answers.take(&run(&env, "migration step add-api", &good));
    answers.take(&run(&env, "migration step add-api --until ready", &good));
    answers.take(&run(
        &env,
        "migration refine add-api --message less --record-only",
        &[],
    ));
    answers.take(&run(&env, "migration show add-api", &[]));
    for words in [
        "migration rename another second",
        "migration archive second",
        "migration delete add-api -y",
        "runs list",
        "runs show",
        "runs prune --keep 0 -y",
    ] {
        answers.take(&run(&env, words, &[]));
    }
}

fn deciding(answers: &mut Answers) {
    let env = TestEnv::waiting();
    for words in [
        "status",
        "migration list",
        "migration review add-api",
        "migration reject add-api --reason no",
        "migration reopen add-api --message again",
    ] {
        answers.take(&run(&env, words, &[]));
    }
    let env = TestEnv::waiting();
    answers.take(&run(&env, "migration approve add-api", &[]));
}

fn carrying_out(answers: &mut Answers) {
    let env = TestEnv::planned(7);
    assert_eq!(env.show(SLUG)["status"], "ready");
    let not_yet = env.one("phase.ready-check", "ready: no — not before the release");
    answers.take(&run(
        &env,
        "run --focus-on-live-migrations --validation-command true",
        &not_yet,
    ));
    answers.take(&run(&env, "migration wake add-api", &[]));
    let script = Replies::new()
        .carries_out("// more\n")
        .cleans_up("// more\n");
    let mut carries = env.script("carries", &script);
    carries.extend(strings(&["--validation-command", "true"]));
    let mut dry = carries.clone();
    dry.push("--dry-run".to_owned());
    answers.take(&run(&env, "run --focus-on-live-migrations", &dry));
    answers.take(&run(&env, "run --focus-on-live-migrations", &carries));
    answers.take(&run(&env, "run-once --paths src/lib.rs", &carries));
    answers.take(&run(&env, "runs show", &[]));
    answers.take(&run(&env, "status", &[]));
}

/// Those that bring their own repository along.
fn apart(answers: &mut Answers) {
    let env = TestEnv::new();
    let tools = env.tools(&["git", "sh", "true"]);
    let mut demo: Command = env.command(&["demo", "--fast", "--json"]);
    answers.take(&env.finish(demo.env("PATH", &tools).output().unwrap()));
    let seal = ["selftest", "--seal", "--json"];
    if piton_selftest::trace::SUPPORTED {
        answers.take(&run(&env, "selftest --crash --only set --point 1", &[]));
        let ran = env.run(&seal);
        if !ran.document()["result"].is_null() {
            answers.take(&ran);
        }
    } else {
        answers.commands.insert("selftest".to_owned());
    }
}
