//! What keeps a commit from landing: the user's own work, whatever its form.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use piton_git::landing::{LandError, Landed, Obstacle, Refusal};

use super::{Scene, in_the_way};

#[test]
fn a_path_that_the_user_changed_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("src/a.rs", "the user's\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    scene.scratch.git(&["add", "src/a.rs"]);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    // Staged, and put back in the tree alone.
    scene.scratch.write("src/a.rs", "a\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    scene.scratch.git(&["reset", "--quiet", "--hard"]);
    scene.land(&commit).unwrap();
}

#[test]
fn what_a_commit_brought_or_removed_meanwhile_is_a_branch_that_moved() {
    for gone in [false, true] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        if gone {
            fs::remove_file(scene.scratch.path().join("src/a.rs")).unwrap();
        } else {
            scene.scratch.write("new/c.rs", "another's\n");
        }
        scene.scratch.commit_all("meanwhile");
        let tip = scene.head().parse().unwrap();
        assert_eq!(scene.refused(&commit), Refusal::Moved { tip }, "{gone}");
    }
}

#[test]
fn a_path_that_the_user_deleted_is_not_brought_back() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    fs::remove_file(scene.scratch.path().join("src/a.rs")).unwrap();
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Deleted)
    );
}

#[test]
fn files_that_git_does_not_track_are_not_written_over_ignored_or_not() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::write(tree.join("x.log"), "forced\n").unwrap();
        fs::write(tree.join(".gitignore"), "").unwrap();
    });
    scene.scratch.write("x.log", "the user's, ignored\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("x.log", Obstacle::Untracked)
    );

    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("new/c.rs", "the user's\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::Untracked)
    );
    fs::remove_dir_all(scene.scratch.path().join("new")).unwrap();
    // A file where a directory has to be, and a link that leads elsewhere.
    scene.scratch.write("new", "a file\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::NotADirectory)
    );
    fs::remove_file(scene.scratch.path().join("new")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), scene.scratch.path().join("new")).unwrap();
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::NotADirectory)
    );
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn paths_that_git_is_told_not_to_look_at_are_in_the_way() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        scene.scratch.git(&["update-index", flag, "src/a.rs"]);
        scene.scratch.write("src/a.rs", "hidden\n");
        let refusal = match scene.land(&commit) {
            Err(LandError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(refusal, in_the_way("src/a.rs", Obstacle::Hidden), "{flag}");
        assert_eq!(scene.scratch.read("src/a.rs"), "hidden\n");
    }
}

#[test]
fn what_a_sparse_checkout_leaves_out_lands_in_the_commit_and_in_the_index() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let sparse = ["sparse-checkout", "set", "--no-cone", "/*", "!/src/"];
    scene.scratch.git(&sparse);
    assert!(!scene.scratch.exists("src/a.rs"));
    assert_eq!(scene.land(&commit).unwrap(), Landed::InTree { paths: 4 });
    assert_eq!(
        scene.scratch.git(&["rev-parse", "HEAD"]).trim(),
        commit.as_str()
    );
    assert_eq!(scene.scratch.status(), "");
    assert!(!scene.scratch.exists("src"), "it is still left out");
    assert_eq!(scene.scratch.git(&["show", ":src/a.rs"]), "a, better\n");
    assert_eq!(scene.scratch.read("new/c.rs"), "c\n");
    scene.scratch.git(&["sparse-checkout", "disable"]);
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/a.rs"), "a, better\n");
    assert!(!scene.scratch.exists("src/b.rs"));
}

#[test]
fn what_the_user_staged_at_a_path_that_is_left_out_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene
        .scratch
        .git(&["sparse-checkout", "set", "--no-cone", "/*", "!/src/"]);
    let blob = scene.scratch.git(&["rev-parse", "HEAD:run.sh"]);
    let entry = format!("100644,{},src/a.rs", blob.trim());
    scene.scratch.git(&["update-index", "--cacheinfo", &entry]);
    scene
        .scratch
        .git(&["update-index", "--skip-worktree", "src/a.rs"]);
    match scene.land(&commit) {
        Err(LandError::Refused(Refusal::InTheWay(_))) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.scratch.git(&["show", ":src/a.rs"]), "#!/bin/sh\n");
}

