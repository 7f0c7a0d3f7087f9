//! Hearing hooks, one after the other.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use piton_durable::{Kind, write_atomic};
use piton_git::landing::{Hook, TreeId, UserHooks};
use piton_git::slot::Slot;
use piton_git::{CommitId, tidy};

use super::error::{HookError, Unheard};
use super::room::HookRoom;
use super::seat::Seat;

/// The longest message that is read back.
const LONGEST: u64 = 1 << 20;
const MESSAGE: &str = "COMMIT_EDITMSG";

/// What is to be committed.
#[derive(Clone, Copy, Debug)]
pub enum Staged<'a> {
    /// All of a commit that was made already.
    Commit(&'a CommitId),
    /// What stands in the slot at this path.
    Path(&'a Path),
}

/// What hooks made of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What is staged now; nobody vouches for it but the slot's own git.
    pub tree: Option<TreeId>,
    /// The paths in which it differs from the base.
    pub paths: Vec<PathBuf>,
    pub message: String,
}

impl HookRoom<'_> {
    /// Runs the hooks that may change a commit or refuse it. The slot shows its
    /// base, and its git was made just now.
    pub fn hear(
        &self,
        hooks: &UserHooks,
        slot: &Slot,
        staged: Staged<'_>,
        message: &str,
    ) -> Result<Heard, Unheard> {
        let file = slot.dir().join(".git").join(MESSAGE);
        write_atomic(self.disk, &file, tidy(message).as_bytes(), 0o644)?;
        let seat = Seat::take(self, slot)?;
        let stage = match staged {
            Staged::Commit(commit) => arguments(&["read-tree", "--reset", "-u", commit.as_str()]),
            Staged::Path(path) => add(path),
        };
        if let Some(said) = seat.git(stage, literally())?.refused {
            return Err(HookError::Stage { said }.into());
        }
        run_each(hooks, &seat, staged)?;
        let message = self.message(&file)?;
        let tree = seat.git(arguments(&["write-tree"]), [])?;
        let differing = arguments(&[
            "diff",
            "--cached",
            "--name-only",
            "--no-renames",
            "-z",
            "HEAD",
        ]);
        let differing = seat.git(differing, [])?;
        if let Some(said) = tree.refused.or(differing.refused) {
            return Err(Unheard::Refused(format!(
                "after your hooks git could not tell what is staged {said}"
            )));
        }
        let paths = differing.stdout.split(|&byte| byte == 0);
        let paths = paths.filter(|path| !path.is_empty());
        Ok(Heard {
            tree: String::from_utf8_lossy(&tree.stdout).trim().parse().ok(),
            paths: paths
                .map(|path| PathBuf::from(OsString::from_vec(path.to_vec())))
                .collect(),
            message,
        })
    }

    /// Lets the hook that hears of commits hear of one that was made. It can
    /// stop nothing any more.
    pub fn after(&self, hooks: &UserHooks, commit: &CommitId) {
        if !hooks.has(Hook::PostCommit) {
            return;
        }
        let Ok(slot) = self.slot(commit) else { return };
        if let Ok(seat) = Seat::take(self, &slot) {
            let arguments = UserHooks::arguments(Hook::PostCommit, &[]);
            let _ = seat.git(arguments, hooks.variables());
        }
    }

    /// Reads the message that hooks have left. They may have put a link in its
    /// place, which is not followed, nor one in place of what it is in.
    fn message(&self, file: &Path) -> Result<String, HookError> {
        let kind = |path: &Path| self.disk.stat(path).map(|stat| stat.map(|stat| stat.kind));
        let folder = file.parent().unwrap_or(file);
        if kind(folder)? != Some(Kind::Dir) || kind(file)? != Some(Kind::File) {
            return Err(HookError::Message {
                path: file.to_owned(),
            });
        }
        let bytes = self.disk.read_at_most(file, LONGEST)?;
        Ok(tidy(&String::from_utf8_lossy(&bytes)))
    }
}

/// Runs one hook after the other, until one refuses.
fn run_each(hooks: &UserHooks, seat: &Seat<'_>, staged: Staged<'_>) -> Result<(), Unheard> {
    let edited = format!(".git/{MESSAGE}");
    for (hook, of_hook) in [
        (Hook::PreCommit, &[][..]),
        (Hook::PrepareCommitMsg, &[edited.as_str(), "message"][..]),
        (Hook::CommitMsg, &[edited.as_str()][..]),
    ] {
        if !hooks.has(hook) {
            continue;
        }
        let run = || seat.git(UserHooks::arguments(hook, of_hook), hooks.variables());
        let mut ran = run()?;
        // One that repairs what it finds says no the first time, and is content
        // with what it made of it the second.
        if ran.refused.is_some() && hook == Hook::PreCommit && seat.mended(staged)? {
            ran = run()?;
        }
        if let Some(said) = ran.refused {
            let name = hook.as_str();
            return Err(Unheard::Refused(format!("the hook {name} refused {said}")));
        }
    }
    Ok(())
}

/// Takes paths for what they are.
fn literally() -> [(String, OsString); 1] {
    [("GIT_LITERAL_PATHSPECS".to_owned(), OsString::from("1"))]
}

/// Stages what stands at a path.
fn add(path: &Path) -> Vec<String> {
    let path = path.to_string_lossy();
    arguments(&["add", "--all", "--force", "--sparse", "--", &path])
}

impl Seat<'_> {
    /// Stages what a hook made of what was staged, and tells whether that is
    /// another.
    fn mended(&self, staged: Staged<'_>) -> Result<bool, Unheard> {
        let tree = || {
            self.git(arguments(&["write-tree"]), [])
                .map(|ran| ran.stdout)
        };
        let before = tree()?;
        let again = match staged {
            Staged::Commit(_) => arguments(&["add", "--update"]),
            Staged::Path(path) => add(path),
        };
        self.git(again, literally())?;
        Ok(tree()? != before)
    }
}

fn arguments(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}
