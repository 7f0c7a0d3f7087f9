//! The tables of a `SQLite` file, read out of its pages.
//!
//! Only what tables of other tools need: rows of tables with row numbers, in
//! UTF-8. Nothing in such a file is trusted: no page is followed twice, and
//! nothing is read beyond its end.

use std::collections::BTreeSet;

/// What every such file begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";
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

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob,
}

/// One table: what its columns are called, and its rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

/// Reads the tables that `wanted` takes, by the names of their columns.
pub(super) fn tables(
    bytes: &[u8],
    wanted: impl Fn(&str, &[String]) -> bool,
) -> Result<Vec<Table>, SqliteError> {
    let file = File::of(bytes)?;
    let mut tables = Vec::new();
    for (_, entry) in file.rows(1)? {
        let [
            Value::Text(kind),
            Value::Text(name),
            _,
            Value::Int(root),
            Value::Text(sql),
        ] = entry.as_slice()
        else {
            continue;
        };
        let Some(form) = (kind == "table").then(|| columns(sql)).flatten() else {
            continue;
        };
        let root = usize::try_from(*root).unwrap_or(0);
        // Tables without row numbers are kept as indexes are.
        if !wanted(name, &form.names) || !file.is_table(root) {
            continue;
        }
        let rows = file.rows(root)?.into_iter().map(|(number, mut row)| {
            row.resize(form.names.len(), Value::Null);
            if let Some(value) = form.numbered.and_then(|at| row.get_mut(at))
                && *value == Value::Null
            {
                *value = Value::Int(number);
            }
            row
        });
        tables.push(Table {
            name: name.clone(),
            rows: rows.collect(),
            columns: form.names,
        });
    }
    Ok(tables)
}

struct File<'a> {
    bytes: &'a [u8],
    page: usize,
    /// What of a page holds data.
    usable: usize,
}

type Row = (i64, Vec<Value>);

impl<'a> File<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, SqliteError> {
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

    fn is_table(&self, root: usize) -> bool {
        self.page(root)
            .is_ok_and(|(page, at)| matches!(page[at], 0x05 | 0x0d))
    }

    /// Returns the rows of the tree at a page, with their numbers.
    fn rows(&self, root: usize) -> Result<Vec<Row>, SqliteError> {
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

    /// How much of a payload lies on the page of its row.
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
        // Each page brings something, so this ends.
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

/// Takes a number of one to nine bytes, the larger parts first.
fn varint(rest: &mut &[u8]) -> Option<i64> {
    let mut value: u64 = 0;
    for at in 0..9 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        if at == 8 {
            value = (value << 8) | u64::from(byte);
            break;
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value.cast_signed())
}

/// Takes a row apart: first the kinds of its values, then the values.
fn record(payload: &[u8]) -> Option<Vec<Value>> {
    let mut kinds = payload;
    let header = usize::try_from(varint(&mut kinds)?).ok()?;
    let mut kinds = payload.get(payload.len() - kinds.len()..header)?;
    let mut rest = payload.get(header..)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let kind = varint(&mut kinds)?;
        let mut take = |length: usize| {
            let (value, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(value)
        };
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Int(whole(take(
                [1, 2, 3, 4, 6, 8][usize::try_from(kind - 1).ok()?],
            )?)),
            7 => Value::Real(f64::from_be_bytes(take(8)?.try_into().ok()?)),
            8 => Value::Int(0),
            9 => Value::Int(1),
            12.. => {
                let bytes = take(usize::try_from((kind - 12) / 2).ok()?)?;
                if kind % 2 == 0 {
                    Value::Blob
                } else {
                    Value::Text(String::from_utf8_lossy(bytes).into_owned())
                }
            }
            _ => return None,
        });
    }
    Some(values)
}

fn whole(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |value: i64, byte| (value << 8) | i64::from(*byte))
}

struct Form {
    names: Vec<String>,
    /// Which column is the number of the row itself.
    numbered: Option<usize>,
}

/// Reads the columns out of the statement that made a table.
fn columns(sql: &str) -> Option<Form> {
    const RULES: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    let sql = without_comments(sql);
    let inside = body(&sql)?;
    let mut form = Form {
        names: Vec::new(),
        numbered: None,
    };
    let mut whole_numbers = Vec::new();
    for definition in definitions(inside) {
        let definition = definition.trim();
        let (name, rest) = identifier(definition)?;
        let words = definition.to_ascii_uppercase();
        if !definition.starts_with(['"', '`', '[', '\''])
            && RULES.contains(&name.to_ascii_uppercase().as_str())
        {
            // `PRIMARY KEY (id)` of a whole number says the same.
            let key = words.split_once("PRIMARY KEY").map(|(_, rest)| rest.trim());
            let key = key.and_then(|key| key.strip_prefix('(')?.split(')').next());
            let key = key.map(|key| key.trim_matches(|c: char| "\"`[] ".contains(c)));
            let at = form
                .names
                .iter()
                .position(|one| Some(one.to_ascii_uppercase().as_str()) == key);
            form.numbered = form.numbered.or(at.filter(|at| whole_numbers.contains(at)));
            continue;
        }
        let mut rest = rest.to_ascii_uppercase();
        rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        if rest.split(' ').next() == Some("INTEGER") {
            whole_numbers.push(form.names.len());
            if rest.contains("PRIMARY KEY") {
                form.numbered = Some(form.names.len());
            }
        }
        form.names.push(name);
    }
    Some(form)
}

