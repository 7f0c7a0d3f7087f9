//! Numbers out of the databases that other tools keep.

use std::collections::{BTreeMap, BTreeSet};

use piton_github::RepoName;

use super::columns::{Columns, Rows};
use super::error::ImportError;
use super::sqlite::{Table, Value, tables};
use crate::collect::{Day, Measured, measured_of};

/// What tables with the names of repositories are called, and their columns.
const LISTS: [&str; 3] = ["repos", "repositories", "repo"];
const NAMES: [&str; 5] = ["full_name", "name_with_owner", "name", "repo", "slug"];

pub(super) fn database(bytes: &[u8], repository: &RepoName) -> Result<Measured, ImportError> {
    let is_list = |name: &str| LISTS.contains(&name.to_lowercase().as_str());
    let tables = tables(bytes, |name, columns| {
        is_list(name) || Columns::find(columns, Some(name)).is_ok()
    })?;
    let names: BTreeMap<i64, String> = tables
        .iter()
        .filter(|table| is_list(&table.name))
        .flat_map(listed)
        .collect();
    let mut rows = Rows::new(repository);
    let mut found = false;
    for table in &tables {
        if let Ok(columns) = Columns::find(&table.columns, Some(&table.name)) {
            found = true;
            take(table, &columns, &names, &mut rows)?;
        }
    }
    if !found {
        return Err(ImportError::NoTable);
    }
    Ok(measured_of(&rows.end()?))
}

/// The repositories of a list, by their numbers.
fn listed(table: &Table) -> BTreeMap<i64, String> {
    let place = |name: &str| {
        let same = |column: &String| column.eq_ignore_ascii_case(name);
        table.columns.iter().position(same)
    };
    let Some((id, name)) = place("id").zip(NAMES.into_iter().find_map(place)) else {
        return BTreeMap::new();
    };
    let owner = place("owner");
    let row = |row: &Vec<Value>| {
        let (Value::Int(id), Value::Text(name)) = (&row[id], &row[name]) else {
            return None;
        };
        let name = match owner.map(|at| &row[at]) {
            Some(Value::Text(owner)) if !name.contains('/') => format!("{owner}/{name}"),
            _ => name.clone(),
        };
        Some((*id, name))
    };
    table.rows.iter().filter_map(row).collect()
}

fn take(
    table: &Table,
    columns: &Columns,
    names: &BTreeMap<i64, String>,
    rows: &mut Rows<'_>,
) -> Result<(), ImportError> {
    let mut nameless = BTreeSet::new();
    for row in &table.rows {
        let name = match (columns.repository, columns.number) {
            (Some(at), _) => match &row[at] {
                Value::Text(name) => Some(name.as_str()),
                _ => None,
            },
            (None, Some(at)) => match &row[at] {
                Value::Int(id) => {
                    let name = names.get(id).map(String::as_str);
                    if name.is_none() {
                        nameless.insert(*id);
                    }
                    name
                }
                _ => None,
            },
            (None, None) => None,
        };
        if nameless.len() > 1 {
            return Err(ImportError::Several);
        }
        if name.is_some_and(|name| !rows.wants(name)) {
            continue;
        }
        let Some(day) = day_of(&row[columns.day]) else {
            continue;
        };
        let number = |at: usize| match &row[at] {
            Value::Int(number) => Some(*number).filter(|number| *number >= 0),
            Value::Real(number) => whole(*number),
            Value::Text(text) => text.parse().ok().filter(|number: &i64| *number >= 0),
            Value::Null | Value::Blob => None,
        };
        let numbers = columns.fields.iter();
        rows.push(
            day,
            numbers.filter_map(|(at, field)| Some((*field, number(*at)?))),
        );
    }
    Ok(())
}

/// Days are texts, or seconds or milliseconds since 1970.
fn day_of(value: &Value) -> Option<Day> {
    match value {
        Value::Text(text) => Day::of(text),
        Value::Int(number) => {
            let seconds = if *number > 100_000_000_000 {
                number / 1000
            } else {
                *number
            };
            let at = jiff::Timestamp::from_second(seconds).ok()?;
            Some(crate::collect::Moment(at).day())
        }
        Value::Null | Value::Real(_) | Value::Blob => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is whole and small, as just asked"
)]
fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && (0.0..9.0e15).contains(&number);
    fits.then_some(number as i64)
}
