//! What a header has to say, given what every writer recorded.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::entry::{Entry, Set, recorded};
use super::group::together;
use super::page::LogPage;
use crate::header::{FIELDS, Field, Header, Patch, Stamp};

/// Returns the changes that the header still lacks. The last entry for a field
/// counts; but a value that no entry knows is somebody's newer one and stands,
/// and nothing goes back in time.
pub fn fold<P: Borrow<LogPage>>(header: &Header, pages: &[P]) -> Patch {
    let pages: Vec<&LogPage> = pages.iter().map(Borrow::borrow).collect();
    let entries = pages.iter().flat_map(|page| &page.entries);
    let told: BTreeSet<&str> = entries
        .flat_map(|entry| &entry.sets)
        .map(|Set(name, _, _)| name.as_str())
        .collect();
    let mut wanted: Vec<(String, Json)> = Vec::new();
    for field in FIELDS.iter().filter_map(|spec| Field::named(spec.name)) {
        let (fields, stamp) = together(field);
        // A group is decided once, at its first field.
        let is_told = fields.iter().any(|field| told.contains(field.name()));
        if fields.first() != Some(&field) || !is_told {
            continue;
        }
        let changes = of_group(header, &pages, &fields, stamp);
        wanted.extend(changes);
    }
    wanted
        .into_iter()
        .filter_map(|entry| Patch::new(vec![entry]).ok())
        .fold(Patch::default(), Patch::and)
}

/// Where an entry stands among others: the later one counts, and of two at the
/// same time `ended` does.
type Rank<'a> = (Timestamp, bool, Timestamp, &'a str, usize);

fn of_group(
    header: &Header,
    pages: &[&LogPage],
    fields: &[Field],
    stamp: Option<Field>,
) -> Vec<(String, Json)> {
    let mut entries: Vec<(Rank<'_>, &Entry)> = pages
        .iter()
        .flat_map(|page| {
            page.entries
                .iter()
                .enumerate()
                .map(move |(index, entry)| (page, index, entry))
        })
        .filter(|(_, _, entry)| fields.iter().any(|field| entry.value(*field).is_some()))
        .map(|(page, index, entry)| {
            let happened = stamp
                .and_then(|stamp| entry.value(stamp))
                .and_then(known)
                .unwrap_or(entry.at);
            let ended = says_ended(entry.value_named("last_local_impl_event"));
            let rank = (happened, ended, entry.at, page.writer.as_str(), index);
            (rank, entry)
        })
        .collect();
    entries.sort_by_key(|(rank, _)| *rank);
    if entries.is_empty() || !all_known(header, fields, &entries) {
        return Vec::new();
    }
    if let Some(stamp) = stamp
        && let Some((rank, newest)) = entries.last()
        && is_later(header, stamp, rank, newest)
    {
        return Vec::new();
    }
    fields
        .iter()
        .filter_map(|field| {
            let value = entries
                .iter()
                .rev()
                .find_map(|(_, entry)| entry.value(*field))?;
            let has = header.get(*field).map(recorded);
            (has.as_ref() != Some(value)).then(|| (field.name().to_owned(), value.clone()))
        })
        .collect()
}

/// Returns whether the header holds only values that some entry set or
/// replaced, in all the fields that entries tell of.
fn all_known(header: &Header, fields: &[Field], entries: &[(Rank<'_>, &Entry)]) -> bool {
    fields.iter().all(|field| {
        let has = header.get(*field).map_or(Json::Null, recorded);
        let mut told = entries
            .iter()
            .flat_map(|(_, entry)| &entry.sets)
            .filter(|Set(name, _, _)| name == field.name())
            .peekable();
        told.peek().is_none() || told.any(|Set(_, old, new)| has == *old || has == *new)
    })
}

/// Returns whether what the header says happened after the newest entry.
fn is_later(header: &Header, stamp: Field, rank: &Rank<'_>, newest: &Entry) -> bool {
    let Some(has) = header.get(stamp).map(recorded).as_ref().and_then(known) else {
        return false;
    };
    let ended = says_ended(
        header
            .fields()
            .get("last_local_impl_event")
            .map(recorded)
            .as_ref(),
    );
    newest
        .value(stamp)
        .is_some_and(|value| known(value).is_some())
        && (has > rank.0
            || (has == rank.0 && stamp.name() == "last_local_impl_at" && ended && !rank.1))
}

fn known(value: &Json) -> Option<Timestamp> {
    match Stamp::parse(value.as_str()?)? {
        Stamp::Known(time) => Some(time),
        Stamp::Floating(_) => None,
    }
}

fn says_ended(value: Option<&Json>) -> bool {
    value.and_then(Json::as_str) == Some("ended")
}

impl Entry {
    fn value_named(&self, name: &str) -> Option<&Json> {
        Field::named(name).and_then(|field| self.value(field))
    }
}
