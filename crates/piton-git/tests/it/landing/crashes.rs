//! Landings that are cut off, and users who save at the same moment.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piton_durable::RealDisk;
use piton_git::landing::{Onto, Recovered, recover};
use piton_git::{CommitId, Repository};
use piton_testkit::TapDisk;

use super::Scene;

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

#[test]
fn what_the_user_does_to_a_path_at_any_moment_of_a_landing_is_not_undone() {
    type Deed = fn(&Path) -> std::io::Result<()>;
    let deeds: [(&str, Deed); 3] = [
        ("deleted", |file| fs::remove_file(file)),
        ("made a directory", |file| {
            fs::remove_file(file)?;
            fs::create_dir(file)
        }),
        ("made a link", |file| {
            fs::remove_file(file)?;
            symlink("nowhere", file)
        }),
    ];
    for (what, deed) in deeds {
        let scene = Scene::new();
        let commit = scene.work(|tree| {
            fs::write(tree.join("src/a.rs"), "a, better\n").unwrap();
            fs::write(tree.join("src/b.rs"), "b, better\n").unwrap();
        });
        let mut turn = 0;
        loop {
            scene.start_again();
            let file = scene.scratch.path().join("src/a.rs");
            let at_turn = {
                let file = file.clone();
                move || match deed(&file) {
                    // It is just changing places.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                    done => done,
                }
            };
            let (disk, count) = meddled(turn, at_turn, false);
            let onto = Onto::Branch("main".to_owned());
            let landed = scene.land_by(&disk, &onto, &commit, "t");
            if count.load(Ordering::SeqCst) <= turn {
                break;
            }
            let there = file.symlink_metadata();
            let as_left = match what {
                "deleted" => there.is_err(),
                "made a directory" => there.is_ok_and(|it| it.is_dir()),
                _ => there.is_ok_and(|it| it.is_symlink()),
            };
            assert!(as_left, "{what} at {turn}: {landed:?}");
            let other = scene.scratch.read("src/b.rs");
            let expected = if landed.is_ok() { "b, better\n" } else { "b\n" };
            assert_eq!(other, expected, "{what} at {turn}: {landed:?}");
            assert!(!scene.scratch.exists(".git/index.lock"));
            turn += 1;
        }
        assert!(turn > 5, "{turn}");
    }
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
fn a_landing_is_not_put_back_where_git_cannot_tell_whether_its_branch_moved() {
    let scene = Scene::new();
    let commit = scene.usual_work();
    let onto = Onto::Branch("main".to_owned());
    // Cut off at the first operation after the branch moved.
    let moved = scene.scratch.path().join(".git/refs/heads/main");
    let to = commit.to_string();
    let dead = move |_: &_| match fs::read_to_string(&moved) {
        Ok(now) if now.trim_end() == to => Err(std::io::Error::other("killed")),
        Ok(_) | Err(_) => Ok(()),
    };
    let landed = scene.land_by(&TapDisk::new(RealDisk, dead), &onto, &commit, "killed");
    assert_eq!(scene.head(), commit.as_str(), "{landed:?}");
    assert_eq!(fs::read_dir(scene.notes()).unwrap().count(), 1);
    let onwards = |from: &str| {
        let tree = format!("{from}^{{tree}}");
        let made = scene
            .scratch
            .git(&["commit-tree", &tree, "-p", from, "-m", "x"]);
        made.trim().to_owned()
    };
    let between = onwards(commit.as_str());
    let last = onwards(&between);
    scene.scratch.git(&["update-ref", "refs/heads/main", &last]);
    let (first, rest) = between.split_at(2);
    let object = scene
        .scratch
        .path()
        .join(".git/objects")
        .join(first)
        .join(rest);
    fs::rename(&object, object.with_extension("kept")).unwrap();
    symlink(rest, &object).unwrap();
    let recovered = recover(&RealDisk, &scene.repository(), &scene.notes());
    assert!(recovered.is_err(), "{recovered:?}");
    assert_eq!(scene.scratch.read("src/a.rs"), "a, better\n");
    fs::rename(object.with_extension("kept"), &object).unwrap();
    let recovered = recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap();
    assert!(
        matches!(&recovered[..], [Recovered::Finished { .. }]),
        "{recovered:?}"
    );
    assert_eq!(scene.scratch.status(), "");
}
