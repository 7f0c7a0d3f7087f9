//! Reading the spellings of ISO 8601 that the original reads.

use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// A text that is no point in time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{}` {problem}; allowed is a date and time with an offset, such as 2026-06-01T12:00:00.000+00:00",
    .text.escape_debug()
)]
pub struct StampError {
    pub text: String,
    pub problem: StampProblem,
}

/// What is wrong with a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StampProblem {
    #[error("is not a date and time")]
    Malformed,
    #[error("has no offset, so it is not a point in time")]
    NoOffset,
}

/// Parses a text; fractions beyond microseconds are cut off.
pub(super) fn parse(text: &str) -> Result<Timestamp, StampError> {
    let fail = |problem| StampError {
        text: text.to_owned(),
        problem,
    };
    let (date, time, offset) = split(text).ok_or_else(|| fail(StampProblem::Malformed))?;
    let offset = offset.ok_or_else(|| fail(StampProblem::NoOffset))?;
    Offset::UTC
        .to_timestamp(DateTime::from_parts(date, time))
        .and_then(|local| local.checked_sub(offset))
        .map_err(|_| fail(StampProblem::Malformed))
}

type Parts = (Date, Time, Option<SignedDuration>);

fn split(text: &str) -> Option<Parts> {
    let at = date_length(text.as_bytes())?;
    let (date, rest) = (text.get(..at)?, text.get(at..)?);
    let date = parse_date(date.as_bytes())?;
    let mut rest = rest.chars();
    // Whatever single character stands between date and time separates them.
    if rest.next().is_none() {
        return Some((date, Time::midnight(), None));
    }
    let (time, offset) = parse_time(rest.as_str())?;
    Some((date, time, offset))
}

/// Returns how long the date is, given that nothing marks its end.
fn date_length(text: &[u8]) -> Option<usize> {
    if text.len() < 7 {
        return None;
    }
    let digit_at = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    Some(match (text[4], text[5]) {
        _ if text.len() == 7 => 7,
        (b'-', b'W') if text.get(8) != Some(&b'-') => 8,
        (b'-', b'W') if text.len() > 10 && digit_at(10) => 8,
        (b'-', _) => 10,
        (b'W', _) => {
            let end = (7..=text.len()).find(|at| !digit_at(*at))?;
            if end < 9 {
                end
            } else if end % 2 == 0 {
                7
            } else {
                8
            }
        }
        _ => 8,
    })
}

fn parse_date(text: &[u8]) -> Option<Date> {
    match text {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => {
            calendar(year, &[*m1, *m2], &[*d1, *d2])
        }
        [year @ .., b'-', b'W', w1, w2] if year.len() == 4 => week(year, &[*w1, *w2], b'1'),
        [year @ .., b'-', b'W', w1, w2, b'-', day] if year.len() == 4 => {
            week(year, &[*w1, *w2], *day)
        }
        [year @ .., b'W', w1, w2] if year.len() == 4 => week(year, &[*w1, *w2], b'1'),
        [year @ .., b'W', w1, w2, day] if year.len() == 4 => week(year, &[*w1, *w2], *day),
        [year @ .., m1, m2, d1, d2] if year.len() == 4 => calendar(year, &[*m1, *m2], &[*d1, *d2]),
        _ => None,
    }
}

fn calendar(year: &[u8], month: &[u8], day: &[u8]) -> Option<Date> {
    let year = i16::try_from(number(year)?).ok().filter(|year| *year > 0)?;
    Date::new(
        year,
        i8::try_from(number(month)?).ok()?,
        i8::try_from(number(day)?).ok()?,
    )
    .ok()
}

fn week(year: &[u8], week: &[u8], day: u8) -> Option<Date> {
    let year = i16::try_from(number(year)?).ok().filter(|year| *year > 0)?;
    let week = i8::try_from(number(week)?).ok()?;
    let day = Weekday::from_monday_one_offset(i8::try_from(number(&[day])?).ok()?).ok()?;
    Some(ISOWeekDate::new(year, week, day).ok()?.date())
}

fn parse_time(text: &str) -> Option<(Time, Option<SignedDuration>)> {
    let zone_at = text.find(['+', '-', 'Z']);
    let (clock, zone) = text.split_at(zone_at.unwrap_or(text.len()));
    let clock = Clock::parse(clock.as_bytes())?;
    let time = Time::new(
        i8::try_from(clock.hour).ok()?,
        i8::try_from(clock.minute).ok()?,
        i8::try_from(clock.second).ok()?,
        i32::try_from(clock.micros * 1000).ok()?,
    )
    .ok()?;
    let offset = match zone.as_bytes() {
        [] => None,
        b"Z" => Some(SignedDuration::ZERO),
        [b'Z', ..] => return None,
        [sign, rest @ ..] => {
            let size = Clock::parse(rest)?.duration()?;
            Some(if *sign == b'-' { -size } else { size })
        }
    };
    Some((time, offset))
}

