//! Run records: written as things happen, readable whatever happened.

mod kept;

use std::sync::Mutex;

use jiff::Zoned;
use piton_agent::Usage;
use piton_agent::sealing::SealTerms;
use piton_base::{Clock, Report as _};
use piton_durable::{Holder, RealDisk, TreeDigest};
use piton_loop::effort::EffortBudget;
use piton_loop::planning::site::Site;
use piton_loop::runs::{
    self, CallEnd, CallOutcome, CallScope, CallStatus, CallVerdict, Event, FinalStatus, Outset,
    Overview, RunBook, RunRecord, RunState, RunSummary,
};
use piton_migration::operation::MigrationEvent;

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

#[test]
fn for_retention_a_run_has_all_its_bytes_and_the_age_of_what_changed_last() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let call = record.call("planning.expand").unwrap();
    let file = call.files.directory.join("agent.stdout.log");
    std::fs::write(&file, "0123456789").unwrap();
    let all = || -> u64 {
        let mut waiting = vec![record.dir().events().parent().unwrap().to_owned()];
        let mut bytes = 0;
        while let Some(dir) = waiting.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let entry = entry.unwrap();
                bytes += entry.metadata().unwrap().len();
                if entry.file_type().unwrap().is_dir() {
                    waiting.push(entry.path());
                }
            }
        }
        bytes
    };
    let unit = |at: &str| {
        let clock = StoppedClock(Mutex::new(format!("{at}[UTC]").parse().unwrap()));
        runs::units(&RealDisk, &clock, dir.path())
            .unwrap()
            .remove(0)
    };
    let written: jiff::Timestamp = file
        .metadata()
        .unwrap()
        .modified()
        .unwrap()
        .try_into()
        .unwrap();
    let later = |hours: i64| {
        let at = written.checked_add(jiff::SignedDuration::from_hours(hours));
        unit(
            &at.unwrap()
                .to_zoned(jiff::tz::TimeZone::UTC)
                .strftime("%FT%T%:z")
                .to_string(),
        )
    };
    assert_eq!(later(23).bytes, all());
    assert_eq!((later(23).age_days, later(49).age_days), (0, 2));
    assert_eq!(later(-1000).age_days, 0, "a clock that went back");
    assert_eq!(later(0).state, RunState::Live);
}

fn call_end(call: u32, tokens: u64, cost_usd: Option<f64>) -> CallEnd {
    CallEnd {
        scope: CallScope {
            attempt: 1,
            retry: 1,
            target: "add-api".to_owned(),
            call_role: "planning.expand".to_owned(),
            phase_reached: "expand".to_owned(),
            effort: EffortBudget::new(None, None).unwrap().for_call(),
        },
        call,
        call_status: CallStatus::Finished,
        returncode: Some(0),
        summary: "three phases".to_owned(),
        answer: None,
        usage: Some(Usage {
            output_tokens: tokens,
            ..Usage::default()
        }),
        cost_usd,
        duration_ms: None,
    }
}

#[test]
fn the_overview_of_a_run_is_what_its_record_tells_whatever_else_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let record = begin(&clock, dir.path());
    let validated = |commit: &str, flaky| Event::ValidationFinished {
        call: 1,
        commit: commit.to_owned(),
        verdict: format!("{commit} is green"),
        good: true,
        flaky,
        duration_ms: None,
    };
    for event in [
        Event::CallFinished(call_end(1, 100, Some(0.25))),
        Event::CallFinished(call_end(2, 20, Some(0.5))),
        validated("one", false),
        validated("two", true),
        Event::Published {
            target: "add-api".to_owned(),
            step: "planning.expand".to_owned(),
            next: "review".to_owned(),
            digest: "0".to_owned(),
        },
        Event::Interrupted,
    ] {
        record.event(event).unwrap();
    }
    let (id, events) = (record.id().clone(), record.dir().events());
    let end = (FinalStatus::Interrupted, Some("as you wished".to_owned()));
    record.finish(end.0, end.1.clone(), None).unwrap();
    let mut text = std::fs::read_to_string(&events).unwrap();
    text.insert_str(0, "{\"event\":\"something newer\"}\n");
    std::fs::write(&events, text).unwrap();
    let overview = Overview::read(&RealDisk, &events).unwrap();
    assert_eq!(overview.run, Some(id));
    assert_eq!(overview.calls, 2);
    let consumed = overview.consumed;
    assert_eq!(consumed.usage.unwrap().output_tokens, 120);
    assert_eq!(consumed.cost_usd, Some(0.75));
    let flaky = ("two".to_owned(), "two is green".to_owned());
    assert_eq!(overview.flaky, [flaky]);
    let step = ["add-api", "planning.expand", "review"].map(str::to_owned);
    assert_eq!(overview.steps, [step.into()]);
    let told = overview.end.unwrap();
    assert_eq!((told.status, told.summary), end);
}

