//! Landing where the branch is: checked out here, elsewhere, nowhere, moved.

use piton_base::Stop;
use piton_git::settings;
use std::fs;
use std::process::Command;

use piton_durable::RealDisk;
use piton_git::GitError;
use piton_git::landing::{
    Known, LandError, Landed, Landing, Merged, Onto, Refusal, commit_tree, current, land,
    merge_onto,
};
use piton_git::slot::Filters;
use piton_git::{CommitId, Repository};

use super::{Scene, tree_of};

#[test]
fn a_branch_that_moved_is_refused_and_the_work_merges_onto_it() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("README.md", "the user's commit\n");
    scene.scratch.commit_all("meanwhile");
    let tip: CommitId = scene.head().parse().unwrap();
    assert_eq!(scene.refused(&commit), Refusal::Moved { tip: tip.clone() });
    let repository = scene.repository();
    let Merged::Clean(tree) = merge_onto(&repository, &scene.base, &commit, &tip).unwrap() else {
        panic!("they touch different files");
    };
    let again = commit_tree(&repository, &tree, &tip, "work, again\n", &Stop::new()).unwrap();
    let scene = Scene { base: tip, ..scene };
    scene.land(&again).unwrap();
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("README.md"), "the user's commit\n");
    assert_eq!(scene.scratch.subjects()[0], "work, again");
}

#[test]
fn work_on_what_the_user_changed_too_is_a_conflict() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("src/a.rs", "otherwise\n");
    scene.scratch.commit_all("meanwhile");
    let tip = scene.head().parse().unwrap();
    let merged = merge_onto(&scene.repository(), &scene.base, &commit, &tip).unwrap();
    assert_eq!(merged, Merged::Conflict);
}

#[test]
fn when_another_branch_is_checked_out_only_the_reference_moves() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene
        .scratch
        .git(&["switch", "--quiet", "--create", "other"]);
    scene
        .scratch
        .write("src/a.rs", "edited on the other branch\n");
    let files = tree_of(scene.scratch.path());
    assert_eq!(scene.land(&commit).unwrap(), Landed::BranchAlone);
    assert_eq!(tree_of(scene.scratch.path()), files);
    let main = scene.scratch.git(&["rev-parse", "main"]);
    assert_eq!(main.trim(), commit.as_str());
    assert_eq!(scene.head(), scene.base.as_str());
    assert_eq!(scene.scratch.status(), " M src/a.rs\n");
}

#[test]
fn a_branch_that_is_checked_out_nowhere_and_moved_is_refused_with_where_it_is_now() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.git(&["switch", "--quiet", "-c", "other"]);
    scene.scratch.write("src/z.rs", "z\n");
    scene.scratch.commit_all("more");
    let head = scene.scratch.git(&["rev-parse", "HEAD"]);
    // The work lands on the other one, which went on meanwhile.
    scene.scratch.git(&["branch", "--force", "main", "other"]);
    let refused = scene.land(&commit).unwrap_err();
    let LandError::Refused(Refusal::Moved { tip }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(tip.as_str(), head.trim());
}

#[test]
fn a_branch_that_another_worktree_shows_does_not_move_under_it() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let elsewhere = tempfile::tempdir().unwrap();
    let at = elsewhere.path().join("w");
    scene
        .scratch
        .git(&["switch", "--quiet", "--create", "other"]);
    scene
        .scratch
        .git(&["worktree", "add", "--quiet", at.to_str().unwrap(), "main"]);
    let refusal = scene.refused(&commit);
    assert!(matches!(refusal, Refusal::CheckedOut { .. }), "{refusal:?}");
    // From there it lands.
    let repository = Repository::find(&at).unwrap();
    land(
        &RealDisk,
        &repository,
        &Landing {
            onto: &Onto::Branch("main".to_owned()),
            base: &scene.base,
            commit: &commit,
            notes: &scene.notes(),
            token: "t",
            why: "w",
            filters: &Filters::default(),
            known: None,
        },
    )
    .unwrap();
    assert_eq!(
        fs::read_to_string(at.join("src/a.rs")).unwrap(),
        "a, better\n"
    );
    assert_eq!(fs::read_to_string(at.join("new/c.rs")).unwrap(), "c\n");
}

