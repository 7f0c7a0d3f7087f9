//! One run of the collector, from what it was given to what it writes.

use super::book::Book;
use super::row::newest_capture;
use super::{archive, ci, counts, downloads, failures, ledger, rows, sound, sources, token};
use crate::collect::answers::Answers;
use crate::collect::badges;
use crate::collect::outcome::{Given, Outcome, StateRead, Target, Write};
use crate::ordered::{Json, Object};
use crate::state::fresh;

/// Computes one run.
pub fn collect(given: &Given, answers: &Answers) -> Outcome {
    let Some(gist) = &given.gist else {
        return Outcome {
            hint: Some("set the variable TRAFFIC_GIST_ID, or run `piton traffic create`"),
            ..Outcome::refused("no gist is named")
        };
    };
    let state = match usable(gist, &given.state) {
        Ok(state) => state,
        Err(refused) => return refused,
    };
    let captured = newest_capture(&state);
    let minutes = captured.map(|captured| given.now.0.duration_since(captured.0).as_mins());
    let recent = |within: i64| minutes.is_some_and(|passed| (0..within).contains(&passed));
    if given.pushed && recent(given.fresh_minutes) {
        return Outcome::skipped("the newest numbers are fresh enough for a push");
    }

    let before = recent(60).then(|| state.clone());
    let mut book = Book::open(state, given.now);
    book.remember(&given.past);
    if let Err(refused) = ledger::take_over(&mut book, given) {
        return Outcome::refused(refused);
    }
    take_in(&mut book, answers);
    let loud = failures::note(&mut book, answers, given);
    let mut warnings = failures::told(&book);
    warnings.extend(token::note(&mut book, answers));

    let mut outcome = Outcome {
        error: loud,
        warnings,
        ..Outcome::default()
    };
    let archived = archive::files(&book, given);
    if let (Some(archive), false) = (&given.archive_gist, archived.is_empty()) {
        outcome.writes.push(Write {
            target: Target::Gist(archive.clone()),
            files: archived,
        });
    }
    let lately = rows::lately(&book);
    let state = book.close();
    if let Some(before) = before
        && outcome.writes.is_empty()
        && timeless(&before.into()) == timeless(&Json::from(state.clone()))
    {
        outcome.skipped = Some("nothing changed within the hour".to_owned());
        return outcome;
    }
    let mut files = badges::files(badges::Shown::of(&state), lately);
    files.push(("state.json".to_owned(), state.into()));
    outcome.writes.push(Write {
        target: Target::Gist(gist.clone()),
        files,
    });
    outcome
}

/// Brings what GitHub answered into the book.
fn take_in(book: &mut Book, answers: &Answers) {
    counts::update(book, answers);
    sources::update(book, answers);
    downloads::update(book, answers);
    rows::update(book, answers);
    ci::update(book, answers);
    ledger::organic(book);
    counts::raise(book);
}

/// Returns the state that is gone on from, or why there is none.
fn usable(gist: &str, state: &StateRead) -> Result<Object, Outcome> {
    let lost = |error: String| Outcome {
        hint: Some("`piton traffic backfill --source gist-history` restores it"),
        ..Outcome::refused(error)
    };
    match state {
        StateRead::Read(state) => match sound::fault(state) {
            None => Ok(state.clone()),
            Some(fault) => Err(lost(format!(
                "state.json of gist {gist} cannot be used: {fault}"
            ))),
        },
        StateRead::Missing { revisions: Some(1) } => Ok(fresh()),
        StateRead::Missing { .. } => Err(lost(format!(
            "gist {gist} has no state.json, and is not new"
        ))),
        StateRead::Damaged(why) => Err(lost(format!(
            "state.json of gist {gist} cannot be read: {why}"
        ))),
        StateRead::Failed(why) => Err(Outcome::refused(format!(
            "gist {gist} cannot be read: {why}"
        ))),
    }
}

/// The same without what tells when it was written.
fn timeless(json: &Json) -> Json {
    match json {
        Json::Object(object) => object
            .iter()
            .filter(|(key, _)| !matches!(*key, "capturedAt" | "ciCountedAt" | "last"))
            .map(|(key, value)| (key, timeless(value)))
            .collect::<Object>()
            .into(),
        Json::List(list) => Json::List(list.iter().map(timeless).collect()),
        other => other.clone(),
    }
}