#[test]
fn nothing_lands_inside_a_merge_or_a_rebase() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    for (name, of) in [("MERGE_HEAD", "a merge"), ("rebase-merge/x", "a rebase")] {
        scene
            .scratch
            .write(&format!(".git/{name}"), scene.base.as_str());
        match scene.land(&commit) {
            Err(LandError::Refused(refusal)) => assert_eq!(refusal, Refusal::InTheMiddle { of }),
            other => panic!("{other:?}"),
        }
        let top = name.split('/').next().unwrap();
        let path = scene.scratch.path().join(".git").join(top);
        fs::remove_file(&path)
            .or_else(|_| fs::remove_dir_all(&path))
            .unwrap();
    }
    scene.land(&commit).unwrap();
}

#[test]
fn nothing_lands_on_a_branch_that_is_being_rebased_or_looked_through() {
    for (begin, of) in [
        (&["rebase", "--exec", "false", "HEAD~1"][..], "a rebase"),
        (&["bisect", "start", "HEAD", "HEAD~2"], "a bisection"),
    ] {
        let scene = Scene::new();
        scene.scratch.write("more", "more\n");
        scene.scratch.commit_all("more");
        let base = scene.scratch.git(&["rev-parse", "HEAD"]);
        let scene = Scene {
            base: base.trim().parse().unwrap(),
            ..scene
        };
        let commit = scene.usual_work();
        // It stops in the middle, on no branch.
        let begun = Command::new("git")
            .args(begin)
            .current_dir(scene.scratch.path())
            .output();
        let head = scene.scratch.git(&["rev-parse", "--abbrev-ref", "HEAD"]);
        assert_eq!(head.trim(), "HEAD", "{begun:?}");
        match scene.land(&commit) {
            Err(LandError::Refused(refusal)) => assert_eq!(refusal, Refusal::InTheMiddle { of }),
            other => panic!("{other:?}"),
        }
        assert_eq!(scene.scratch.git(&["rev-parse", "main"]), base);
    }
}

#[test]
fn a_rebase_whose_branch_cannot_be_read_keeps_every_branch_where_it_is() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.git(&["switch", "--quiet", "-c", "other"]);
    let name = scene
        .scratch
        .path()
        .join(".git/rebase-merge/head-name/something");
    fs::create_dir_all(name).unwrap();
    let refused = scene.land(&commit);
    assert!(
        matches!(
            &refused,
            Err(LandError::Refused(Refusal::InTheMiddle { .. }))
        ),
        "{refused:?}"
    );
    fs::remove_dir_all(scene.scratch.path().join(".git/rebase-merge")).unwrap();
    scene.land(&commit).unwrap();
}

#[test]
fn a_lock_that_somebody_holds_is_waited_for_and_then_named() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let path = scene.scratch.path().join(".git/index.lock");
    let held = fs::File::create(&path).unwrap();
    let refused = scene.land(&commit);
    assert!(matches!(&refused, Err(LandError::Git(_))), "{refused:?}");
    assert_eq!(scene.head(), scene.base.as_str());
    drop(held);
    // Nobody has it open any more: it is dead, where that can be seen.
    let landed = scene.land(&commit);
    if crate::all_processes_are_seen() {
        landed.unwrap();
    } else {
        assert!(matches!(&landed, Err(LandError::Git(_))), "{landed:?}");
    }
}

