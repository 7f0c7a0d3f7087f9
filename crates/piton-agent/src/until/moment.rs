//! The next moment that fits a time which agents tell.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::told::Told;

/// Words behind which a time stands.
const BEFORE_TIMES: [&str; 11] = [
    "resets at ",
    "resets on ",
    "resets: ",
    "resets ",
    "reset at ",
    "reset on ",
    "again at ",
    "again on ",
    "again after ",
    "available at ",
    "until ",
];

/// How much of a minute may have passed when its time is told: agents print
/// hours and minutes, and a moment passes until the message is here.
const SLACK: Duration = Duration::from_secs(90);

/// A time as people write it, with a date or without one.
pub(super) fn at(message: &str, now: Timestamp, local: &TimeZone) -> Option<Timestamp> {
    // Lower-casing may move bytes, but not of the words that are looked for.
    let lower = message.to_ascii_lowercase();
    BEFORE_TIMES
        .into_iter()
        .filter_map(|before| Some(lower.find(before)? + before.len()))
        .find_map(|start| moment(message[start..].lines().next()?, now, local))
}

fn moment(told: &str, now: Timestamp, local: &TimeZone) -> Option<Timestamp> {
    if let Some(moment) = told.split_whitespace().next().and_then(stamp) {
        return Some(moment);
    }
    let told = Told::read(told)?;
    let zone = told.zone.as_ref().unwrap_or(local);
    let here = now.to_zoned(zone.clone());
    let moment = |date: Date| {
        let at = date.to_datetime(told.time?).to_zoned(zone.clone()).ok()?;
        Some(at.timestamp())
    };
    let dates: Vec<Date> = match (told.day, told.year) {
        (Some((month, day)), Some(year)) => Date::new(year, month, day).into_iter().collect(),
        (Some((month, day)), None) => [here.year(), here.year() + 1]
            .into_iter()
            .filter_map(|year| Date::new(year, month, day).ok())
            .collect(),
        (None, _) => {
            // A day of the week comes again a week later.
            (i64::from(told.tomorrow)..=7)
                .filter_map(|days| here.date().checked_add(days.days()).ok())
                .filter(|date| told.weekday.is_none_or(|day| date.weekday() == day))
                .collect()
        }
    };
    let mut moments = dates.into_iter().filter_map(moment);
    moments.find_map(|moment| not_past(moment, now))
}

/// Returns the moment if it is to come, and the end of its minute if that is
/// just passing.
fn not_past(moment: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if moment > now {
        return Some(moment);
    }
    let end = moment.checked_add(SLACK).ok()?;
    (end > now).then_some(end)
}

/// `2026-11-26T15:42:00Z`, with what ends a sentence behind it.
fn stamp(word: &str) -> Option<Timestamp> {
    word.trim_end_matches(['.', ',', ')']).parse().ok()
}
