//! Times as people read them.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The user's zone. Where none is set up, each look for it would cost as much
/// as reading a manifest.
static ZONE: LazyLock<TimeZone> = LazyLock::new(TimeZone::system);

/// Returns a moment in the user's zone, to the minute.
pub(crate) fn local_time(at: Timestamp) -> String {
    at.to_zoned(ZONE.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Returns a moment in the user's zone as programs read it: RFC 3339, to the
/// millisecond and with the offset, the form that manifests have.
pub(crate) fn local_stamp(at: Timestamp) -> String {
    at.to_zoned(ZONE.clone())
        .strftime("%Y-%m-%dT%H:%M:%S.%3f%:z")
        .to_string()
}

/// Returns how long ago something was, in one word and a half.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let passed = now.duration_since(at);
    let (count, unit) = match passed.as_secs() {
        seconds if seconds < 60 => return "just now".to_owned(),
        seconds if seconds < 60 * 60 => (seconds / 60, "min"),
        seconds if seconds < 48 * 60 * 60 => (passed.as_hours(), "h"),
        // Nobody counts in hundreds of days.
        seconds if seconds > 60 * 24 * 60 * 60 => return local_time(at),
        seconds => (seconds / (24 * 60 * 60), "days"),
    };
    format!("{count} {unit} ago")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn spans_are_told_in_the_unit_that_people_would_use() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let at = |seconds| ago(now - SignedDuration::from_secs(seconds), now);
        assert_eq!(at(5), "just now");
        assert_eq!(at(125), "2 min ago");
        assert_eq!(at(5 * 3600), "5 h ago");
        assert_eq!(at(4 * 86_400), "4 days ago");
        assert!(at(100 * 86_400).starts_with("2026-08-1"));
    }
}