#[test]
fn a_file_that_the_user_made_executable_is_in_the_way_and_so_is_one_they_made_plain() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::write(tree.join("src/a.rs"), "a, better\n").unwrap();
        fs::write(tree.join("run.sh"), "#!/bin/sh\ntrue\n").unwrap();
    });
    let set = |name: &str, mode| {
        let file = scene.scratch.path().join(name);
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    };
    set("src/a.rs", 0o755);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    set("src/a.rs", 0o644);
    scene.scratch.git(&["update-index", "--chmod=+x", "run.sh"]);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("run.sh", Obstacle::Changed)
    );
    scene.scratch.git(&["update-index", "--chmod=-x", "run.sh"]);
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn a_mode_that_git_does_not_look_at_is_in_nobody_s_way() {
    let scene = Scene::new();
    scene.scratch.git(&["config", "core.fileMode", "false"]);
    let commit = scene.usual_work();
    let file = scene.scratch.path().join("src/a.rs");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("src/a.rs"), "a, better\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn what_the_user_added_in_name_only_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("new/c.rs", "the user's\n");
    scene.scratch.git(&["add", "--intent-to-add", "new/c.rs"]);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::Untracked)
    );
    // Gone from the tree, and still promised to the index.
    fs::remove_file(scene.scratch.path().join("new/c.rs")).unwrap();
    assert!(matches!(scene.refused(&commit), Refusal::InTheWay(_)));
}

#[test]
fn what_the_user_took_out_of_the_index_alone_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene
        .scratch
        .git(&["rm", "--quiet", "--cached", "src/a.rs"]);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
}

#[test]
fn a_new_file_that_the_user_staged_first_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("new/c.rs", "c\n");
    scene.scratch.git(&["add", "new/c.rs"]);
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::Untracked)
    );
    // Staged and gone from the tree: nothing stands there, and yet it is theirs.
    fs::remove_file(scene.scratch.path().join("new/c.rs")).unwrap();
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::Changed)
    );
}

#[test]
fn a_path_with_two_sides_of_a_conflict_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene
        .scratch
        .git(&["switch", "--quiet", "--create", "side"]);
    scene.scratch.write("src/a.rs", "theirs\n");
    scene.scratch.commit_all("theirs");
    scene.scratch.git(&["switch", "--quiet", "main"]);
    scene.scratch.write("src/a.rs", "ours\n");
    // A stash that does not fit leaves a conflict and no operation under way.
    scene.scratch.git(&["stash", "--quiet"]);
    scene
        .scratch
        .git(&["checkout", "--quiet", "side", "--", "src/a.rs"]);
    scene.scratch.git(&["reset", "--quiet"]);
    scene.scratch.git(&["add", "src/a.rs"]);
    let output = Command::new("git")
        .args(["stash", "pop"])
        .current_dir(scene.scratch.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(matches!(scene.refused(&commit), Refusal::InTheWay(_)));
}

#[test]
fn a_link_in_the_place_of_a_file_or_of_its_directory_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.rs"), "a\n").unwrap();
    fs::write(outside.path().join("b.rs"), "b\n").unwrap();
    let at = |name: &str| scene.scratch.path().join(name);
    fs::remove_file(at("src/a.rs")).unwrap();
    symlink(outside.path().join("a.rs"), at("src/a.rs")).unwrap();
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    fs::remove_dir_all(at("src")).unwrap();
    symlink(outside.path(), at("src")).unwrap();
    let refusal = scene.refused(&commit);
    assert!(
        matches!(&refusal, Refusal::InTheWay(all) if all.iter().all(|it| it.obstacle == Obstacle::NotADirectory)),
        "{refusal:?}"
    );
    assert_eq!(
        fs::read_to_string(outside.path().join("a.rs")).unwrap(),
        "a\n"
    );
}

#[test]
fn a_directory_or_a_repository_where_a_file_was_is_in_the_way() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let file = scene.scratch.path().join("src/a.rs");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src/a.rs", Obstacle::Changed)
    );
    fs::remove_dir(&file).unwrap();
    scene.scratch.git(&["restore", "src/a.rs"]);
    scene.scratch.git(&["init", "--quiet", "new"]);
    scene.scratch.write("new/c.rs", "of a repository inside\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("new/c.rs", Obstacle::Untracked)
    );
}
