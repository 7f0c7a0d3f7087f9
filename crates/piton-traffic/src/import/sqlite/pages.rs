//! The pages of a file, and the trees of rows that they make.

use std::collections::BTreeSet;

use super::record::{Value, record, varint};

/// Deeper trees than this one no real file has.
const DEEPEST: usize = 40;

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqliteError {
    #[error("page {0} of the file is damaged")]
    Damaged(usize),
    #[error("its texts are UTF-16, which is not read here")]
    Utf16,
}

/// A file as it is cut into pages.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    page: usize,
    /// What of a page holds data.
    usable: usize,
}

pub(super) type Row = (i64, Vec<Value>);

impl<'a> File<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, SqliteError> {
        let header = bytes.get(..100).ok_or(SqliteError::Damaged(1))?;
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        let usable = page.saturating_sub(usize::from(header[20]));
        if usable < 480 {
            return Err(SqliteError::Damaged(1));
        }
        if matches!(header[59], 2 | 3) {
            return Err(SqliteError::Utf16);
        }
        Ok(Self {
            bytes,
            page,
            usable,
        })
    }

    /// Returns a page, and where its own header begins.
    fn page(&self, number: usize) -> Result<(&'a [u8], usize), SqliteError> {
        let damaged = SqliteError::Damaged(number);
        let begin = number
            .checked_sub(1)
            .and_then(|at| at.checked_mul(self.page));
        let begin = begin.ok_or(damaged.clone())?;
        let page = self.bytes.get(begin..begin.saturating_add(self.page));
        let page = page.ok_or(damaged)?;
        Ok((page, if number == 1 { 100 } else { 0 }))
    }

    pub(super) fn is_table(&self, root: usize) -> bool {
        self.page(root)
            .is_ok_and(|(page, at)| matches!(page[at], 0x05 | 0x0d))
    }

    /// Returns the rows of the tree at a page, with their numbers.
    pub(super) fn rows(&self, root: usize) -> Result<Vec<Row>, SqliteError> {
        let mut rows = Vec::new();
        self.walk(root, 0, &mut BTreeSet::new(), &mut rows)?;
        Ok(rows)
    }

    fn walk(
        &self,
        number: usize,
        depth: usize,
        seen: &mut BTreeSet<usize>,
        rows: &mut Vec<Row>,
    ) -> Result<(), SqliteError> {
        let damaged = || SqliteError::Damaged(number);
        if depth > DEEPEST || !seen.insert(number) {
            return Err(damaged());
        }
        let (page, at) = self.page(number)?;
        let cells = usize::from(u16_at(page, at + 3).ok_or_else(damaged)?);
        let inner = match page.get(at) {
            Some(0x0d) => false,
            Some(0x05) => true,
            _ => return Err(damaged()),
        };
        let list = at + if inner { 12 } else { 8 };
        for cell in 0..cells {
            let place = usize::from(u16_at(page, list + 2 * cell).ok_or_else(damaged)?);
            if inner {
                let child = u32_at(page, place).ok_or_else(damaged)?;
                self.walk(child, depth + 1, seen, rows)?;
            } else {
                rows.push(self.row(page, place).ok_or_else(damaged)?);
            }
        }
        if inner {
            let last = u32_at(page, at + 8).ok_or_else(damaged)?;
            self.walk(last, depth + 1, seen, rows)?;
        }
        Ok(())
    }

    fn row(&self, page: &[u8], place: usize) -> Option<Row> {
        let mut rest = page.get(place..)?;
        let length = usize::try_from(varint(&mut rest)?).ok()?;
        let number = varint(&mut rest)?;
        let here = self.local(length);
        let mut payload = rest.get(..here)?.to_vec();
        if here < length {
            let next = u32_at(rest, here)?;
            self.overflow(next, length, &mut payload)?;
        }
        Some((number, record(&payload)?))
    }

    /// How much of a payload is on the page of its row.
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let filled = least + (length - least) % (self.usable - 4);
        if filled <= most { filled } else { least }
    }

    fn overflow(&self, first: usize, length: usize, payload: &mut Vec<u8>) -> Option<()> {
        let mut next = first;
        // This ends, because each page adds something.
        while payload.len() < length {
            let (page, _) = self.page(next).ok()?;
            let more = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + more)?);
            next = u32_at(page, 0)?;
        }
        Some(())
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
}
