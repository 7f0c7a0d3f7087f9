//! Whether every finished month has its file, and the file its days.

use super::finding::{Code, Findings, Group};
use super::seen::Survey;
use crate::collect::Day;
use crate::ordered::Object;
use crate::state::{day_of, rows_of};

const REBUILD: &str = "`piton traffic backfill --source archives` writes what is known";

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    let Some(archive) = seen.archive.found() else {
        return;
    };
    let Some(since) = seen
        .state()
        .and_then(|state| state.text("trackingSince").and_then(Day::of))
    else {
        out.skip(Group::Archive, "months", "nothing was collected yet");
        return;
    };
    let today = seen.now.day();
    let missing: Vec<String> = months(since, today)
        .into_iter()
        .filter(|month| archive.object(&format!("archive-{month}.json")).is_none())
        .collect();
    // On the first day of a month the collector may still have to run.
    let due: Vec<&String> = missing
        .iter()
        .filter(|month| today.of_month() > 1 || **month != today.last_of_month_before().month())
        .collect();
    if due.is_empty() {
        out.ok(
            Group::Archive,
            "months",
            "every finished month has its file",
        );
    } else {
        let names: Vec<&str> = due.iter().map(|month| month.as_str()).collect();
        let reason = format!("there is no file of {}", names.join(", "));
        out.warn(Group::Archive, "months", reason)
            .code(Code::ArchiveGap)
            .remedy(REBUILD);
    }
    for month in months(since, today) {
        let Some(file) = archive.object(&format!("archive-{month}.json")) else {
            continue;
        };
        let lacks = lacking(file, &month, since);
        if lacks == 0 {
            out.ok(Group::Archive, &month, "it has every day");
        } else {
            let reason = format!("{lacks} of its days are missing");
            out.warn(Group::Archive, &month, reason)
                .code(Code::ArchiveGap)
                .remedy(REBUILD);
        }
    }
}

/// Returns the finished months from a day on, as `YYYY-MM`.
pub fn months(since: Day, today: Day) -> Vec<String> {
    let mut months = Vec::new();
    let mut last = today.last_of_month_before();
    while last >= since {
        months.push(last.month());
        last = last.last_of_month_before();
    }
    months.reverse();
    months
}

fn lacking(file: &Object, month: &str, since: Day) -> usize {
    let rows: Vec<Day> = rows_of(file).filter_map(day_of).collect();
    let Some(mut day) = Day::of(&format!("{month}-01")) else {
        return 0;
    };
    let mut lacks = 0;
    while day.month() == month {
        if day >= since && !rows.contains(&day) {
            lacks += 1;
        }
        day = day.plus(1);
    }
    lacks
}
