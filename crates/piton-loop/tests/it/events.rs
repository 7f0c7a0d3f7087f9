//! The stream of events: written and read back, by one worker or several.

mod told;

use std::sync::Mutex;

use piton_agent::Usage;
use piton_agent::watchdog::EndReason;
use piton_base::{Clock, Effort, Report, SystemClock};
use piton_durable::RealDisk;
use piton_loop::effort::EffortBudget;
use piton_loop::failures::FailureKind;
use piton_loop::runs::{
    ActionEnd, ActionKind, ActionOutcome, CallEnd, CallScope, CallStatus, Event, FinalStatus,
    Outset, Recorded, RunEnd, RunRecord, RunSummary,
};
use piton_plan::{Failure, Outcome, Receipt};
use proptest::prelude::*;

use crate::world::holder;

fn scope(target: &str) -> CallScope {
    CallScope {
        attempt: 3,
        retry: 2,
        target: target.to_owned(),
        call_role: "planning.expand".to_owned(),
        phase_reached: "expand".to_owned(),
        effort: EffortBudget::new(None, None)
            .unwrap()
            .for_role(Effort::High, "worth it"),
    }
}

fn receipt(outcome: Outcome) -> Receipt {
    Receipt {
        action: "agent:run:add-api/expand".parse().unwrap(),
        outcome,
        message: "run 20260101T000000-000000".to_owned(),
        outputs: piton_plan::OutputMap::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
        duration_ms: 12,
    }
}

/// One of each kind, with text from outside wherever there can be some.
fn all(text: &str, number: u32) -> Vec<Event> {
    let usage = Some(Usage {
        input_tokens: u64::from(number),
        output_tokens: 7,
        ..Usage::default()
    });
    let owned = || text.to_owned();
    vec![
        Event::ArtifactsReady { root: owned() },
        Event::EffortBudgetConfigured {
            default_effort: Effort::Low,
            max_allowed_effort: Effort::Xhigh,
        },
        Event::RunStarted(Outset {
            command: owned(),
            agent: owned(),
            model: Some(owned()),
            default_effort: Effort::Medium,
            max_allowed_effort: Effort::High,
            validation: None,
            jobs: 1,
            sealed: (&piton_agent::sealing::SealTerms::off()).into(),
        }),
        Event::RunFinished(RunEnd {
            status: FinalStatus::BudgetReached,
            summary: Some(owned()),
            calls: number,
            commits: 2,
            usage,
            cost_usd: Some(0.25),
            duration_ms: 9,
        }),
        Event::ActionStarted {
            action: number,
            kind: ActionKind::CleanUp,
            target: owned(),
            files: vec![owned()],
        },
        Event::ActionFinished(ActionEnd {
            action: number,
            kind: ActionKind::Land,
            target: owned(),
            outcome: ActionOutcome::PutOff,
            summary: owned(),
            commit_sha: None,
            work: Some(owned()),
            failure_kind: Some(FailureKind::PhaseReadyNo),
            usage: None,
            cost_usd: None,
            duration_ms: 0,
        }),
        Event::EffortResolved(scope(text)),
        Event::CallStarted {
            scope: scope(text),
            call: number,
            agent: owned(),
        },
        Event::CallLaunched {
            call: number,
            pid: Some(number),
            arguments: vec![owned(), owned()],
        },
        Event::CallProgress {
            call: number,
            usage,
            cost_usd: None,
            doing: Some(owned()),
        },
        Event::CallPrinted {
            call: number,
            text: owned(),
        },
        Event::CallRetrying {
            call: number,
            why: owned(),
        },
        Event::CallEnding {
            call: number,
            reason: EndReason::AfterResult,
        },
        Event::CallFinished(CallEnd {
            scope: scope(text),
            call: number,
            call_status: CallStatus::Failed,
            returncode: Some(-9),
            summary: owned(),
            answer: Some(owned()),
            usage,
            cost_usd: Some(1.5),
            duration_ms: Some(5),
        }),
        Event::ValidationStarted {
            call: number,
            commit: owned(),
            command: owned(),
        },
        Event::ValidationPrinted {
            call: number,
            text: owned(),
        },
        Event::ValidationFinished {
            call: number,
            commit: owned(),
            verdict: owned(),
            good: false,
            flaky: true,
            duration_ms: Some(1),
        },
        Event::PlanActionStarted {
            plan_action: "file:create:a".parse().unwrap(),
        },
        Event::PlanActionSettled {
            receipt: receipt(Outcome::Failed(Failure::new(
                piton_plan::FailureKind::Network,
                text,
            ))),
        },
        Event::PlanActionSettled {
            receipt: receipt(Outcome::AlreadySo),
        },
        Event::Published {
            target: owned(),
            step: owned(),
            next: owned(),
            digest: owned(),
        },
        Event::Committed {
            target: owned(),
            sha: owned(),
            subject: owned(),
        },
        Event::StepFailed {
            scope: scope(text),
            step: owned(),
            kind: FailureKind::PlanningStepFailed,
            summary: owned(),
            reason_doc_path: None,
        },
        Event::Recovered { notice: owned() },
        Event::Noted { text: owned() },
        Event::Warned { text: owned() },
        Event::Interrupted,
    ]
}

