//! What became of a branch, where git failed after it moved it, or where nobody
//! could look.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use piton_durable::RealDisk;
use piton_git::landing::{Onto, Recovered, recover};
use piton_git::{CommitId, Git, GitError, Repository};
use piton_testkit::ScratchRepo;
use rustix::fs::OFlags;

use super::Scene;

fn commit(scratch: &ScratchRepo) -> Result<Option<CommitId>, GitError> {
    Repository::find(scratch.path())
        .unwrap()
        .commit_paths(&[Path::new("in")], "subject")
}

/// Lets a move of `main` fail at the log of HEAD, after which HEAD cannot be read.
fn hide_head_while_main_moves(scratch: &ScratchRepo) {
    let git = scratch.path().join(".git");
    let log = git.join("logs/HEAD");
    fs::remove_file(&log).unwrap();
    symlink("/dev/full", &log).unwrap();
    let hook = git.join("hooks/reference-transaction");
    let (head, kept) = (git.join("HEAD"), git.join("HEAD.kept"));
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = prepared ] && grep -q refs/heads/main && mv '{0}' '{1}' && \
         ln -s HEAD '{0}'\nexit 0\n",
        head.display(),
        kept.display()
    );
    scratch.write(".git/hooks/reference-transaction", &script);
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
}

fn show_head(scratch: &ScratchRepo) {
    let git = scratch.path().join(".git");
    fs::rename(git.join("HEAD.kept"), git.join("HEAD")).unwrap();
    fs::remove_file(git.join("hooks/reference-transaction")).unwrap();
}

#[test]
fn a_commit_whose_branch_may_have_moved_is_found_out_about_by_the_next_command() {
    let scratch = ScratchRepo::new();
    scratch.write("in/old", "1");
    scratch.commit_all("old");
    let before = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("in/new", "1");
    hide_head_while_main_moves(&scratch);
    let made = commit(&scratch);
    assert!(made.is_err(), "{made:?}");
    show_head(&scratch);
    assert_ne!(scratch.git(&["rev-parse", "HEAD"]), before);
    let repository = Repository::find(scratch.path()).unwrap();
    repository.recover().unwrap();
    assert_eq!(scratch.status(), "");
    assert_eq!(commit(&scratch).unwrap(), None);
}

#[test]
fn a_landing_whose_branch_moved_stands_although_the_log_of_head_could_not_be_written() {
    for knows in [true, false] {
        let scene = Scene {
            knows,
            ..Scene::new()
        };
        let commit = scene.usual_work();
        let log = scene.scratch.path().join(".git/logs/HEAD");
        fs::remove_file(&log).unwrap();
        symlink("/dev/full", &log).unwrap();
        let landed = scene.land_onto(&Onto::Branch("main".to_owned()), &commit);
        assert!(landed.is_ok(), "{landed:?}");
        assert_eq!(scene.head(), commit.as_str());
        assert_eq!(scene.scratch.status(), "");
    }
}

/// Whether any process has opened a file for nothing but writing. One that is
/// about to become a git has what this process has, for a moment.
fn is_being_written(path: &Path) -> bool {
    let path = path.canonicalize().unwrap();
    let writes = |process: &Path, fd: &fs::DirEntry| {
        let info = fs::read_to_string(process.join("fdinfo").join(fd.file_name()));
        info.is_ok_and(|info| {
            let mut lines = info.lines();
            let flags = lines.find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
            flags.is_some_and(|flags| {
                OFlags::from_bits_retain(flags) & OFlags::RWMODE == OFlags::WRONLY
            })
        })
    };
    let mut processes = fs::read_dir("/proc").unwrap().flatten();
    processes.any(|entry| {
        let process = entry.path();
        let open = fs::read_dir(process.join("fd"));
        let mut open = open.into_iter().flatten().flatten();
        open.any(|fd| fs::read_link(fd.path()).is_ok_and(|to| to == path) && writes(&process, &fd))
    })
}

#[test]
fn a_landing_whose_branch_may_have_moved_is_not_put_back_before_somebody_could_look() {
    let scene = Scene {
        knows: false,
        ..Scene::new()
    };
    let commit = scene.usual_work();
    let git = scene.scratch.path().join(".git");
    let log = git.join("logs/HEAD");
    fs::remove_file(&log).unwrap();
    let made = Command::new("mkfifo").arg(&log).status().unwrap();
    assert!(made.success());
    // Landings run no hooks. A log that takes no more keeps git waiting after it
    // moved the branch, until nobody reads it.
    let mut full = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap())
        .open(&log)
        .unwrap();
    while full.write(&[0; 512]).is_ok() {}
    let (head, kept) = (git.join("HEAD"), git.join("HEAD.kept"));
    std::thread::spawn(move || {
        // Not before git has it: it would wait for a reader for ever.
        while !is_being_written(&log) {
            std::thread::yield_now();
        }
        fs::rename(&head, kept).unwrap();
        symlink("HEAD", head).unwrap();
        drop(full);
    });
    let landed = scene.land_onto(&Onto::Branch("main".to_owned()), &commit);
    assert!(landed.is_err(), "{landed:?}");
    fs::rename(git.join("HEAD.kept"), git.join("HEAD")).unwrap();
    fs::remove_file(git.join("logs/HEAD")).unwrap();
    assert_eq!(scene.head(), commit.as_str());
    let recovered = recover(&RealDisk, &scene.repository(), &scene.notes()).unwrap();
    assert!(
        matches!(&recovered[..], [Recovered::Finished { .. }]),
        "{recovered:?}"
    );
    assert_eq!(scene.scratch.status(), "");
}
