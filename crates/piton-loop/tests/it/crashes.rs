//! Killed anywhere, the next command carries on.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use piton_durable::RealDisk;
use piton_migration::consistency::Mode;
use piton_migration::manifest::Status;
use piton_testkit::TapDisk;
use proptest::prelude::*;

use crate::world::{GOOD, World};

/// A disk that nothing reaches any more after `operations`, as if the process
/// had died there.
fn dying(operations: usize) -> TapDisk<RealDisk> {
    let left = AtomicUsize::new(operations);
    TapDisk::new(RealDisk, move |_| {
        let alive = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        alive
            .map(|_| ())
            .map_err(|_| io::Error::other("the process is dead"))
    })
}

/// Makes one step that dies after so many operations, in making or publishing.
/// Tells whether it came through.
fn step_that_dies(world: &World, operations: usize) -> bool {
    let disk = dying(operations);
    let decision = world.decide().unwrap();
    let Ok(made) = world.make_on(&disk, &decision, GOOD) else {
        return false;
    };
    world
        .publisher(&disk, |publisher| {
            publisher.publish(&world.request(&made.candidate))
        })
        .is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1, failure_persistence: None, max_shrink_iters: 4, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_gets_ready_however_often_its_steps_are_killed(
        deaths in prop::collection::vec(0..160_usize, 7)
    ) {
        let world = World::new();
        for operations in deaths {
            let before = world.repo.subjects().len();
            let through = step_that_dies(&world, operations);
            // The next command recovers before it does anything else.
            world.recover();
            prop_assert_eq!(world.repo.status(), "");
            let after = world.repo.subjects().len();
            prop_assert!(after == before + 1 || (after == before && !through));
            if world.live().exists() {
                world.check(Mode::PlanningSnapshot);
                world.snapshot();
            }
            if after == before {
                world.step(GOOD).unwrap();
            }
        }
        prop_assert_eq!(world.snapshot().manifest.status(), Status::Ready);
        world.check(Mode::ReadyPublish);
    }
}
