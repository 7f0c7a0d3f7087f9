//! What every command shares: help, version, colour, verbosity, errors.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn the_version_names_the_commit_it_was_built_from() {
    let ran = TestEnv::new().ok(&["--version"]);
    assert!(ran.stdout.starts_with("piton 0.1.0"), "{}", ran.stdout);
}

#[test]
fn every_command_has_help_with_examples_and_fits_a_terminal() {
    fn walk(command: &clap::Command, path: &str, checked: &mut usize) {
        let mut command = command.clone().term_width(80);
        let help = command.render_long_help().to_string();
        *checked += 1;
        assert!(help.contains("Examples:"), "`{path}` has no examples");
        assert!(
            command.get_about().is_some(),
            "`{path}` says nothing about itself"
        );
        // A usage line is as long as its options; it is never broken.
        for line in help.lines().filter(|line| !line.starts_with("Usage:")) {
            assert!(line.chars().count() <= 100, "`{path}` is too wide: {line}");
        }
        for inner in command.get_subcommands() {
            if inner.get_name() != "help" {
                walk(inner, &format!("{path} {}", inner.get_name()), checked);
            }
        }
    }
    let mut checked = 0;
    walk(&piton::definition(), "piton", &mut checked);
    assert!(checked > 8, "only {checked} commands were looked at");
}

#[test]
fn show_alone_lists_the_channels_whatever_else_is_on_the_line() {
    let ran = TestEnv::new().ok(&["--show", "init"]);
    assert_snapshot!(ran.stdout);
}

#[test]
fn an_unknown_channel_is_a_usage_error_that_lists_them() {
    let ran = TestEnv::new().run(&["--show=plam", "init"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("agent, api, config, error"),
        "{}",
        ran.stderr
    );
}

#[test]
fn colour_is_used_when_wanted_and_never_in_a_pipe() {
    let env = TestEnv::new();
    let colored = |args: &[&str]| env.run(args).stderr.contains('\u{1b}');
    assert!(!colored(&["config", "get", "nope"]));
    assert!(colored(&["--color", "always", "config", "get", "nope"]));
    assert!(!colored(&["--color", "never", "config", "get", "nope"]));
}

#[test]
fn an_error_is_the_one_document_with_json() {
    let env = TestEnv::new();
    let ran = env.run(&["--json", "config", "get", "agent.modle"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr, "");
    assert_snapshot!(ran.stdout);
    let ran = env.run(&["--json", "no-such-command"]);
    assert_eq!((ran.code, ran.error()["kind"].as_str()), (2, Some("usage")));
}

#[test]
fn nothing_at_all_is_said_at_the_wall() {
    let ran = TestEnv::new().run(&["-QQQQ", "config", "get", "nope"]);
    assert_eq!(ran.shown(), "exit 2\n");
}

#[test]
fn a_directory_that_is_not_there_is_a_usage_error() {
    let ran = TestEnv::new().run(&["-C", "nowhere", "init"]);
    assert_snapshot!(ran.shown());
}

#[test]
fn completions_come_for_every_shell() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = env.ok(&["completions", shell]);
        assert!(ran.stdout.contains("_PITON_COMPLETE"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let env = TestEnv::new();
    let mut child = env
        .command(&["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = env.finish(child.wait_with_output().unwrap());
    assert_eq!(ran.shown(), "exit 0\n");
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let env = TestEnv::new();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        println!("skipped: this system has no /dev/full");
        return;
    };
    let output = env
        .command(&["completions", "bash"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(env.finish(output).code, 1);
}
