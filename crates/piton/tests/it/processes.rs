//! How many git processes commands take.

use std::os::unix::fs::PermissionsExt;

use piton_testkit::{Replies, ScratchRepo, manifest};

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG};

/// One git that ran: its arguments, and whether it looked into a slot.
#[derive(Debug)]
struct Git {
    arguments: String,
    in_slot: bool,
}

impl Git {
    fn has(&self, words: &str) -> bool {
        self.arguments.contains(words)
    }
}

/// Runs piton with a git that notes each start, and returns what it noted.
fn gits_of(env: &TestEnv, arguments: &[&str], agent: &[String]) -> (Ran, Vec<Git>) {
    let path = std::env::var_os("PATH").unwrap();
    let git = std::env::split_paths(&path)
        .map(|dir| dir.join("git"))
        .find(|git| git.is_file())
        .unwrap();
    let (bin, log) = (env.home.path().join("bin"), env.home.path().join("gits"));
    std::fs::create_dir_all(&bin).unwrap();
    let wrapper = format!(
        "#!/bin/sh\necho \"${{GIT_DIR:+slot}} $*\" >> '{}'\nexec '{}' \"$@\"\n",
        log.display(),
        git.display()
    );
    std::fs::write(bin.join("git"), wrapper).unwrap();
    std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(&log, "").unwrap();
    let mut paths = vec![bin];
    paths.extend(std::env::split_paths(&path));
    let output = env
        .command(arguments)
        .args(agent)
        .env("PATH", std::env::join_paths(paths).unwrap())
        .output()
        .unwrap();
    let ran = env.finish(output);
    let text = std::fs::read_to_string(&log).unwrap();
    let git = |line: &str| {
        let (place, arguments) = line.split_once(' ').unwrap();
        Git {
            arguments: arguments.to_owned(),
            in_slot: place == "slot",
        }
    };
    (ran, text.lines().map(git).collect())
}

