//! What a sealed program can do to processes.

use std::process::{Command, Stdio};

use piton_seal::{Real, Seal};

use crate::sealed::{home, shell};

#[test]
fn signals_reach_its_own_processes_alone() {
    let Some(home) = home() else { return };
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    let line = format!("kill -9 {}", other.id());
    home.denied(&line);
    home.denied(&format!("kill -0 {}", std::process::id()));
    assert!(other.try_wait().unwrap().is_none());
    home.works("sleep 600 & kill -9 $!");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn the_environment_of_other_programs_cannot_be_read() {
    let Some(home) = home() else { return };
    let mut other = Command::new("sleep")
        .arg("600")
        .env("GH_TOKEN", "x")
        .spawn()
        .unwrap();
    home.denied(&format!("cat /proc/{}/environ", other.id()));
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn what_it_starts_is_sealed_too_however_far_away() {
    let Some(home) = home() else { return };
    home.denied("setsid sh -c 'sh -c \"echo x >../code/a\"'");
}

#[test]
fn a_seal_within_a_seal_narrows() {
    let Some(home) = home() else { return };
    // The test is not sealed, so the inner seal is a second one on the command.
    let outer = Seal::decide(&home.request, &Real).unwrap();
    let mut inner = outer.clone();
    inner.write.remove(&home.path("slot"));
    let mut command = shell("echo x >a", &home.path("slot"));
    outer.prepare().unwrap().apply(&mut command);
    inner.prepare().unwrap().apply(&mut command);
    assert!(!command.stderr(Stdio::null()).status().unwrap().success());
}

#[test]
fn a_command_whose_seal_cannot_be_put_on_is_not_started() {
    let Some(home) = home() else { return };
    // The kernel takes sixteen layers and no more.
    let seal = Seal::decide(&home.request, &Real).unwrap();
    let mut command = shell("echo started >started", &home.path("slot"));
    for _ in 0..17 {
        seal.prepare().unwrap().apply(&mut command);
    }
    assert!(command.spawn().is_err());
    assert!(!home.path("slot/started").exists());
}
