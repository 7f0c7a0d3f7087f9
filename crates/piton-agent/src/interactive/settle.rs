//! Knowing that an agent has written a file to its end.
//!
//! The agent writes the file, and then a second one beside it that holds the
//! digest of the first. When the digest is right and nothing about the two has
//! changed for a while, the work is done, whether the agent ends or not.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use piton_base::Digest;
use piton_durable::{DiskRead, Kind};

/// How long nothing may change.
const STILL: Duration = Duration::from_secs(2);

/// The two files at one moment, with the digest found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) digest: Digest,
    pub(crate) sizes: (u64, u64),
    pub(crate) times: (Option<SystemTime>, Option<SystemTime>),
}

/// Watches one file for having been written to its end.
#[derive(Clone, Debug, Default)]
pub struct Settle {
    held: Option<(Fingerprint, Duration)>,
}

impl Settle {
    /// Takes what was seen at a time; tells whether the file has settled.
    pub(crate) fn look(&mut self, now: Duration, seen: Option<Fingerprint>) -> bool {
        self.held = match (self.held.take(), seen) {
            (_, None) => None,
            (Some((before, since)), Some(seen)) if before == seen => Some((seen, since)),
            (_, Some(seen)) => Some((seen, now)),
        };
        self.held
            .as_ref()
            .is_some_and(|(_, since)| now.saturating_sub(*since) >= STILL)
    }
}

/// Returns where the agent says that `content` is done.
pub fn done_file(content: &Path) -> PathBuf {
    let mut name = content.as_os_str().to_owned();
    name.push(".done");
    PathBuf::from(name)
}

impl Fingerprint {
    /// Looks at the two files; `None` while they are not there or do not agree.
    pub(crate) fn of(disk: &dyn DiskRead, content: &Path) -> io::Result<Option<Self>> {
        let done = done_file(content);
        let (Some(first), Some(second)) = (disk.stat(content)?, disk.stat(&done)?) else {
            return Ok(None);
        };
        if first.kind != Kind::File || second.kind != Kind::File {
            return Ok(None);
        }
        let claimed = disk.read(&done)?;
        let digest = Digest::of(&disk.read(content)?);
        if claimed.trim_ascii() != digest.to_string().as_bytes() {
            return Ok(None);
        }
        Ok(Some(Self {
            digest,
            sizes: (first.len, second.len),
            times: (first.modified, second.modified),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(digest: &str) -> Fingerprint {
        Fingerprint {
            digest: Digest::of(digest.as_bytes()),
            sizes: (1, 1),
            times: (None, None),
        }
    }

    #[test]
    fn a_file_has_settled_when_nothing_changed_for_two_seconds() {
        let mut settle = Settle::default();
        let mut at = |millis, seen| settle.look(Duration::from_millis(millis), seen);
        assert!(!at(0, None));
        assert!(!at(1000, Some(print("a"))));
        assert!(!at(2900, Some(print("a"))));
        assert!(at(3000, Some(print("a"))));
    }

    #[test]
    fn every_change_starts_the_wait_again() {
        let mut settle = Settle::default();
        let mut at = |millis, seen| settle.look(Duration::from_millis(millis), seen);
        assert!(!at(0, Some(print("a"))));
        assert!(!at(1900, Some(print("b"))));
        assert!(!at(2500, None));
        assert!(!at(2600, Some(print("b"))));
        assert!(!at(4500, Some(print("b"))));
        assert!(at(4600, Some(print("b"))));
    }

    #[test]
    fn a_digest_is_written_as_the_protocol_says() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(
            done_file(Path::new("/a/taste.md")),
            Path::new("/a/taste.md.done")
        );
    }
}
