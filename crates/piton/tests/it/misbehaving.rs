//! Agents that do what they must not: nothing durable changes, nothing is left
//! running, and the message says what to do.

use std::fmt::Write as _;

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};

/// Has the fake agent play the next step badly and requires that nothing came
/// of it but a record. Returns what piton said.
fn check(env: &TestEnv, verbs: &[&str], code: i32, told: &[&str]) -> Ran {
    let before = env.picture();
    let runs = || {
        env.path()
            .join(".git/piton/runs")
            .read_dir()
            .map_or(0, Iterator::count)
    };
    let records = runs();
    let mut arguments = env.fake(verbs);
    arguments.extend(["--idle-limit".to_owned(), "1s".to_owned()]);
    let ran = env.step(&arguments);
    let shown = ran.shown();
    assert_eq!(ran.code, code, "{verbs:?}\n{shown}");
    for told in told {
        assert!(shown.contains(told), "{verbs:?}: {told} is not in\n{shown}");
    }
    assert!(shown.contains("record:  `piton runs show "), "{shown}");
    assert!(env.picture() == before, "{verbs:?} changed something");
    assert!(runs() > records, "{verbs:?} left no record");
    env.assert_nothing_runs();
    ran
}

/// The same; afterwards the step is made again, as if nothing had been.
fn check_and_go_on(verbs: &[&str], told: &[&str]) {
    let env = TestEnv::planned(0);
    let _ = check(&env, verbs, 1, told);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
    assert_eq!(env.cursor(), "pick-best");
}

#[test]
fn one_that_hangs_before_it_says_a_word_is_ended() {
    check_and_go_on(
        &["hang"],
        &["it produced no output for 1 s and was ended", "run again"],
    );
}

#[test]
fn one_that_closes_its_output_and_stays_is_ended() {
    check_and_go_on(&["prompt", "close", "hang"], &["run again"]);
}

#[test]
fn one_that_says_something_and_hangs_is_ended() {
    check_and_go_on(
        &["prompt", "say:thinking", "hang"],
        &["was ended", "run again"],
    );
}

#[test]
fn one_that_ignores_polite_signals_is_ended_all_the_same() {
    check_and_go_on(&["deaf", "prompt", "hang"], &["was ended"]);
}

#[test]
fn children_are_ended_with_the_agent() {
    let env = TestEnv::planned(0);
    let _ = check(
        &env,
        &["prompt", "child", "session", "exit:3"],
        1,
        &["exit code 3", "read agent.stderr.log"],
    );
    let _ = check(
        &env,
        &["prompt", "child", "session", "hang"],
        1,
        &["was ended"],
    );
}

#[test]
fn children_that_outlive_a_good_answer_are_ended_too() {
    let env = TestEnv::planned(1);
    let agent = env.fake(&["prompt", "session", "say:Chosen approach: facade"]);
    let ran = env.step(&agent);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_nothing_runs();
    env.assert_in_order();
}

#[test]
fn a_flood_without_an_end_of_line_is_not_taken_for_an_answer() {
    check_and_go_on(
        &["prompt", "flood:10000000"],
        &[
            "larger than piton takes as one reply",
            "read agent.stdout.log",
        ],
    );
}

#[test]
fn an_exit_in_order_without_a_word_is_no_success() {
    check_and_go_on(
        &[
            "prompt",
            "write:@/approaches/facade.md=a",
            "write:@/approaches/rewrite.md=z",
            "exit:0",
        ],
        &["ended without a result: its reply is empty"],
    );
}

#[test]
fn half_of_an_event_is_no_success() {
    let env = TestEnv::planned(1);
    let mut config = env.repo.read("piton.toml");
    let fake = piton_testkit::fake_agent(env.home.path()).unwrap();
    let _ = write!(
        config,
        "\n[agents.half]\nprogram = \"{}\"\narguments = [\"prompt\", \"half\"]\nstream = \"claude-stream-json\"\n",
        fake.display()
    );
    env.repo.write("piton.toml", &config);
    env.repo.commit_all("an agent");
    let before = env.picture();
    let ran = env.step(&["--with".to_owned(), "half".to_owned()]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stdout.contains("without a result"), "{}", ran.shown());
    assert!(env.picture() == before);
    env.assert_nothing_runs();
}

#[test]
fn one_that_stays_on_after_its_result_is_ended_and_its_result_counts() {
    let env = TestEnv::planned(1);
    let mut config = env.repo.read("piton.toml");
    let fake = piton_testkit::fake_agent(env.home.path()).unwrap();
    let _ = write!(
        config,
        "\n[agent]\nresult-grace = \"1s\"\n\n[agents.stays]\nprogram = \"{}\"\narguments = [\"prompt\", \"claude:Chosen approach: facade\", \"hang\"]\nstream = \"claude-stream-json\"\n",
        fake.display()
    );
    env.repo.write("piton.toml", &config);
    env.repo.commit_all("an agent");
    let ran = env.step(&["--with".to_owned(), "stays".to_owned()]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr.contains("keeps running after its result"),
        "{}",
        ran.stderr
    );
    env.assert_nothing_runs();
    env.assert_in_order();
    assert_eq!(env.cursor(), "expand");
}

