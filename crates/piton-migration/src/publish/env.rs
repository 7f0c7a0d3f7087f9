//! What publishing needs of the world.

use std::path::Path;

use jiff::Timestamp;
use piton_base::StateDir;
use piton_durable::platform::Processes;
use piton_durable::{Disk, DiskResult, Kind, Site, Token};
use piton_git::Git;

use super::gate::Gate;
use crate::live::LiveDir;

/// More than any `.git` file of a linked worktree holds.
const MAX_GIT_FILE: u64 = 64 << 10;
/// The name of the main worktree, which git gives none.
const MAIN: &str = "main";

/// The world as publishing sees it.
#[derive(Clone, Copy, Debug)]
pub struct PublishEnv<'a> {
    pub disk: &'a dyn Disk,
    pub git: &'a dyn Git,
    pub gate: &'a dyn Gate,
    pub processes: &'a dyn Processes,
    pub live: &'a LiveDir,
    pub now: Timestamp,
}

impl PublishEnv<'_> {
    pub(super) fn site(&self) -> Site {
        let root = self.git.top().to_owned();
        Site {
            state: StateDir::of(self.git.common_dir()).path().to_owned(),
            // `Inside::enter` asks again, and refuses where it is not known.
            worktree: self.worktree().unwrap_or_default(),
            beside: self.live.transactions(),
            root,
        }
    }

    /// Names the worktree by what stays the same when the clone is moved: a
    /// linked one by its name in the shared git directory.
    pub(super) fn worktree(&self) -> DiskResult<String> {
        let file = self.git.top().join(".git");
        let is_linked = (self.disk.stat(&file)?).is_some_and(|stat| stat.kind == Kind::File);
        if !is_linked {
            return Ok(MAIN.to_owned());
        }
        let bytes = self.disk.read_at_most(&file, MAX_GIT_FILE)?;
        let named = String::from_utf8(bytes).ok();
        let name = named.as_deref().and_then(linked_name);
        Ok(name.map_or_else(|| MAIN.to_owned(), |name| format!("worktree {name}")))
    }

    pub(super) fn token(&self) -> Token {
        Token::fresh(self.now, self.processes.own_pid())
    }
}

/// Returns the name of a linked worktree from the text of its `.git` file.
fn linked_name(text: &str) -> Option<&str> {
    let dir = Path::new(text.strip_prefix("gitdir:")?.trim());
    let parent = dir.parent()?.file_name()?;
    (parent == "worktrees").then_some(dir.file_name()?.to_str()?)
}
