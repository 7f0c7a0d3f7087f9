use std::path::Path;
use std::process::Command;

use piton_git::{Git, GitError, GitRead, Repository};
use piton_testkit::ScratchRepo;

fn commit(scratch: &ScratchRepo, paths: &[&str]) -> Result<Option<piton_git::CommitId>, GitError> {
    let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
    Repository::find(scratch.path())
        .unwrap()
        .commit_paths(&paths, "subject\n\nWhy:\nbecause\n")
}

#[test]
fn a_commit_holds_exactly_the_intended_paths() {
    let scratch = ScratchRepo::new();
    scratch.write("in/old", "1");
    scratch.write("in/gone", "1");
    scratch.commit_all("more");
    scratch.write("in/old", "2");
    scratch.write("in/new", "1");
    std::fs::remove_file(scratch.path().join("in/gone")).unwrap();
    scratch.write("staged by the user", "1");
    scratch.git(&["add", "staged by the user"]);
    scratch.write("untracked", "1");

    let id = commit(&scratch, &["in"]).unwrap().unwrap();
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]).trim(), id.as_str());
    assert_eq!(
        scratch.git(&[
            "show",
            "--format=%B",
            "--name-status",
            "--no-renames",
            "HEAD"
        ]),
        "subject\n\nWhy:\nbecause\n\n\nD\tin/gone\nA\tin/new\nM\tin/old\n"
    );
    assert_eq!(
        scratch.status(),
        "A  \"staged by the user\"\n?? untracked\n"
    );
}

#[test]
fn the_first_commit_of_a_repository_works_too() {
    let scratch = ScratchRepo::empty();
    scratch.write("in/a", "1");
    scratch.write("b", "1");
    assert!(commit(&scratch, &["in"]).unwrap().is_some());
    assert_eq!(scratch.status(), "?? b\n");
}

#[test]
fn nothing_to_commit_is_no_error_and_no_commit() {
    let scratch = ScratchRepo::new();
    assert_eq!(commit(&scratch, &["README.md", "not/there"]).unwrap(), None);
    assert_eq!(scratch.subjects(), ["start"]);
}

#[test]
fn a_commit_without_a_file_that_stands_there_is_refused() {
    let scratch = ScratchRepo::new();
    // One comes whenever git has gone through the files.
    scratch.hook("post-index-change", "#!/bin/sh\necho 1 >in/late-$$\n");
    scratch.write("in/new", "1");
    let refused = commit(&scratch, &["in"]).unwrap_err();
    assert!(
        matches!(&refused, GitError::LeftOut { path } if path.starts_with("in")),
        "{refused}"
    );
    assert_eq!(scratch.subjects(), ["start"]);

    std::fs::remove_file(scratch.path().join(".git/hooks/post-index-change")).unwrap();
    assert!(commit(&scratch, &["in"]).unwrap().is_some());
    assert_eq!(scratch.status(), "");
}

#[test]
fn a_hook_that_refuses_leaves_the_index_as_it_was() {
    let scratch = ScratchRepo::new();
    scratch.hook("pre-commit", "#!/bin/sh\necho no such luck >&2\nexit 1\n");
    scratch.write("in/new", "1");
    scratch.write("staged", "1");
    scratch.git(&["add", "staged"]);
    let before = scratch.status();
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(
        matches!(&error, GitError::CommitRefused { output } if output.contains("no such luck")),
        "{error}"
    );
    assert_eq!(scratch.status(), before);
    assert_eq!(scratch.subjects(), ["start"]);
}

#[test]
fn a_lock_that_a_process_has_open_is_named_with_the_way_out() {
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/index.lock", "");
    let _held = std::fs::File::open(scratch.path().join(".git/index.lock")).unwrap();
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(
        matches!(&error, GitError::Locked { lock } if lock.ends_with(".git/index.lock")),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("index.lock"));
}

#[test]
fn the_lock_of_a_git_that_was_killed_is_in_nobodys_way() {
    if !Path::new("/proc/self/fd").exists() {
        println!("skipped: this system does not tell what processes have open");
        return;
    }
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/index.lock", "");
    let made = commit(&scratch, &["in"]);
    if !crate::all_processes_are_seen() {
        assert!(matches!(made, Err(GitError::Locked { .. })), "{made:?}");
        assert!(scratch.exists(".git/index.lock"));
        return;
    }
    assert!(made.unwrap().is_some());
    assert!(!scratch.exists(".git/index.lock"));
}

#[test]
fn a_git_that_works_here_keeps_its_lock() {
    keeps_its_lock(&["git".to_owned()]);
}

const SKIPPED: &str = "skipped: this system makes no spaces of process ids for us";

