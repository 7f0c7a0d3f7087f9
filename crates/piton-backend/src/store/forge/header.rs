//! Changing a header that others change too. GitHub has no compare-and-swap on
//! bodies, so the entry in the writer's own log comes first: whoever writes the
//! body last has read the logs of all writers since, and folds them in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use piton_github::endpoints::issues;

use super::after::Rescue;
use super::backend::ForgeBackend;
use super::footing::number;
use super::page::Page;
use crate::header::{Edited, Field, Header, Patch, apply_patch, find_header};
use crate::log::{Entry, LogPage, fold};
use crate::store::interface::checked_header;
use crate::store::{BackendRead, Change, Document, Noted, PlanId, Result, Updated};
use crate::text::within_limit;

/// How often a body is written again because somebody else wrote meanwhile.
const ROUNDS: u32 = 8;

impl ForgeBackend<'_> {
    pub(super) fn change_header(&self, id: &PlanId, change: &Change) -> Result<Updated> {
        let number = number(id)?;
        let _turn = self.writing.turn(id)?;
        let document = self.needed(id)?;
        let header = checked_header(&document)?;
        // Refuses a header that cannot be changed before anything is recorded.
        apply_patch(&document.body, &change.patch)?;
        let mut updated = Updated::of(&change.patch);
        if change.patch.is_empty() {
            return Ok(updated);
        }
        let mut pages = self.pages(number)?;
        let at = if change.waited.is_zero() {
            self.moment(&pages)
        } else {
            self.moment_of(change.waited, &pages)
        };
        if let Some(entry) = Entry::of(&change.patch, &header, change.key.clone(), at) {
            self.record(number, &mut pages, &entry)?;
        }
        self.settle(id, document, pages, &change.patch, &mut updated)?;
        Ok(updated)
    }

    /// Writes into the body what the logs say, and looks again, until nothing
    /// is missing: no field, and no words that somebody wrote between the
    /// reading and the writing.
    fn settle(
        &self,
        id: &PlanId,
        mut document: Document,
        mut pages: Vec<Page>,
        patch: &Patch,
        updated: &mut Updated,
    ) -> Result<()> {
        let number = number(id)?;
        let mut rescued: Option<String> = None;
        for round in 0..ROUNDS {
            let source = rescued.take().unwrap_or_else(|| document.body.clone());
            let header = find_header(&source)?;
            let missing = fold(&header, &logs(&pages));
            let (text, fields) = match apply_patch(&source, &missing)? {
                Edited::Changed { text, fields } => (text, fields),
                Edited::Same => (source, Vec::new()),
            };
            if text == document.body {
                updated.notes.extend(yielded(&header, patch));
                return Ok(());
            }
            within_limit(&text)?;
            let read = document.body.clone();
            let edit = issues::Edit::Body(&text);
            match issues::edit(self.forge, &self.repo, number, edit) {
                Ok(_) => {
                    document.body = text;
                    for field in fields {
                        if !updated.changed.contains(&field) {
                            updated.changed.push(field);
                        }
                    }
                }
                Err(error) if error.may_have_happened() && round + 1 < ROUNDS => {
                    document = self.needed(id)?;
                }
                Err(error) => return Err(error.into()),
            }
            let after = self.after(number)?;
            let lost = after.overwritten(&read, &document.body);
            pages = after.pages;
            if let Some(lost) = lost {
                match lost.rescue(&read, &document.body) {
                    Rescue::NotNeeded => {}
                    Rescue::From(text) => {
                        document.body = lost.now;
                        rescued = Some(text);
                        updated.notes.push(Noted::Merged(lost.editor));
                        continue;
                    }
                    Rescue::TooLate => updated.notes.push(Noted::Overwrote(lost.editor)),
                }
            }
            let header = checked_header(&document)?;
            if fold(&header, &logs(&pages)).is_empty() {
                updated.notes.extend(yielded(&header, patch));
                return Ok(());
            }
            // Somebody else is at it: let them finish, then start from the
            // text as it is now.
            self.writing.clock.pause(self.jitter(round));
            document = self.needed(id)?;
        }
        updated.notes.push(Noted::Behind);
        Ok(())
    }

    /// Returns what time it is, by GitHub's clock where it was heard.
    fn heard(&self) -> Timestamp {
        let heard = self.forge.heard();
        heard.unwrap_or_else(|| self.writing.clock.now())
    }

    /// Returns the time of a new entry: GitHub's, and later than every entry
    /// that was read, so that what follows another change also counts after it.
    fn moment(&self, pages: &[Page]) -> Timestamp {
        let heard = self.heard();
        let newest = pages
            .iter()
            .flat_map(|page| &page.log.entries)
            .map(|entry| entry.at)
            .max();
        match newest {
            Some(newest) if newest >= heard => newest
                .checked_add(SignedDuration::from_millis(1))
                .unwrap_or(newest),
            _ => heard,
        }
    }

    /// Returns the time of an entry that waited: when it was decided, by
    /// GitHub's clock, but later than what this writer recorded before.
    fn moment_of(&self, waited: Duration, pages: &[Page]) -> Timestamp {
        let heard = self.heard();
        let then = SignedDuration::try_from(waited)
            .ok()
            .and_then(|waited| heard.checked_sub(waited).ok())
            .unwrap_or(heard);
        let before = pages
            .iter()
            .filter(|page| page.log.writer == self.writing.writer)
            .flat_map(|page| &page.log.entries)
            .map(|entry| entry.at)
            .max()
            .and_then(|at| at.checked_add(SignedDuration::from_millis(1)).ok());
        before.map_or(then, |before| before.max(then))
    }

    /// Returns a pause that differs from writer to writer and from round to
    /// round.
    fn jitter(&self, round: u32) -> Duration {
        let seed = self
            .writing
            .writer
            .as_str()
            .bytes()
            .chain(std::process::id().to_le_bytes())
            .fold(u64::from(round), |seed, byte| {
                seed.wrapping_mul(31).wrapping_add(u64::from(byte))
            });
        Duration::from_millis(seed % (20 << round.min(4)))
    }

    /// Puts into the header what the logs say.
    pub(super) fn rebuild(&self, id: &PlanId) -> Result<Updated> {
        let _turn = self.writing.turn(id)?;
        let document = self.needed(id)?;
        checked_header(&document)?;
        let pages = self.pages(number(id)?)?;
        let mut updated = Updated::default();
        self.settle(id, document, pages, &Patch::default(), &mut updated)?;
        Ok(updated)
    }

    /// Writes a body again with what `change` makes of the newest one, and once
    /// more of what somebody wrote meanwhile. Where `change` refuses that, what
    /// was written stands, and it is noted whose words it stands on.
    pub(super) fn change_body(
        &self,
        id: &PlanId,
        change: impl Fn(&Document) -> Result<Option<String>>,
    ) -> Result<Vec<Noted>> {
        let number = number(id)?;
        let _turn = self.writing.turn(id)?;
        let mut notes = Vec::new();
        let mut current = self.needed(id)?;
        let mut read = current.body.clone();
        // Who wrote the text that the change starts from, if it is no longer there.
        let mut theirs: Option<String> = None;
        for _ in 0..ROUNDS {
            let body = match (change(&current), theirs.take()) {
                (Ok(None), None) => return Ok(notes),
                (Ok(changed), whose) => {
                    notes.extend(whose.map(Noted::Merged));
                    changed.unwrap_or_else(|| current.body.clone())
                }
                (Err(error), None) => return Err(error),
                (Err(_), Some(editor)) => {
                    notes.push(Noted::Overwrote(editor));
                    return Ok(notes);
                }
            };
            within_limit(&body)?;
            let edit = issues::Edit::Body(&body);
            match issues::edit(self.forge, &self.repo, number, edit) {
                Ok(_) => {}
                Err(error) if error.may_have_happened() => {
                    if change(&self.needed(id)?)?.is_none() {
                        return Ok(notes);
                    }
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            }
            let Some(lost) = self.after(number)?.overwritten(&read, &body) else {
                return Ok(notes);
            };
            if lost.now != body {
                // Somebody has changed it since.
                notes.push(Noted::Overwrote(lost.editor));
                return Ok(notes);
            }
            read = body;
            current.body = lost.text;
            theirs = Some(lost.editor);
        }
        Ok(notes)
    }
}

fn logs(pages: &[Page]) -> Vec<&LogPage> {
    pages.iter().map(|page| &page.log).collect()
}

/// Notes the fields whose value in the header is a later event's.
fn yielded(header: &Header, patch: &Patch) -> Vec<Noted> {
    patch
        .sets()
        .iter()
        .filter(|(field, value)| {
            let has = header.get(*field);
            let same = has.map(super::super::spelled) == Some(super::super::spelled(value));
            !same && has.is_some()
        })
        .map(|(field, _): &(Field, _)| Noted::Yielded(*field))
        .collect()
}
