//! The main job on a fresh machine.

use crate::documents::masks::masked;
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
        "  killed  ",
        "the fall touched nothing",
        "the same for pick-best: “Chosen approach: a-seam”",
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
    compare_with_the_picture(&ran.stdout);
    let longest = ran.stdout.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(80), "{}", ran.stdout);
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

/// Requires that the picture in the README shows what the demo says.
fn compare_with_the_picture(said: &str) {
    let said: Vec<String> = said.lines().map(masked).collect();
    let picture = include_str!("../../../../docs/demo.svg");
    let mut lines = 0;
    for line in picture.lines().filter(|line| line.starts_with("<text ")) {
        let mut shown = String::new();
        for part in line.split('<').skip(1) {
            shown.push_str(part.split_once('>').map_or("", |(_, text)| text));
        }
        let shown = shown
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        let shown = masked(&shown);
        assert!(
            said.contains(&shown),
            "docs/demo.svg shows what the demo does not say: {shown}\n\
             CONTRIBUTING.md says how it is drawn anew"
        );
        lines += 1;
    }
    assert!(lines > 20, "the picture has {lines} lines");
}

#[test]
fn what_the_demo_made_is_gone_afterwards_and_cargo_is_not_needed_to_plan() {
    let env = TestEnv::new();
    let tools = env.tools(&["git", "sh", "true"]);
    let output = env
        .command(&["demo", "--fast"])
        .env("PATH", &tools)
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stdout.contains("cargo is not here"), "{}", ran.stdout);
    assert!(ran.stdout.contains("is gone, with all"), "{}", ran.stdout);
    let left: Vec<_> = std::fs::read_dir(env.home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with("piton-demo"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_demo_that_fails_leaves_nothing_behind() {
    let env = TestEnv::new();
    let nothing = env.home.path().join("no-tools");
    std::fs::create_dir(&nothing).unwrap();
    let output = env
        .command(&["demo", "--fast"])
        .env("PATH", &nothing)
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(ran.stderr.contains("git"), "{}", ran.stderr);
    let left: Vec<_> = std::fs::read_dir(env.home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "no-tools")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_directory_with_something_in_it_is_left_alone() {
    let env = TestEnv::new();
    let before = env.world();
    let ran = env.run(&["demo", "--keep", "."]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(env.world(), before);
}
