//! A commit arrives on the branch that the user works on, and nothing of the
//! user's is ever lost to it.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piton_durable::{Disk, RealDisk};
use piton_git::landing::{
    InTheWay, Known, LandError, Landed, Landing, Merged, Obstacle, Onto, Recovered, Refusal,
    TreeEntry, changes, commit_tree, current, land, merge_onto, recover,
};
use piton_git::slot::Filters;
use piton_git::{CommitId, Repository, Setting, settings};
use piton_seal::{Network, Request, Support};
use piton_testkit::{ScratchRepo, TapDisk};

/// A repository with a few files, and work that was done elsewhere.
struct Scene {
    scratch: ScratchRepo,
    base: CommitId,
    filters: Filters,
    /// Whether landing is told the settings, with which piton looks for itself;
    /// git is asked where it is not.
    knows: bool,
}

impl Scene {
    fn new() -> Self {
        let scratch = ScratchRepo::new();
        scratch.write("src/a.rs", "a\n");
        scratch.write("src/b.rs", "b\n");
        scratch.write("run.sh", "#!/bin/sh\n");
        scratch.write(".gitignore", "*.log\n");
        scratch.commit_all("files");
        let base = scratch.git(&["rev-parse", "HEAD"]);
        Self {
            base: base.trim().parse().unwrap(),
            scratch,
            filters: Filters::default(),
            knows: true,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        settings(&self.repository()).unwrap()
    }

    fn repository(&self) -> Repository {
        Repository::find(self.scratch.path()).unwrap()
    }

    fn notes(&self) -> PathBuf {
        self.scratch.path().join(".git/piton/landings")
    }

    /// Makes a commit on top of the base in another worktree, which is gone
    /// afterwards.
    fn work(&self, edit: impl FnOnce(&Path)) -> CommitId {
        let elsewhere = tempfile::tempdir().unwrap();
        let tree = elsewhere.path().join("tree");
        let at = tree.to_str().unwrap();
        self.scratch.git(&[
            "worktree",
            "add",
            "--quiet",
            "--detach",
            at,
            self.base.as_str(),
        ]);
        edit(&tree);
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(args)
                .current_dir(&tree)
                .output()
                .unwrap();
            assert!(output.status.success(), "{args:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--no-verify", "-m", "work"]);
        let commit = git(&["rev-parse", "HEAD"]).trim().parse().unwrap();
        self.scratch.git(&["worktree", "remove", "--force", at]);
        commit
    }

