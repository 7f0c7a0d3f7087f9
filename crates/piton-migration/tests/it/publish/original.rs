//! Beside the original: its lock, and what it leaves when it is killed.

mod beside;
mod failing;
mod killed;
mod locked;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use super::world::{World, files};

const HEX: &str = "0123456789abcdef0123456789abcdef";
const TRANSACTIONS: &str = "migrations/__transactions__";

/// Returns the id of a process that has been and gone.
fn dead_pid() -> u32 {
    let mut child = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    let pid = child.id();
    child.wait().unwrap();
    pid
}

fn owner(world: &World, pid: u32) {
    world.repo.write(
        &format!("{TRANSACTIONS}/.lock/owner.json"),
        &format!(
            "{{\n  \"created_at\": \"2026-04-15T22:49:51.000+00:00\",\n  \
             \"operation\": \"planning-expand\",\n  \"pid\": {pid}\n}}\n"
        ),
    );
}

/// Makes the lock look as old as an abandoned one.
fn age_lock(world: &World) {
    let lock = fs::File::open(world.root().join(TRANSACTIONS).join(".lock")).unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(60);
    lock.set_modified(long_ago).unwrap();
}

fn tree(world: &World, name: &str, text: &str) {
    for (path, content) in files("rework", text) {
        world
            .repo
            .write(&format!("{TRANSACTIONS}/{HEX}/{name}/{path}"), &content);
    }
}

fn move_live_away(world: &World) {
    let to = world.root().join(TRANSACTIONS).join(HEX).join("rollback");
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(world.root().join("migrations/rework"), to).unwrap();
}

/// Recovers, and publishes to show that work goes on.
fn recover_and_go_on(world: &World) -> Vec<String> {
    let lines = world.recover();
    assert!(!world.repo.exists(TRANSACTIONS), "{lines:?}");
    assert_eq!(world.recover(), Vec::<String>::new());
    lines
}

fn goes_on(world: &World) {
    let request = world.request("rework", "newest");
    world.publish(&request).unwrap();
    world.assert_tidy();
}

fn kept(world: &World, path: &str) -> String {
    world
        .repo
        .read(&format!(".git/piton/failures/{HEX}/{path}"))
}

fn now_stamp() -> String {
    piton_migration::stamp::Stamp::utc(jiff::Timestamp::now()).to_string()
}
