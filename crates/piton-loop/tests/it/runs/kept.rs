//! What a record keeps of whatever is told to it, and what of it lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use piton_durable::RealDisk;
use piton_loop::planning::site::Site;
use piton_loop::runs::{self, Event, FinalStatus, RunBook, RunRecord, RunSummary};
use piton_plan::{Event as PlanEvent, Outcome, Progress as _, Receipt};
use piton_testkit::{TapDisk, input_output};
use serde_json::{Value, json};

use super::{StoppedClock, begin, holder, outset};
use crate::hand_clock::HandClock;

fn events(record: &RunRecord<'_>) -> Vec<Value> {
    let text = std::fs::read_to_string(record.dir().events()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The names of events, each with the job that it is of.
fn names(events: &[Value]) -> Vec<(String, Value)> {
    let name = |event: &Value| event["event"].as_str().unwrap().to_owned();
    events
        .iter()
        .map(|event| (name(event), event["job"].clone()))
        .collect()
}

#[test]
fn what_is_noted_is_a_line_of_the_record() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    record.note("the slot is new");
    let told = events(&record);
    assert_eq!(told[1]["event"], "noted");
    assert_eq!(told[1]["text"], "the slot is new");
}

#[test]
fn of_two_runs_of_one_microsecond_the_later_takes_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let runs: Vec<_> = (0..3).map(|_| begin(&clock, dir.path())).collect();
    let ids: Vec<String> = runs.iter().map(|run| run.id().to_string()).collect();
    assert_eq!(
        ids,
        [
            "20260513T231550-013007",
            "20260513T231550-013008",
            "20260513T231550-013009"
        ]
    );
}

#[test]
fn the_end_of_a_run_says_how_long_it_lasted() {
    let dir = tempfile::tempdir().unwrap();
    let clock = HandClock::default();
    clock.go_on(Duration::from_secs(5));
    let summary = RunSummary::new("run", "/r");
    let untold = &piton_base::Untold;
    let record =
        RunRecord::begin(&RealDisk, &clock, dir.path(), &holder(), untold, summary).unwrap();
    clock.go_on(Duration::from_millis(1_234));
    record.finish(FinalStatus::Completed, None, None).unwrap();
    let told = events(&record);
    assert_eq!(told[1]["duration_ms"], 1_234);
}

#[test]
fn the_record_of_a_run_of_jobs_and_plans_says_whose_each_event_is() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let site = Site::new(dir.path(), "migrations", &dir.path().join("state")).unwrap();
    let book = RunBook::new(&RealDisk, &clock, &piton_base::Untold);
    let record = book.begun(&site, &holder(), &outset()).unwrap();
    let before = events(&record).len();
    book.report_of(Some(2), Event::Interrupted);
    book.report_of(None, Event::Interrupted);
    let receipt = Receipt {
        action: "file:create:a".parse().unwrap(),
        outcome: Outcome::AlreadySo,
        message: String::new(),
        outputs: piton_plan::OutputMap::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
        duration_ms: 12,
    };
    book.event(PlanEvent::Started {
        action: &receipt.action,
    });
    book.event(PlanEvent::Settled { receipt: &receipt });
    let told = events(&record).split_off(before);
    let named = |name: &str, job: Value| (name.to_owned(), job);
    assert_eq!(
        names(&told),
        [
            named("interrupted", json!(2)),
            named("interrupted", Value::Null),
            named("plan_action_started", Value::Null),
            named("plan_action_settled", Value::Null),
        ]
    );
    assert_eq!(told[2]["plan_action"], "file:create:a");
    assert_eq!(told[3]["receipt"]["duration_ms"], 12);
}

#[test]
fn an_event_that_could_not_be_written_down_is_told_when_the_record_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let site = Site::new(dir.path(), "migrations", &dir.path().join("state")).unwrap();
    let full = Arc::new(AtomicBool::new(false));
    let is_full = Arc::clone(&full);
    let disk = TapDisk::new(RealDisk, move |_| {
        if is_full.load(Ordering::SeqCst) {
            return Err(input_output());
        }
        Ok(())
    });
    for fails in [false, true] {
        let book = RunBook::new(&disk, &clock, &piton_base::Untold);
        drop(book.begun(&site, &holder(), &outset()).unwrap());
        full.store(fails, Ordering::SeqCst);
        book.report_of(None, Event::Interrupted);
        full.store(false, Ordering::SeqCst);
        let closed = book.close();
        assert_eq!(closed.is_err(), fails, "{closed:?}");
    }
}

#[test]
fn every_run_that_can_be_read_is_added_up() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let records: Vec<_> = (0..3).map(|_| begin(&clock, dir.path())).collect();
    std::fs::write(records[1].dir().summary(), "torn").unwrap();
    let told = runs::summaries(&RealDisk, dir.path()).unwrap();
    assert_eq!(told, [records[0].summary(), records[2].summary()]);
}

#[test]
fn a_run_of_before_costs_were_kept_by_day_cost_all_on_its_first_day() {
    let summary = RunSummary {
        started_at: "2026-05-13T23:15:50.013+02:00".to_owned(),
        cost_usd: Some(1.5),
        ..RunSummary::new("run", "/r")
    };
    let on_its_days = |summary: &RunSummary| {
        let cost = |day: &str| Some(summary.cost_on(day.parse().unwrap()));
        ["2026-05-13", "2026-05-14"].map(cost)
    };
    assert_eq!(on_its_days(&summary), [Some(1.5), Some(0.0)]);
    let by_day = RunSummary {
        cost_by_day: [("2026-05-14".to_owned(), 0.5)].into(),
        ..summary
    };
    assert_eq!(on_its_days(&by_day), [Some(0.0), Some(0.5)]);
}