/// Returns what starts a git in a container, where there can be one: other
/// numbers of processes, and the directory it is started in at another place.
fn apart(there: &tempfile::TempDir) -> Option<Vec<String>> {
    let there = there.path().display();
    let enters = format!("mount --bind . {there} && cd {there} && exec git \"$@\"");
    let unshare = ["unshare", "--mount", "--pid", "--fork", "--mount-proc"];
    let apart = [&unshare[..], &["sh", "-c", &enters, "sh"]].concat();
    let tried = Command::new(apart[0])
        .args([&apart[1..], &["version"]].concat())
        .output();
    (tried.is_ok_and(|output| output.status.success()))
        .then(|| apart.into_iter().map(str::to_owned).collect())
}

#[test]
fn a_git_that_works_here_from_another_container_keeps_its_lock() {
    let there = tempfile::tempdir().unwrap();
    match apart(&there) {
        Some(git) => keeps_its_lock(&git),
        None => println!("{SKIPPED}"),
    }
}

#[test]
fn a_git_that_works_elsewhere_keeps_no_lock_of_this_repository() {
    if !crate::all_processes_are_seen() {
        println!("skipped: not every process can be seen here");
        return;
    }
    let there = tempfile::tempdir().unwrap();
    let here = Some(vec!["git".to_owned()]);
    for git in [here, apart(&there)] {
        let Some(git) = git else {
            println!("{SKIPPED}");
            continue;
        };
        let elsewhere = ScratchRepo::new();
        let mut theirs = in_its_hook(&elsewhere, &git);
        let scratch = ScratchRepo::new();
        scratch.write("in/new", "1");
        // What a git that was killed left: nobody has it open.
        scratch.write(".git/index.lock", "");
        let ours = commit(&scratch, &["in"]);
        elsewhere.write(".git/go", "");
        assert!(theirs.wait().unwrap().success());
        assert!(ours.is_ok_and(|made| made.is_some()), "{git:?}");
        assert!(!scratch.exists(".git/index.lock"));
    }
}

#[test]
fn a_lock_that_a_git_of_another_container_has_open_stays() {
    let there = tempfile::tempdir().unwrap();
    let Some(mut git) = apart(&there) else {
        println!("{SKIPPED}");
        return;
    };
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    let lock = scratch.path().join(".git/index.lock");
    std::fs::File::create(&lock).unwrap();
    // It works in another repository, and sees the lock at another path.
    let elsewhere = ScratchRepo::new();
    let seen_at = tempfile::tempdir().unwrap();
    let script = git
        .iter_mut()
        .find(|word| word.starts_with("mount "))
        .unwrap();
    *script = format!(
        "mount --bind {} {seen} && exec 7<{seen}/index.lock && {script}",
        scratch.path().join(".git").display(),
        seen = seen_at.path().display(),
    );
    let mut theirs = in_its_hook(&elsewhere, &git);
    let ours = commit(&scratch, &["in"]);
    elsewhere.write(".git/go", "");
    assert!(theirs.wait().unwrap().success());
    assert!(matches!(ours, Err(GitError::Locked { .. })), "{ours:?}");
    assert!(lock.exists());
}

/// Starts a git, like this, that commits in `scratch` and waits in its hook.
fn in_its_hook(scratch: &ScratchRepo, git: &[String]) -> std::process::Child {
    scratch.write("theirs", "1");
    scratch.git(&["add", "theirs"]);
    scratch.hook(
        "pre-commit",
        "#!/bin/sh\n[ -e .git/begun ] && exit 1\necho here > .git/begun\nwhile [ ! -e .git/go ]; do :; done\n",
    );
    let mut theirs = Command::new(&git[0])
        .args(&git[1..])
        .args(["commit", "--quiet", "--message", "theirs"])
        .args(["--only", "theirs"])
        .current_dir(scratch.path())
        .spawn()
        .unwrap();
    while !scratch.exists(".git/begun") {
        assert!(theirs.try_wait().unwrap().is_none(), "it did not begin");
        std::thread::yield_now();
    }
    theirs
}

/// Has a git of the user's own, started like this, hold the index while piton
/// wants to commit.
fn keeps_its_lock(git: &[String]) {
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    // In the middle of a commit: its hook waits.
    let mut theirs = in_its_hook(&scratch, git);
    let ours = commit(&scratch, &["in"]);
    let lock_stays = scratch.exists(".git/index.lock");
    scratch.write(".git/go", "");
    assert!(theirs.wait().unwrap().success());
    assert!(lock_stays);
    assert!(matches!(ours, Err(GitError::Locked { .. })), "{ours:?}");
    assert_eq!(scratch.subjects()[0], "theirs");
}

#[test]
fn a_lock_from_before_the_machine_was_started_is_in_nobodys_way() {
    if !Path::new("/proc/stat").exists() {
        println!("skipped: this system does not tell when it was started");
        return;
    }
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/index.lock", "");
    let lock = std::fs::File::options()
        .write(true)
        .open(scratch.path().join(".git/index.lock"))
        .unwrap();
    lock.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert!(commit(&scratch, &["in"]).unwrap().is_some());
    assert!(!scratch.exists(".git/index.lock"));
}

