//! What a git that was killed leaves, and what is never touched.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use piton_git::{Git, GitRead, Repository};
use piton_testkit::ScratchRepo;

pub(crate) fn repository(scratch: &ScratchRepo) -> Repository {
    Repository::find(scratch.path()).unwrap()
}

/// Commits `in` while a hook of that name waits; the whole family is killed
/// there, and what it left is found.
fn killed_in(hook: &str, scratch: &ScratchRepo) {
    scratch.hook(
        hook,
        "#!/bin/sh\n[ \"$1\" = aborted ] && exit 0\necho > .git/begun\nwhile [ ! -e .git/go ]; do :; done\n",
    );
    let mut piton = committing(scratch);
    while !scratch.exists(".git/begun") {
        assert!(piton.try_wait().unwrap().is_none(), "it ended before");
        std::thread::yield_now();
    }
    let group = format!("-{}", piton.id());
    let killed = Command::new("kill")
        .args(["-KILL", "--", &group])
        .status()
        .unwrap();
    assert!(killed.success());
    piton.wait().unwrap();
    std::fs::remove_file(scratch.path().join(".git/hooks").join(hook)).unwrap();
}

const CHILD: &str = "PITON_TEST_COMMIT";

/// A process of its own, with a group of its own, that commits `in`.
fn committing(scratch: &ScratchRepo) -> Child {
    use std::os::unix::process::CommandExt;
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "undertakings::the_child_commits", "--nocapture"])
        .env(CHILD, scratch.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

#[test]
fn the_child_commits() {
    let Ok(top) = std::env::var(CHILD) else {
        return;
    };
    let repository = Repository::find(Path::new(&top)).unwrap();
    repository
        .commit_paths(&[Path::new("in")], "killed")
        .unwrap();
}

pub(crate) fn locks(scratch: &ScratchRepo) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![scratch.path().join(".git")];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ext| ext == "lock") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_lock_of_a_killed_commit_goes_at_once_and_the_next_commit_is_made() {
    for hook in [
        "pre-commit",
        "commit-msg",
        "reference-transaction",
        "post-commit",
    ] {
        let scratch = ScratchRepo::new();
        scratch.write("in/new", "1");
        killed_in(hook, &scratch);
        let begun = std::time::Instant::now();
        let repository = repository(&scratch);
        assert!(repository.is_anything_left(), "{hook}");
        repository.recover().unwrap();
        assert_eq!(locks(&scratch), [] as [PathBuf; 0], "{hook}");
        assert!(!repository.is_anything_left(), "{hook}");
        repository
            .commit_paths(&[Path::new("in")], "again")
            .unwrap();
        assert!(begun.elapsed().as_secs() < 2, "{hook}: it waited");
        assert_eq!(scratch.status(), "", "{hook}");
        assert_eq!(scratch.subjects().len(), 2, "{hook}");
    }
}

#[test]
fn where_references_are_in_tables_their_locks_go_too() {
    let scratch = ScratchRepo::made_by(&["init", "-q", "--ref-format=reftable", "-b", "main"]);
    scratch.write("in/old", "1");
    scratch.commit_all("start");
    scratch.write("in/new", "1");
    killed_in("reference-transaction", &scratch);
    assert_ne!(locks(&scratch), [] as [PathBuf; 0]);
    // As when it was killed later, or while it made one table of several.
    scratch.write(".git/reftable/tables.list.lock", "0x000000000001-a.ref\n");
    scratch.write(".git/reftable/0x000000000001-a.ref.lock", "");
    let repository = repository(&scratch);
    repository.recover().unwrap();
    assert_eq!(locks(&scratch), [] as [PathBuf; 0]);
    assert!(!repository.is_anything_left());
    let paths = [Path::new("in")];
    assert!(repository.commit_paths(&paths, "again").unwrap().is_some());
    assert_eq!(scratch.status(), "");
}

#[test]
fn a_lock_on_tables_that_a_git_made_and_could_not_remove_goes_with_its_undertaking() {
    if !crate::all_processes_are_seen() {
        println!("skipped: not every process can be seen here");
        return;
    }
    let scratch = ScratchRepo::made_by(&["init", "-q", "--ref-format=reftable", "-b", "main"]);
    scratch.write("in/new", "1");
    // Older than what is done here, so it is somebody else's.
    let earlier = ".git/reftable/0x000000000001-a.ref.lock";
    scratch.write(earlier, "");
    let made = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let file = std::fs::File::open(scratch.path().join(earlier)).unwrap();
    file.set_modified(made).unwrap();
    drop(file);
    // As where the disk fails when git removes the lock of a table.
    scratch.hook(
        "reference-transaction",
        "#!/bin/sh\n: > .git/reftable/0x000000000002-b.ref.lock\n",
    );
    let paths = [Path::new("in")];
    let made = repository(&scratch).commit_paths(&paths, "new").unwrap();
    assert!(made.is_some());
    assert_eq!(locks(&scratch), [scratch.path().join(earlier)]);
}

