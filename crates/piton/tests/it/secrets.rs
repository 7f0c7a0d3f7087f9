//! Secrets that are given on the command line, or that an agent finds.

use crate::env::{Ran, TestEnv};
use crate::stage::{SLUG, refine, strings};

fn refused(env: &TestEnv, args: &[String], secret: &str) -> Ran {
    let before = env.picture();
    let ran = env.run(args);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(!ran.shown().contains(secret), "{}", ran.shown());
    assert!(
        ran.shown().contains("nothing was changed"),
        "{}",
        ran.shown()
    );
    assert!(env.picture() == before, "{args:?} changed something");
    assert!(!env.kept("").contains(secret), "{args:?} stored it");
    ran
}

#[test]
fn a_secret_on_the_command_line_is_refused_before_anything_is_stored() {
    let env = TestEnv::planned(0);
    let token = format!("ghp_{}", "a1".repeat(18));
    let address = "postgres://me:s3cr3tpw@db/x";
    for (args, secret) in [
        (
            strings(&[
                "migration",
                "new",
                "x",
                "--target",
                &format!("with {token}"),
            ]),
            token.as_str(),
        ),
        (
            strings(&["migration", "new", "x", "--target", "y", "--scope", address]),
            "s3cr3tpw",
        ),
        (strings(&refine(address)), "s3cr3tpw"),
        (
            strings(&["migration", "reject", SLUG, "--reason", address]),
            "s3cr3tpw",
        ),
        (
            strings(&[
                "migration",
                "step",
                SLUG,
                "--with",
                "command",
                "--agent-command",
                &format!("sh -c true --token {token}"),
            ]),
            token.as_str(),
        ),
        (
            strings(&[
                "migration",
                "step",
                SLUG,
                "--with",
                "command",
                "--agent-command",
                "env API_TOKEN=abc123def456 sh",
            ]),
            "abc123def456",
        ),
    ] {
        let _ = refused(&env, &args, secret);
    }
}

#[test]
fn the_value_of_a_variable_that_holds_a_secret_is_refused_as_well() {
    let env = TestEnv::planned(0);
    for (name, value, secret) in [
        ("MYSQL_PWD", "correcthorse", "correcthorse"),
        ("GCP_CREDENTIALS", "batterystaple", "batterystaple"),
        ("DATABASE_URL", "mysql://me:tr0ub4dor@db/x", "tr0ub4dor"),
    ] {
        let ran = env.finish(
            env.command(&[
                "migration",
                "new",
                "x",
                "--target",
                &format!("use {secret}"),
            ])
            .env(name, value)
            .output()
            .unwrap(),
        );
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(
            ran.shown().contains(&format!("the value of {name}")),
            "{}",
            ran.shown()
        );
    }
}

#[test]
fn a_password_out_of_an_address_that_an_agent_echoes_is_neither_stored_nor_committed() {
    for (name, value) in [
        ("DATABASE_URL", "postgres://me:s3cr3tpw@db/x"),
        ("https_proxy", "http://me:s3cr3tpw@proxy:3128"),
        ("MYSQL_PWD", "s3cr3tpw"),
        ("GPG_PASSPHRASE", "s3cr3tpw"),
    ] {
        let env = TestEnv::planned(0);
        let agent = env.shell_agent("echo s3cr3tpw; echo s3cr3tpw >>leaked.md");
        let mut args = strings(&["migration", "step", SLUG]);
        args.extend(agent);
        // The agent has it from a file; its command line is no news.
        let args: Vec<String> = args
            .into_iter()
            .map(|arg| arg.replace("s3cr3tpw", "s3cr3\"\"tpw"))
            .collect();
        let ran = env.finish(env.command(&args).env(name, value).output().unwrap());
        assert_eq!(ran.code, 1, "{name}: {}", ran.shown());
        assert!(ran.shown().contains(name), "{}", ran.shown());
        assert!(
            !env.kept("runs").contains("s3cr3tpw"),
            "{name} is in the run's record"
        );
        assert_eq!(env.repo.status(), "");
        assert_eq!(env.cursor(), "approaches");
        let left = env.path().join(".git/piton/work/candidates");
        assert_eq!(std::fs::read_dir(left).unwrap().count(), 0, "{name}");
    }
}

#[test]
fn what_a_failed_call_left_with_a_secret_in_it_is_kept_nowhere() {
    let env = TestEnv::planned(0);
    let leaks = |text: &str| env.shell_agent(&format!("echo {text} >>left.md; exit 3"));
    let step = |agent: Vec<String>| {
        let args = [strings(&["migration", "step", SLUG]), agent].concat();
        let mut command = env.command(&args);
        let ran = env.finish(command.env("MYSQL_PWD", "s3cr3tpw").output().unwrap());
        assert_eq!(ran.code, 1, "{}", ran.shown());
    };
    step(leaks("harmless"));
    assert!(env.kept("work/failed").contains("harmless"));
    step(leaks("s3cr3\"\"tpw"));
    assert!(!env.kept("").contains("s3cr3tpw"));
}

#[test]
fn a_secret_is_not_set_as_a_setting() {
    let env = TestEnv::planned(0);
    let address = "curl postgres://me:s3cr3tpw@db/x";
    let args = strings(&["config", "set", "validation-command", address]);
    let _ = refused(&env, &args, "s3cr3tpw");
}

#[test]
fn a_secret_in_what_a_stored_plan_is_told_is_refused() {
    let env = TestEnv::staged();
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    let secret = "s3cr3tpw";
    let address = "see postgres://me:s3cr3tpw@db/x";
    env.repo.write("good.md", "# Tidy\n\nThe plan.\n");
    env.repo.write("bad.md", &format!("# Tidy\n\n{address}\n"));
    let _ = env.ok(&["plan", "create", "--file", "good.md"]);
    env.repo.commit_all("a plan");
    let patch = format!(r#"{{"branch_name": "{address}"}}"#);
    for args in [
        &["plan", "create", "--file", "bad.md"][..],
        &["plan", "create", "--file", "good.md", "--title", address],
        &["plan", "create", "--file", "good.md", "--summary", address],
        &["plan", "create", "--file", "good.md", "--label", address],
        &["plan", "comment", "tidy", "--text", address],
        &["plan", "comment", "tidy", "--file", "bad.md"],
        &["plan", "update", "tidy", "--patch", &patch],
        &["plan", "update", "tidy", "--text", "bad.md"],
        &["plan", "close", "tidy", "--comment", address],
    ] {
        let _ = refused(&env, &strings(args), secret);
    }
}
