//! How many git processes a planning step takes.

use std::os::unix::fs::PermissionsExt;

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};

/// Makes the next step and returns the command lines of the gits that ran.
fn gits_of_a_step(env: &TestEnv) -> Vec<String> {
    let path = std::env::var_os("PATH").unwrap();
    let git = std::env::split_paths(&path)
        .map(|dir| dir.join("git"))
        .find(|git| git.is_file())
        .unwrap();
    let (bin, log) = (env.home.path().join("bin"), env.home.path().join("gits"));
    std::fs::create_dir_all(&bin).unwrap();
    let wrapper = format!(
        "#!/bin/sh\necho \"$*\" >> '{}'\nexec '{}' \"$@\"\n",
        log.display(),
        git.display()
    );
    std::fs::write(bin.join("git"), wrapper).unwrap();
    std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(&log, "").unwrap();
    let mut paths = vec![bin];
    paths.extend(std::env::split_paths(&path));
    let output = env
        .command(&["migration", "step", SLUG])
        .args(env.script("good", GOOD))
        .env("PATH", std::env::join_paths(paths).unwrap())
        .output()
        .unwrap();
    let ran = env.finish(output);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let text = std::fs::read_to_string(&log).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_planning_step_takes_few_gits_and_a_slot_fewer() {
    let env = TestEnv::planned(0);
    let _ = gits_of_a_step(&env);
    let gits = gits_of_a_step(&env);
    assert!(gits.len() <= MOST, "{}: {gits:#?}", gits.len());
}

/// Deciding, the slot, the guard, and the landing.
const MOST: usize = 24;