    fn usual_work(&self) -> CommitId {
        self.work(|tree| {
            fs::write(tree.join("src/a.rs"), "a, better\n").unwrap();
            fs::remove_file(tree.join("src/b.rs")).unwrap();
            fs::create_dir(tree.join("new")).unwrap();
            fs::write(tree.join("new/c.rs"), "c\n").unwrap();
            fs::set_permissions(tree.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        })
    }

    fn land_onto(&self, onto: &Onto, commit: &CommitId) -> Result<Landed, LandError> {
        self.land_by(&RealDisk, onto, commit, "t")
    }

    fn land_by(
        &self,
        disk: &dyn Disk,
        onto: &Onto,
        commit: &CommitId,
        token: &str,
    ) -> Result<Landed, LandError> {
        let settings = self.settings();
        land(
            disk,
            &self.repository(),
            &Landing {
                onto,
                base: &self.base,
                commit,
                notes: &self.notes(),
                token,
                why: "piton: landed",
                filters: &self.filters,
                known: self.knows.then_some(Known {
                    settings: &settings,
                    attributes: &[],
                }),
            },
        )
    }

    fn land(&self, commit: &CommitId) -> Result<Landed, LandError> {
        self.land_onto(&Onto::Branch("main".to_owned()), commit)
    }

    /// The same is in the way, whoever looks.
    fn refused(&self, commit: &CommitId) -> Refusal {
        let asked = self.refused_by(commit, false);
        let seen = self.refused_by(commit, true);
        assert_eq!(seen, asked);
        seen
    }

    fn refused_by(&self, commit: &CommitId, knows: bool) -> Refusal {
        let before = self.everything();
        let onto = Onto::Branch("main".to_owned());
        let settings = self.settings();
        let landed = land(
            &RealDisk,
            &self.repository(),
            &Landing {
                onto: &onto,
                base: &self.base,
                commit,
                notes: &self.notes(),
                token: "t",
                why: "piton: landed",
                filters: &self.filters,
                known: knows.then_some(Known {
                    settings: &settings,
                    attributes: &[],
                }),
            },
        );
        let refusal = match landed {
            Err(LandError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(self.everything(), before);
        assert!(!self.scratch.exists(".git/index.lock"));
        assert_eq!(fs::read_dir(self.notes()).map_or(0, Iterator::count), 0);
        refusal
    }

    /// Puts everything back to the base, for one more try.
    fn start_again(&self) {
        self.scratch
            .git(&["reset", "--quiet", "--hard", self.base.as_str()]);
        self.scratch.git(&["clean", "-ffdxq"]);
    }

    /// Refs, index, status and every file's content.
    fn everything(&self) -> String {
        let mut all = self.scratch.git(&["for-each-ref"]);
        all += &self.scratch.git(&["ls-files", "--stage"]);
        all += &self.scratch.git(&["status", "--porcelain", "--ignored"]);
        all + &tree_of(self.scratch.path())
    }

    fn head(&self) -> String {
        self.scratch.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}

fn tree_of(dir: &Path) -> String {
    let mut text = String::new();
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != ".git")
        .collect();
    names.sort();
    for path in names {
        let meta = path.symlink_metadata().unwrap();
        if meta.is_dir() {
            text += &tree_of(&path);
        } else if meta.is_symlink() {
            let to = fs::read_link(&path).unwrap();
            writeln!(text, "{} -> {}", path.display(), to.display()).unwrap();
        } else {
            let bytes = fs::read(&path).unwrap();
            let mode = meta.permissions().mode();
            writeln!(text, "{} {mode:o} {bytes:?}", path.display()).unwrap();
        }
    }
    text
}

fn in_the_way(path: &str, obstacle: Obstacle) -> Refusal {
    Refusal::InTheWay(vec![InTheWay {
        path: PathBuf::from(path),
        obstacle,
    }])
}

#[test]
fn a_commit_lands_with_its_files_and_its_index_entries() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    assert_eq!(scene.land(&commit).unwrap(), Landed::InTree { paths: 4 });
    assert_eq!(scene.head(), commit.as_str());
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/a.rs"), "a, better\n");
    assert!(!scene.scratch.exists("src/b.rs"));
    let mode = fs::metadata(scene.scratch.path().join("run.sh")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o111, 0o111);
    assert!(!scene.scratch.exists(".git/index.lock"));
    assert_eq!(fs::read_dir(scene.notes()).unwrap().count(), 0);
    let log = scene.scratch.git(&["reflog", "-1", "--format=%gs"]);
    assert_eq!(log.trim(), "piton: landed");
}

#[test]
fn what_the_user_is_doing_elsewhere_in_the_tree_stays() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("README.md", "being edited\n");
    scene.scratch.write("staged.md", "staged\n");
    scene.scratch.git(&["add", "staged.md"]);
    scene.scratch.write("notes.txt", "not tracked\n");
    scene.scratch.write("debug.log", "ignored\n");
    fs::remove_file(scene.scratch.path().join(".gitignore")).unwrap();
    scene.land(&commit).unwrap();
    assert_eq!(
        scene.scratch.status(),
        " D .gitignore\n M README.md\nA  staged.md\n?? debug.log\n?? notes.txt\n"
    );
    assert_eq!(scene.scratch.read("README.md"), "being edited\n");
}

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
fn a_branch_that_moved_is_refused_and_the_work_merges_onto_it() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    scene.scratch.write("README.md", "the user's commit\n");
    scene.scratch.commit_all("meanwhile");
    let tip: CommitId = scene.head().parse().unwrap();
    assert_eq!(
        scene.refused(&commit),
        Refusal::Moved {
            tip: Some(tip.clone())
        }
    );
    let repository = scene.repository();
    let Merged::Clean(tree) = merge_onto(&repository, &scene.base, &commit, &tip).unwrap() else {
        panic!("they touch different files");
    };
    let again = commit_tree(&repository, &tree, &tip, "work, again\n").unwrap();
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
    let LandError::Refused(Refusal::Moved { tip: Some(tip) }) = refused else {
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
fn files_and_directories_and_links_may_take_each_other_s_places() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::remove_file(tree.join("src/a.rs")).unwrap();
        fs::remove_file(tree.join("src/b.rs")).unwrap();
        fs::remove_dir(tree.join("src")).unwrap();
        fs::write(tree.join("src"), "a file now\n").unwrap();
        fs::remove_file(tree.join("README.md")).unwrap();
        fs::create_dir(tree.join("README.md")).unwrap();
        fs::write(tree.join("README.md/in"), "deep\n").unwrap();
        fs::remove_file(tree.join("run.sh")).unwrap();
        symlink("README.md/in", tree.join("run.sh")).unwrap();
    });
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("run.sh"), "deep\n");

    // What the user has beside the files that go keeps the directory.
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::remove_dir_all(tree.join("src")).unwrap();
        fs::write(tree.join("src"), "a file now\n").unwrap();
    });
    scene.scratch.write("src/mine.log", "ignored\n");
    assert_eq!(
        scene.refused(&commit),
        in_the_way("src", Obstacle::Untracked)
    );
}