#[test]
fn a_planning_step_takes_at_most_eighteen_gits_its_publishing_included() {
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    // In a fresh slot, and in one that shows an earlier commit.
    for _ in 0..2 {
        let (ran, gits) = gits_of(&env, &["migration", "step", SLUG], &script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(gits.len() <= 18, "{}: {gits:#?}", gits.len());
    }
}

#[test]
fn a_slot_that_is_at_the_commit_already_takes_at_most_three_gits() {
    let env = TestEnv::planned(0);
    let failing = env.shell_agent("exit 1");
    for round in 0..2 {
        let (ran, gits) = gits_of(&env, &["migration", "step", SLUG], &failing);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        let first = gits.iter().position(|git| git.has("config --list"));
        let of_the_guard =
            |git: &Git| !git.in_slot && git.has("--branch") && git.has("--untracked-files=all");
        let guarded = gits.iter().position(of_the_guard);
        let slot = &gits[first.unwrap()..guarded.unwrap()];
        assert!(slot.iter().any(|git| git.in_slot), "{gits:#?}");
        if round == 1 {
            assert!(slot.len() <= 3, "{slot:#?}");
        }
    }
}

/// A git that stays for the whole of a run and answers what objects hold.
fn stays(git: &Git) -> bool {
    git.has("cat-file --batch")
}

fn clean_up(env: &TestEnv) -> Vec<String> {
    let cleans = Replies::new()
        .says("refactor", "done")
        .appends("made.txt", "cleaner\n");
    env.script("clean-up", &cleans)
}

fn unsealed() -> TestEnv {
    let env = TestEnv::new();
    let settings = "seal = \"off\"\nvalidation-command = \"true\"\n";
    env.repo.write("piton.toml", settings);
    for name in ["made.txt", "a.txt", "b.txt", "c.txt", "d.txt"] {
        env.repo.write(name, "a line\n");
    }
    env.repo.commit_all("settings");
    env
}

#[test]
fn one_action_takes_at_most_six_gits_and_a_run_four_more() {
    let env = unsealed();
    let script = clean_up(&env);
    let once = ["run-once", "--paths", "made.txt"];
    // Slots are made in the first one.
    let (ran, _) = gits_of(&env, &once, &script);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let (ran, gits) = gits_of(&env, &once, &script);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(gits.len() <= 10, "{}: {gits:#?}", gits.len());
    assert_eq!(gits.iter().filter(|git| stays(git)).count(), 1, "{gits:#?}");

    let run = |most| ["run", "--extensions", "txt", "--max-refactors", most];
    let (ran, few) = gits_of(&env, &run("1"), &script);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let (ran, many) = gits_of(&env, &run("4"), &script);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let each = many.len() - few.len();
    assert!(each <= 3 * 6, "{each}: {many:#?}");
}

/// Requires that actions take at most ten gits each, beside a run with one.
fn gits_of_actions(env: &TestEnv, script: &[String], more: usize) {
    gits_of_each(env, script, more, 10);
}

fn gits_of_each(env: &TestEnv, script: &[String], more: usize, most: usize) {
    let run = |most: usize| {
        let most = most.to_string();
        let args = ["run", "--paths", "made.txt", "--max-refactors", &most];
        let (ran, gits) = gits_of(env, &args, script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        gits
    };
    // Slots are made in the first one.
    run(1);
    let few = run(1);
    let many = run(1 + more);
    let each = many.len() - few.len();
    assert!(each <= more * most, "{each} for {more}: {many:#?}");
}

/// Three calls: how far it reaches, what it is, and the work. Between them git
/// searches the text, searches the history, and looks at the slot once more.
#[test]
fn a_routed_clean_up_takes_three_gits_more_than_one_that_is_not() {
    let env = unsealed();
    env.repo.write("a.txt", "made.txt is next\n");
    env.repo.write("made.txt", "see a.txt\n");
    let settings = "seal = \"off\"\nvalidation-command = \"true\"\nrun.route = true\n";
    env.repo.write("piton.toml", settings);
    env.repo.commit_all("which speak of each other");
    let routed = Replies::new()
        .says(
            "scope-expansion",
            "selected-candidate: local-cluster — both",
        )
        .appends("of-a-question.txt", "x\n")
        .says("classify", "decision: cohesive-cleanup — small")
        .says("refactor", "done")
        .appends("made.txt", "cleaner\n");
    let script = env.script("routed", &routed);
    gits_of_each(&env, &script, 3, 9);
    assert_eq!(env.repo.read("made.txt").matches("cleaner").count(), 6);
    assert!(!env.repo.path().join("of-a-question.txt").exists());
}

#[test]
fn a_phase_takes_at_most_ten_gits_its_ready_check_included() {
    let env = unsealed();
    with_phases(&env.repo, 6);
    let phases = Replies::new()
        .begins()
        .says("phase.execute", "done")
        .appends("made.txt", "tidy\n");
    let script = env.script("phases", &phases);
    gits_of_actions(&env, &script, 3);
    assert_eq!(
        env.repo.read("made.txt"),
        "a line\n".to_owned() + &"tidy\n".repeat(6)
    );
}

/// Commits a migration with so many phases to be carried out.
fn with_phases(repo: &ScratchRepo, count: usize) {
    let names: Vec<String> = (1..=count).map(|phase| format!("p{phase}")).collect();
    let phases: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), "something"))
        .collect();
    repo.write_migration(&manifest("tidy", &phases));
    repo.commit_all("a plan");
}

#[test]
fn a_planning_step_of_a_run_takes_at_most_ten_gits() {
    let env = unsealed();
    let _ = env.ok(&["migration", "new", SLUG, "--target", "Put an API in front"]);
    let script = env.script("good", GOOD);
    gits_of_actions(&env, &script, 3);
    let subjects = env.repo.subjects();
    let planned = subjects
        .iter()
        .filter(|it| it.contains("planning/"))
        .count();
    assert_eq!(planned, 6, "{subjects:#?}");
}
