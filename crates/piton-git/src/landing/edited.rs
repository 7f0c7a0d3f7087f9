//! An index with a few other entries, written without a git.
//!
//! Only what is plain is written: one file with nothing unmerged, and of what
//! git keeps beside the entries only its record of trees, which forgets the
//! directories in which something is another. All else is left to git.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use piton_base::hex;
use sha1::{Digest as _, Sha1};

use super::entries::{EXTENDED, HIDDEN, MODE, STAGE, STAT, number, short};
use super::trees::{ID, Trees, folders};
use crate::objects::TreeEntry;

const HEAD: usize = 12;
/// Where the size stands in an entry, and when the file was modified.
const SIZE: usize = 36;
const MODIFIED: usize = 8;
/// More entries than that, changed as the index was written, are git's to
/// compare.
const MOST_DOUBTFUL: usize = 256;
const REGULAR: u32 = 0o100_000;
const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
const MODULE: u32 = 0o160_000;

/// What an index is to have at a path.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) entry: &'a TreeEntry,
    /// The file, where it is known to be as it is stored.
    pub(crate) file: Option<&'a Metadata>,
}

/// Paths, with what an index is to have there; nothing is to be gone.
pub(crate) type Edits<'a> = BTreeMap<&'a [u8], Option<Wanted<'a>>>;

/// Returns an index like the one in `bytes`, which was `written` then, with
/// other entries at these paths; `None` when that is git's to do.
pub(crate) fn edited(bytes: &[u8], written: SystemTime, edits: &Edits<'_>) -> Option<Vec<u8>> {
    let body = bytes.len().checked_sub(ID)?;
    let (body, sum) = bytes.split_at(body);
    // Git may leave the sum out.
    let is_whole = sum == [0; ID] || *sum == *Sha1::digest(body);
    let version = number(body.strip_prefix(b"DIRC")?, 0)?;
    if !is_whole || !(2..=3).contains(&version) {
        return None;
    }
    let written = written.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let mut new = Writer {
        bytes: Vec::with_capacity(bytes.len() + 256 * edits.len()),
        count: 0,
        next: edits.iter().peekable(),
        written,
        doubtful: 0,
    };
    new.bytes.extend_from_slice(body.get(..HEAD)?);
    let mut at = HEAD;
    let mut clash = Clash::of(edits);
    let mut last: &[u8] = &[];
    for _ in 0..number(body, 8)? {
        let entry = Entry::at(body, at, version)?;
        if entry.name <= last || clash.is_with(entry.name) {
            return None;
        }
        last = entry.name;
        at += entry.bytes.len();
        new.pass(&entry)?;
    }
    new.pass_rest()?;
    let changed = edits.keys().copied().collect();
    Trees { changed }.copy(body.get(at..)?, &mut new.bytes)?;
    let Writer {
        mut bytes, count, ..
    } = new;
    bytes[8..HEAD].copy_from_slice(&count.to_be_bytes());
    let sum = Sha1::digest(&bytes);
    bytes.extend_from_slice(&sum);
    Some(bytes)
}

/// One entry as it stands in an index.
struct Entry<'b> {
    bytes: &'b [u8],
    name: &'b [u8],
    /// Whether git knows more of it than what is staged.
    is_special: bool,
}

impl<'b> Entry<'b> {
    fn at(body: &'b [u8], start: usize, version: u32) -> Option<Self> {
        let flags = short(body, start + STAT + ID)?;
        let mode = number(body, start + MODE)?;
        let known = matches!(mode & KIND, REGULAR | LINK | MODULE);
        let is_long = flags & EXTENDED != 0;
        if !known || flags & STAGE != 0 || (is_long && version < 3) {
            return None;
        }
        let name = start + STAT + ID + 2 + if is_long { 2 } else { 0 };
        let length = body.get(name..)?.iter().position(|&byte| byte == 0)?;
        let end = start + padded(name + length - start);
        Some(Self {
            bytes: body.get(start..end)?,
            name: &body[name..name + length],
            is_special: flags & (EXTENDED | HIDDEN) != 0,
        })
    }
}

/// An entry has a multiple of eight bytes, with one NUL at its end at least.
fn padded(length: usize) -> usize {
    (length + 8) / 8 * 8
}

