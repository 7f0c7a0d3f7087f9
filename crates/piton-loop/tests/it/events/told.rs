//! What people and the record are told of an event, and how often.

use std::time::Duration;

use piton_agent::watchdog::EndReason;
use piton_agent::{CallEvent, CallEvents, Usage};
use piton_loop::runs::{CallEnd, CallStatus, Event, Heard, Outset, Recorded};
use piton_loop::validation::ShowOutput as _;
use serde_json::{Value, json};

use super::{Kept, all, lines, record, scope};
use crate::hand_clock::HandClock;

/// Returns an event's line as the record has it.
fn line_of(event: Event) -> Value {
    let told = Recorded {
        at: "2026-05-13T23:15:50.013+02:00[+02:00]".parse().unwrap(),
        run: None,
        job: None,
        event,
    };
    serde_json::to_value(told).unwrap()
}

#[test]
fn each_event_has_its_gravity_and_its_words_and_only_what_is_printed_is_not_recorded() {
    let told: Vec<String> = (all("text", 3).into_iter())
        .map(|event| {
            let recorded = if event.is_recorded() {
                ""
            } else {
                "(no line) "
            };
            let line = line_of(event);
            let of = |key: &str| line[key].as_str().unwrap().to_owned();
            format!(
                "{recorded}{} {}: {}",
                of("level"),
                of("event"),
                of("message")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "INFO artifacts_ready: the record of this run is in text",
            "INFO effort_budget_configured: effort low by default, xhigh at most",
            "INFO run_started: text with text",
            "INFO run_finished: ended: text",
            "INFO action_started: clean-up text",
            "INFO action_finished: text",
            "INFO effort_resolved: planning.expand gets effort high",
            "INFO call_started: asks text for planning.expand, at high effort, try 2",
            "INFO call_launched: runs text text",
            "INFO call_progress: text",
            "(no line) INFO call_printed: text",
            "WARN call_retrying: the agent tries again: text",
            "WARN call_ending: ending the agent: it keeps running after its result",
            "WARN call_finished: planning.expand failed: text",
            "INFO validation_started: validates text with `text`",
            "(no line) INFO validation_printed: text",
            "WARN validation_finished: text in 0.0 s",
            "INFO plan_action_started: started file:create:a",
            "WARN plan_action_settled: failed agent:run:add-api/expand",
            "INFO plan_action_settled: already so agent:run:add-api/expand",
            "INFO published: text of text published; next is text",
            "INFO committed: text text",
            "WARN planning_step_failure_doc_written: text of text failed: text",
            "INFO recovered: recovered: text",
            "INFO noted: text",
            "WARN warned: text",
            "INFO interrupted: interrupted",
        ]
    );
}

#[test]
fn a_call_that_gave_an_answer_is_nothing_to_warn_of() {
    let ended = all("text", 3).into_iter().find_map(|event| match event {
        Event::CallFinished(end) => Some(end),
        _ => None,
    });
    let line = line_of(Event::CallFinished(CallEnd {
        call_status: CallStatus::Finished,
        ..ended.unwrap()
    }));
    let told = [&line["level"], &line["message"]];
    assert_eq!(told, ["INFO", "planning.expand finished: text"]);
}

#[test]
fn why_an_agent_is_ended_is_said_in_words_and_a_second_try_by_its_number() {
    let ended: Vec<String> = [
        EndReason::Idle,
        EndReason::Deadline,
        EndReason::Hopeless,
        EndReason::AfterResult,
        EndReason::Stopped,
    ]
    .map(|reason| Event::CallEnding { call: 1, reason }.message())
    .into();
    assert_eq!(
        ended,
        [
            "ending the agent: it is silent for too long",
            "ending the agent: its time is used up",
            "ending the agent: it is not signed in and only tries again",
            "ending the agent: it keeps running after its result",
            "ending the agent: piton was told to stop",
        ]
    );
    let asks = |retry: u32| {
        let mut scope = scope("add-api");
        scope.retry = retry;
        let agent = "script".to_owned();
        Event::CallStarted {
            scope,
            call: 1,
            agent,
        }
        .message()
    };
    let first = "asks script for planning.expand, at high effort";
    assert_eq!(asks(1), first);
    assert_eq!(asks(2), format!("{first}, try 2"));
}

#[test]
fn a_run_of_before_jobs_were_counted_had_one() {
    let outset = all("text", 3).into_iter().find_map(|event| match event {
        Event::RunStarted(outset) => Some(outset),
        _ => None,
    });
    let mut told = serde_json::to_value(outset.unwrap()).unwrap();
    told.as_object_mut().unwrap().remove("jobs");
    assert_eq!(serde_json::from_value::<Outset>(told).unwrap().jobs, 1);
}

#[test]
fn the_progress_of_a_call_is_told_five_times_at_once_and_then_once_a_second() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, kept) = (HandClock::default(), Kept::default());
    let record = record(dir.path(), &clock, &kept);
    clock.go_on(Duration::from_secs(100));
    let heard = Heard::of(&record, 7);
    // How many of ten are told after that many more milliseconds.
    for (after, told) in [
        (0, 5),
        (999, 0),
        (1, 1),
        (1_500, 1),
        (500, 1),
        (3_000, 3),
        (60_000, 5),
    ] {
        clock.go_on(Duration::from_millis(after));
        let before = lines(&record).len();
        for tokens in 0..10 {
            let usage = Usage {
                output_tokens: tokens,
                ..Usage::default()
            };
            heard.event(CallEvent::Progress {
                usage: Some(usage),
                cost_usd: None,
                doing: Some("thinks"),
            });
        }
        assert_eq!(lines(&record).len() - before, told, "after {after} ms");
    }
}

#[test]
fn what_a_call_and_a_validation_do_is_told_as_events_of_that_call() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, kept) = (HandClock::default(), Kept::default());
    let record = record(dir.path(), &clock, &kept);
    let heard = Heard::of(&record, 7);
    let arguments = ["agent".to_owned(), "--json".to_owned()];
    heard.event(CallEvent::Started {
        pid: Some(12),
        arguments: &arguments,
    });
    heard.event(CallEvent::Stdout(b"out"));
    heard.event(CallEvent::Stderr(b"err"));
    heard.event(CallEvent::Retrying("overloaded"));
    heard.event(CallEvent::Ending(EndReason::Idle));
    heard.event(CallEvent::NoRoom);
    heard.event(CallEvent::Warning("odd"));
    heard.show(b"2 passed");
    let told = kept.0.lock().unwrap();
    let told: Vec<Value> = (told.iter())
        .skip(1)
        .map(|told| serde_json::to_value(&told.event).unwrap())
        .collect();
    let full = "the disk is full: the agent's output is no longer kept";
    assert_eq!(
        told,
        [
            json!({"event": "call_launched", "call": 7, "pid": 12, "arguments": arguments}),
            json!({"event": "call_printed", "call": 7, "text": "out"}),
            json!({"event": "call_printed", "call": 7, "text": "err"}),
            json!({"event": "call_retrying", "call": 7, "why": "overloaded"}),
            json!({"event": "call_ending", "call": 7, "reason": "idle"}),
            json!({"event": "warned", "text": full}),
            json!({"event": "warned", "text": "odd"}),
            json!({"event": "validation_printed", "call": 7, "text": "2 passed"}),
        ]
    );
}