#[test]
fn on_a_detached_head_it_lands_there() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.git(&["switch", "--quiet", "--detach"]);
    let (onto, head) = current(&scene.repository()).unwrap().unwrap();
    assert_eq!((&onto, &head), (&Onto::Detached, &scene.base));
    scene.land_onto(&onto, &commit).unwrap();
    assert_eq!(scene.head(), commit.as_str());
    assert_eq!(scene.scratch.status(), "");
    let main = scene.scratch.git(&["rev-parse", "main"]);
    assert_eq!(main.trim(), scene.base.as_str());
}

#[test]
fn a_branch_of_no_commit_yet_is_checked_out_and_the_other_moves_alone() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.git(&["switch", "--quiet", "--orphan", "new"]);
    assert_eq!(current(&scene.repository()).unwrap(), None);
    let before = tree_of(scene.scratch.path());
    assert_eq!(scene.land(&commit).unwrap(), Landed::BranchAlone);
    assert_eq!(tree_of(scene.scratch.path()), before);
    let main = scene.scratch.git(&["rev-parse", "main"]);
    assert_eq!(main.trim(), commit.as_str());
}

#[test]
fn a_branch_that_is_gone_is_not_made_again() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.git(&["switch", "--quiet", "--detach"]);
    scene.scratch.git(&["branch", "--quiet", "-D", "main"]);
    assert_eq!(scene.refused(&commit), Refusal::Gone);
}

#[test]
fn what_was_made_on_no_branch_never_takes_the_user_off_the_branch_of_now() {
    let scene = Scene::new();
    scene.scratch.git(&["switch", "--quiet", "--detach"]);
    let commit = scene.usual_work();
    let (onto, _) = current(&scene.repository()).unwrap().unwrap();
    assert_eq!(onto, Onto::Detached);
    scene.scratch.git(&["switch", "--quiet", "main"]);
    let before = tree_of(scene.scratch.path());
    let refused = scene.land_onto(&onto, &commit).unwrap_err();
    let LandError::Refused(refusal) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        refusal,
        Refusal::OnBranch {
            branch: "main".to_owned()
        }
    );
    assert_eq!(tree_of(scene.scratch.path()), before);
    let head = scene.scratch.git(&["symbolic-ref", "HEAD"]);
    assert_eq!(head.trim(), "refs/heads/main");
    assert_eq!(scene.head(), scene.base.as_str());
}

#[test]
fn in_a_linked_working_tree_it_lands_there_with_the_logs_of_that_tree() {
    for knows in [false, true] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        let elsewhere = tempfile::tempdir().unwrap();
        let at = elsewhere.path().join("w");
        let add = ["worktree", "add", "--quiet", "-b", "side"];
        let add = [&add[..], &[at.to_str().unwrap(), scene.base.as_str()]].concat();
        scene.scratch.git(&add);
        let settings = scene.settings();
        let repository = Repository::find(&at).unwrap();
        land(
            &RealDisk,
            &repository,
            &Landing {
                onto: &Onto::Branch("side".to_owned()),
                base: &scene.base,
                commit: &commit,
                notes: &scene.notes(),
                token: "t",
                why: "piton: landed",
                filters: &scene.filters,
                known: knows.then_some(Known {
                    settings: &settings,
                    attributes: &[],
                    now: 1_800_000_000,
                }),
            },
        )
        .unwrap();
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(args)
                .current_dir(&at)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(git(&["status", "--porcelain"]), "");
        for name in ["HEAD", "side"] {
            let log = git(&["reflog", "-1", "--format=%H %gs", name]);
            assert_eq!(log.trim(), format!("{commit} piton: landed"), "{name}");
        }
        let main = scene.scratch.git(&["reflog", "--format=%gs", "HEAD"]);
        assert!(!main.contains("piton: landed"), "{main}");
        assert_eq!(scene.head(), scene.base.as_str());
    }
}

