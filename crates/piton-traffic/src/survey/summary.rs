//! The numbers of a set-up, for those who only want to look.

use jiff::Timestamp;
use piton_github::endpoints::runs::Standing;
use serde::Serialize;

use super::archive_checks::months;
use super::cron::{next_run, schedule_in};
use super::seen::Survey;
use crate::collect::{Day, lately_sums};
use crate::ordered::Object;
use crate::state::{day_of, rows_of};

/// What a set-up comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub captured_at: Option<Timestamp>,
    pub age_hours: Option<i64>,
    pub next_run: Option<Timestamp>,
    pub last_run: Option<String>,
    pub downloads: i64,
    pub clones: i64,
    pub unique_clones: i64,
    pub ci_checkouts: i64,
    pub organic_clones: i64,
    pub organic_unique_clones: i64,
    pub views: i64,
    pub unique_views: i64,
    /// What the four badges say now.
    pub badges: Vec<(String, String)>,
    pub last_day: i64,
    pub last_week: i64,
    pub last_month: i64,
    pub rows: usize,
    pub first_row: Option<String>,
    pub last_row: Option<String>,
    pub gaps: usize,
    pub schema: i64,
    pub workflow_version: Option<String>,
    pub months_archived: usize,
    pub months_missing: Vec<String>,
}

impl Summary {
    /// Reckons it; `None` where the state cannot be read.
    pub fn of(seen: &Survey) -> Option<Self> {
        let state = seen.state()?;
        let captured = seen.captured();
        let days: Vec<Day> = rows_of(state).filter_map(day_of).collect();
        let (first, last) = (days.iter().min(), days.iter().max());
        let gaps = match (first, last) {
            (Some(first), Some(last)) => {
                let span = usize::try_from(last.since(*first) + 1).unwrap_or(0);
                let mut distinct = days.clone();
                distinct.sort_unstable();
                distinct.dedup();
                span.saturating_sub(distinct.len())
            }
            _ => 0,
        };
        let sums = lately_sums(state, seen.now);
        let archive = seen.archive.found();
        let has = |month: &String| {
            archive.is_some_and(|gist| gist.object(&format!("archive-{month}.json")).is_some())
        };
        let finished = match state.text("trackingSince").and_then(Day::of) {
            Some(since) => months(since, seen.now.day()),
            None => Vec::new(),
        };
        let schedule = seen.deployed.as_deref().and_then(schedule_in);
        let total = |name: &str| state.or_zero(name);
        Some(Self {
            captured_at: captured,
            age_hours: captured.map(|at| seen.now.0.duration_since(at).as_hours()),
            next_run: schedule.and_then(|line| next_run(&line, seen.now.0)),
            last_run: seen.runs.first().map(|run| match run.standing() {
                Standing::Unknown => String::new(),
                told @ (Standing::Ended(_) | Standing::Going(_)) => told.to_string(),
            }),
            downloads: total("totalDownloads"),
            clones: total("totalClones"),
            unique_clones: total("totalUniqueClones"),
            ci_checkouts: total("totalCiCheckouts"),
            organic_clones: total("totalOrganicClones"),
            organic_unique_clones: total("totalOrganicUniqueClones"),
            views: total("totalViews"),
            unique_views: total("totalUniqueViews"),
            badges: badges(seen),
            last_day: sums[0],
            last_week: sums[1],
            last_month: sums[2],
            rows: days.len(),
            first_row: first.map(Day::to_string),
            last_row: last.map(Day::to_string),
            gaps,
            schema: state.int("schemaVersion").unwrap_or(1),
            workflow_version: state.text("workflowVersion").map(str::to_owned),
            months_archived: finished.iter().filter(|month| has(month)).count(),
            months_missing: finished.into_iter().filter(|month| !has(month)).collect(),
        })
    }
}

fn badges(seen: &Survey) -> Vec<(String, String)> {
    let message = |name: &str| -> Option<String> {
        let file: &Object = seen.badge.found()?.object(&format!("{name}.json"))?;
        Some(file.text("message")?.to_owned())
    };
    ["installs", "downloads", "clones", "views"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), message(name)?)))
        .collect()
}
