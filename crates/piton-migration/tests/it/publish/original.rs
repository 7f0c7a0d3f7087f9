//! Beside the original: its lock, and what it leaves when it is killed.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use piton_durable::{DiskRead, RealDisk};
use piton_migration::publish::{Cause, EnterError, Leftovers as _};
use piton_testkit::{TapDisk, Verb};

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

#[test]
fn killed_before_its_owner_file_its_lock_is_broken_after_a_while() {
    let world = World::with("rework", "old");
    fs::create_dir_all(world.root().join(TRANSACTIONS).join(".lock")).unwrap();
    let request = world.request("rework", "new");
    let refusal = world.publish(&request).unwrap_err();
    assert!(
        matches!(refusal.cause, Cause::Enter(EnterError::LockedByOriginal(_))),
        "{refusal}"
    );
    age_lock(&world);
    let lines = recover_and_go_on(&world);
    assert!(lines[0].contains("removed the dead lock"), "{lines:?}");
    goes_on(&world);
}

#[test]
fn the_lock_of_the_original_that_lives_is_no_leftover() {
    let world = World::with("rework", "old");
    let left = || {
        world.visit(&RealDisk, Duration::ZERO, |publisher| {
            publisher.is_anything_left()
        })
    };
    assert!(!left());
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    world.repo.write(
        &format!("{TRANSACTIONS}/.lock/owner.json"),
        &format!(
            "{{\"created_at\": \"{}\", \"operation\": \"planning-expand\", \"pid\": {}}}",
            now_stamp(),
            child.id()
        ),
    );
    assert!(!left(), "a living one");
    drop(child.stdin.take());
    child.wait().unwrap();
    owner(&world, dead_pid());
    assert!(left(), "a dead one");
}

#[test]
fn killed_after_its_owner_file_its_lock_is_broken_at_once() {
    let world = World::with("rework", "old");
    let pid = dead_pid();
    owner(&world, pid);
    let lines = recover_and_go_on(&world);
    assert!(
        lines[0].contains(&format!("process {pid} is gone")),
        "{lines:?}"
    );
    goes_on(&world);
}

#[test]
fn killed_after_making_its_transaction_the_empty_directory_goes() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    fs::create_dir_all(world.root().join(TRANSACTIONS).join(HEX)).unwrap();
    recover_and_go_on(&world);
    goes_on(&world);
}

#[test]
fn killed_while_copying_its_copy_is_kept_out_of_the_tree() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    tree(&world, "staged", "new");
    fs::remove_file(
        world
            .root()
            .join(TRANSACTIONS)
            .join(HEX)
            .join("staged/plan.md"),
    )
    .unwrap();
    recover_and_go_on(&world);
    assert!(kept(&world, "staged/phase-1-one.md").contains("new"));
    assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
    assert_eq!(world.repo.status(), "");
    goes_on(&world);
}

#[test]
fn killed_between_its_renames_the_migration_comes_back() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    tree(&world, "staged", "new");
    move_live_away(&world);
    let lines = recover_and_go_on(&world);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("put the migration rework back")),
        "{lines:?}"
    );
    assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
    assert!(kept(&world, "staged/plan.md").contains("new"));
    assert_eq!(world.repo.status(), "");
    goes_on(&world);
}

#[test]
fn the_migration_comes_back_even_when_a_person_removed_the_lock() {
    let world = World::with("rework", "old");
    move_live_away(&world);
    recover_and_go_on(&world);
    assert_eq!(world.repo.status(), "");
    goes_on(&world);
}

#[test]
fn killed_after_its_renames_the_new_version_stands_and_the_old_one_is_kept() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    move_live_away(&world);
    for (path, content) in files("rework", "new") {
        world
            .repo
            .write(&format!("migrations/rework/{path}"), &content);
    }
    recover_and_go_on(&world);
    assert!(world.repo.read("migrations/rework/plan.md").contains("new"));
    assert!(kept(&world, "rollback/plan.md").contains("old"));
    // The original had not committed yet, and whether to is for a person.
    let request = world.request("rework", "newest");
    assert!(matches!(
        world.publish(&request).unwrap_err().cause,
        Cause::Dirty { .. }
    ));
    world.repo.commit_all("what the original published");
    goes_on(&world);
}

#[test]
fn a_power_cut_after_its_renames_that_emptied_the_manifest_brings_the_old_version_back() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    move_live_away(&world);
    world.repo.write("migrations/rework/manifest.json", "");
    let lines = recover_and_go_on(&world);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("which had left it unusable")),
        "{lines:?}"
    );
    assert_eq!(world.repo.status(), "");
    assert_eq!(kept(&world, "live/rework/manifest.json"), "");
    goes_on(&world);
}

