//! What the original's command line does wrong, through the binary.

use std::process::Stdio;

use crate::env::{Ran, TestEnv};

const INIT: [&str; 4] = ["traffic", "init", "--repo", "acme/widget"];

fn init(env: &TestEnv, more: &[&str]) -> Ran {
    let mut command = env.command(&[&INIT[..], more].concat());
    command.env("PITON_CI_INSTALL", "0.1.0");
    env.finish(command.output().unwrap())
}

#[test]
fn a_plan_and_its_counts_stay_together_on_one_stream() {
    let env = TestEnv::new();
    for quiet in [&[][..], &["-q"], &["-q", "-q"], &["-v"]] {
        let ran = init(&env, &[&["--dry-run"], quiet].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let told = ["docs/stats/index.html", "4 copy"].map(|told| ran.stdout.contains(told));
        assert_eq!(told[0], told[1], "{quiet:?}: {}", ran.stdout);
        for told in ["docs/stats/index.html", "4 copy"] {
            assert!(!ran.stderr.contains(told), "{quiet:?}: {}", ran.stderr);
        }
    }
    let shown = init(&env, &["--dry-run"]);
    assert!(shown.stdout.contains("4 copy"), "{}", shown.stdout);
}

#[test]
fn odd_levels_closed_input_and_odd_settings_are_told_in_words() {
    let env = TestEnv::new();
    for (args, told) in [
        (["--show=plan:loud", "traffic", "list"], "is not a level"),
        (["--show=nothing:1", "traffic", "list"], "channel"),
    ] {
        let ran = env.run(&args);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    for (text, told) in [
        (
            "{\"owner\": 5, \"repo\": [\"x\"]}",
            "`owner` must be text, not 5",
        ),
        ("[]", ".ghtraf.json"),
        (
            "{\"owner\": \"acme\", \"repo\": \"widget\", \"ci_workflows\": \"CI\"}",
            "ci_workflows",
        ),
    ] {
        env.repo.write(".ghtraf.json", text);
        let ran = init(&env, &["--dry-run"]);
        assert_eq!(ran.code, 2, "{text}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(told), "{text}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        assert_eq!(env.repo.read(".ghtraf.json"), text);
    }
    std::fs::remove_file(env.path().join(".ghtraf.json")).unwrap();
    // A file that differs would be asked about, and standard input is closed.
    env.repo.write("docs/stats/README.md", "mine\n");
    let mut command = env.command(&INIT);
    command
        .env("PITON_CI_INSTALL", "0.1.0")
        .stdin(Stdio::null());
    let ran = env.finish(command.output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("there was no terminal to ask at"),
        "{}",
        ran.stdout
    );
    assert_eq!(env.repo.read("docs/stats/README.md"), "mine\n");
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn a_file_that_differs_and_is_kept_is_told_with_the_reason() {
    let env = TestEnv::new();
    assert_eq!(init(&env, &[]).code, 0);
    let same = init(&env, &["--non-interactive"]);
    assert!(!same.stdout.contains("is kept"), "{}", same.stdout);
    env.repo.write("docs/stats/README.md", "mine\n");
    for (flag, because) in [
        (&["--non-interactive"][..], "differs; --non-interactive"),
        (&["--skip-existing"], "differs; --skip-existing"),
        (&["--on-conflict", "skip"], "differs; --on-conflict"),
    ] {
        let ran = init(&env, flag);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let kept = "docs/stats/README.md differs from what would be written, and is kept";
        for told in [because, kept] {
            assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
        }
        assert_eq!(env.repo.read("docs/stats/README.md"), "mine\n");
    }
}
