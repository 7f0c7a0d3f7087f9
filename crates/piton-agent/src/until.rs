//! When to come back, as agents tell it in words.

mod moment;
mod span;
mod told;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Finds the moment at which a limit ends: `…|1795219532`, "try again in 3 days
/// 4 hours", "resets 3pm (Europe/Berlin)", "try again at Nov 26th, 2026 3:42
/// PM". A time without a zone is one of `zone`, the machine's. `None` where no
/// moment is told.
pub(crate) fn from_message(message: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    epoch(message)
        .or_else(|| span::after(message, now))
        .or_else(|| moment::at(message, now, zone))
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
