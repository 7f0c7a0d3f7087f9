//! When to come back, as agents tell it in words.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Finds the moment at which a limit ends: `…|1795219532`, "try again in 3 days
/// 4 hours", "resets 3pm (Europe/Berlin)", "try again at Nov 26th, 2026 3:42
/// PM". A time without a zone is one of `zone`, the machine's. `None` where no
/// moment is told.
pub fn from_message(message: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    epoch(message)
        .or_else(|| after_span(message, now))
        .or_else(|| at_time(message, now, zone))
        .filter(|until| *until > now)
}

/// A count of seconds after a bar, as older releases print it.
fn epoch(message: &str) -> Option<Timestamp> {
    let digits: String = message
        .rsplit_once('|')?
        .1
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    Timestamp::from_second(digits.parse().ok()?).ok()
}

fn after_span(message: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = message.to_lowercase();
    let text = ["try again in ", "retry in ", "retry after ", "resets in "]
        .into_iter()
        .find_map(|before| Some(lower.split_once(before)?.1))?;
    let mut total = Duration::ZERO;
    let mut rest = text.trim_start();
    // A number and a unit, as often as they come: "3 days 4 hours", "1h30m".
    while let Some(digits) = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|end| *end > 0)
    {
        let Ok(amount) = rest[..digits].trim_end_matches('.').parse::<f64>() else {
            break;
        };
        let unit = rest[digits..].trim_start();
        let length = unit
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit.len());
        let seconds = match &unit[..length] {
            "ms" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86400.0,
            "w" | "week" | "weeks" => 604_800.0,
            _ => break,
        };
        total = total.checked_add(Duration::try_from_secs_f64(amount * seconds).ok()?)?;
        rest = unit[length..]
            .trim_start_matches([' ', ','])
            .trim_start_matches("and ");
    }
    (total > Duration::ZERO)
        .then(|| now.checked_add(total).ok())
        .flatten()
}

/// Words behind which a time stands.
const BEFORE_TIMES: [&str; 7] = [
    "resets at ",
    "resets on ",
    "resets ",
    "reset at ",
    "try again at ",
    "try again on ",
    "try again after ",
];

/// How much of a minute may have passed when its time is told: agents print
/// hours and minutes, and a moment passes until the message is here.
const SLACK: Duration = Duration::from_secs(90);

/// A time as people write it, with a date or without one.
fn at_time(message: &str, now: Timestamp, local: &TimeZone) -> Option<Timestamp> {
    // Lower-casing may move bytes, but not of the words that are looked for.
    let lower = message.to_ascii_lowercase();
    let start = BEFORE_TIMES
        .into_iter()
        .find_map(|before| Some(lower.find(before)? + before.len()))?;
    let told = message[start..].lines().next()?;
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
    match told.day {
        Some((month, day)) => {
            let years = match told.year {
                Some(year) => vec![year],
                None => vec![here.year(), here.year() + 1],
            };
            years
                .into_iter()
                .filter_map(|year| moment(Date::new(year, month, day).ok()?))
                .find_map(|moment| not_past(moment, now))
        }
        None => [here.date(), here.date().checked_add(1.day()).ok()?]
            .into_iter()
            .filter_map(moment)
            .find_map(|moment| not_past(moment, now)),
    }
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

/// The parts of a time as people write it.
#[derive(Default)]
struct Told {
    day: Option<(i8, i8)>,
    year: Option<i16>,
    time: Option<Time>,
    zone: Option<TimeZone>,
}

impl Told {
    /// Reads words as long as they belong to a time.
    fn read(text: &str) -> Option<Self> {
        let mut told = Self::default();
        let mut month = None;
        let mut words = text
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|word| !word.is_empty())
            .peekable();
        while let Some(word) = words.next() {
            // Names of time zones are looked up as printed.
            if let Some(name) = word.strip_prefix('(') {
                let name = name.trim_end_matches(['.', ')']);
                told.zone = TimeZone::get(name).ok();
                break;
            }
            let ends = word.ends_with('.');
            let word = word.trim_end_matches('.').to_ascii_lowercase();
            if matches!(word.as_str(), "at" | "on") || is_weekday(&word) {
                continue;
            }
            if word == "utc" || word == "gmt" {
                told.zone = Some(TimeZone::UTC);
            } else if let Some(found) = month_of(&word) {
                month = Some(found);
            } else if let (Some(found), None, Some(day)) = (month, told.day, day_of(&word)) {
                told.day = Some((found, day));
            } else if let (Some(_), None, Some(year)) = (told.day, told.year, year_of(&word)) {
                told.year = Some(year);
            } else if told.time.is_none() {
                let half = words.peek().and_then(|next| half_of(next));
                let time = time_of(&word, half)?;
                told.time = Some(time);
                if half.is_some() {
                    words.next();
                }
            } else {
                break;
            }
            if ends && told.time.is_some() {
                break;
            }
        }
        told.time.is_some().then_some(told)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Afternoon,
}

fn half_of(word: &str) -> Option<Half> {
    let letters: String = word
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    match letters.as_str() {
        "am" => Some(Half::Morning),
        "pm" => Some(Half::Afternoon),
        _ => None,
    }
}

/// `3pm`, `3:42pm`, `15:42`, or `3:42` with its half of the day in the next word.
fn time_of(word: &str, half: Option<Half>) -> Option<Time> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let half = half_of(&word[digits.len()..]).or(half);
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        Some(half) => {
            let hour = Some(hour).filter(|hour| (1..=12).contains(hour))? % 12;
            hour + if half == Half::Afternoon { 12 } else { 0 }
        }
        // Without a half of the day, only a clock of 24 hours is meant.
        None if digits.contains(':') => hour,
        None => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let found = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.starts_with(word))?;
    i8::try_from(found + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter()
        .any(|day| word.len() >= 3 && day.starts_with(word))
}