#[test]
fn an_index_of_any_kind_is_read_as_git_reads_it() {
    for settings in [
        &["index.version=2"][..],
        &["index.version=3"],
        &["index.version=4"],
        &["core.splitIndex=true"],
    ] {
        let scene = Scene::new();
        let commit = scene.usual_work();
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            scene.scratch.git(&["config", key, value]);
        }
        scene.scratch.write("added/later.md", "x\n");
        scene.scratch.git(&["add", "added"]);
        scene.scratch.git(&["update-index", "--refresh"]);
        let hidden = "--skip-worktree";
        scene.scratch.git(&["update-index", hidden, "src/a.rs"]);
        assert_eq!(
            scene.refused(&commit),
            in_the_way("src/a.rs", Obstacle::Hidden),
            "{settings:?}"
        );
        scene
            .scratch
            .git(&["update-index", "--no-skip-worktree", "src/a.rs"]);
        scene.scratch.write("src/a.rs", "staged\n");
        scene.scratch.git(&["add", "src/a.rs"]);
        scene.scratch.write("src/a.rs", "a\n");
        assert_eq!(
            scene.refused(&commit),
            in_the_way("src/a.rs", Obstacle::Changed),
            "{settings:?}"
        );
        scene.scratch.git(&["add", "src/a.rs"]);
        scene.land(&commit).unwrap();
        assert_eq!(
            scene.scratch.status(),
            "A  added/later.md\n",
            "{settings:?}"
        );
    }
}

#[test]
fn what_differs_is_what_git_says_that_differs() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::remove_file(tree.join("src/b.rs")).unwrap();
        fs::create_dir(tree.join("src/b.rs")).unwrap();
        fs::write(tree.join("src/b.rs/x"), "x\n").unwrap();
        fs::write(tree.join("src/b.rs.bak"), "x\n").unwrap();
        fs::create_dir_all(tree.join("deep/er")).unwrap();
        fs::write(tree.join("deep/er/\u{e9} \n"), "x\n").unwrap();
        symlink("src", tree.join("link")).unwrap();
        fs::remove_file(tree.join("run.sh")).unwrap();
        fs::set_permissions(tree.join("src/a.rs"), fs::Permissions::from_mode(0o755)).unwrap();
    });
    let raw = scene.scratch.git(&[
        "diff-tree",
        "-r",
        "-z",
        "--raw",
        "--no-renames",
        "--no-abbrev",
        scene.base.as_str(),
        commit.as_str(),
    ]);
    let found = changes(&scene.repository(), &scene.base, &commit).unwrap();
    let none = "0".repeat(40);
    let told: String = (found.iter()).fold(String::new(), |mut text, change| {
        let of = |entry: &Option<TreeEntry>| match entry {
            Some(entry) => (entry.mode.clone(), entry.object.clone()),
            None => ("000000".to_owned(), none.clone()),
        };
        let ((old_mode, old), (new_mode, new)) = (of(&change.from), of(&change.to));
        let status = match (&change.from, &change.to) {
            (None, _) => "A",
            (_, None) => "D",
            _ => "M",
        };
        let _ = write!(
            text,
            ":{old_mode} {new_mode} {old} {new} {status}\0{}\0",
            change.path.display()
        );
        text
    });
    assert_eq!(told, raw);
}

