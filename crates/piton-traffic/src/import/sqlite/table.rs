//! The tables of a file, by the names of their columns.

use super::pages::{File, SqliteError};
use super::record::Value;
use super::statement::columns;

/// What every such file begins with.
pub(in super::super) const MAGIC: &[u8] = b"SQLite format 3\0";
/// One table: what its columns are called, and its rows.
#[derive(Debug)]
pub(in super::super) struct Table {
    pub(in super::super) name: String,
    pub(in super::super) columns: Vec<String>,
    pub(in super::super) rows: Vec<Vec<Value>>,
}

/// Reads the tables that `wanted` takes, by the names of their columns.
pub(in super::super) fn tables(
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

#[cfg(test)]
mod tests {
    use super::*;

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
