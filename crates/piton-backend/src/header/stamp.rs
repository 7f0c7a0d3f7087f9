//! Times as headers hold them: with a zone, or of an unknown one.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A time of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Known(Timestamp),
    /// Without a zone: the local time of a machine that nobody knows.
    Floating(DateTime),
}

impl Stamp {
    /// Reads a time in any of the shapes that real headers hold.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(known) = text.parse::<Timestamp>() {
            return Some(Self::Known(known));
        }
        text.parse::<DateTime>().ok().map(Self::Floating)
    }

    /// Writes a time as new headers hold it.
    pub fn write(time: Timestamp) -> String {
        let text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        match time.subsec_nanosecond() / 1000 {
            0 => format!("{text}+00:00"),
            micros => format!("{text}.{micros:06}+00:00"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn all_shapes_of_real_headers_are_read() {
        for text in [
            "2026-02-15T09:38:59.120034+00:00",
            "2026-02-15T09:38:59+00:00",
            "2026-02-15T09:38:59Z",
        ] {
            assert!(
                matches!(Stamp::parse(text), Some(Stamp::Known(_))),
                "{text}"
            );
        }
        assert!(matches!(
            Stamp::parse("2026-02-15T09:38:59.12"),
            Some(Stamp::Floating(_))
        ));
        assert_eq!(Stamp::parse("soon"), None);
    }

    #[test]
    fn microseconds_are_left_out_when_they_are_zero() {
        let time = "2026-02-15T10:02:11.301122Z".parse().unwrap();
        assert_eq!(Stamp::write(time), "2026-02-15T10:02:11.301122+00:00");
        let time = "2026-02-15T10:02:11Z".parse().unwrap();
        assert_eq!(Stamp::write(time), "2026-02-15T10:02:11+00:00");
    }
}