#[test]
fn files_that_land_get_the_modes_that_a_checkout_gives_them() {
    for knows in [false, true] {
        let scene = Scene {
            knows,
            ..Scene::new()
        };
        let commit = scene.usual_work();
        scene.land(&commit).unwrap();
        let mode = |path: &str| {
            let meta = fs::metadata(scene.scratch.path().join(path)).unwrap();
            meta.permissions().mode() & 0o777
        };
        let landed = [mode("src/a.rs"), mode("new/c.rs"), mode("run.sh")];
        for path in ["src/a.rs", "new/c.rs", "run.sh"] {
            fs::remove_file(scene.scratch.path().join(path)).unwrap();
        }
        scene.scratch.git(&["checkout", "--quiet", "--", "."]);
        let given = [mode("src/a.rs"), mode("new/c.rs"), mode("run.sh")];
        assert_eq!(landed, given);
    }
}

#[test]
fn empty_directories_make_way_and_one_with_a_file_does_not() {
    let scene = Scene::new();
    let commit = scene.work(|tree| fs::write(tree.join("e"), "a file\n").unwrap());
    let at = scene.scratch.path().join("e");
    fs::create_dir_all(at.join("f/g")).unwrap();
    fs::write(at.join("f/mine"), "mine\n").unwrap();
    assert_eq!(scene.refused(&commit), in_the_way("e", Obstacle::Untracked));
    fs::remove_file(at.join("f/mine")).unwrap();
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("e"), "a file\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn names_are_taken_literally_and_bytes_as_they_are() {
    use std::os::unix::ffi::OsStrExt;

    let scene = Scene::new();
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"b\xffd\n:(top)*"));
    let commit = scene.work(|tree| fs::write(tree.join(odd), "odd\n").unwrap());
    scene.land(&commit).unwrap();
    assert_eq!(fs::read(scene.scratch.path().join(odd)).unwrap(), b"odd\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn files_arrive_in_checked_out_form() {
    let scene = Scene::new();
    scene
        .scratch
        .write(".gitattributes", "*.txt text eol=crlf\n*.up filter=up\n");
    scene
        .scratch
        .git(&["config", "filter.up.smudge", "tr a-z A-Z"]);
    scene
        .scratch
        .git(&["config", "filter.up.clean", "tr A-Z a-z"]);
    scene.scratch.commit_all("attributes");
    let base = scene.head().parse().unwrap();
    let scene = Scene { base, ..scene };
    let commit = scene.work(|tree| {
        fs::write(tree.join("a.txt"), "one\r\ntwo\r\n").unwrap();
        fs::write(tree.join("a.up"), "LOUD\n").unwrap();
    });
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("a.txt"), "one\r\ntwo\r\n");
    assert_eq!(scene.scratch.read("a.up"), "LOUD\n");
    assert_eq!(scene.scratch.git(&["show", "HEAD:a.up"]), "loud\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn a_filter_that_runs_when_work_lands_is_sealed() {
    if Support::observe(Network::On).landlock < Support::TRUNCATE {
        return;
    }
    let mut scene = Scene::new();
    let path = std::env::var_os("PATH").unwrap();
    scene.filters = Filters::Sealed {
        request: Request::default(),
        environment: [("PATH".into(), path)].into(),
    };
    // As an earlier landing may have left it in the user's own tree.
    scene.scratch.write(
        "smudge.sh",
        "echo x >>README.md; git branch sneaky; tr a-z A-Z\n",
    );
    scene.scratch.write(".gitattributes", "*.up filter=up\n");
    scene.scratch.commit_all("attributes");
    scene
        .scratch
        .git(&["config", "filter.up.smudge", "sh smudge.sh 2>/dev/null"]);
    scene
        .scratch
        .git(&["config", "filter.up.clean", "tr A-Z a-z"]);
    scene.base = scene.head().parse().unwrap();
    let commit = scene.work(|tree| fs::write(tree.join("a.up"), "LOUD\n").unwrap());
    let before = scene.scratch.read("README.md");
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.read("a.up"), "LOUD\n");
    assert_eq!(scene.scratch.read("README.md"), before);
    assert_eq!(scene.scratch.git(&["branch", "--list", "sneaky"]), "");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn no_hook_of_the_user_s_runs_when_it_lands() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    for hook in [
        "reference-transaction",
        "post-index-change",
        "post-checkout",
        "post-commit",
    ] {
        scene
            .scratch
            .hook(hook, "#!/bin/sh\necho ran >> \"$GIT_DIR/../ran.log\"\n");
    }
    scene.land(&commit).unwrap();
    assert!(!scene.scratch.exists("ran.log"));
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
    // Nobody has it open any more: it is dead.
    scene.land(&commit).unwrap();
}

