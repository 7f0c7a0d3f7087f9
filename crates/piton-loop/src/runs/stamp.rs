//! Times as records write them.

use jiff::Zoned;

/// Returns the time with milliseconds and a numeric offset, never `Z`.
pub fn stamp(now: &Zoned) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_is_written_as_an_offset() {
        let now: Zoned = "2026-05-13T23:15:50.0139+00:00[UTC]".parse().unwrap();
        assert_eq!(stamp(&now), "2026-05-13T23:15:50.013+00:00");
    }
}