fn published(slug: &str, commit: Option<&str>) -> MigrationEvent {
    MigrationEvent::Published {
        slug: slug.parse().unwrap(),
        operation: "planning.expand".to_owned(),
        destination: format!("migrations/{slug}"),
        subject: "piton: planning".to_owned(),
        on: None,
        next: None,
        digest: TreeDigest::missing(),
        commit: commit.map(str::to_owned),
        unclean: None,
    }
}

/// With what a run of a plan sets out.
fn outset() -> Outset {
    let effort = EffortBudget::new(None, None).unwrap();
    Outset {
        command: "apply".to_owned(),
        agent: "script".to_owned(),
        model: None,
        default_effort: effort.default_tier(),
        max_allowed_effort: effort.max(),
        validation: None,
        jobs: 1,
        sealed: (&SealTerms::off()).into(),
    }
}

#[test]
fn what_happens_to_migrations_is_part_of_the_record_of_the_run_that_was_begun() {
    let dir = tempfile::tempdir().unwrap();
    let clock = StoppedClock::new();
    let site = Site::new(dir.path(), "migrations", &dir.path().join("state")).unwrap();
    let book = RunBook::new(&RealDisk, &clock, &piton_base::Untold);
    book.report(published("early", Some("c0ffee")));
    assert_eq!(book.id(), None);
    let outset = outset();
    let record = book.begun(&site, &holder(), &outset).unwrap();
    assert_eq!(book.id().as_ref(), Some(record.id()));
    let again = book.begun(&site, &holder(), &outset).unwrap();
    assert_eq!(again.id(), record.id());
    book.report(published("add-api", Some("c0ffee")));
    book.report(published("add-cli", None));
    let (slug, story) = ("add-web".parse().unwrap(), "it is not clean".to_owned());
    book.report(MigrationEvent::Refused {
        slug,
        operation: "planning.expand".to_owned(),
        story: story.clone(),
    });
    book.report(MigrationEvent::Committed {
        path: "migrations".to_owned(),
        subject: "a move".to_owned(),
        commit: "c0ffee".to_owned(),
    });
    drop((record, again));
    book.failed(FinalStatus::Failed, "a later failure");
    book.close().unwrap();
    let summary = runs::list(&RealDisk, &site.runs())
        .unwrap()
        .remove(0)
        .summary
        .unwrap();
    assert_eq!(summary.counts.commits_created, 2);
    assert_eq!(summary.counts.attempts_started, 3);
    assert_eq!(summary.final_status, FinalStatus::MigrationFailed);
    assert_eq!(summary.error_message.as_deref(), Some(&*story));
    let told: Vec<_> = (summary.attempts.iter())
        .map(|one| {
            let decision = one.decision.as_deref().unwrap();
            (
                one.attempt,
                &*one.target,
                decision,
                one.commit_sha.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "add-api", "commit", Some("c0ffee")),
            (2, "add-cli", "commit", None),
            (3, "add-web", "abandon", None),
        ]
    );
    assert_eq!(summary.attempts[2].failure_summary, Some(story));
}