/// Returns what follows the first bracket that stands in no quotes.
fn body(sql: &str) -> Option<&str> {
    let mut quoted = None;
    for (at, c) in sql.char_indices() {
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (None, '(') => return Some(&sql[at + 1..]),
            (None, '"' | '`' | '\'') => quoted = Some(c),
            (None, '[') => quoted = Some(']'),
            (Some(_) | None, _) => {}
        }
    }
    None
}

/// Cuts at commas that stand in no brackets and no quotes, up to the end.
fn definitions(inside: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut depth, mut quoted) = (0, None);
    for c in inside.chars() {
        match (quoted, c) {
            (Some(end), c) if c == end => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quoted = Some(c),
            (None, '[') => quoted = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => break,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                all.push(String::new());
                continue;
            }
            (None, _) => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all.retain(|definition| !definition.trim().is_empty());
    all
}

/// Takes the name at the beginning of a definition.
fn identifier(definition: &str) -> Option<(String, &str)> {
    let first = definition.chars().next()?;
    let end = match first {
        '"' | '`' | '\'' => first,
        '[' => ']',
        _ => {
            let length = definition.find(char::is_whitespace);
            let (name, rest) = definition.split_at(length.unwrap_or(definition.len()));
            let name = name.split('(').next().unwrap_or_default();
            return Some((name.to_owned(), rest));
        }
    };
    let (name, rest) = definition[first.len_utf8()..].split_once(end)?;
    Some((name.to_owned(), rest))
}

fn without_comments(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find(['-', '/', '\'', '"', '`']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let end = match here.as_bytes() {
            [b'-', b'-', ..] => here.find('\n').unwrap_or(here.len()),
            [b'/', b'*', ..] => here.find("*/").map_or(here.len(), |end| end + 2),
            [quote @ (b'\'' | b'"' | b'`'), ..] => {
                let end = here[1..]
                    .find(char::from(*quote))
                    .map_or(here.len(), |end| end + 2);
                out.push_str(&here[..end]);
                end
            }
            _ => {
                out.push_str(&here[..1]);
                1
            }
        };
        rest = &here[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_a_table_are_read_out_of_its_statement() {
        let form = columns(
            "CREATE TABLE \"a, (b\" (\n id INTEGER PRIMARY KEY, -- (one, two)\n \"the day\" TEXT DEFAULT ',)',\n \
             [n] NUMERIC(10, 2), `x` /* , y INT */ INT, CHECK (n > 0), PRIMARY KEY (x), UNIQUE(n, x)\n) STRICT",
        );
        let form = form.unwrap();
        assert_eq!(
            (form.names.join("|"), form.numbered),
            ("id|the day|n|x".to_owned(), Some(0))
        );
        let form = columns(
            "CREATE TABLE repo_stats (repo_id INTEGER NOT NULL, date TEXT NOT NULL DEFAULT ',)', [n] NUMERIC(10, 2),\n\
             `x` /* , y INT */ INT, clones_count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date)\n -- FOREIGN KEY (repo_id)\n)",
        )
        .unwrap();
        assert_eq!(form.names, ["repo_id", "date", "n", "x", "clones_count"]);
        assert_eq!(form.numbered, None);
        let form =
            columns("CREATE TABLE t (\"id\" INTEGER, name TEXT, PRIMARY KEY (\"id\"))").unwrap();
        assert_eq!((form.names.len(), form.numbered), (2, Some(0)));
        let form = columns("CREATE TABLE t (a INT PRIMARY KEY, id integer  primary key)").unwrap();
        assert_eq!(form.numbered, Some(1));
    }

    #[test]
    fn nothing_that_is_damaged_is_followed() {
        let mut file = vec![0; 4096];
        file[..16].copy_from_slice(MAGIC);
        file[16] = 16;
        for (kind, cells) in [(0x0d_u8, 9_u8), (0x05, 0), (0x02, 0), (0, 0)] {
            file[100] = kind;
            file[104] = cells;
            // The last child of an inner page is the page itself.
            file[111] = 1;
            let read = tables(&file, |_, _| true);
            assert!(matches!(read, Err(SqliteError::Damaged(1))), "{kind}");
        }
        file[59] = 2;
        assert_eq!(tables(&file, |_, _| true).err(), Some(SqliteError::Utf16));
        assert!(tables(&file[..50], |_, _| true).is_err());
    }
}
