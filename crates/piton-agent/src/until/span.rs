//! How long a limit still lasts, as agents tell it.

use std::time::Duration;

use jiff::Timestamp;

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

/// Finds the end of the first span that is told.
pub(super) fn after(message: &str, now: Timestamp) -> Option<Timestamp> {
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
