//! When to come back, as agents tell it in words.

use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
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

/// Words behind which a span stands.
const BEFORE_SPANS: [&str; 7] = [
    "again in ",
    "retry in ",
    "retry after ",
    "retry-after: ",
    "resets in ",
    "reset in ",
    "please wait ",
];

fn after_span(message: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = message.to_lowercase();
    BEFORE_SPANS
        .into_iter()
        .filter_map(|before| Some(lower.split_once(before)?.1))
        .find_map(|text| span(text, now))
}

fn span(text: &str, now: Timestamp) -> Option<Timestamp> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim_start();
    // A number and a unit, as often as they come: "3 days 4 hours", "1h30m".
    while let Some(digits) = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .or(Some(rest.len()))
        .filter(|end| *end > 0)
    {
        let Ok(amount) = rest[..digits].trim_end_matches('.').parse::<f64>() else {
            break;
        };
        let unit = rest[digits..].trim_start();
        let length = unit
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit.len());
        if length == 0 && total > Duration::ZERO {
            break;
        }
        let seconds = match &unit[..length] {
            "ms" => 0.001,
            // A header gives seconds without saying so.
            "s" | "sec" | "secs" | "second" | "seconds" | "" => 1.0,
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
fn at_time(message: &str, now: Timestamp, local: &TimeZone) -> Option<Timestamp> {
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

/// The parts of a time as people write it.
#[derive(Default)]
struct Told {
    day: Option<(i8, i8)>,
    year: Option<i16>,
    weekday: Option<Weekday>,
    tomorrow: bool,
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
            .filter(|word| !word.is_empty() && !is_filler(word))
            .peekable();
        while let Some(word) = words.next() {
            // Names of time zones are looked up as printed.
            let name = word.trim_matches(|c| matches!(c, '(' | ')' | '.'));
            if let Some(zone) = zone_of(name) {
                told.zone = Some(zone);
                if word.starts_with('(') {
                    break;
                }
                continue;
            }
            if word.starts_with('(') {
                break;
            }
            let ends = word.ends_with('.');
            let word = word.trim_end_matches('.').to_ascii_lowercase();
            if word == "tomorrow" {
                told.tomorrow = true;
            } else if let Some(day) = weekday_of(&word) {
                told.weekday = Some(day);
            } else if let (None, Ok(date)) = (told.day, word.parse::<Date>()) {
                told.day = Some((date.month(), date.day()));
                told.year = Some(date.year());
            } else if let Some(found) = month_of(&word) {
                month = Some(found);
            } else if let (Some(found), None, Some(day)) = (month, told.day, day_of(&word)) {
                told.day = Some((found, day));
            } else if let (None, Some(day), Some(found)) = (
                month,
                day_of(&word),
                words
                    .peek()
                    .and_then(|next| month_of(&next.to_ascii_lowercase())),
            ) {
                month = Some(found);
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

/// What stands between the parts of a time and says nothing.
fn is_filler(word: &str) -> bool {
    ["at", "on", "today", "the", "of"]
        .iter()
        .any(|filler| word.eq_ignore_ascii_case(filler))
}

/// A zone by its name, or by one of the abbreviations that mean one thing.
fn zone_of(name: &str) -> Option<TimeZone> {
    let hours = match name.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" => 1,
        "CEST" => 2,
        _ if name.contains('/') => return TimeZone::get(name).ok(),
        _ => return None,
    };
    Some(TimeZone::fixed(jiff::tz::offset(hours)))
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

/// `3pm`, `3:42pm`, `15:42`, `15:42:10`, or `3:42` with its half of the day in the
/// next word.
fn time_of(word: &str, half: Option<Half>) -> Option<Time> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let half = half_of(&word[digits.len()..]).or(half);
    let (hour, rest) = digits.split_once(':').unwrap_or((digits, "0"));
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let second: i8 = second.parse().ok()?;
    let hour = match half {
        Some(half) => {
            let hour = Some(hour).filter(|hour| (1..=12).contains(hour))? % 12;
            hour + if half == Half::Afternoon { 12 } else { 0 }
        }
        // Without a half of the day, only a clock of 24 hours is meant.
        None if digits.contains(':') => hour,
        None => return None,
    };
    Time::new(hour, minute, second, 0).ok()
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

fn weekday_of(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    DAYS.iter()
        .find(|(day, _)| word.len() >= 3 && day.starts_with(word))
        .map(|(_, day)| *day)
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
    fn every_form_of_a_moment_is_read() {
        // Now it is Saturday, 1 p.m. where the machine stands.
        for (message, expected) in [
            ("Try again in 40 seconds.", "2026-11-21T12:00:40Z"),
            ("resets in 40s", "2026-11-21T12:00:40Z"),
            ("retry-after: 40", "2026-11-21T12:00:40Z"),
            (
                "Please wait 2 minutes and 5 seconds",
                "2026-11-21T12:02:05Z",
            ),
            ("Try again at 1:00:40 PM.", "2026-11-21T12:00:40Z"),
            ("try again at 13:00:40", "2026-11-21T12:00:40Z"),
            ("try again at 12:30 am", "2026-11-21T23:30:00Z"),
            ("try again at 12:30 PM", "2026-11-22T11:30:00Z"),
            ("resets tomorrow at 2pm", "2026-11-22T13:00:00Z"),
            ("resets today at 2pm", "2026-11-21T13:00:00Z"),
            ("resets Mon 9am", "2026-11-23T08:00:00Z"),
            ("resets Saturday at 9am", "2026-11-28T08:00:00Z"),
            ("resets Saturday at 2pm", "2026-11-21T13:00:00Z"),
            ("try again at 26 Nov 2026 15:42", "2026-11-26T14:42:00Z"),
            (
                "try again on the 26th of November at 3pm",
                "2026-11-26T14:00:00Z",
            ),
            ("try again at 2026-11-26 15:42", "2026-11-26T14:42:00Z"),
            (
                "try again at 2026-11-26 15:42:10 UTC",
                "2026-11-26T15:42:10Z",
            ),
            (
                "try again at 2026-11-26T15:42:10+02:00",
                "2026-11-26T13:42:10Z",
            ),
            ("Limit reached until 3pm PST.", "2026-11-21T23:00:00Z"),
            ("available at 3pm Europe/London", "2026-11-21T15:00:00Z"),
            (
                "limit resets soon; try again at 3pm",
                "2026-11-21T14:00:00Z",
            ),
            ("resets Dec 31 at 11:59pm (UTC)", "2026-12-31T23:59:00Z"),
            ("resets Feb 29, 2028 1am UTC", "2028-02-29T01:00:00Z"),
        ] {
            check(message, Some(expected));
        }
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