#[test]
fn a_living_lock_on_tables_of_references_is_named_and_stays() {
    let scratch = ScratchRepo::made_by(&["init", "-q", "--ref-format=reftable", "-b", "main"]);
    scratch.write("in/new", "1");
    let lock = scratch.path().join(".git/reftable/tables.list.lock");
    let _open = std::fs::File::create(&lock).unwrap();
    let error = repository(&scratch).commit_paths(&[Path::new("in")], "new");
    assert!(
        matches!(&error, Err(piton_git::GitError::Locked { lock }) if lock.ends_with("tables.list.lock")),
        "{error:?}"
    );
    assert!(lock.exists());
}

#[test]
fn a_lock_that_another_git_holds_stays_beside_a_record_of_the_dead() {
    let other = "0123456789abcdef0123456789abcdef01234567\n";
    let index = (".git/index.lock", other);
    let branch = (".git/refs/heads/main.lock", other);
    // One that it has taken and not written yet.
    let head = (".git/HEAD.lock", "");
    for (hook, locks) in [
        // The record does not name the branch yet; afterwards it does.
        ("pre-commit", &[index, branch][..]),
        ("reference-transaction", &[index, branch, head]),
    ] {
        let scratch = ScratchRepo::new();
        scratch.write("in/new", "1");
        killed_in(hook, &scratch);
        for (lock, text) in locks {
            scratch.write(lock, text);
        }
        repository(&scratch).recover().unwrap();
        for (lock, text) in locks {
            assert!(scratch.exists(lock), "{hook}: {lock} was removed");
            assert_eq!(scratch.read(lock), *text, "{hook}");
        }
    }
}

#[test]
fn a_lock_on_references_that_a_process_has_open_stays_beside_a_record_of_the_dead() {
    for (form, lock) in [
        ("files", ".git/HEAD.lock"),
        ("reftable", ".git/reftable/tables.list.lock"),
    ] {
        let form = format!("--ref-format={form}");
        let scratch = ScratchRepo::made_by(&["init", "-q", &form, "-b", "main"]);
        scratch.write("in/new", "1");
        killed_in("pre-commit", &scratch);
        let open = std::fs::File::create(scratch.path().join(lock)).unwrap();
        let mut holder = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(open)
            .spawn()
            .unwrap();
        let repository = repository(&scratch);
        repository.recover().unwrap();
        assert!(scratch.exists(lock), "{lock} was removed");
        assert!(
            repository.is_anything_left(),
            "{lock}: it is looked at again"
        );
        holder.kill().unwrap();
        holder.wait().unwrap();
        repository.recover().unwrap();
        assert!(!scratch.exists(lock), "{lock} stays");
        assert!(!repository.is_anything_left());
    }
}

#[test]
fn a_record_of_the_living_is_left_alone() {
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.hook(
        "pre-commit",
        "#!/bin/sh\necho > .git/begun\nwhile [ ! -e .git/go ]; do :; done\n",
    );
    let mut piton = committing(&scratch);
    while !scratch.exists(".git/begun") {
        std::thread::yield_now();
    }
    assert_eq!(repository(&scratch).recover().unwrap(), []);
    assert!(scratch.exists(".git/index.lock"));
    scratch.write(".git/go", "");
    assert!(piton.wait().unwrap().success());
    assert_eq!(scratch.subjects()[0], "killed");
    assert_eq!(scratch.status(), "");
}

#[test]
fn what_stands_where_records_are_and_is_none_stops_nobody() {
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/piton/git/file", "x");
    std::fs::create_dir_all(scratch.path().join(".git/piton/git/empty")).unwrap();
    let forged = r#"{"version":1,"what":"x","boot":null,"namespace":null,"pid":1,
        "locks":["../README.md"],"index_lock":"index.lock","git_dir":"","moves":null}"#;
    scratch.write(".git/piton/git/forged/alive", "");
    scratch.write(".git/piton/git/forged/record.json", forged);
    std::fs::create_dir_all(scratch.path().join(".git/piton/git/pipe")).unwrap();
    let pipe = scratch.path().join(".git/piton/git/pipe/alive");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    // A branch holds what a lock on it would.
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let branch = forged.replace("../README.md", "refs/heads/main").replace(
        r#""moves":null"#,
        &format!(
            r#""moves":{{"reference":"refs/heads/main","from":null,"to":"{}","paths":[]}}"#,
            head.trim()
        ),
    );
    scratch.write(".git/piton/git/branch/alive", "");
    scratch.write(".git/piton/git/branch/record.json", &branch);
    let repository = repository(&scratch);
    repository.recover().unwrap();
    assert!(scratch.exists("README.md"));
    assert_eq!(scratch.git(&["rev-parse", "refs/heads/main"]), head);
    assert!(!repository.is_anything_left());
    assert!(scratch.exists(".git/piton/failures/pipe/alive"));
    assert!(
        repository
            .commit_paths(&[Path::new("in")], "made")
            .unwrap()
            .is_some()
    );
}