/// `26`, `26th`.
fn day_of(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &word[digits.len()..];
    if !matches!(ending, "" | "st" | "nd" | "rd" | "th") {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year_of(word: &str) -> Option<i16> {
    let is_year = word.len() == 4 && word.chars().all(|c| c.is_ascii_digit());
    is_year.then(|| word.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(message: &str, expected: Option<&str>) {
        check_at("2026-11-21T12:00:00Z", message, expected);
    }

    /// The machine stands in Berlin, an hour before UTC in winter.
    fn check_at(now: &str, message: &str, expected: Option<&str>) {
        let now: Timestamp = now.parse().unwrap();
        let berlin = TimeZone::fixed(jiff::tz::offset(1));
        let until = from_message(message, now, &berlin).map(|until| until.to_string());
        assert_eq!(until.as_deref(), expected, "{message}");
    }

    #[test]
    fn spans_hours_and_counts_of_seconds_are_understood() {
        check("Please try again in 1.5s.", Some("2026-11-21T12:00:01.5Z"));
        check(
            "Try again in 3 days 4 hours 5 minutes.",
            Some("2026-11-24T16:05:00Z"),
        );
        check("or try again in 1h30m", Some("2026-11-21T13:30:00Z"));
        check(
            "You've hit your limit · resets 3pm (America/New_York)",
            Some("2026-11-21T20:00:00Z"),
        );
        check(
            "usage limit reached|1795300000",
            Some("2026-11-21T22:26:40Z"),
        );
        check(
            "limit reached, resets at 2026-11-22T00:00:00Z.",
            Some("2026-11-22T00:00:00Z"),
        );
    }

    #[test]
    fn a_time_without_a_zone_is_the_machine_s_own() {
        check(
            "You've hit your usage limit. Try again at 3:42 PM.",
            Some("2026-11-21T14:42:00Z"),
        );
        check(
            "You've hit your limit · resets 11:30am",
            Some("2026-11-22T10:30:00Z"),
        );
        check("try again at 15:42", Some("2026-11-21T14:42:00Z"));
        check("resets 3pm UTC", Some("2026-11-21T15:00:00Z"));
    }

    #[test]
    fn a_date_with_a_month_is_read() {
        check(
            "You've hit your usage limit. Try again at Nov 26th, 2026 3:42 PM.",
            Some("2026-11-26T14:42:00Z"),
        );
        check(
            "weekly limit reached ∙ resets Nov 28 at 3pm (America/New_York)",
            Some("2026-11-28T20:00:00Z"),
        );
        check("resets Nov 28, 3pm", Some("2026-11-28T14:00:00Z"));
        check(
            "resets on Monday, January 4 at 9:00 a.m.",
            Some("2027-01-04T08:00:00Z"),
        );
    }

    #[test]
    fn a_minute_that_is_just_passing_is_not_a_day_away() {
        // Reset at 12:00:50, told as 12:00 PM, 40 seconds before.
        check_at(
            "2026-11-21T11:00:10Z",
            "Try again at 12:00 PM.",
            Some("2026-11-21T11:01:30Z"),
        );
        check_at(
            "2026-11-21T11:05:00Z",
            "Try again at 12:00 PM.",
            Some("2026-11-22T11:00:00Z"),
        );
        check_at(
            "2026-11-21T11:59:20Z",
            "resets 1pm",
            Some("2026-11-21T12:00:00Z"),
        );
    }

    #[test]
    fn what_is_not_told_is_not_invented() {
        check("Please try again later.", None);
        check("usage limit reached|1", None);
        check("resets soon", None);
        check("resets 25pm", None);
        check("resets 3", None);
        check("resets Nov 31 at 3pm", None);
        check("resets Nov 20, 2026 3pm", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn no_message_makes_it_panic(message in "(try again in |resets |a\\|)?\\PC{0,40}") {
            let _ = from_message(&message, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
        }

        #[test]
        fn no_amount_makes_it_panic(amount in "[0-9.]{1,30}", unit in "(s|days|weeks|pm)") {
            for message in [
                format!("try again in {amount} {unit}"),
                format!("resets {amount}{unit}"),
                format!("resets Nov {amount}, {amount} {amount}{unit}"),
            ] {
                let _ = from_message(&message, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
            }
        }
    }
}
