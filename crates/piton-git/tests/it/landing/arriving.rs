//! What a commit changes arrives in the tree and in the index, and nothing else does.

use piton_git::CommitId;
use piton_testkit::ScratchRepo;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use piton_git::landing::{Landed, Obstacle, TreeEntry, changes};

use super::{Scene, in_the_way};

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

#[test]
fn a_file_whose_name_changes_in_case_alone_arrives_under_its_new_name() {
    let scene = Scene::new();
    let commit = scene.work(|tree| {
        fs::rename(tree.join("src/a.rs"), tree.join("src/A.rs")).unwrap();
    });
    scene.land(&commit).unwrap();
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/A.rs"), "a\n");
}

#[test]
fn modes_that_change_both_ways_arrive() {
    let scene = Scene::new();
    let set = |tree: &Path, mode| {
        let file = tree.join("run.sh");
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    };
    let there = || {
        let meta = fs::metadata(scene.scratch.path().join("run.sh")).unwrap();
        meta.permissions().mode() & 0o111
    };
    let first = scene.work(|tree| set(tree, 0o755));
    scene.land(&first).unwrap();
    assert_eq!((there(), scene.scratch.status().as_str()), (0o111, ""));
    let scene = Scene {
        base: first.clone(),
        ..scene
    };
    let second = scene.work(|tree| set(tree, 0o644));
    scene.land(&second).unwrap();
    assert_eq!(scene.scratch.status(), "");
    let meta = fs::metadata(scene.scratch.path().join("run.sh")).unwrap();
    assert_eq!(meta.permissions().mode() & 0o111, 0);
}

#[test]
fn a_submodule_beside_what_changes_stays_and_one_that_changes_does_not_land() {
    let scene = Scene::new();
    let inner = ScratchRepo::new();
    inner.write("inner.txt", "x\n");
    inner.commit_all("inner");
    scene.scratch.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        inner.path().to_str().unwrap(),
        "inner",
    ]);
    scene.scratch.commit_all("a submodule");
    let base: CommitId = scene.head().parse().unwrap();
    let scene = Scene { base, ..scene };
    let other = inner.git(&["rev-parse", "HEAD~1"]);
    let moved = scene.work(|tree| {
        let entry = format!("160000,{},inner", other.trim());
        let output = Command::new("git")
            .args(["update-index", "--cacheinfo", &entry])
            .current_dir(tree)
            .output()
            .unwrap();
        assert!(output.status.success());
    });
    assert_eq!(
        scene.scratch.git(&["rev-parse", &format!("{moved}:inner")]),
        other
    );
    assert_eq!(
        scene.refused(&moved),
        in_the_way("inner", Obstacle::Submodule)
    );
    scene
        .scratch
        .write("inner/inner.txt", "the user works in it\n");
    let commit = scene.usual_work();
    scene.land(&commit).unwrap();
    assert_eq!(
        scene.scratch.read("inner/inner.txt"),
        "the user works in it\n"
    );
    assert_eq!(scene.scratch.status(), " M inner\n");
}
