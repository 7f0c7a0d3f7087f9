//! What publishing needs of the world.

use std::path::Path;

use jiff::Timestamp;
use piton_base::StateDir;
use piton_durable::platform::Processes;
use piton_durable::{Disk, DiskRead, Site, Token};
use piton_git::Git;

use super::gate::Gate;
use crate::live::LiveDir;

/// More than any `.git` file of a linked worktree holds.
const MAX_GIT_FILE: u64 = 64 << 10;

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
            worktree: worktree_id(self.disk, &root),
            beside: self.live.transactions(),
            root,
        }
    }

    pub(super) fn token(&self) -> Token {
        Token::fresh(self.now, self.processes.own_pid())
    }
}

/// Names the worktree by what stays the same when the clone is moved: a linked
/// one by its name in the shared git directory.
fn worktree_id(disk: &dyn DiskRead, top: &Path) -> String {
    let linked = disk
        .read_at_most(&top.join(".git"), MAX_GIT_FILE)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            let dir = Path::new(text.strip_prefix("gitdir:")?.trim());
            let parent = dir.parent()?.file_name()?;
            let name = dir.file_name()?.to_str()?.to_owned();
            (parent == "worktrees").then_some(name)
        });
    match linked {
        Some(name) => format!("worktree {name}"),
        None => "main".to_owned(),
    }
}
