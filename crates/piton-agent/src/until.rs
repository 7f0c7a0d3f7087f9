//! When to come back, as agents tell it in words.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Finds the moment at which a limit ends: `…|1795219532`, "try again in 3 days
/// 4 hours", "resets 3pm (Europe/Berlin)". `None` where none is told.
pub fn from_message(message: &str, now: Timestamp) -> Option<Timestamp> {
    epoch(message)
        .or_else(|| after_span(message, now))
        .or_else(|| at_hour(message, now))
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

/// "resets 3pm", "resets at 3:30pm (Europe/Berlin)": the next time that clocks
/// show it, in the zone named or else in UTC.
fn at_hour(message: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = message.to_lowercase();
    let start = ["resets at ", "resets ", "try again at ", "reset at "]
        .into_iter()
        .find_map(|before| Some(lower.find(before)? + before.len()))?;
    let text = lower[start..].trim_start();
    let clock = &text[..text.find(['(', ',', '.', '\n']).unwrap_or(text.len())];
    let clock: String = clock.chars().filter(|c| !c.is_whitespace()).collect();
    let (digits, afternoon) = match (clock.strip_suffix("pm"), clock.strip_suffix("am")) {
        (Some(digits), _) => (digits, true),
        (_, Some(digits)) => (digits, false),
        (None, None) => return None,
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let hour: i8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let time = Time::new(
        hour % 12 + if afternoon { 12 } else { 0 },
        minute.parse().ok()?,
        0,
        0,
    )
    .ok()?;
    // Names of time zones are looked up as printed, not lower-cased.
    let zone = message
        .rsplit_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let zone = zone
        .and_then(|(name, _)| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC);
    let today = now.to_zoned(zone.clone()).date();
    [today, today.checked_add(1.day()).ok()?]
        .into_iter()
        .filter_map(|day| {
            Some(
                day.to_datetime(time)
                    .to_zoned(zone.clone())
                    .ok()?
                    .timestamp(),
            )
        })
        .find(|moment| *moment > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(message: &str, expected: Option<&str>) {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let until = from_message(message, now).map(|until| until.to_string());
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
            "You've hit your limit · resets 3pm (Europe/Berlin)",
            Some("2026-11-21T14:00:00Z"),
        );
        check(
            "You've hit your limit · resets 11:30am",
            Some("2026-11-22T11:30:00Z"),
        );
        check(
            "usage limit reached|1795300000",
            Some("2026-11-21T22:26:40Z"),
        );
    }

    #[test]
    fn what_is_not_told_is_not_invented() {
        check("Please try again later.", None);
        check("usage limit reached|1", None);
        check("resets soon", None);
        check("resets 25pm", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn no_message_makes_it_panic(message in "(try again in |resets |a\\|)?\\PC{0,40}") {
            let _ = from_message(&message, Timestamp::UNIX_EPOCH);
        }

        #[test]
        fn no_amount_makes_it_panic(amount in "[0-9.]{1,30}", unit in "(s|days|weeks|pm)") {
            let _ = from_message(&format!("try again in {amount} {unit}"), Timestamp::UNIX_EPOCH);
            let _ = from_message(&format!("resets {amount}{unit}"), Timestamp::UNIX_EPOCH);
        }
    }
}
