//! Run records: written as things happen, readable whatever happened.

use std::sync::Mutex;

use jiff::Zoned;
use piton_base::Clock;
use piton_durable::{Holder, RealDisk};
use piton_loop::runs::{
    self, CallOutcome, CallVerdict, Event, FinalStatus, RunRecord, RunState, RunSummary,
};

#[derive(Debug)]
struct StoppedClock(Mutex<Zoned>);

impl StoppedClock {
    fn new() -> Self {
        Self(Mutex::new(
            "2026-05-13T23:15:50.013007+00:00[UTC]".parse().unwrap(),
        ))
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> jiff::Timestamp {
        self.0.lock().unwrap().timestamp()
    }
}

fn holder() -> Holder {
    Holder {
        pid: 1,
        host: "here".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    }
}

fn begin<'d>(clock: &'d StoppedClock, runs: &std::path::Path) -> RunRecord<'d> {
    let summary = RunSummary::new("migration step add-api", "/r");
    RunRecord::begin(
        &RealDisk,
        clock,
        runs,
        &holder(),
        &piton_base::Untold,
        summary,
    )
    .unwrap()
}

fn verdict() -> CallVerdict {
    CallVerdict {
        schema_version: 1,
        role: "planning.expand".into(),
        effort_asked: Some("high".into()),
        effort_given: Some("low".into()),
        outcome: CallOutcome::Accepted,
        summary: "three phases".into(),
    }
}

#[test]
fn a_run_is_read_back_as_it_was_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let call = record.call("planning.expand").unwrap();
    record.verdict(&call.files, &verdict()).unwrap();
    record.event(Event::Interrupted).unwrap();
    let id = record.id().clone();
    record.finish(FinalStatus::Completed, None, None).unwrap();
    drop(record);

    let run = runs::show(&RealDisk, dir.path(), &id).unwrap();
    assert_eq!(run.run.state, RunState::Over);
    let summary = run.run.summary.unwrap();
    assert_eq!(summary.final_status, FinalStatus::Completed);
    assert_eq!(summary.counts.calls, 1);
    assert_eq!(run.calls[0].verdict, Some(verdict()));
    let names: Vec<_> = run
        .events
        .iter()
        .map(|e| e["event"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["artifacts_ready", "interrupted", "run_finished"]);
    assert!(run.calls[0].dir.ends_with("calls/1-planning.expand"));
}

#[test]
fn a_validation_has_its_place_among_the_calls_and_is_not_counted_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    assert_eq!(record.place("validation").unwrap().number, 1);
    assert_eq!(record.call("phase.execute").unwrap().number, 2);
    assert_eq!(record.place("phase.validation").unwrap().number, 3);
    assert_eq!(record.summary().counts.calls, 1);
}

#[test]
fn two_runs_of_one_microsecond_have_two_records() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let (one, two) = (begin(&clock, dir.path()), begin(&clock, dir.path()));
    assert_ne!(one.id(), two.id());
}

#[test]
fn a_run_that_nobody_finished_is_over_once_its_process_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let listed = runs::list(&RealDisk, dir.path()).unwrap();
    assert_eq!(listed[0].state, RunState::Live);
    drop(record);
    let listed = runs::list(&RealDisk, dir.path()).unwrap();
    assert_eq!(listed[0].state, RunState::Over);
    assert_eq!(
        listed[0].summary.as_ref().unwrap().final_status,
        FinalStatus::Running
    );
}

#[test]
fn a_live_run_is_never_removed() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let id = record.id().clone();
    let refused = runs::remove(&RealDisk, dir.path(), &id, &holder());
    assert!(refused.is_err());
    drop(record);
    runs::remove(&RealDisk, dir.path(), &id, &holder()).unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_torn_record_is_still_listed() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let (id, path) = (record.id().clone(), record.dir().summary());
    drop(record);
    std::fs::write(path, "{\"run_").unwrap();
    std::fs::write(dir.path().join("notes.txt"), "not a run").unwrap();
    let listed = runs::list(&RealDisk, dir.path()).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id, id);
    assert_eq!(listed[0].summary, None);
}
