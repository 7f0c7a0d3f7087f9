//! What counts as a holder, tried on directories that tell of a process.

#![expect(
    clippy::disallowed_methods,
    reason = "a test makes and takes away what is read"
)]

use std::os::unix::fs::symlink;

use super::*;

/// What the system tells of a git that works in `top` and has `log` open.
struct Told(tempfile::TempDir);

impl Told {
    fn new() -> Self {
        let told = Self(tempfile::tempdir().unwrap());
        let dir = told.process();
        fs::create_dir_all(dir.join("fd")).unwrap();
        for other in ["top/in", "other"] {
            fs::create_dir_all(told.0.path().join(other)).unwrap();
        }
        told.tells("comm", "git\n");
        told.tells("stat", "1 (git) S 1");
        symlink(told.0.path().join("top/in"), dir.join("cwd")).unwrap();
        symlink(told.0.path().join("log"), dir.join("fd/1")).unwrap();
        told
    }

    /// Named as this process is: it is in the same container.
    fn process(&self) -> PathBuf {
        self.0.path().join(std::process::id().to_string())
    }

    fn tells(&self, name: &str, text: &str) {
        fs::write(self.process().join(name), text).unwrap();
    }

    /// Nobody can look there any more, although it is there: it leads to itself.
    fn hides(&self, name: &str) {
        let path = self.process().join(name);
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        symlink(&path, &path).unwrap();
    }

    fn may_hold(&self, top: &str) -> bool {
        let top = self.0.path().join(top);
        let lock = top.join("index.lock");
        processes::look(self.process()).may_hold(&lock, &top, &top)
    }
}

#[test]
fn a_git_holds_locks_where_it_works_and_nowhere_else() {
    let told = Told::new();
    assert!(told.may_hold("top"));
    assert!(!told.may_hold("other"));
    told.tells("comm", "sh\n");
    assert!(!told.may_hold("top"));
    told.tells("comm", "git\n");
    told.tells("stat", "1 (git) Z 1");
    assert!(!told.may_hold("top"), "it is dead");
}

#[test]
fn a_process_whose_name_cannot_be_read_may_be_a_git() {
    let told = Told::new();
    told.hides("comm");
    assert!(told.may_hold("top"));
    assert!(!told.may_hold("other"));
}

#[test]
fn a_process_whose_state_cannot_be_read_may_live() {
    let told = Told::new();
    told.hides("stat");
    assert!(told.may_hold("top"));
}

#[test]
fn a_git_of_which_nobody_can_see_what_it_has_open_may_hold_any_lock() {
    let told = Told::new();
    // No link: what it is cannot be read.
    told.tells("fd/2", "");
    assert!(told.may_hold("other"));
    let told = Told::new();
    told.hides("fd");
    assert!(told.may_hold("other"));
    told.tells("comm", "sh\n");
    assert!(!told.may_hold("other"));
}

#[test]
fn a_process_that_ends_while_it_is_looked_at_holds_nothing() {
    for gone in ["comm", "stat", "cwd"] {
        let told = Told::new();
        fs::remove_file(told.process().join(gone)).unwrap();
        assert!(!told.may_hold("top"), "{gone}");
    }
}