#[test]
fn many_paths_land_too() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        for n in 0..700 {
            let dir = tree.join(format!("d{}", n % 7));
            fs::create_dir_all(&dir).unwrap();
            fs::write(dir.join(format!("{n}.txt")), n.to_string()).unwrap();
        }
    });
    assert_eq!(scene.land(&commit).unwrap(), Landed::InTree { paths: 700 });
    assert_eq!(scene.scratch.status(), "");
}

/// A disk on which `at_turn` happens before the operation of that number.
fn meddled(
    turn: usize,
    at_turn: impl Fn() -> std::io::Result<()> + Send + Sync + 'static,
    for_ever: bool,
) -> (TapDisk<RealDisk>, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let disk = TapDisk::new(RealDisk, move |_| {
        let now = counted.fetch_add(1, Ordering::SeqCst);
        if now == turn || (for_ever && now > turn) {
            at_turn()
        } else {
            Ok(())
        }
    });
    (disk, count)
}

#[test]
fn killed_at_any_operation_the_next_landing_starts_from_before_or_after() {
    for knows in [false, true] {
        killed_anywhere(knows);
    }
}

fn killed_anywhere(knows: bool) {
    let scene = Scene {
        knows,
        ..Scene::new()
    };
    let commit = scene.usual_work();
    let mut turn = 0;
    let (mut put_back, mut finished) = (0, 0);
    loop {
        scene.start_again();
        scene.scratch.write("staged.md", "staged\n");
        scene.scratch.git(&["add", "staged.md"]);
        let before = scene.everything();
        let dead = || Err(std::io::Error::other("killed"));
        let (disk, count) = meddled(turn, dead, true);
        let onto = Onto::Branch("main".to_owned());
        let landed = scene.land_by(&disk, &onto, &commit, "killed");
        if count.load(Ordering::SeqCst) <= turn {
            landed.unwrap();
            break;
        }
        for outcome in recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap() {
            match outcome {
                Recovered::NothingTouched => {}
                Recovered::SetAside { .. } => panic!("a note of ours"),
                Recovered::Finished { .. } => finished += 1,
                Recovered::PutBack { left, .. } => {
                    assert!(left.is_empty(), "{left:?}");
                    put_back += 1;
                }
            }
        }
        if scene.head() == commit.as_str() {
            assert_eq!(scene.scratch.status(), "A  staged.md\n", "killed at {turn}");
        } else {
            assert_eq!(scene.everything(), before, "killed at {turn}");
            scene.land_by(&RealDisk, &onto, &commit, "again").unwrap();
            assert_eq!(scene.scratch.status(), "A  staged.md\n", "killed at {turn}");
        }
        assert_eq!(fs::read_dir(scene.notes()).map_or(0, Iterator::count), 0);
        turn += 1;
    }
    assert!(
        put_back > 4 && finished > 0,
        "{put_back} {finished} of {turn}"
    );
}

