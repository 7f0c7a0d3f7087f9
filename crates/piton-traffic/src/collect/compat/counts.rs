//! Clones, views, the repository's numbers, where visitors came from.

use crate::collect::answers::{Answers, DayCount, Popular, Referrer};
use crate::collect::day::Moment;
use crate::ordered::{Json, Object};

/// Where one kind of counts is in the state.
struct Kept {
    counts: &'static str,
    uniques: &'static str,
    dates: &'static str,
    total: &'static str,
    total_uniques: &'static str,
}

pub(super) fn clones(state: &mut Object, answers: &Answers) {
    count(
        state,
        answers.clones.as_deref().ok(),
        &Kept {
            counts: "lastSeenCloneCounts",
            uniques: "_lastSeenUniqueClones",
            dates: "lastSeenDates",
            total: "totalClones",
            total_uniques: "totalUniqueClones",
        },
    );
}

pub(super) fn views(state: &mut Object, answers: &Answers) {
    count(
        state,
        answers.views.as_deref().ok(),
        &Kept {
            counts: "lastSeenViewCounts",
            uniques: "_lastSeenUniqueViews",
            dates: "lastSeenViewDates",
            total: "totalViews",
            total_uniques: "totalUniqueViews",
        },
    );
}

fn count(state: &mut Object, answer: Option<&[DayCount]>, kept: &Kept) {
    let (mut more, mut more_uniques) = (0, 0);
    if let Some(days) = answer {
        for day in days {
            let key = day.day.to_string();
            let before = state.object(kept.counts).map_or(0, |map| map.or_zero(&key));
            let before_uniques = state
                .object(kept.uniques)
                .map_or(0, |map| map.or_zero(&key));
            let delta = (day.count - before).max(0);
            more += delta;
            if delta > 0 {
                more_uniques += (day.uniques - before_uniques).max(0);
            }
            state.object_mut(kept.counts).set(&key, day.count);
            state.object_mut(kept.uniques).set(&key, day.uniques);
        }
        for map in [kept.counts, kept.uniques] {
            state.object_mut(map).keep_newest(30);
        }
        let dates = days.iter().map(|day| Json::from(day.timestamp.as_str()));
        let dates: Vec<Json> = dates.skip(days.len().saturating_sub(30)).collect();
        state.set(kept.dates, dates);
    }
    state.set(kept.total, state.or_zero(kept.total) + more);
    state.set(
        kept.total_uniques,
        state.or_zero(kept.total_uniques) + more_uniques,
    );
}

pub(super) fn surroundings(state: &mut Object, answers: &Answers, now: Moment) {
    if let Ok(repo) = &answers.repo {
        for (name, value) in [
            ("stars", repo.stars),
            ("forks", repo.forks),
            ("openIssues", repo.open_issues),
        ] {
            match value {
                Some(value) => state.set(name, value),
                None => drop(state.remove(name)),
            }
        }
        if state.text("repoCreatedAt").is_none_or(str::is_empty)
            && let Some(created) = &repo.created_at
        {
            state.set("repoCreatedAt", created.as_str());
        }
        if state.text("trackingSince").is_none_or(str::is_empty) {
            state.set("trackingSince", now.to_string());
        }
    }
    if let Ok(referrers) = &answers.referrers {
        state.set("referrers", referrer_list(referrers));
    }
    if let Ok(paths) = &answers.paths {
        state.set("popularPaths", path_list(paths));
    }
}

pub(in crate::collect) fn referrer_list(referrers: &[Referrer]) -> Vec<Json> {
    let list = referrers.iter().map(|one| {
        let mut row = Object::new();
        row.set("source", one.source.as_str());
        row.set("count", one.count);
        row.set("uniques", one.uniques);
        row.into()
    });
    list.collect()
}

pub(in crate::collect) fn path_list(paths: &[Popular]) -> Vec<Json> {
    let list = paths.iter().map(|one| {
        let mut row = Object::new();
        row.set("path", one.path.as_str());
        row.set("title", mended(&one.title));
        row.set("count", one.count);
        row.set("uniques", one.uniques);
        row.into()
    });
    list.collect()
}

/// GitHub gives some titles with a middle dot that was read in a wrong way.
fn mended(title: &str) -> String {
    title
        .replace("\u{c3}\u{201a}\u{c2}\u{b7}", " \u{b7} ")
        .replace("\u{c2}\u{b7}", "\u{b7}")
}
