//! How long something took and what it cost, as people read it.

use std::time::Duration;

use piton_agent::Usage;

/// Returns how long something took, in the units that people would use.
pub(crate) fn lasted(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) if seconds < 10 => format!("{seconds}.{} s", time.subsec_millis() / 100),
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Returns a time that runs, as a clock shows it.
pub(crate) fn ticking(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match minutes / 60 {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{:02}:{seconds:02}", minutes % 60),
    }
}

/// Returns a number of tokens with its thousands apart.
pub(crate) fn tokens(count: u64) -> String {
    let digits = count.to_string();
    let mut apart = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    format!("{apart} tokens")
}

pub(crate) fn dollars(cost: f64) -> String {
    format!("${cost:.2}")
}

/// Returns what there is to say of tokens and money; what no agent told is
/// left out.
pub(crate) fn consumed(usage: Option<Usage>, cost_usd: Option<f64>) -> Vec<String> {
    let usage = usage.map(|usage| tokens(usage.total()));
    usage.into_iter().chain(cost_usd.map(dollars)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_told_as_people_would() {
        let time = Duration::from_millis;
        assert_eq!(lasted(time(1_250)), "1.2 s");
        assert_eq!(lasted(time(42_000)), "42 s");
        assert_eq!(lasted(time(123_000)), "2 min 3 s");
        assert_eq!(lasted(time(4_320_000)), "1 h 12 min");
        assert_eq!(ticking(time(123_000)), "2:03");
        assert_eq!(ticking(time(3_723_000)), "1:02:03");
        assert_eq!(tokens(7), "7 tokens");
        assert_eq!(tokens(1_234_567), "1,234,567 tokens");
        assert_eq!(consumed(None, Some(0.125)), ["$0.12"]);
        assert_eq!(consumed(None, None), [] as [&str; 0]);
    }
}
