//! Days and moments, as the state writes them: always UTC.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A day. Texts are compared by their first ten characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Takes the day out of a text that begins with one.
    pub fn of(text: &str) -> Option<Self> {
        text.get(..10)?.parse().ok().map(Self)
    }

    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.checked_add(days.days()).unwrap_or(self.0))
    }

    /// Counts the days from another one to this.
    pub fn since(self, other: Self) -> i64 {
        self.0
            .since(other.0)
            .map_or(0, |span| i64::from(span.get_days()))
    }

    pub(crate) fn of_month(self) -> i8 {
        self.0.day()
    }

    /// Returns `YYYY-MM`.
    pub(crate) fn month(self) -> String {
        self.to_string()[..7].to_owned()
    }

    /// Returns the last day of the month before.
    #[must_use]
    pub(crate) fn last_of_month_before(self) -> Self {
        self.plus(-i64::from(self.of_month()))
    }

    /// Returns how a row writes its day.
    pub fn midnight(self) -> String {
        format!("{self}T00:00:00Z")
    }

    /// Returns the moment of an hour of this day.
    pub(crate) fn at(self, hour: i8) -> Option<Timestamp> {
        let zoned = self.0.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A moment, written with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl Moment {
    pub fn of(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    pub fn day(self) -> Day {
        Day(self.0.to_zoned(TimeZone::UTC).date())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_as_the_state_has_them() {
        let moment = Moment::of("2026-03-01T03:00:05Z").unwrap();
        assert_eq!(moment.to_string(), "2026-03-01T03:00:05.000Z");
        let day = moment.day();
        assert_eq!(day.midnight(), "2026-03-01T00:00:00Z");
        assert_eq!(day.last_of_month_before().to_string(), "2026-02-28");
        assert_eq!(
            (day.month().as_str(), day.since(day.plus(-40))),
            ("2026-03", 40)
        );
        assert_eq!(Day::of("nonsense"), None);
        assert_eq!(Day::of("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"), None);
    }
}
