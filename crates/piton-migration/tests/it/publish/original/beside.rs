//! Both tools at work in one repository.

use std::fs;
use std::time::Duration;

use piton_durable::RealDisk;

use super::super::world::{World, files};
use super::{HEX, now_stamp};

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
            assert_eq!(published.recovered, [], "nothing of theirs is broken");
            assert_eq!(published.unclean, None);
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        original.join().unwrap()
    });
    println!("{ROUNDS} publishes of ours beside {theirs} of theirs");
    assert!(theirs > 0);
    assert_eq!(world.repo.subjects().len(), 2 + ROUNDS);
    world.assert_tidy();
}
