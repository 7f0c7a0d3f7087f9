//! One run of the original.

use super::{ci, counts, rows, state, totals};
use crate::collect::answers::Answers;
use crate::collect::badges;
use crate::collect::day::Moment;
use crate::collect::outcome::{Given, Outcome, StateRead, Target, Write};
use crate::ordered::Json;

/// Computes one run.
pub fn collect(given: &Given, answers: &Answers) -> Outcome {
    if given.pushed && given.gist.is_some() && fresh(given) {
        return Outcome::skipped("the state is fresh");
    }
    let releases = match &answers.releases {
        Ok(releases) => releases,
        Err(why) => return Outcome::refused(why.clone()),
    };
    let downloads = releases
        .iter()
        .flat_map(|release| &release.assets)
        .map(|asset| asset.downloads)
        .sum();
    let mut state = match (&given.gist, &given.state) {
        (Some(_), StateRead::Read(state)) => state.clone(),
        (None, _)
        | (Some(_), StateRead::Missing { .. } | StateRead::Damaged(_) | StateRead::Failed(_)) => {
            state::empty()
        }
    };
    state::migrate(&mut state);
    let today = given.now.day();
    counts::clones(&mut state, answers);
    state.set("totalDownloads", downloads);
    counts::views(&mut state, answers);
    counts::surroundings(&mut state, answers, given.now);
    rows::update(&mut state, answers, given.now, downloads);
    ci::count(&mut state, answers, today);
    totals::organic_uniques(&mut state);
    totals::organic(&mut state, today);
    totals::repair(&mut state);
    let lately = totals::lately(&state, answers, today);
    let mut writes = Vec::new();
    if let Some(archive) = &given.archive_gist
        && today.of_month() == 1
        && !state.list("dailyHistory").is_empty()
    {
        writes.push(Write {
            target: Target::Gist(archive.clone()),
            files: vec![totals::archive(&state, given)],
        });
    }
    let mut files = badges::files(badges::Shown::of(&state), lately);
    files.push(("state.json".to_owned(), state.into()));
    let target = match &given.gist {
        Some(gist) => Target::Gist(gist.clone()),
        None => Target::NewGist {
            description: format!("{} traffic badges", given.repository),
        },
    };
    writes.push(Write { target, files });
    Outcome {
        writes,
        ..Outcome::default()
    }
}

/// Whether the last row of the list was captured within the hour.
fn fresh(given: &Given) -> bool {
    let StateRead::Read(state) = &given.state else {
        return false;
    };
    let last = state.list("dailyHistory").last().and_then(Json::object);
    let captured = last
        .and_then(|row| row.text("capturedAt"))
        .and_then(Moment::of);
    captured.is_some_and(|captured| {
        let passed = given.now.0.duration_since(captured.0);
        passed.as_millis() < i128::from(given.fresh_minutes) * 60_000
    })
}
