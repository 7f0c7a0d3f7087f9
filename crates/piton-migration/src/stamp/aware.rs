//! An instant with the offset it is to be written in.

use std::fmt;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::raw::RawStamp;

/// A point in time to be written into a file.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    instant: Timestamp,
    offset: Offset,
}

impl Stamp {
    /// Stamps made while the loop runs are written in UTC.
    pub fn utc(instant: Timestamp) -> Self {
        Self::at(instant, Offset::UTC)
    }

    /// Stamps made for a person are written in that person's offset.
    pub fn at(instant: Timestamp, offset: Offset) -> Self {
        Self { instant, offset }
    }

    pub fn instant(self) -> Timestamp {
        self.instant
    }

    /// Returns the stamp in UTC that is `duration` later, or the last one
    /// there is.
    #[must_use]
    pub(crate) fn later_utc(self, duration: SignedDuration) -> Self {
        Self::utc(self.instant.checked_add(duration).unwrap_or(Timestamp::MAX))
    }

    /// Returns the stamp as a file holds it.
    pub fn to_raw(self) -> RawStamp {
        RawStamp::new(self.to_string())
    }
}

impl fmt::Display for Stamp {
    /// Writes ISO 8601 with milliseconds and a numeric offset: never `Z`,
    /// which older readers refuse, and never without an offset, which stops
    /// the original.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.offset.to_datetime(self.instant);
        let minutes = self.offset.seconds() / 60;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}",
            time.year(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond(),
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_have_milliseconds_and_a_numeric_offset() {
        let instant: Timestamp = "2026-06-01T12:00:00.9999Z".parse().expect("an instant");
        assert_eq!(
            Stamp::utc(instant).to_string(),
            "2026-06-01T12:00:00.999+00:00"
        );
        let west = Offset::from_seconds(-(9 * 3600 + 1800)).expect("an offset");
        assert_eq!(
            Stamp::at(instant, west).to_string(),
            "2026-06-01T02:30:00.999-09:30"
        );
    }

    #[test]
    fn what_is_written_reads_back_as_the_same_millisecond() {
        let instant: Timestamp = "2026-06-01T12:00:00.123Z".parse().expect("an instant");
        assert_eq!(Stamp::utc(instant).to_raw().instant(), Ok(instant));
    }
}