#[test]
fn killed_while_removing_the_old_version_the_rest_of_it_is_kept() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    world
        .repo
        .write(&format!("{TRANSACTIONS}/{HEX}/rollback/plan.md"), "a rest");
    recover_and_go_on(&world);
    assert_eq!(kept(&world, "rollback/plan.md"), "a rest");
    goes_on(&world);
}

#[test]
fn killed_while_releasing_its_lock_the_empty_lock_goes() {
    let world = World::with("rework", "old");
    fs::create_dir_all(world.root().join(TRANSACTIONS).join(".lock")).unwrap();
    age_lock(&world);
    recover_and_go_on(&world);
    goes_on(&world);
}

#[test]
fn leftovers_of_refused_and_failed_publishes_are_kept_out_of_the_tree() {
    let world = World::with("rework", "old");
    tree(&world, "failed", "bad");
    recover_and_go_on(&world);
    assert!(kept(&world, "failed/plan.md").contains("bad"));
    goes_on(&world);
}

#[test]
fn a_migration_that_was_deleted_on_purpose_stays_deleted() {
    let world = World::with("rework", "old");
    move_live_away(&world);
    world.repo.write(".gitignore", "__transactions__\n");
    world.repo.commit_all("delete rework");
    recover_and_go_on(&world);
    assert!(!world.repo.exists("migrations/rework"));
    assert!(kept(&world, "rollback/plan.md").contains("old"));
}

#[test]
fn while_its_holder_lives_its_lock_is_honoured_and_nothing_of_it_touched() {
    let world = World::with("rework", "old");
    let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let stamp = now_stamp();
    world.repo.write(
        &format!("{TRANSACTIONS}/.lock/owner.json"),
        &format!(
            "{{\"created_at\": \"{stamp}\", \"operation\": \"planning-expand\", \"pid\": {}}}",
            child.id()
        ),
    );
    age_lock(&world);
    tree(&world, "staged", "theirs");
    let request = world.request("rework", "new");
    let refusal = world.publish(&request).unwrap_err();
    let text = refusal.to_string();
    for part in [
        &format!("process {}", child.id()),
        &stamp,
        "planning-expand",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let failed = world.visit(&RealDisk, Duration::ZERO, |publisher| {
        publisher.recover().is_err()
    });
    assert!(failed, "there is work, but the lock is held");
    assert!(
        world
            .repo
            .exists(&format!("{TRANSACTIONS}/{HEX}/staged/plan.md"))
    );
    assert!(
        world
            .repo
            .exists(&format!("{TRANSACTIONS}/.lock/owner.json"))
    );
    child.kill().unwrap();
    child.wait().unwrap();
    recover_and_go_on(&world);
    goes_on(&world);
}

#[test]
fn what_has_no_name_of_the_originals_is_left_where_it_is() {
    let world = World::with("rework", "old");
    let names = [
        &HEX[1..],
        &format!("{HEX}0"),
        &HEX.replace('a', "g"),
        &HEX.to_uppercase(),
        "notes",
    ];
    for name in names {
        let file = format!("{TRANSACTIONS}/{name}/staged/plan.md");
        world.repo.write(&file, "the user's");
    }
    world.repo.commit_all("what somebody put there");
    assert_eq!(world.recover(), Vec::<String>::new());
    for name in names {
        let file = format!("{TRANSACTIONS}/{name}/staged/plan.md");
        assert_eq!(world.repo.read(&file), "the user's", "{name}");
    }
}

#[test]
fn a_dead_lock_that_somebody_replaced_by_a_living_one_is_given_back() {
    let world = World::with("rework", "old");
    owner(&world, dead_pid());
    let request = world.request("rework", "new");
    let lock = world.root().join(TRANSACTIONS).join(".lock");
    let disk = TapDisk::new(RealDisk, {
        let (lock, replaced) = (lock.clone(), std::sync::Once::new());
        move |op| {
            if op.verb == Verb::RenameNew && op.path == lock {
                // A person removes it, and another takes it, at the last moment.
                replaced.call_once(|| {
                    let living = format!(
                        "{{\"created_at\": \"{}\", \"operation\": \"theirs\", \"pid\": {}}}",
                        now_stamp(),
                        std::process::id()
                    );
                    fs::write(lock.join("owner.json"), living).unwrap();
                });
            }
            Ok(())
        }
    });
    let refused = world.visit(&disk, Duration::ZERO, |publisher| {
        publisher.publish(&request).unwrap_err().to_string()
    });
    assert!(refused.contains("theirs"), "{refused}");
    let owner = fs::read_to_string(lock.join("owner.json")).unwrap();
    assert!(owner.contains("theirs"), "{owner}");
    assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
}

#[test]
fn the_original_finds_its_lock_taken_by_us_while_we_publish() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    let seen = std::sync::Arc::new(std::sync::Mutex::new(None));
    let disk = TapDisk::new(RealDisk, {
        let lock = world.root().join(TRANSACTIONS).join(".lock");
        let seen = std::sync::Arc::clone(&seen);
        move |op| {
            if op.verb == Verb::Exchange {
                // What the original does first: an exclusive mkdir.
                assert!(fs::create_dir(&lock).is_err());
                let owner = fs::read_to_string(lock.join("owner.json")).unwrap();
                *seen.lock().unwrap() = Some(owner);
            }
            Ok(())
        }
    });
    world.visit(&disk, Duration::ZERO, |publisher| {
        publisher.publish(&request).unwrap();
    });
    let owner = seen.lock().unwrap().take().expect("it was exchanged");
    let owner: serde_json::Value = serde_json::from_str(&owner).unwrap();
    assert_eq!(owner["pid"], std::process::id());
    assert_eq!(owner["operation"], "publish of rework (expand)");
    let created = owner["created_at"].as_str().unwrap();
    assert!(created.ends_with("+00:00"), "{created}");
    world.assert_tidy();
}

