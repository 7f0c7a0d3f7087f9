//! Moving a branch, and writing its logs, in the files in which git keeps both.
//!
//! What git does for it costs a process; what is done here is the same, under
//! the same lock. Whatever is not plain is git's to do.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, Kind, RealDisk, create_dirs};

use crate::loose::{self, Others};
use crate::{CommitId, GitError, Repository};

#[derive(Clone, Copy, Debug)]
pub(crate) struct BranchMove<'a> {
    /// Its full name, `refs/heads/…`.
    pub(crate) name: &'a str,
    pub(crate) from: &'a CommitId,
    pub(crate) to: &'a CommitId,
    pub(crate) why: &'a str,
    /// The time, in seconds.
    pub(crate) now: i64,
}

impl BranchMove<'_> {
    /// Moves the branch, if it still is where it was; `None` when that is git's
    /// to do.
    pub(crate) fn perform(&self, repository: &Repository) -> Option<Result<(), GitError>> {
        let common = repository.common();
        // One that is not there, or names another, is git's affair.
        if !loose::is_ours(common) || loose::target(common, self.name).is_none() {
            return None;
        }
        let logs = self.logs(repository)?;
        let line = self.line(repository)?;
        let path = common.join(self.name);
        let moved = loose::write(&path, self.to, Others::AreGits, || {
            if loose::target(common, self.name).as_ref() != Some(self.from) {
                let what = format!("{} is no longer at {}", self.name, self.from);
                return Err(GitError::Moved { what });
            }
            for log in &logs {
                if let Some(dir) = log.parent() {
                    create_dirs(&RealDisk, dir)?;
                }
                RealDisk.append(log, 0o666)?.append(&line)?;
            }
            Ok(())
        });
        Some(moved.and_then(|()| loose::sync_around(&path)))
    }

    /// Returns the logs that tell of it: the branch's own, and HEAD's where HEAD
    /// is on it.
    fn logs(&self, repository: &Repository) -> Option<Vec<PathBuf>> {
        let own = repository.common().join("logs").join(self.name);
        let mut logs = vec![own];
        let stands = |path: &Path| match RealDisk.stat(path) {
            Ok(None) => Some(false),
            Ok(Some(stat)) if stat.kind == Kind::File => Some(true),
            Ok(Some(_)) => None,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(false),
            Err(_) => None,
        };
        if repository.tip().ok()?.reference.as_deref() == Some(self.name) {
            logs.push(repository.git_dir().join("logs").join("HEAD"));
        }
        for log in &logs {
            // Whether one is begun, settings decide.
            if !stands(log)? {
                return None;
            }
        }
        Some(logs)
    }

    /// Returns the line of the logs. Whoever made the commit moves the branch.
    fn line(&self, repository: &Repository) -> Option<Vec<u8>> {
        let commit = repository.objects().read(self.to.as_str()).ok()??;
        let (who, zone) = committer(&commit.bytes)?;
        let why: String = self
            .why
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let mut line = format!("{} {} ", self.from, self.to).into_bytes();
        line.extend_from_slice(who);
        line.extend_from_slice(format!(" {} ", self.now).as_bytes());
        line.extend_from_slice(zone);
        line.extend_from_slice(format!("\t{}\n", why.trim()).as_bytes());
        Some(line)
    }
}

/// Returns who committed, with the address, and the zone of the time.
fn committer(commit: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut lines = commit.split(|&byte| byte == b'\n');
    let line = lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(b"committer "))?;
    let end = line.iter().rposition(|&byte| byte == b'>')?;
    let zone = line.rsplit(|&byte| byte == b' ').next()?;
    let sound = zone.len() == 5 && matches!(zone[0], b'+' | b'-');
    sound.then_some((&line[..=end], zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_committed_is_read_and_nothing_else() {
        let commit = b"tree 1\nauthor A <a@b> 1 +0000\ncommitter C D <c@d> 17 -0330\n\n\
            committer E <e@f> 1 +0100\n";
        let (who, zone) = committer(commit).unwrap();
        assert_eq!((who, zone), (&b"C D <c@d>"[..], &b"-0330"[..]));
        assert_eq!(committer(b"tree 1\n\ncommitter E <e@f> 1 +0100\n"), None);
        assert_eq!(committer(b"committer E <e@f>\n\n"), None);
    }
}