#[test]
fn a_commit_syncs_what_it_writes() {
    // A hook sees the settings that the commit runs with.
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    let trace = scratch.path().join(".git/trace");
    scratch.hook(
        "pre-commit",
        "#!/bin/sh\ngit config --show-scope core.fsync > .git/trace\n",
    );
    commit(&scratch, &["in"]).unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(trace).unwrap(), "command\tall\n");
}

#[test]
#[cfg(target_os = "linux")]
fn a_commit_whose_branch_moved_is_made_although_the_log_of_head_could_not_be_written() {
    let scratch = ScratchRepo::new();
    let log = scratch.path().join(".git/logs/HEAD");
    std::fs::remove_file(&log).unwrap();
    std::os::unix::fs::symlink("/dev/full", &log).unwrap();
    scratch.write("in/new", "1");
    let made = commit(&scratch, &["in"]).unwrap().unwrap();
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]).trim(), made.as_str());
    assert_eq!(scratch.status(), "");
}

#[test]
fn a_repository_without_an_author_says_how_to_name_one() {
    let scratch = ScratchRepo::new();
    scratch.git(&["config", "user.name", ""]);
    scratch.git(&["config", "user.email", ""]);
    scratch.git(&["config", "user.useConfigOnly", "true"]);
    scratch.write("in/new", "1");
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(matches!(error, GitError::NoIdentity), "{error}");
    assert!(
        Repository::find(scratch.path())
            .unwrap()
            .head()
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_git_that_fails_is_not_taken_for_one_without_an_author() {
    let scratch = ScratchRepo::new();
    let repository = Repository::find(scratch.path()).unwrap();
    assert!(repository.identity().is_ok());
    let config = scratch.path().join(".git/config");
    let before = std::fs::read_to_string(&config).unwrap();
    for (broken, word) in [
        ("[user]\n\tname = ,\n", "disallowed characters"),
        ("[user]\n\tname\n", "user.name"),
        ("[user\n", "bad config line"),
    ] {
        std::fs::write(&config, format!("{before}{broken}")).unwrap();
        let error = repository.identity().unwrap_err();
        assert!(!matches!(error, GitError::NoIdentity), "{broken}: {error}");
        assert!(error.to_string().contains(word), "{broken}: {error}");
    }
    let nobody = "[user]\n\tname = \n\temail = \n\tuseConfigOnly = true\n";
    std::fs::write(&config, format!("{before}{nobody}")).unwrap();
    let error = repository.identity().unwrap_err();
    assert!(matches!(error, GitError::NoIdentity), "{error}");
}

#[test]
fn what_is_gone_outside_of_a_sparse_checkout_is_gone_from_the_commit() {
    let scratch = ScratchRepo::new();
    scratch.write("src/a", "1\n");
    scratch.write("plans/old/a", "1\n");
    scratch.write("plans/old/b", "1\n");
    scratch.commit_all("files");
    scratch.git(&["sparse-checkout", "set", "src"]);
    scratch.write("plans/old/a", "1\n");
    scratch.write("plans/old/b", "1\n");
    let from = scratch.path().join("plans/old");
    std::fs::rename(from, scratch.path().join("plans/new")).unwrap();
    let repository = Repository::find(scratch.path()).unwrap();
    let paths = ["plans/new", "plans/old", "plans/never"].map(Path::new);
    let commit = repository.commit_paths(&paths, "renamed").unwrap();
    assert!(commit.is_some());
    let held = scratch.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert_eq!(held, "README.md\nplans/new/a\nplans/new/b\nsrc/a\n");
    assert_eq!(scratch.status(), "");
    assert_eq!(repository.commit_paths(&paths, "again").unwrap(), None);
}

#[test]
fn what_lies_outside_of_a_sparse_checkout_is_committed_like_anything_else() {
    let scratch = ScratchRepo::new();
    scratch.write("src/a", "1\n");
    scratch.write("plans/old", "1\n");
    scratch.commit_all("files");
    scratch.git(&["sparse-checkout", "set", "src"]);
    assert!(!scratch.exists("plans/old"));
    scratch.write("plans/new", "1\n");
    let repository = Repository::find(scratch.path()).unwrap();
    let commit = |text: &str| {
        scratch.write("plans/new", text);
        repository
            .commit_paths(&[Path::new("plans/new")], "planned")
            .unwrap()
            .unwrap()
    };
    for text in ["1\n", "2\n"] {
        commit(text);
        assert_eq!(scratch.git(&["show", "HEAD:plans/new"]), text);
        assert_eq!(scratch.git(&["show", "HEAD:plans/old"]), "1\n");
        assert_eq!(scratch.status(), "");
    }
}
