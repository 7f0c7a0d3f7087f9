//! Publishing, and recovering, on a disk that fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use piton_durable::TransactionError;
use piton_durable::transaction::{recover, stage};
use piton_testkit::sim::every_crash;
use piton_testkit::{TapDisk, input_output};

use crate::transaction::{Commit, Ends, LIVE, Scene, SimCommitter, budget, site, token};

#[test]
fn a_read_that_fails_in_a_recovery_decides_nothing() {
    let mut tried = 0;
    for scene in Scene::all() {
        let ends = Ends::of(scene);
        let mut found = BTreeMap::new();
        every_crash(
            &scene.disk(),
            budget(3),
            |disk| drop(scene.publish(disk)),
            |disk, point| {
                let first = || (disk.fork(), point.to_string());
                found.entry(disk.snapshot("/")).or_insert_with(first);
            },
        );
        for (start, first) in found.into_values().step_by(5) {
            for at in 1.. {
                let disk = start.fork();
                let count = Arc::new(AtomicU64::new(0));
                let counted = Arc::clone(&count);
                let failing = TapDisk::looking(disk.clone(), move |_| {
                    if counted.fetch_add(1, Ordering::SeqCst) + 1 == at {
                        return Err(input_output());
                    }
                    Ok(())
                });
                let committer = SimCommitter {
                    disk: disk.clone(),
                    hook_says_no: scene.commit == Commit::Refused,
                };
                let told = recover(&failing, &site(), &committer);
                scene.recover(&disk).unwrap();
                let context = format!("{first}, read {at}: {told:?}");
                ends.check(scene, &disk, None, &context);
                tried += 1;
                if count.load(Ordering::SeqCst) < at {
                    break;
                }
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn an_operation_that_fails_leaves_live_whole_and_the_next_command_settles_the_rest() {
    let mut tried = 0;
    for kind in [
        std::io::ErrorKind::StorageFull,
        std::io::ErrorKind::ReadOnlyFilesystem,
        std::io::ErrorKind::Other,
    ] {
        for scene in Scene::all() {
            let ends = Ends::of(scene);
            for lasting in [false, true] {
                for at in 1.. {
                    let disk = scene.disk();
                    if lasting {
                        disk.fail_from(at, kind);
                    } else {
                        disk.fail_at(at, kind);
                    }
                    let before = disk.ops();
                    let told = scene.publish(&disk);
                    let reached = disk.ops() - before >= at;
                    disk.calm();
                    scene.recover(&disk).unwrap();
                    // Both ends are right for one that could not be undone, or
                    // whose old tree could not be removed.
                    ends.check(scene, &disk, told.ok(), &format!("{kind} at {at}"));
                    tried += 1;
                    if !reached {
                        break;
                    }
                }
            }
        }
    }
    println!("failing operations tried: {tried}");
}

#[test]
fn a_failed_publish_that_says_so_without_reserve_has_changed_nothing() {
    for scene in Scene::all() {
        let ends = Ends::of(scene);
        for at in 1..60 {
            let disk = scene.disk();
            disk.fail_at(at, std::io::ErrorKind::StorageFull);
            let Ok(staged) = stage(&disk, &site(), token(), scene.request(&disk)) else {
                assert_eq!(disk.snapshot(LIVE), ends.old);
                continue;
            };
            match staged.replace(&disk) {
                Ok(replaced) => drop(replaced),
                Err(TransactionError::Unsettled { .. }) => {}
                Err(_) => assert_eq!(disk.snapshot(LIVE), ends.old, "{scene:?} {at}"),
            }
        }
    }
}
