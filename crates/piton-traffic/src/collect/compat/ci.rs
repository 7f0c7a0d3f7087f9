//! Clones that the repository's own workflows made.

use crate::collect::answers::{Answers, StepSeen};
use crate::collect::day::Day;
use crate::ordered::Object;
use crate::state::{day_of, rows_mut};

pub(super) fn count(state: &mut Object, answers: &Answers, today: Day) {
    let (mut total, mut runs) = (0, 0);
    let mut by_workflow = Object::new();
    let seen = answers.runs.get(&today);
    for run in seen.map(|seen| seen.runs.as_slice()).unwrap_or_default() {
        let jobs = run
            .jobs
            .iter()
            .filter(|job| job.steps.iter().any(StepSeen::is_checkout));
        let checkouts = i64::try_from(jobs.count()).unwrap_or(i64::MAX);
        total += checkouts;
        runs += i64::from(checkouts > 0);
        let entry = by_workflow.object_mut(&run.name);
        entry.set("runs", entry.or_zero("runs") + 1);
        let mut per_run = entry.list("checkoutsPerRun").to_vec();
        per_run.push(checkouts.into());
        entry.set("checkoutsPerRun", per_run);
    }
    let key = today.to_string();
    let map = state.object_mut("ciCheckouts");
    let before = map.object(&key).map_or(0, |entry| entry.or_zero("total"));
    let mut entry = Object::new();
    entry.set("total", total);
    entry.set("runs", runs);
    entry.set("byWorkflow", by_workflow);
    map.set(&key, entry);
    map.keep_newest(31);
    let map = map.clone();
    state.set(
        "totalCiCheckouts",
        state.or_zero("totalCiCheckouts") + total - before,
    );

    for row in rows_mut(state) {
        let clones = row.or_zero("clones");
        let entry = day_of(row).and_then(|day| map.object(&day.to_string()));
        if let Some(entry) = entry {
            let total = entry.or_zero("total");
            row.set("ciCheckouts", total);
            row.set("ciRuns", entry.or_zero("runs"));
            row.set("organicClones", (clones - total).max(0));
        } else if row.get("ciCheckouts").is_none() {
            row.set("ciCheckouts", 0);
            row.set("ciRuns", 0);
            row.set("organicClones", clones);
        }
    }
}