#[test]
fn what_is_no_note_of_a_landing_is_set_aside_and_stops_nobody() {
    let scene = Scene::new();
    let (repository, notes) = (scene.repository(), scene.notes());
    let failures = scene.scratch.path().join(".git/piton/failures");
    let strange: [&dyn Fn(&Path); 5] = [
        &|note| drop(fs::write(note, "no note")),
        &|note| drop(fs::create_dir(note)),
        &|note| drop(symlink("/dev/zero", note)),
        &|note| {
            let made = Command::new("mkfifo").arg(note).status();
            assert!(made.unwrap().success());
        },
        // Another working tree's, which is gone.
        &|note| {
            let id = &scene.base;
            let text = format!(
                r#"{{"version": 1, "git_dir": "/no/such/tree", "branch": "main", "base": "{id}", "commit": "{id}", "prepared": []}}"#
            );
            drop(fs::write(note, text));
        },
    ];
    for (count, make) in strange.into_iter().enumerate() {
        fs::create_dir_all(notes.join("x")).unwrap();
        make(&notes.join("x/intent.json"));
        let recovered = recover(&RealDisk, &repository, &notes).unwrap();
        assert!(
            matches!(&recovered[..], [Recovered::SetAside { .. }]),
            "{recovered:?}"
        );
        assert_eq!(fs::read_dir(&notes).unwrap().count(), 0);
        assert_eq!(fs::read_dir(&failures).unwrap().count(), count + 1);
    }
    scene.land(&scene.usual_work()).unwrap();
}

/// Writes a note as a landing writes it, of files that it never touched.
fn forge(scene: &Scene, base: &str, commit: &CommitId, prepared: &str) -> PathBuf {
    let note = scene.notes().join("x");
    fs::create_dir_all(note.join("new/src")).unwrap();
    let git_dir = scene.scratch.path().join(".git").display().to_string();
    let text = format!(
        r#"{{"version": 1, "git_dir": {git_dir:?}, "branch": "nowhere", "base": "{base}", "commit": "{commit}", "prepared": [{prepared}]}}"#
    );
    fs::write(note.join("intent.json"), text).unwrap();
    note
}

#[test]
fn a_forged_note_of_a_landing_takes_nothing_of_the_user_s() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::write(tree.join("src/a.rs"), "a\nmore\n").unwrap();
        fs::write(tree.join("src/new.rs"), "new\n").unwrap();
    });
    scene.scratch.write("src/a.rs", "what the user wrote\n");
    scene.scratch.write("src/new.rs", "and this\n");
    let seen = |path: &str| {
        let meta = fs::metadata(scene.scratch.path().join(path)).unwrap();
        let (at, nanos) = (meta.mtime(), meta.mtime_nsec());
        format!("[{}, {at}, {nanos}, {}]", meta.ino(), meta.size())
    };
    let prepared = format!("{}, {}", seen("src/a.rs"), seen("src/new.rs"));
    let note = forge(&scene, scene.base.as_str(), &commit, &prepared);
    fs::write(note.join("new/src/a.rs"), "planted\n").unwrap();
    let recovered = recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap();
    let [Recovered::PutBack { left, kept, .. }] = &recovered[..] else {
        panic!("{recovered:?}");
    };
    assert_eq!(scene.scratch.read("src/a.rs"), "what the user wrote\n");
    assert_eq!(scene.scratch.read("src/new.rs"), "and this\n");
    assert_eq!(left.len(), 2, "{left:?}");
    let kept = kept.as_ref().unwrap();
    assert_eq!(fs::read(kept.join("new/src/a.rs")).unwrap(), b"planted\n");
    assert_eq!(fs::read_dir(scene.notes()).unwrap().count(), 0);
}