#[test]
fn in_a_shallow_clone_it_lands_like_anywhere() {
    let origin = Scene::new();
    let place = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.scratch.path().display());
    let clone = place.path().join("clone");
    let output = Command::new("git")
        .args(["clone", "--quiet", "--depth", "1", &url])
        .arg(&clone)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let commit = origin.usual_work();
    let fetch = ["fetch", "--quiet", "--depth", "2", &url, commit.as_str()];
    origin
        .scratch
        .git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let run = |args: &[&str]| {
        let output = Command::new("git")
            .args(args)
            .current_dir(&clone)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&fetch);
    let repository = Repository::find(&clone).unwrap();
    let settings = settings(&repository).unwrap();
    land(
        &RealDisk,
        &repository,
        &Landing {
            onto: &Onto::Branch("main".to_owned()),
            base: &origin.base,
            commit: &commit,
            notes: &clone.join(".git/piton/landings"),
            token: "t",
            why: "piton: landed",
            filters: &origin.filters,
            known: Some(Known {
                settings: &settings,
                attributes: &[],
                now: 1_800_000_000,
            }),
        },
    )
    .unwrap();
    assert_eq!(run(&["status", "--porcelain"]), "");
    assert_eq!(run(&["rev-parse", "HEAD"]).trim(), commit.as_str());
}

/// A branch that piton moves by itself looks as if git had moved it.
#[test]
fn the_logs_tell_the_same_whoever_moves_the_branch() {
    let logs = |knows: bool, arrange: &dyn Fn(&Scene)| {
        let scene = Scene {
            knows,
            ..Scene::new()
        };
        arrange(&scene);
        let commit = scene.usual_work();
        scene.land(&commit).unwrap();
        assert_eq!(scene.head(), commit.as_str());
        let shown = |name: &str| {
            scene
                .scratch
                .git(&["reflog", "--format=%gn <%ge> %gs", name])
        };
        let lock = scene.scratch.path().join(".git/refs/heads/main.lock");
        assert!(!lock.exists());
        (shown("HEAD"), shown("main"))
    };
    let arrangements: [&dyn Fn(&Scene); 5] = [
        &|_| {},
        &|scene| {
            scene.scratch.git(&["pack-refs", "--all"]);
        },
        &|scene| {
            fs::remove_dir_all(scene.scratch.path().join(".git/logs")).unwrap();
        },
        &|scene| {
            let git = scene.scratch.path().join(".git");
            fs::remove_dir_all(git.join("logs/refs")).unwrap();
            scene
                .scratch
                .git(&["config", "core.logAllRefUpdates", "false"]);
        },
        &|scene| {
            scene.scratch.git(&["switch", "--quiet", "--create", "a/b"]);
            scene.scratch.git(&["branch", "--quiet", "-f", "main"]);
            scene.scratch.git(&["switch", "--quiet", "main"]);
        },
    ];
    for (n, arrange) in arrangements.into_iter().enumerate() {
        assert_eq!(logs(true, arrange), logs(false, arrange), "{n}");
    }
}

#[test]
fn a_branch_whose_lock_another_git_holds_is_left_where_it_is() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let lock = scene.scratch.path().join(".git/refs/heads/main.lock");
    fs::write(&lock, format!("{}\n", scene.base)).unwrap();
    let before = tree_of(scene.scratch.path());
    let landed = scene.land(&commit);
    assert!(
        matches!(&landed, Err(LandError::Git(GitError::Locked { .. }))),
        "{landed:?}"
    );
    assert_eq!(tree_of(scene.scratch.path()), before);
    assert!(lock.exists(), "it is somebody's");
    fs::remove_file(&lock).unwrap();
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.status(), "");
}
