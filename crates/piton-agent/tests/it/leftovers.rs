//! What is left when piton itself is killed outright.

use std::process::Command;

use piton_agent::process::reap_leftovers;
use piton_durable::RealDisk;

use crate::fixture::{Fixture, runs};

/// Starts a process that carries a call's marker and whose parent is gone, as
/// the agent of a dead piton would, and returns its number.
fn orphan(token: &str) -> String {
    let script = "sleep 300 >/dev/null 2>&1 & echo $!";
    let started = Command::new("sh")
        .args(["-c", script])
        .env("PITON_CALL", token)
        .output()
        .unwrap();
    String::from_utf8(started.stdout).unwrap().trim().to_owned()
}

fn end(pid: &str) {
    Command::new("kill").arg(pid).status().unwrap();
}

fn note(fixture: &Fixture, token: &str, owner: u32) {
    let text = format!(r#"{{"version":1,"token":"{token}","owner":{owner}}}"#);
    std::fs::write(fixture.path("call/running-1.json"), text).unwrap();
}

#[test]
fn the_next_piton_ends_what_a_killed_one_left_and_nothing_else() {
    let fixture = Fixture::new();
    let token = format!("left-{}", std::process::id());
    let left = orphan(&token);
    let other = orphan("of another call");
    // No process has this number: it is above what the kernel gives out.
    note(&fixture, &token, 999_999_999);
    let ended = reap_leftovers(&RealDisk, &fixture.path("call")).unwrap();
    assert_eq!(ended, 1);
    assert!(!runs(&left));
    assert!(runs(&other));
    assert!(!fixture.path("call/running-1.json").exists());
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 0);
    end(&other);
}

#[test]
fn a_call_whose_piton_lives_is_left_alone() {
    let fixture = Fixture::new();
    let token = format!("alive-{}", std::process::id());
    let running = orphan(&token);
    // The process that started this test lives.
    let parent = std::os::unix::process::parent_id();
    note(&fixture, &token, parent);
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 0);
    assert!(runs(&running));
    assert!(fixture.path("call/running-1.json").exists());
    end(&running);
}

#[test]
fn a_torn_note_is_cleared_away() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path("call/running-1.json"), "{\"version\":1,").unwrap();
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 0);
    assert!(!fixture.path("call/running-1.json").exists());
}

#[test]
fn a_call_whose_piton_lives_in_another_container_is_left_alone() {
    let fixture = Fixture::new();
    let token = format!("elsewhere-{}", std::process::id());
    let running = orphan(&token);
    // Its number says nothing here; the lock that it holds does.
    let text = format!(
        r#"{{"version":2,"token":"{token}","owner":999999999,"boot":null,"namespace":"pid:[1]"}}"#
    );
    std::fs::write(fixture.path("call/running-1.json"), &text).unwrap();
    let lock = std::fs::File::create(fixture.path("call/running-1.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 0);
    assert!(runs(&running));
    // It dies, and its lock with it.
    drop(lock);
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 1);
    assert!(!runs(&running));
    assert!(!fixture.path("call/running-1.json").exists());
    assert!(!fixture.path("call/running-1.lock").exists());
}

#[test]
fn a_pipe_where_a_note_belongs_stops_nobody() {
    let fixture = Fixture::new();
    let pipe = fixture.path("call/running-1.json");
    std::fs::create_dir_all(pipe.parent().unwrap()).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(reap_leftovers(&RealDisk, &fixture.path("call")).unwrap(), 0);
}
