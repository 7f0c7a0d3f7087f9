//! Tables as text: their columns are known by the names in the first line.

use std::collections::BTreeSet;

use piton_github::RepoName;

use super::columns::{Columns, Rows};
use super::error::ImportError;
use crate::collect::{Day, Measured, measured_of};

pub(super) fn csv(text: &str, repository: &RepoName) -> Result<Measured, ImportError> {
    let mut lines = records(text).into_iter();
    let header = lines.next().map(|(_, cells)| cells).unwrap_or_default();
    let columns = Columns::find(&header, None)?;
    let mut rows = Rows::new(repository);
    let mut numbers_seen = BTreeSet::new();
    for (line, cells) in lines {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        if let Some(at) = columns.repository {
            if !rows.wants(cell(at)) {
                continue;
            }
        } else if let Some(at) = columns.number {
            numbers_seen.insert(cell(at).to_owned());
            if numbers_seen.len() > 1 {
                return Err(ImportError::Several);
            }
        }
        let text = cell(columns.day);
        let day = Day::of(text).ok_or_else(|| ImportError::BadDay {
            line,
            text: text.to_owned(),
        })?;
        let mut numbers = Vec::new();
        for (at, field) in &columns.fields {
            let text = cell(*at);
            if text.is_empty() {
                continue;
            }
            let bad = || ImportError::BadNumber {
                line,
                text: text.to_owned(),
            };
            // Others write whole numbers as 12.0.
            let whole = text.strip_suffix(".0").unwrap_or(text);
            let number: i64 = whole.parse().map_err(|_| bad())?;
            if number < 0 {
                return Err(bad());
            }
            numbers.push((*field, number));
        }
        rows.push(day, numbers);
    }
    Ok(measured_of(&rows.end()?))
}

/// Takes a CSV apart: quotes may hold commas, quotes and line ends.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut records = Vec::new();
    let mut cells = vec![String::new()];
    let (mut quoted, mut line, mut begun) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                records.push((begun, std::mem::replace(&mut cells, vec![String::new()])));
                begun = line;
            }
            other => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(other);
                }
            }
        }
    }
    if cells.iter().any(|cell| !cell.is_empty()) {
        records.push((begun, cells));
    }
    records
}
