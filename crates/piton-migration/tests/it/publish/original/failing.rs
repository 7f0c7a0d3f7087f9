//! A disk that fails while it is looked what was left, and whose it is.

use std::time::Duration;

use piton_durable::{Disk, RealDisk};
use piton_migration::publish::{EnterError, Notice, Publisher};
use piton_testkit::{TapDisk, input_output};

use super::super::world::{World, visit_at};
use super::{HEX, dead_pid, move_live_away, owner, recover_and_go_on, tree};

fn settle(publisher: &Publisher<'_>) -> Result<Vec<Notice>, EnterError> {
    publisher.recover()
}

#[test]
fn a_disk_that_fails_while_leftovers_are_looked_at_decides_nothing_about_them() {
    for place in ["rollback", "rollback/manifest.json", "rollback/plan.md"] {
        let world = World::with("rework", "old");
        owner(&world, dead_pid());
        tree(&world, "staged", "new");
        move_live_away(&world);
        let failing = TapDisk::looking(RealDisk, move |path| {
            if path.ends_with(place) && path.components().any(|part| part.as_os_str() == HEX) {
                return Err(input_output());
            }
            Ok(())
        });
        let told = world.visit(&failing, Duration::ZERO, settle);
        assert!(told.is_err(), "{place}: {told:?}");
        recover_and_go_on(&world);
        assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
        assert_eq!(world.repo.status(), "");
    }
}

#[test]
fn nobody_recovers_where_it_cannot_be_told_which_working_tree_it_is() {
    let world = World::with("rework", "old");
    let linked = world.work.path().join("linked");
    let at = linked.to_str().unwrap();
    world
        .repo
        .git(&["worktree", "add", "--quiet", "-b", "side", at]);
    let failing = TapDisk::looking(RealDisk, |path| {
        if path.ends_with("linked/.git") {
            return Err(input_output());
        }
        Ok(())
    });
    // Something is left, or nobody looks any further.
    world.repo.write(".git/piton/transactions/x/y", "");
    let recover = |disk: &dyn Disk| visit_at(&linked, disk, Duration::ZERO, settle);
    let told = recover(&failing);
    assert!(matches!(told, Err(EnterError::Worktree(_))), "{told:?}");
    assert!(recover(&RealDisk).is_ok());
}
