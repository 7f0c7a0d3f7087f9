//! What the simulated disk stores: inodes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

pub(super) type Ino = u64;
pub(super) type Entries = BTreeMap<OsString, Ino>;

/// The bytes of a file with the mode they are stored under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) mode: u32,
}

/// One inode as running programs see it.
#[derive(Clone, Debug)]
pub(super) enum Inode {
    File {
        now: Content,
        /// What a crash cannot take away any more.
        safe: Content,
    },
    Dir {
        entries: Entries,
        mode: u32,
        safe_mode: u32,
        device: u64,
    },
    Symlink {
        target: OsString,
    },
    /// A pipe, a socket, a device.
    Other,
}

/// What may have become of the unsynced bytes of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Lost,
    Kept,
    /// The new length, but only half of what was written, then nothing.
    Torn,
    /// The new length, filled with zeros.
    Zeroed,
}

impl Fate {
    pub(super) const ALL: [Fate; 4] = [Fate::Lost, Fate::Kept, Fate::Torn, Fate::Zeroed];

    pub(super) fn apply(self, now: &Content, safe: &Content) -> Content {
        match self {
            Fate::Lost => safe.clone(),
            Fate::Kept => now.clone(),
            Fate::Torn => {
                // What was synced and not overwritten since stays.
                let same = common_prefix(&safe.bytes, &now.bytes);
                let cut = same + (now.bytes.len() - same) / 2;
                Content {
                    bytes: Arc::new(now.bytes[..cut].to_vec()),
                    mode: now.mode,
                }
            }
            Fate::Zeroed => {
                let same = common_prefix(&safe.bytes, &now.bytes);
                let mut bytes = now.bytes[..same].to_vec();
                bytes.resize(now.bytes.len(), 0);
                Content {
                    bytes: Arc::new(bytes),
                    mode: now.mode,
                }
            }
        }
    }
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
