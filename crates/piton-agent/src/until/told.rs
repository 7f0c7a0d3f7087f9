//! The parts of a time as people write it.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// The parts of a time as people write it.
#[derive(Default)]
pub(super) struct Told {
    pub(super) day: Option<(i8, i8)>,
    pub(super) year: Option<i16>,
    pub(super) weekday: Option<Weekday>,
    pub(super) tomorrow: bool,
    pub(super) time: Option<Time>,
    pub(super) zone: Option<TimeZone>,
}

impl Told {
    /// Reads words as long as they belong to a time.
    pub(super) fn read(text: &str) -> Option<Self> {
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
