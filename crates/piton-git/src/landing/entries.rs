//! What the index says of some paths, read from its file.
//!
//! Only plain indexes are read: one that shares its entries with another file,
//! or has directories for entries, is git's to read.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::objects::TreeEntry;

/// What the index has at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) staged: TreeEntry,
    /// Whether it is what it was before a merge, or after it was added in name
    /// only: no plain entry.
    pub(crate) is_odd: bool,
    /// Whether git was told not to look at the file.
    pub(crate) is_hidden: bool,
    pub(crate) recorded: Recorded,
}

/// What git noted of a file when it last knew it to be as staged; as much of
/// each number as fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) changed: (u32, u32),
    pub(crate) modified: (u32, u32),
    pub(crate) inode: u32,
    pub(crate) size: u32,
}

impl Recorded {
    fn at(bytes: &[u8], start: usize) -> Option<Self> {
        let field = |n: usize| number(bytes, start + 4 * n);
        Some(Self {
            changed: (field(0)?, field(1)?),
            modified: (field(2)?, field(3)?),
            inode: field(5)?,
            size: field(9)?,
        })
    }
}

/// The entries that were asked for, and whether files of attributes are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) at: BTreeMap<PathBuf, Entry>,
    pub(crate) has_attributes: bool,
}

const ATTRIBUTES: &[u8] = b".gitattributes";
pub(super) const HIDDEN: u16 = 0x8000;
pub(super) const EXTENDED: u16 = 0x4000;
pub(super) const STAGE: u16 = 0x3000;
const SKIPPED: u16 = 0x4000;
const INTENDED: u16 = 0x2000;
/// Times, device, inode, mode, owner, size.
pub(super) const STAT: usize = 40;
pub(super) const MODE: usize = 24;
const DIR: u32 = 0o040_000;

/// Reads an index whose ids have `id` bytes; `None` when git has to be asked.
pub(crate) fn read(bytes: &[u8], id: usize, is_wanted: impl Fn(&Path) -> bool) -> Option<Entries> {
    let version = number(bytes.strip_prefix(b"DIRC")?, 0)?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let count = number(bytes, 8)?;
    let mut at = 12;
    let mut name: Vec<u8> = Vec::new();
    let mut found = Entries::default();
    for _ in 0..count {
        let start = at;
        let mode = number(bytes, start + MODE)?;
        at += STAT;
        let object = bytes.get(at..at + id)?;
        at += id;
        let flags = short(bytes, at)?;
        at += 2;
        let mut more = 0;
        if flags & EXTENDED != 0 {
            more = short(bytes, at)?;
            at += 2;
        }
        if version == 4 {
            let (strip, length) = varint(bytes.get(at..)?)?;
            at += length;
            name.truncate(name.len().checked_sub(strip)?);
        } else {
            name.clear();
        }
        let rest = bytes.get(at..)?;
        let end = rest.iter().position(|&byte| byte == 0)?;
        name.extend_from_slice(&rest[..end]);
        at += end + 1;
        if version < 4 {
            // Padded to a multiple of eight, with one NUL at least.
            at = start + (at - 1 - start + 8) / 8 * 8;
        }
        if mode & 0o170_000 == DIR {
            return None;
        }
        found.has_attributes |= name.rsplit(|&byte| byte == b'/').next() == Some(ATTRIBUTES);
        let path = Path::new(OsStr::from_bytes(&name));
        if is_wanted(path) {
            let entry = Entry {
                staged: TreeEntry {
                    mode: format!("{mode:06o}"),
                    object: piton_base::hex::encode(object),
                },
                is_odd: flags & STAGE != 0 || more & INTENDED != 0,
                is_hidden: flags & HIDDEN != 0 || more & SKIPPED != 0,
                recorded: Recorded::at(bytes, start)?,
            };
            if found.at.insert(path.to_owned(), entry).is_some() {
                // The path is in conflict: it is there more than once.
                return None;
            }
        }
    }
    extensions_are_plain(bytes.get(at..)?, id).then_some(found)
}

/// Whether nothing after the entries changes what they mean.
fn extensions_are_plain(mut rest: &[u8], id: usize) -> bool {
    while rest.len() > id {
        let (Some(name), Some(size)) = (rest.get(..4), number(rest, 4)) else {
            return false;
        };
        // Git's rule: an extension with a capital first may be ignored.
        if !name[0].is_ascii_uppercase() {
            return false;
        }
        let Some(after) = rest.get(8 + size as usize..) else {
            return false;
        };
        rest = after;
    }
    rest.len() == id
}

pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(two.try_into().ok()?))
}

/// Reads a number as packs write it; returns how long it is, too.
fn varint(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (n, byte) in bytes.iter().enumerate().take(8) {
        value = value.checked_shl(7)? + usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, n + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_torn_or_strange_is_left_to_git() {
        for wrong in [
            &b""[..],
            b"DIRC",
            b"DIRC\0\0\0\x02\0\0\0\x01",
            b"DIRC\0\0\0\x05\0\0\0\0aaaaaaaaaaaaaaaaaaaa",
            b"DIRC\0\0\0\x02\0\0\0\0link\0\0\0\0aaaaaaaaaaaaaaaaaaaa",
            b"DIRC\0\0\0\x02\0\0\0\0TREE\0\0\0\x09aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(read(wrong, 20, |_| false), None, "{wrong:?}");
        }
        let empty = b"DIRC\0\0\0\x02\0\0\0\0TREE\0\0\0\0aaaaaaaaaaaaaaaaaaaa";
        assert_eq!(read(empty, 20, |_| false), Some(Entries::default()));
    }

    #[test]
    fn numbers_are_read_as_git_writes_them() {
        assert_eq!(varint(&[5]), Some((5, 1)));
        assert_eq!(varint(&[0x80, 0]), Some((128, 2)));
        assert_eq!(varint(&[0x80]), None);
    }
}
