//! Whether the state is what it should be, and whether it is fresh.

use std::collections::BTreeSet;

use super::ages::Ages;
use super::finding::{Code, Findings, Group};
use super::seen::{FileSeen, GistSeen, Survey};
use crate::collect::{Day, Moment, badge_messages, state_fault};
use crate::ordered::{Json, Object};
use crate::state::{TOTALS, rows_of};

const UPGRADE: &str = "`piton traffic upgrade` repairs it";
const HISTORY: &str = "`piton traffic backfill --source gist-history` restores it";
/// GitHub cuts files of gists beyond a megabyte.
const LARGE: usize = 900_000;

pub(super) fn check(seen: &Survey, ages: Ages, out: &mut Findings) {
    let Some(gist) = seen.badge.found() else {
        return;
    };
    let mut invalid = |reason: String| {
        out.fail(Group::State, "schema", reason)
            .code(Code::StateInvalid)
            .remedy(HISTORY);
    };
    let state = match gist.files.get("state.json") {
        None => return,
        Some(FileSeen::Damaged(why)) => return invalid(format!("state.json is not JSON: {why}")),
        Some(FileSeen::Cut(why)) => {
            let reason = format!("state.json cannot be read whole: {why}");
            out.fail(Group::State, "schema", reason)
                .code(Code::StateTruncated);
            return;
        }
        Some(FileSeen::Json(Json::Object(state))) => state,
        Some(FileSeen::Json(_)) => return invalid("state.json is not an object".to_owned()),
    };
    schema(state, out);
    rows(state, out);
    equations(state, out);
    totals(state, out);
    freshness(seen, state, ages, out);
    token(seen, state, out);
    badges(gist, state, out);
}

fn schema(state: &Object, out: &mut Findings) {
    let version = state.int("schemaVersion").unwrap_or(1);
    let size = Json::from(state.clone()).pretty().len();
    if let Some(fault) = state_fault(state) {
        out.fail(Group::State, "schema", fault)
            .code(Code::StateInvalid)
            .remedy(HISTORY);
    } else if version > 3 {
        let reason = format!("version {version} is newer than this piton");
        out.warn(Group::State, "schema", reason)
            .remedy("use a newer piton");
    } else if version < 3 && state.text("trackingSince").is_some() {
        let reason = format!("version {version} is old; the next run of the collector raises it");
        out.warn(Group::State, "schema", reason)
            .code(Code::SchemaOld)
            .remedy(UPGRADE);
    } else if size > LARGE {
        let reason = format!("it has {size} bytes; beyond a megabyte GitHub cuts it");
        out.warn(Group::State, "schema", reason);
    } else {
        out.ok(Group::State, "schema", format!("version {version}"));
    }
}

fn rows(state: &Object, out: &mut Findings) {
    let list = state.list("dailyHistory");
    let created = state.text("repoCreatedAt").and_then(Day::of);
    let mut faults = BTreeSet::new();
    let mut before = None;
    for row in list {
        let Some(row) = row.object() else {
            faults.insert("a row is not an object");
            continue;
        };
        let date = row.text("date").unwrap_or_default();
        let Some(day) = Day::of(date) else {
            faults.insert("a row has no day");
            continue;
        };
        match before {
            Some(before) if before == day => _ = faults.insert("a day comes twice"),
            Some(before) if before > day => _ = faults.insert("the days are not in order"),
            Some(_) | None => {}
        }
        if date != day.midnight() && date != format!("{day}T00:00:00.000Z") {
            faults.insert("a day is not at midnight UTC");
        }
        if created.is_some_and(|created| day < created) {
            faults.insert("a day is before the repository began");
        }
        for field in [
            "clones",
            "views",
            "uniqueClones",
            "uniqueViews",
            "downloads",
        ] {
            match row.get(field) {
                None => {}
                Some(value) if value.int().is_some_and(|number| number >= 0) => {}
                Some(_) => _ = faults.insert("a count is not a number from 0 upwards"),
            }
        }
        before = Some(day);
    }
    if list.len() > 31 {
        faults.insert("there are more than 31");
    }
    if faults.is_empty() {
        out.ok(Group::State, "rows", format!("{} rows", list.len()));
    } else {
        let all: Vec<&str> = faults.into_iter().collect();
        out.warn(Group::State, "rows", all.join("; "))
            .remedy(UPGRADE);
    }
}

