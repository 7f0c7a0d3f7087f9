//! Git's record of trees, which its index keeps after the entries.

use std::collections::BTreeSet;

use super::entries::number;

/// How long an id is here; those of the longer kind are git's to write.
pub(super) const ID: usize = 20;
/// No project has directories so deep.
const DEEPEST: usize = 256;

/// What git keeps after the entries.
pub(super) struct Trees<'e> {
    /// The paths at which something else is.
    pub(super) changed: BTreeSet<&'e [u8]>,
}

impl Trees<'_> {
    pub(super) fn copy(&self, mut rest: &[u8], to: &mut Vec<u8>) -> Option<()> {
        while !rest.is_empty() {
            let size = number(rest, 4)? as usize;
            let content = rest.get(8..8 + size)?;
            match &rest[..4] {
                b"TREE" => {
                    let start = to.len();
                    to.extend_from_slice(b"TREE\0\0\0\0");
                    let left = if size == 0 {
                        content
                    } else {
                        let forgets = self.changed.iter().flat_map(|name| folders(name)).collect();
                        self.tree(content, &mut Vec::new(), &forgets, to, 0)?
                    };
                    if !left.is_empty() {
                        return None;
                    }
                    let size = u32::try_from(to.len() - start - 8).ok()?;
                    to[start + 4..start + 8].copy_from_slice(&size.to_be_bytes());
                }
                // Where the entries begin, for threads that read: it would be
                // another place now.
                b"EOIE" | b"IEOT" => {}
                _ => return None,
            }
            rest = &rest[8 + size..];
        }
        Some(())
    }

    /// Copies the record of one tree and those below it, and returns what comes
    /// after.
    fn tree<'b>(
        &self,
        bytes: &'b [u8],
        path: &mut Vec<u8>,
        forgets: &BTreeSet<&[u8]>,
        to: &mut Vec<u8>,
        depth: usize,
    ) -> Option<&'b [u8]> {
        let name = bytes.iter().position(|&byte| byte == 0)?;
        let line = bytes[name + 1..].iter().position(|&byte| byte == b'\n')? + name + 1;
        let counts = std::str::from_utf8(&bytes[name + 1..line]).ok()?;
        let (entries, trees) = counts.split_once(' ')?;
        let (entries, trees): (i64, u32) = (entries.parse().ok()?, trees.parse().ok()?);
        let mut rest = &bytes[line + 1..];
        let id = if entries < 0 { 0 } else { ID };
        let (id, after) = rest.split_at_checked(id)?;
        rest = after;
        let length = path.len();
        if depth > 0 {
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(&bytes[..name]);
        }
        // A file where a directory was.
        if depth > DEEPEST || self.changed.contains(path.as_slice()) {
            return None;
        }
        to.extend_from_slice(&bytes[..=name]);
        if forgets.contains(path.as_slice()) {
            to.extend_from_slice(format!("-1 {trees}\n").as_bytes());
        } else {
            to.extend_from_slice(&bytes[name + 1..=line]);
            to.extend_from_slice(id);
        }
        for _ in 0..trees {
            rest = self.tree(rest, path, forgets, to, depth + 1)?;
        }
        path.truncate(length);
        Some(rest)
    }
}

/// Returns the directories that a path is in, the top as nothing.
pub(super) fn folders(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    std::iter::once(&path[..0]).chain(ends.map(|(end, _)| &path[..end]))
}