proptest! {
    #[test]
    fn every_event_reads_back_from_its_line_as_it_was(text in any::<String>(), number: u32) {
        for (index, event) in all(&text, number).into_iter().enumerate() {
            let told = Recorded {
                at: "2026-05-13T23:15:50.013+02:00[+02:00]".parse().unwrap(),
                run: (index % 2 == 0).then(|| "20260513T231550-013007".parse().unwrap()),
                job: (index % 3 == 0).then_some(number),
                event,
            };
            let line = serde_json::to_string(&told).unwrap();
            prop_assert!(!line.contains('\n'));
            let back: Recorded = serde_json::from_str(&line).map_err(|error| {
                TestCaseError::fail(format!("{error}: {line}"))
            })?;
            prop_assert_eq!(&back, &told);
            prop_assert_eq!(serde_json::to_string(&back).unwrap(), line);
        }
    }
}

#[test]
fn a_line_holds_its_time_level_and_message_for_readers_that_know_no_events() {
    let told = Recorded {
        at: "2026-05-13T23:15:50.013+02:00[+02:00]".parse().unwrap(),
        run: None,
        job: None,
        event: Event::CallFinished(CallEnd {
            scope: scope("add-api"),
            call: 1,
            call_status: CallStatus::Failed,
            returncode: None,
            summary: "it hung".into(),
            answer: None,
            usage: None,
            cost_usd: None,
            duration_ms: None,
        }),
    };
    let line = serde_json::to_value(&told).unwrap();
    assert_eq!(line["timestamp"], "2026-05-13T23:15:50.013+02:00");
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["event"], "call_finished");
    assert_eq!(line["message"], "planning.expand failed: it hung");
    assert_eq!(line["call_status"], "failed");
    assert_eq!(line["effective_effort"], "high");
}

/// Keeps what is told.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Recorded>>);

impl Report<Recorded> for Kept {
    fn report(&self, told: Recorded) {
        // Whoever follows a run may look at it meanwhile: nothing is locked.
        self.0.lock().unwrap().push(told);
    }
}

fn record<'a>(
    dir: &std::path::Path,
    clock: &'a dyn Clock,
    kept: &'a dyn Report<Recorded>,
) -> RunRecord<'a> {
    let summary = RunSummary::new("run", "/r");
    RunRecord::begin(&RealDisk, clock, dir, &holder(), kept, summary).unwrap()
}

fn lines(record: &RunRecord<'_>) -> Vec<Recorded> {
    let text = std::fs::read_to_string(record.dir().events()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_the_record_holds_and_what_is_told_are_the_same_events() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, kept) = (SystemClock::default(), Kept::default());
    let record = record(dir.path(), &clock, &kept);
    for event in all("text", 1) {
        record.event(event).unwrap();
    }
    let told = kept.0.lock().unwrap().clone();
    let told = told.into_iter().filter(|told| told.event.is_recorded());
    let events = |all: Vec<Recorded>| all.into_iter().map(|one| one.event).collect::<Vec<_>>();
    assert_eq!(events(lines(&record)), events(told.collect()));
}

#[test]
fn several_workers_write_one_record_and_every_line_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, kept) = (SystemClock::default(), Kept::default());
    let record = record(dir.path(), &clock, &kept);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let record = &record;
            scope.spawn(move || {
                for at in 0..25 {
                    let text = format!("{worker}-{at}");
                    record.event(Event::Noted { text }).unwrap();
                    record.call("refactor").unwrap();
                }
            });
        }
    });
    assert_eq!(lines(&record).len(), 101);
    assert_eq!(kept.0.lock().unwrap().len(), 101);
    assert_eq!(record.summary().counts.calls, 100);
    let calls = std::fs::read_dir(record.dir().calls()).unwrap().count();
    assert_eq!(calls, 100);
}