struct Writer<'e> {
    bytes: Vec<u8>,
    count: u32,
    next: std::iter::Peekable<std::collections::btree_map::Iter<'e, &'e [u8], Option<Wanted<'e>>>>,
    written: u64,
    doubtful: usize,
}

impl Writer<'_> {
    /// Passes on an entry of the old index, or what is to be in its place.
    fn pass(&mut self, entry: &Entry<'_>) -> Option<()> {
        while let Some((name, wanted)) = self.next.next_if(|(name, _)| **name < entry.name) {
            self.put(name, wanted.as_ref()?)?;
        }
        if let Some((name, wanted)) = self.next.next_if(|(name, _)| **name == entry.name) {
            if entry.is_special {
                return None;
            }
            return wanted.as_ref().map_or(Some(()), |it| self.put(name, it));
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(entry.bytes);
        self.count += 1;
        // Of a file that changed as the index was written git cannot tell by
        // its times whether it changed again. The new index is younger, so it
        // has to say that: such an entry has no size.
        if u64::from(number(entry.bytes, MODIFIED)?) >= self.written {
            self.doubtful += 1;
            self.bytes[start + SIZE..start + STAT].fill(0);
        }
        (self.doubtful <= MOST_DOUBTFUL).then_some(())
    }

    /// Writes what comes after all old entries.
    fn pass_rest(&mut self) -> Option<()> {
        while let Some((name, wanted)) = self.next.next() {
            self.put(name, wanted.as_ref()?)?;
        }
        Some(())
    }

    fn put(&mut self, name: &[u8], wanted: &Wanted<'_>) -> Option<()> {
        let id = hex::decode(&wanted.entry.object).filter(|id| id.len() == ID)?;
        let mode = u32::from_str_radix(&wanted.entry.mode, 8).ok()?;
        let start = self.bytes.len();
        let noted = wanted.file.map_or([0; 10], noted);
        for (n, field) in noted.into_iter().enumerate() {
            let field = if n == MODE / 4 { mode } else { field };
            self.bytes.extend_from_slice(&field.to_be_bytes());
        }
        self.bytes.extend_from_slice(&id);
        let length = u16::try_from(name.len()).unwrap_or(LONG).min(LONG);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(name);
        let end = start + padded(self.bytes.len() - start);
        self.bytes.resize(end, 0);
        self.count += 1;
        Some(())
    }
}

/// Longer names say so by this length.
const LONG: u16 = 0x0fff;

/// Returns what git notes of a file, as much of each number as fits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "git keeps the low half of each number"
)]
fn noted(file: &Metadata) -> [u32; 10] {
    [
        file.ctime() as u32,
        file.ctime_nsec() as u32,
        file.mtime() as u32,
        file.mtime_nsec() as u32,
        file.dev() as u32,
        file.ino() as u32,
        0,
        file.uid(),
        file.gid(),
        file.size() as u32,
    ]
}

/// Finds a file where a directory has to be, and the other way round.
struct Clash<'e> {
    /// Directories of paths that are to be there.
    above: Vec<&'e [u8]>,
    /// Such paths, as directories.
    below: Vec<Vec<u8>>,
    at: (usize, usize),
}

impl<'e> Clash<'e> {
    fn of(edits: &Edits<'e>) -> Self {
        let there = edits.iter().filter(|(_, wanted)| wanted.is_some());
        let there: Vec<&'e [u8]> = there.map(|(name, _)| *name).collect();
        let above: BTreeSet<&[u8]> = there.iter().flat_map(|name| folders(name)).collect();
        let mut below: Vec<Vec<u8>> = there.iter().map(|name| [*name, b"/"].concat()).collect();
        below.sort_unstable();
        Self {
            above: above.into_iter().filter(|it| !it.is_empty()).collect(),
            below,
            at: (0, 0),
        }
    }

    /// Names come in order.
    fn is_with(&mut self, name: &[u8]) -> bool {
        while self.above.get(self.at.0).is_some_and(|it| *it < name) {
            self.at.0 += 1;
        }
        if self.above.get(self.at.0).is_some_and(|it| *it == name) {
            return true;
        }
        while let Some(below) = self.below.get(self.at.1).filter(|it| it.as_slice() <= name) {
            if name.starts_with(below) {
                return true;
            }
            self.at.1 += 1;
        }
        false
    }
}

/// Returns a path as an index names it.
pub(crate) fn named(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

#[cfg(test)]
mod tests;