fn equations(state: &Object, out: &mut Findings) {
    let mut faults = Vec::new();
    for row in rows_of(state) {
        let day = row
            .text("date")
            .map_or("", |date| date.get(..10).unwrap_or(date));
        let number = |field: &str| row.int(field);
        let sum = row.or_zero("clones") + row.or_zero("downloads");
        if number("total").is_some_and(|total| total != sum) {
            faults.push(format!("{day}: total is not clones and downloads"));
        }
        if let (Some(clones), Some(ci), Some(organic)) = (
            number("clones"),
            number("ciCheckouts"),
            number("organicClones"),
        ) && organic != (clones - ci).max(0)
        {
            faults.push(format!("{day}: organic clones are not clones less CI"));
        }
        if let Some(organic) = number("organicUniqueClones")
            && number("uniqueClones").is_none_or(|uniques| organic > uniques)
        {
            faults.push(format!("{day}: more organic visitors than visitors"));
        }
    }
    let more = faults.len().saturating_sub(3);
    faults.truncate(3);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    if faults.is_empty() {
        out.ok(Group::State, "equations", "the rows are consistent");
    } else {
        out.warn(Group::State, "equations", faults.join("; "))
            .remedy(UPGRADE);
    }
}

fn totals(state: &Object, out: &mut Findings) {
    let code = Code::TotalsInconsistent;
    let mut low = Vec::new();
    for (total, field) in TOTALS {
        let sum: i64 = rows_of(state).map(|row| row.or_zero(field)).sum();
        if state.or_zero(total) < sum {
            low.push(format!("{total} is below the sum of its rows, {sum}"));
        }
    }
    if low.is_empty() {
        out.ok(Group::State, "totals", "none is below its rows");
    } else {
        out.warn(Group::State, "totals", low.join("; "))
            .code(code)
            .remedy(UPGRADE);
    }
    // With a ledger each day is credited by itself, and one whose clones of CI
    // nobody knows is not: then the totals are no bound.
    let ledger = state
        .object("collector")
        .is_some_and(|ours| ours.get("organicCredited").is_some());
    let bound = state.or_zero("totalClones") - state.or_zero("totalCiCheckouts");
    let organic = state.or_zero("totalOrganicClones");
    if organic < bound && !ledger {
        let reason = format!("the organic total stands still at {organic}; it is at least {bound}");
        out.warn(Group::State, "organic", reason)
            .code(code)
            .remedy(UPGRADE);
    } else {
        out.ok(Group::State, "organic", format!("{organic} organic clones"));
    }
}

fn freshness(seen: &Survey, state: &Object, ages: Ages, out: &mut Findings) {
    let code = Code::Stale;
    let Some(captured) = seen.captured() else {
        let reason = if state.text("trackingSince").is_some() {
            "no row says when it was captured"
        } else {
            "nothing was collected yet"
        };
        out.warn(Group::State, "freshness", reason)
            .code(code)
            .remedy("commit and push the workflow; it collects twice a day");
        return;
    };
    let hours = seen.now.0.duration_since(captured).as_hours();
    let reason = format!("captured {hours} hours ago");
    if hours < ages.fresh {
        out.ok(Group::State, "freshness", reason);
    } else if hours < ages.stale {
        out.warn(Group::State, "freshness", reason).code(code);
    } else {
        out.fail(Group::State, "freshness", reason)
            .code(code)
            .remedy("check the runs of the workflow");
    }
}

/// The collector notes when its token ends.
fn token(seen: &Survey, state: &Object, out: &mut Findings) {
    let ends = state
        .object("collector")
        .and_then(|ours| Moment::of(ours.text("tokenExpires")?));
    let Some(ends) = ends else { return };
    let days = ends.0.duration_since(seen.now.0).as_hours() / 24;
    let rotate = "`piton traffic create --rotate-token` stores a new one";
    let code = Code::TokenExpires;
    if days < 0 {
        out.fail(Group::Token, "expiry", "the collector's token has ended")
            .code(code)
            .remedy(rotate);
    } else if days < 14 {
        let reason = format!("the collector's token ends in {days} days");
        out.warn(Group::Token, "expiry", reason)
            .code(code)
            .remedy(rotate);
    } else {
        let reason = format!("the collector's token ends in {days} days");
        out.ok(Group::Token, "expiry", reason);
    }
}

fn badges(gist: &GistSeen, state: &Object, out: &mut Findings) {
    let wanted = badge_messages(state);
    for (name, accepted) in wanted {
        let file = format!("{name}.json");
        let Some(badge) = gist.object(&file) else {
            continue;
        };
        let keys: Vec<&str> = badge.iter().map(|(key, _)| key).collect();
        let shaped = keys == ["schemaVersion", "label", "message", "color"]
            && badge.int("schemaVersion") == Some(1)
            && badge.text("label") == Some(name);
        let message = badge.text("message").unwrap_or_default();
        let fix = "`piton traffic verify --fix` writes it again";
        if !shaped {
            let reason = format!("{file} has not the form that shields.io reads");
            out.warn(Group::Badge, name, reason).remedy(fix);
        } else if accepted.iter().any(|known| known == message) {
            out.ok(Group::Badge, name, message);
        } else {
            let reason = format!("it says `{message}`, the state `{}`", accepted[0]);
            out.warn(Group::Badge, name, reason).remedy(fix);
        }
    }
}