#[test]
fn something_else_in_the_place_of_the_lock_is_named() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    fs::write(world.root().join(TRANSACTIONS), "a file").unwrap();
    let text = world.publish(&request).unwrap_err().to_string();
    assert!(text.contains("must be a directory"), "{text}");
    fs::remove_file(world.root().join(TRANSACTIONS)).unwrap();
    let outside = world.work.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, world.root().join(TRANSACTIONS)).unwrap();
    let text = world.publish(&request).unwrap_err().to_string();
    assert!(text.contains("must be a directory"), "{text}");
    assert_eq!(RealDisk.list(&outside).unwrap(), []);
}

/// Publishes the way the original does, step by step; `false` when blocked.
fn original_publishes(world: &World, text: &str) -> bool {
    let migrations = world.root().join("migrations");
    let transactions = migrations.join("__transactions__");
    let lock = transactions.join(".lock");
    // Taken, or the directory around it was removed in that moment.
    if fs::create_dir_all(&transactions).is_err() || fs::create_dir(&lock).is_err() {
        return false;
    }
    let owner = serde_json::json!({
        "pid": std::process::id(),
        "operation": "planning-expand",
        "created_at": now_stamp(),
    });
    fs::write(lock.join("owner.json"), owner.to_string()).unwrap();
    let transaction = transactions.join(HEX);
    fs::create_dir(&transaction).unwrap();
    let staged = transaction.join("staged");
    for (path, content) in files("theirs", text) {
        let path = staged.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let (live, rollback) = (migrations.join("theirs"), transaction.join("rollback"));
    let replaces = live.exists();
    if replaces {
        fs::rename(&live, &rollback).unwrap();
    }
    fs::rename(&staged, &live).unwrap();
    if replaces {
        fs::remove_dir_all(&rollback).unwrap();
    }
    fs::remove_dir(&transaction).unwrap();
    fs::remove_dir_all(&lock).unwrap();
    let _ = fs::remove_dir(&transactions);
    true
}

#[test]
fn both_tools_publish_in_one_repository_at_the_same_time() {
    const ROUNDS: usize = 40;
    let world = World::in_memory().holding("rework", "ours 0.");
    let done = std::sync::atomic::AtomicBool::new(false);
    let theirs = std::thread::scope(|scope| {
        let original = scope.spawn(|| {
            let mut published = 0;
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let text = format!("theirs {}.", published + 1);
                published += usize::from(original_publishes(&world, &text));
                std::thread::park_timeout(Duration::from_millis(3));
                if published == 0 {
                    continue;
                }
                let plan = world.repo.read("migrations/theirs/plan.md");
                assert!(plan.contains(&format!("theirs {published}.")), "{plan}");
            }
            published
        });
        for round in 1..=ROUNDS {
            let request = world.request("rework", &format!("ours {round}."));
            let published = world.visit(&RealDisk, Duration::from_secs(60), |publisher| {
                publisher.publish(&request).unwrap()
            });
            assert_eq!(
                published.result.recovered,
                [],
                "nothing of theirs is broken"
            );
            assert_eq!(published.result.cleanup_error, None);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        original.join().unwrap()
    });
    println!("{ROUNDS} publishes of ours beside {theirs} of theirs");
    assert!(theirs > 0);
    assert_eq!(world.repo.subjects().len(), 2 + ROUNDS);
    world.assert_tidy();
}

fn now_stamp() -> String {
    piton_migration::stamp::Stamp::utc(jiff::Timestamp::now()).to_string()
}
