//! Its lock: honoured while its holder lives, and held by us while we publish.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use piton_durable::{DiskRead, RealDisk};
use piton_migration::publish::Leftovers as _;
use piton_testkit::{TapDisk, Verb};

use super::super::world::World;
use super::{
    HEX, TRANSACTIONS, age_lock, dead_pid, goes_on, now_stamp, owner, recover_and_go_on, tree,
};

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
fn a_lock_whose_owner_cannot_be_read_is_not_broken() {
    let world = World::with("rework", "old");
    owner(&world, std::process::id());
    age_lock(&world);
    let request = world.request("rework", "new");
    let disk = TapDisk::looking(RealDisk, |path| {
        if path.ends_with(".lock/owner.json") {
            return Err(piton_testkit::input_output());
        }
        Ok(())
    });
    let refused = world.visit(&disk, Duration::ZERO, |publisher| {
        publisher.publish(&request).unwrap_err().to_string()
    });
    assert!(refused.contains("lock"), "{refused}");
    let lock = format!("{TRANSACTIONS}/.lock/owner.json");
    assert!(world.repo.exists(&lock));
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