#[test]
fn a_note_of_a_landing_that_cannot_be_true_is_set_aside() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let other = scene.work(|tree| fs::write(tree.join("other"), "o").unwrap());
    let nothing = "0123456789012345678901234567890123456789".parse().unwrap();
    for (base, commit) in [(other.as_str(), &commit), (scene.base.as_str(), &nothing)] {
        forge(&scene, base, commit, "null");
        let before = scene.everything();
        let recovered = recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap();
        assert!(
            matches!(&recovered[..], [Recovered::SetAside { .. }]),
            "{recovered:?}"
        );
        assert_eq!(scene.everything(), before);
        assert_eq!(fs::read_dir(scene.notes()).unwrap().count(), 0);
    }
}

#[test]
fn what_a_landing_took_out_and_no_commit_holds_is_kept() {
    let scene = Scene::new();
    let commit = scene.work(|tree| fs::remove_file(tree.join("src/a.rs")).unwrap());
    let note = forge(&scene, scene.base.as_str(), &commit, "null");
    fs::create_dir_all(note.join("old/src")).unwrap();
    fs::write(note.join("old/src/a.rs"), "saved in that moment\n").unwrap();
    // The user has written it anew since.
    let recovered = recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap();
    let [
        Recovered::PutBack {
            kept: Some(kept), ..
        },
    ] = &recovered[..]
    else {
        panic!("{recovered:?}");
    };
    let saved = fs::read(kept.join("old/src/a.rs")).unwrap();
    assert_eq!(saved, b"saved in that moment\n");
}

#[test]
fn a_landing_of_another_working_tree_is_left_to_be_recovered_there() {
    let scene = Scene::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    let at = tree.to_str().unwrap();
    scene
        .scratch
        .git(&["worktree", "add", "--quiet", "-b", "there", at]);
    let there = Repository::find(&tree).unwrap();
    let commit = scene.usual_work();
    // The first operation that fails after the files were changed leaves the
    // note; here it is written as it would be.
    let notes = scene.notes();
    fs::create_dir_all(notes.join("x/old/src")).unwrap();
    fs::rename(tree.join("src/b.rs"), notes.join("x/old/src/b.rs")).unwrap();
    let git_dir = scene.scratch.path().join(".git/worktrees/tree");
    let note = format!(
        r#"{{"version": 1, "git_dir": {git_dir:?}, "branch": "there", "base": "{}", "commit": "{commit}", "prepared": [null, null, null, null]}}"#,
        scene.base
    );
    fs::write(notes.join("x/intent.json"), note).unwrap();
    fs::remove_file(scene.scratch.path().join("src/b.rs")).unwrap();
    assert_eq!(recover(&RealDisk, &scene.repository(), &notes).unwrap(), []);
    assert!(!scene.scratch.exists("src/b.rs"), "it is not this tree's");
    let recovered = recover(&RealDisk, &there, &notes).unwrap();
    assert!(
        matches!(&recovered[..], [Recovered::PutBack { left, .. }] if left.is_empty()),
        "{recovered:?}"
    );
    assert!(tree.join("src/b.rs").exists());
}

#[test]
fn what_the_user_saves_at_any_moment_of_a_landing_is_there_afterwards() {
    let paths = ["src/a.rs", "src/b.rs", "new/c.rs"];
    for (path, knows) in paths.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let scene = Scene {
            knows,
            ..Scene::new()
        };
        let commit = scene.usual_work();
        let mut turn = 0;
        loop {
            scene.start_again();
            let file = scene.scratch.path().join(path);
            let save = move || {
                fs::create_dir_all(file.parent().unwrap())?;
                fs::write(&file, "saved by the user just now\n")
            };
            let (disk, count) = meddled(turn, save, false);
            let onto = Onto::Branch("main".to_owned());
            let landed = scene.land_by(&disk, &onto, &commit, "t");
            if count.load(Ordering::SeqCst) <= turn {
                break;
            }
            assert_eq!(
                scene.scratch.read(path),
                "saved by the user just now\n",
                "{path} saved at {turn}: {landed:?}"
            );
            assert!(!scene.scratch.exists(".git/index.lock"));
            turn += 1;
        }
        assert!(turn > 10, "{turn}");
    }
}