#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
}

impl Clock {
    /// Parses `hh[:mm[:ss[.f…]]]` with all of the colons or none.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut parts = [0; 3];
        let mut rest = text;
        let colons = text.get(2) == Some(&b':');
        for (index, part) in parts.iter_mut().enumerate() {
            if index > 0 && colons {
                rest = rest.strip_prefix(b":")?;
            }
            *part = number(rest.get(..2)?)?;
            rest = &rest[2..];
            if rest.is_empty() {
                break;
            }
        }
        let micros = match rest {
            [] => 0,
            [b'.' | b',', digits @ ..] if !digits.is_empty() => fraction(digits)?,
            _ => return None,
        };
        // A fraction may only follow seconds.
        let seconds_end = if colons { 8 } else { 6 };
        if !rest.is_empty() && text.len() - rest.len() != seconds_end {
            return None;
        }
        Some(Self {
            hour: parts[0],
            minute: parts[1],
            second: parts[2],
            micros,
        })
    }

    /// Returns the size of an offset, which is always less than a day.
    fn duration(self) -> Option<SignedDuration> {
        if self.hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let seconds = self.hour * 3600 + self.minute * 60 + self.second;
        Some(SignedDuration::new(
            i64::from(seconds),
            i32::try_from(self.micros * 1000).ok()?,
        ))
    }
}

fn fraction(digits: &[u8]) -> Option<u32> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    Some(kept.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_instant_reads_alike() {
        let noon: Timestamp = "2026-06-01T12:00:00Z".parse().expect("an instant");
        for text in [
            "2026-06-01T12:00:00.000+00:00",
            "2026-06-01T12:00:00Z",
            "2026-06-01 12:00+00",
            "20260601T120000+0000",
            "2026-06-01T14:00:00.000+02:00",
            "2026-06-01T02:30:00-09:30",
            "2026-W23-1T12:00:00,0000009+00:00:00.000000",
            "2026W231T12Z",
            "2026-06-01\u{e9}12:00:00Z",
        ] {
            assert_eq!(parse(text), Ok(noon), "{text}");
        }
    }

    #[test]
    fn weeks_and_offsets_are_read_in_every_form() {
        for (text, instant) in [
            ("2026-W23T12Z", "2026-06-01T12:00:00Z"),
            ("2026-W23-1T12Z", "2026-06-01T12:00:00Z"),
            ("2026-W23T1200Z", "2026-06-01T12:00:00Z"),
            ("2026W23T12Z", "2026-06-01T12:00:00Z"),
            ("2026-W23-7T12Z", "2026-06-07T12:00:00Z"),
            ("2026W237T12Z", "2026-06-07T12:00:00Z"),
            // What looks like a longer date is one with no mark before the time.
            ("2026W23100Z", "2026-06-01T00:00:00Z"),
            ("2026-W2310000Z", "2026-06-01T00:00:00Z"),
            ("20260601T120000Z", "2026-06-01T12:00:00Z"),
            ("2026-06-01T12:00:00+23:59", "2026-05-31T12:01:00Z"),
            ("2026-06-01T12:00:00+00:00:59", "2026-06-01T11:59:01Z"),
            ("2026-06-01T12:00:00+01:02:03", "2026-06-01T10:57:57Z"),
            ("2026-06-01T12:00:00-01:02:03", "2026-06-01T13:02:03Z"),
        ] {
            let instant: Timestamp = instant.parse().expect("an instant");
            assert_eq!(parse(text), Ok(instant), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_time_says_why() {
        let problem = |text| parse(text).expect_err(text).problem;
        for text in [
            "2026-06-01T12:00:00",
            "2026-06-01",
            "20260601",
            "2026-W23-1",
            "2026W231",
            "2026W23",
        ] {
            assert_eq!(problem(text), StampProblem::NoOffset, "{text}");
        }
        for text in [
            "",
            "bad",
            "2026-13-01T00:00:00Z",
            "2026-06-01T24:00:00Z",
            "2026-06-01T12:00:60Z",
            "2026-06-01T12:00:00Zx",
            "2026-06-01T12:00:00+24:00",
            "2026-06-01T12:00:00.+00:00",
            "2026-06-01T12:00:00.1aZ",
            "202606",
            "20260-06-01T12Z",
            "0000W011T12Z",
            "2026-W2311T12Z",
            "2026-W2312Z",
            "2026-06-01T12.5Z",
            "2026-06-01T1:00Z",
            "0000-01-01T00:00:00Z",
            "2026-06-01T12:00:00 +00:00",
            "\u{661}026-06-01T12:00:00Z",
        ] {
            assert_eq!(problem(text), StampProblem::Malformed, "{text}");
        }
    }
}
