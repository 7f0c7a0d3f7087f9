//! What a killed original leaves is finished, given back or kept aside.

use std::fs;

use piton_migration::publish::{Cause, EnterError};

use super::super::world::{World, files};
use super::{
    HEX, TRANSACTIONS, age_lock, dead_pid, goes_on, kept, move_live_away, owner, recover_and_go_on,
    tree,
};

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
