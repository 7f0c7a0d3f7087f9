//! Clones and views: what is added is what is above everything seen before.

use super::book::Book;
use super::row::sum;
use crate::collect::answers::{Answer, Answers, DayCount};
use crate::ordered::Json;

/// Where one kind of counts is.
struct Kept {
    count: &'static str,
    uniques: &'static str,
    seen: &'static str,
    seen_uniques: &'static str,
    dates: &'static str,
    total: &'static str,
    total_uniques: &'static str,
}

const CLONES: Kept = Kept {
    count: "clones",
    uniques: "uniqueClones",
    seen: "lastSeenCloneCounts",
    seen_uniques: "_lastSeenUniqueClones",
    dates: "lastSeenDates",
    total: "totalClones",
    total_uniques: "totalUniqueClones",
};

const VIEWS: Kept = Kept {
    count: "views",
    uniques: "uniqueViews",
    seen: "lastSeenViewCounts",
    seen_uniques: "_lastSeenUniqueViews",
    dates: "lastSeenViewDates",
    total: "totalViews",
    total_uniques: "totalUniqueViews",
};

pub(super) fn update(book: &mut Book, answers: &Answers) {
    for (answer, kept) in [(&answers.clones, CLONES), (&answers.views, VIEWS)] {
        if let Ok(days) = answer {
            count(book, days, &kept);
        }
    }
}

fn count(book: &mut Book, days: &[DayCount], kept: &Kept) {
    let captured = book.now.to_string();
    let (mut more, mut more_uniques) = (0, 0);
    for day in days {
        let key = day.day.to_string();
        let row = book.row(day.day);
        row.set("capturedAt", captured.as_str());
        let (row_count, row_uniques) = (row.or_zero(kept.count), row.or_zero(kept.uniques));
        row.set(kept.count, row_count.max(day.count));
        row.set(kept.uniques, row_uniques.max(day.uniques));
        for (map, in_row, seen, more) in [
            (kept.seen, row_count, day.count, &mut more),
            (
                kept.seen_uniques,
                row_uniques,
                day.uniques,
                &mut more_uniques,
            ),
        ] {
            let map = book.state.object_mut(map);
            let before = map.or_zero(&key);
            *more += (seen - before.max(in_row)).max(0);
            map.set(&key, before.max(in_row).max(seen));
        }
    }
    for map in [kept.seen, kept.seen_uniques] {
        book.state.object_mut(map).keep_newest(30);
    }
    let dates = days.iter().skip(days.len().saturating_sub(30));
    let dates: Vec<Json> = dates.map(|day| day.timestamp.as_str().into()).collect();
    book.state.set(kept.dates, dates);
    book.add(kept.total, more);
    book.add(kept.total_uniques, more_uniques);
}

/// Raises totals, never lowers them, to what the rows hold.
pub(super) fn raise(book: &mut Book) {
    for kept in [CLONES, VIEWS] {
        for (total, field) in [(kept.total, kept.count), (kept.total_uniques, kept.uniques)] {
            let of_rows = sum(book.rows.values(), field);
            if book.state.or_zero(total) < of_rows {
                book.state.set(total, of_rows);
            }
        }
    }
}

/// Fills in 0 where GitHub answered about a day by leaving it out.
pub(super) fn fill(row: &mut crate::ordered::Object, answers: &Answers) {
    let answered = |answer: &Answer<Vec<DayCount>>| answer.is_ok();
    for (answered, kept) in [
        (answered(&answers.clones), CLONES),
        (answered(&answers.views), VIEWS),
    ] {
        for field in [kept.count, kept.uniques] {
            if answered && row.get(field).is_none() {
                row.set(field, 0);
            }
        }
    }
}