#[test]
fn one_that_writes_outside_the_migration_has_all_its_work_refused() {
    let env = TestEnv::planned(0);
    let ran = check(
        &env,
        &[
            "prompt",
            "write:@/approaches/facade.md=a",
            "write:@/approaches/rewrite.md=z",
            "write:src/lib.rs=// improved",
            "write:NOTES.md=x",
            "say:done",
        ],
        1,
        &["src/lib.rs (changed)", "run the step again"],
    );
    let kept = ran.stdout.split("what it left: ").nth(1).unwrap();
    let kept = kept
        .lines()
        .next()
        .unwrap()
        .replace("$REPO", env.path().to_str().unwrap());
    assert!(
        std::path::Path::new(&kept)
            .join("approaches/facade.md")
            .is_file(),
        "{kept}"
    );
}

#[test]
fn one_that_writes_into_the_users_own_tree_is_found_out() {
    // It can, because it runs as the user; piton itself never takes it up.
    let env = TestEnv::planned(0);
    let path = env.path().join("src/lib.rs");
    let write = format!("write:{}=// improved", path.display());
    let agent = env.fake(&[
        "prompt",
        "write:@/approaches/facade.md=a",
        "write:@/approaches/rewrite.md=z",
        &write,
        "say:done",
    ]);
    let ran = env.step(&agent);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains("files of your working tree changed: src/lib.rs"),
        "{}",
        ran.shown()
    );
    assert_eq!(env.repo.status(), " M src/lib.rs\n");
    assert!(
        !env.repo
            .git(&["show", "--stat", "HEAD"])
            .contains("src/lib.rs")
    );
}

#[test]
fn a_link_is_refused() {
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let link = format!("link:@/approaches/b.md={}", elsewhere.path().display());
    check_and_go_on(
        &[
            "prompt",
            "write:@/approaches/facade.md=a",
            "write:@/approaches/rewrite.md=z",
            &link,
            "say:done",
        ],
        &["b.md is a symbolic link"],
    );
}

#[test]
fn a_commit_of_its_own_does_not_land() {
    let env = TestEnv::planned(0);
    let agent = env.fake(&[
        "prompt",
        "write:@/approaches/facade.md=a",
        "write:@/approaches/rewrite.md=z",
        "commit:mine",
        "say:done",
    ]);
    let ran = env.step(&agent);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains("the agent changed git's own files in its slot (HEAD)"),
        "{}",
        ran.shown()
    );
    assert!(!env.repo.subjects().contains(&"mine".to_owned()));
    env.assert_in_order();
}

#[test]
fn prose_where_a_decision_is_needed_is_refused_with_what_was_expected() {
    let env = TestEnv::planned(6);
    let _ = check(
        &env,
        &["prompt", "say:I think it is fine."],
        1,
        &["final-decision: approve-auto"],
    );
    assert_eq!(env.cursor(), "final-review");
}

#[test]
fn a_secret_in_a_file_of_the_migration_is_never_committed() {
    let secret = "ghp_verysecretvalue";
    let env = TestEnv::planned(2);
    // In two parts: a secret in the command itself is refused before the call.
    let (head, tail) = secret.split_at(9);
    let script = format!("echo \"use {head}\"\"{tail}\" > \"$PITON_WORKSPACE/notes.md\"");
    let mut arguments = strings(&["migration", "step", SLUG]);
    arguments.extend(env.shell_agent(&script));
    let before = env.repo.git(&["rev-parse", "HEAD"]);
    let run = |name: &str| {
        let output = env.command(&arguments).env(name, secret).output().unwrap();
        env.finish(output)
    };
    let ran = run("GITHUB_TOKEN");
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout
            .contains("the value of GITHUB_TOKEN into notes.md"),
        "{}",
        ran.shown()
    );
    assert!(!ran.shown().contains(secret));
    assert_eq!(env.repo.git(&["rev-parse", "HEAD"]), before);
    assert_eq!(env.repo.status(), "");
    assert!(
        !env.kept("work/candidates").contains(secret),
        "the candidate is gone"
    );
    // A value that is no secret is none of piton's business.
    assert_eq!(run("GREETING").code, 0);
}

#[test]
fn a_token_is_not_given_to_an_agent_and_a_known_secret_is_kept_nowhere() {
    let secret = "ghp_verysecretvalue";
    let env = TestEnv::planned(1);
    std::fs::write(env.home.path().join("found"), format!("it is {secret}\n")).unwrap();
    let step = |agent: &[String]| {
        let mut arguments = strings(&["migration", "step", SLUG, "-vv"]);
        arguments.extend_from_slice(agent);
        let output = env
            .command(&arguments)
            .env("GITHUB_TOKEN", secret)
            .output()
            .unwrap();
        env.finish(output)
    };
    let ran = step(&env.fake(&["prompt", "env:GITHUB_TOKEN", "exit:1"]));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(env.kept("runs").contains("unset\n"));

    // What it has found out by whatever way is not spread further.
    let ran = step(&env.shell_agent("cat \"$HOME/found\"; cat \"$HOME/found\" >&2"));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(env.kept("runs").contains("it is [redacted]"));
    let committed = env.repo.git(&["show", "HEAD"]);
    assert!(committed.contains("it is [redacted]"), "{committed}");
    for (place, text) in [
        ("piton's own state", env.kept("")),
        ("the commit", committed),
        ("what piton printed", ran.shown()),
    ] {
        assert!(!text.contains(secret), "the secret is in {place}");
    }
}
