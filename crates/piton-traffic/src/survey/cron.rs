//! When a cron line comes round next, in UTC.

use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// Returns the next moment after `now`; `None` for a line that is not
/// understood.
pub fn next_run(line: &str, now: Timestamp) -> Option<Timestamp> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return None;
    };
    let minutes = numbers(minute, 0, 59)?;
    let hours = numbers(hour, 0, 23)?;
    let days = numbers(day, 1, 31)?;
    let months = numbers(month, 1, 12)?;
    let weekdays: Vec<i8> = numbers(weekday, 0, 7)?.iter().map(|day| day % 7).collect();
    let mut at = now.to_zoned(TimeZone::UTC);
    at = at.with().second(0).subsec_nanosecond(0).build().ok()?;
    // A year of hours is enough for every line that ever comes round.
    for _ in 0..366 * 24 {
        let fits_day = days.contains(&at.day())
            && months.contains(&at.month())
            && weekdays.contains(&at.weekday().to_sunday_zero_offset());
        if fits_day && hours.contains(&at.hour()) {
            for minute in &minutes {
                let moment = at.with().minute(*minute).build().ok()?.timestamp();
                if moment > now {
                    return Some(moment);
                }
            }
        }
        at = at.checked_add(1.hour()).ok()?;
    }
    None
}

fn numbers(field: &str, first: i8, last: i8) -> Option<Vec<i8>> {
    let mut all = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<i8>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = if range == "*" {
            (first, last)
        } else if let Some((from, to)) = range.split_once('-') {
            (from.parse().ok()?, to.parse().ok()?)
        } else {
            let one = range.parse().ok()?;
            (one, if step > 1 { last } else { one })
        };
        if from < first || to > last || from > to {
            return None;
        }
        all.extend((from..=to).step_by(usize::try_from(step).ok()?));
    }
    all.sort_unstable();
    Some(all)
}

/// Returns the first cron line of a workflow.
pub fn schedule_in(workflow: &str) -> Option<String> {
    let line = workflow
        .lines()
        .map(str::trim)
        .find_map(|line| line.strip_prefix("- cron:"))?;
    let line = line.split(" #").next().unwrap_or(line);
    Some(line.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_round_when_it_says() {
        let now: Timestamp = "2026-03-10T03:30:30Z".parse().unwrap();
        for (line, next) in [
            ("0 3 * * *", "2026-03-11T03:00:00Z"),
            ("31 3,15 * * *", "2026-03-10T03:31:00Z"),
            ("*/20 * * * *", "2026-03-10T03:40:00Z"),
            ("5 0 1 1 *", "2027-01-01T00:05:00Z"),
            ("0 0 * * 0", "2026-03-15T00:00:00Z"),
        ] {
            assert_eq!(next_run(line, now).unwrap().to_string(), next, "{line}");
        }
        for line in ["soon", "61 * * * *", "* * * *", "0 0 31 2 *"] {
            assert_eq!(next_run(line, now), None, "{line}");
        }
        assert_eq!(
            schedule_in("on:\n  schedule:\n    - cron: '0 3 * * *'  # nightly\n").as_deref(),
            Some("0 3 * * *")
        );
    }
}
