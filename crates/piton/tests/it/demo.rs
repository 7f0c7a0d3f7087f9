//! The main job on a fresh machine.

use crate::env::TestEnv;

#[test]
fn the_demo_plans_and_carries_out_a_migration_with_a_fall_on_each_way() {
    let env = TestEnv::new();
    let dir = env.home.path().join("tally");
    // The home of a test is empty, and rustup looks there for its toolchain.
    let home = std::env::var("HOME").unwrap_or_default();
    let rustup = std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{home}/.rustup"));
    let args = ["demo", "--fast", "--keep", dir.to_str().unwrap()];
    let output = env
        .command(&args)
        .env("RUSTUP_HOME", rustup)
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains("4 passed"), "{}", ran.stdout);
    for part in [
        "kill -9",
        "the fall touched nothing",
        "red (exit code 101)",
        "try 2",
        "piton: migration/split-the-report/phase-2-report-for-spreadsheets.md",
        "One clean-up",
        "The plan",
        "The history",
        "rm -r",
    ] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(
        ran.stdout.lines().all(|line| !line.contains('\u{1b}')),
        "colour in a pipe"
    );
    let listed = env.ok(&[
        "-C",
        dir.to_str().unwrap(),
        "migration",
        "list",
        "--no-headers",
    ]);
    assert!(
        listed.stdout.starts_with("split-the-report\tdone\t"),
        "{}",
        listed.stdout
    );
    let healthy = env.ok(&["-C", dir.to_str().unwrap(), "migration", "doctor", "--all"]);
    assert_eq!(healthy.stdout, "");
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    let env = TestEnv::new();
    let before = env.world();
    let ran = env.run(&["demo", "--keep", "."]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(env.world(), before);
}
