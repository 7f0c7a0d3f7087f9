//! The migrations directory, moved as a whole.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use piton_migration::operation::{InTheWay, MoveDir, Rewrite};
use piton_plan::Operation;

use super::Desk;

fn moving(to: &str, in_the_way: InTheWay) -> MoveDir {
    MoveDir {
        from: "migrations".parse().unwrap(),
        to: to.parse().unwrap(),
        rewrites: vec![Rewrite {
            path: "rework/plan.md".parse().unwrap(),
            content: "# Moved\n".to_owned(),
        }],
        in_the_way,
    }
}

#[test]
fn the_directory_moves_with_its_files_and_what_names_the_place_is_written_again() {
    for (to, in_the_way) in [
        ("plans", InTheWay::Nothing),
        ("docs/deep/plans", InTheWay::Nothing),
        ("plans", InTheWay::EmptyDir),
    ] {
        let desk = Desk::new();
        let root = desk.world.root();
        let old = root.join("migrations/rework/plan.md");
        fs::set_permissions(old, fs::Permissions::from_mode(0o640)).unwrap();
        if in_the_way == InTheWay::EmptyDir {
            fs::create_dir(root.join(to)).unwrap();
        }
        assert_eq!(desk.does(moving(to, in_the_way)), "ok");
        assert!(!root.join("migrations").exists());
        let plan = root.join(to).join("rework/plan.md");
        assert_eq!(fs::read_to_string(&plan).unwrap(), "# Moved\n");
        assert_eq!(plan.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert!(root.join(to).join("rework/notes/deep/more.md").is_file());
        assert_eq!(desk.does(moving(to, in_the_way)), "already so");
    }
}

#[test]
fn what_is_in_the_way_is_kept_where_that_was_decided() {
    let desk = Desk::new();
    let root = desk.world.root();
    desk.world.repo.write("plans/old.md", "the user's");
    let said = desk.does(moving("plans", InTheWay::Dir));
    let kept = said.strip_prefix("ok what was there is kept in ").unwrap();
    assert!(Path::new(kept).starts_with(desk.backups()), "{kept}");
    let old = Path::new(kept).join("old.md");
    assert_eq!(fs::read_to_string(old).unwrap(), "the user's");
    assert!(root.join("plans/rework/plan.md").is_file());
    assert!(!root.join("plans/old.md").exists());
}

#[test]
fn a_move_that_was_cut_off_after_it_set_something_aside_goes_on() {
    let desk = Desk::new();
    assert_eq!(desk.does(moving("plans", InTheWay::Dir)), "ok");
    assert!(desk.world.repo.exists("plans/rework/plan.md"));
}

#[test]
fn nothing_is_moved_over_what_was_not_there_when_it_was_decided() {
    for (in_the_way, made, found) in [
        (
            InTheWay::Nothing,
            "plans/new.md",
            "a directory with something in it",
        ),
        (
            InTheWay::EmptyDir,
            "plans/new.md",
            "a directory with something in it",
        ),
        (
            InTheWay::Nothing,
            "plans",
            "something that is not a directory",
        ),
        (
            InTheWay::EmptyDir,
            "plans",
            "something that is not a directory",
        ),
        (InTheWay::Dir, "plans", "something that is not a directory"),
    ] {
        let desk = Desk::new();
        desk.world.repo.write(made, "the user's");
        let operation = moving("plans", in_the_way);
        let premise = operation.premise();
        let said = desk.does(operation);
        assert_eq!(
            said,
            format!(
                "conflict: it changed since the plan was made: expected {premise}, found a \
                 directory with something in it at migrations, {found} at plans"
            )
        );
        assert_eq!(desk.world.repo.read(made), "the user's");
        assert!(desk.world.repo.exists("migrations/rework/plan.md"));
    }
    let desk = Desk::new();
    fs::create_dir(desk.world.root().join("plans")).unwrap();
    let said = desk.does(moving("plans", InTheWay::Nothing));
    assert!(said.ends_with("an empty directory at plans"), "{said}");
    fs::remove_dir_all(desk.world.root().join("migrations")).unwrap();
    fs::remove_dir(desk.world.root().join("plans")).unwrap();
    let said = desk.does(moving("plans", InTheWay::Nothing));
    assert!(
        said.ends_with("nothing at migrations, nothing at plans"),
        "{said}"
    );
}

#[test]
fn a_plan_shows_what_a_move_rewrites_and_sets_aside() {
    let shown = |in_the_way| {
        let operation = moving("plans", in_the_way);
        let described = operation.describe();
        let premise = described.premise.unwrap().into_owned();
        (
            described.line.into_owned(),
            premise,
            operation.destructive(),
        )
    };
    let line = "the migrations directory, from migrations; rewrites 1 planning states";
    for (in_the_way, there, destructive) in [
        (InTheWay::Nothing, "nothing", false),
        (InTheWay::EmptyDir, "an empty directory", false),
        (InTheWay::Dir, "a directory to set aside", true),
    ] {
        let premise = format!("a directory at migrations, {there} at plans");
        assert_eq!(shown(in_the_way), (line.to_owned(), premise, destructive));
    }
    let mut plain = moving("plans", InTheWay::Nothing);
    plain.rewrites.clear();
    assert!(!plain.describe().line.contains("rewrites"));
}
