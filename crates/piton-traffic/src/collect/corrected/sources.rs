//! The repository's own numbers, where visitors came from, stars.

use super::book::Book;
use crate::collect::answers::{Answers, StarsSeen};
use crate::collect::compat_lists::{path_list, referrer_list};
use crate::collect::day::Day;
use crate::ordered::{Json, Object};

pub(super) fn update(book: &mut Book, answers: &Answers) {
    if let Ok(repo) = &answers.repo {
        for (name, value) in [
            ("stars", repo.stars),
            ("forks", repo.forks),
            ("openIssues", repo.open_issues),
        ] {
            if let Some(value) = value {
                book.state.set(name, value);
            }
        }
        if book.state.text("repoCreatedAt").is_none_or(str::is_empty)
            && let Some(created) = &repo.created_at
        {
            book.state.set("repoCreatedAt", created.as_str());
        }
    }
    if book.first {
        book.state.set("trackingSince", book.now.to_string());
    }
    if let Ok(referrers) = &answers.referrers {
        book.state.set("referrers", referrer_list(referrers));
    }
    if let Ok(paths) = &answers.paths {
        book.state.set("popularPaths", path_list(paths));
    }
    monthly(book);
    if let Some(Ok(stars)) = &answers.stars {
        let history = star_history(book.ours.object("starHistory"), stars);
        book.ours.set("starHistory", history);
    }
}

/// The greatest number that each source had in this month, for its archive.
fn monthly(book: &mut Book) {
    let month = book.today.month();
    for (list, key) in [("referrers", "source"), ("popularPaths", "path")] {
        let now = book.state.list(list).to_vec();
        let months = book.ours.object_mut("monthlySources");
        let kept = months.object_mut(&month).object_mut(list);
        for one in now.iter().filter_map(Json::object) {
            let Some(name) = one.text(key) else { continue };
            keep_greatest(kept.object_mut(name), one);
        }
        months.keep_newest(2);
    }
}

/// Keeps the greatest numbers of a source, and its newest title.
pub(super) fn keep_greatest(place: &mut Object, one: &Object) {
    if let Some(title) = one.text("title") {
        place.set("title", title);
    }
    for field in ["count", "uniques"] {
        place.set(field, place.or_zero(field).max(one.or_zero(field)));
    }
}

/// How many stars there were at the end of each day on which one came. What
/// was not asked for stays as it was known.
pub(super) fn star_history(known: Option<&Object>, seen: &StarsSeen) -> Object {
    let mut history = Object::new();
    let mut sum = 0;
    if let (Some(known), Some(since)) = (known, seen.since) {
        for (day, count) in known.iter() {
            if let (Some(at), Some(count)) = (Day::of(day), count.int())
                && at < since
            {
                sum = count.max(sum);
                history.set(day, count);
            }
        }
    }
    for (day, gained) in seen.gained.iter().filter(|(_, gained)| **gained > 0) {
        sum += gained;
        history.set(&day.to_string(), sum);
    }
    history
}
