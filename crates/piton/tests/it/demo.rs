//! The main job on a fresh machine.

use crate::env::TestEnv;

#[test]
fn the_demo_plans_a_migration_to_the_end_with_a_fall_on_the_way() {
    let env = TestEnv::new();
    let dir = env.home.path().join("tally");
    let ran = env.ok(&["demo", "--fast", "--keep", dir.to_str().unwrap()]);
    for part in [
        "kill -9",
        "the fall touched nothing",
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
        listed
            .stdout
            .starts_with("split-the-report\tready\tphase-1-find-the-seam.md"),
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
