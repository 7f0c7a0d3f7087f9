//! Agents that misbehave in every way that agents were seen to.
//!
//! Each has to be classified right, to leave nothing running, and to leave the
//! user with a message that says what to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use piton_agent::process::ExitKind;
use piton_agent::watchdog::EndReason;
use piton_agent::{
    Agent, AgentCall, CallEvent, CallEvents, CallRecord, Limits, Outcome, ProgramAgent, Quiet,
};
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;
use piton_testkit::{TapDisk, Verb};

use crate::fixture::{Fixture, impatient, quick, runs};

/// Checks the class of a call, that it speaks to the user, and that nothing of
/// it runs on.
fn check(fixture: &Fixture, record: &CallRecord, outcome: &str) {
    assert_eq!(record.result.name(), outcome, "{}", record.result);
    let silent = matches!(record.result, Outcome::Replied { .. });
    assert_eq!(record.result.advice().is_empty(), silent);
    assert!(!fixture.has_notes());
    fixture.nothing_runs(1);
}

#[test]
fn one_that_hangs_before_any_output_is_hung() {
    let fixture = Fixture::new();
    let record = fixture.call_with("claude", &["prompt", &fixture.pids(), "hang"], impatient());
    check(&fixture, &record, "hung");
    assert_eq!(record.ended_by, Some(EndReason::Idle));
    assert!(
        record.result.to_string().contains("produced no output"),
        "{}",
        record.result
    );
}

#[test]
fn one_that_hangs_in_the_middle_is_hung_and_says_so() {
    let fixture = Fixture::new();
    let record = fixture.call_with(
        "claude",
        &["say:{\"type\":\"system\"}", &fixture.pids(), "hang"],
        impatient(),
    );
    check(&fixture, &record, "hung");
    assert!(record.result.to_string().contains("no further output"));
}

#[test]
fn one_that_stays_after_its_result_has_replied_and_is_ended() {
    let fixture = Fixture::new();
    let started = Instant::now();
    let record = fixture.call(
        "claude",
        &["prompt", &fixture.pids(), "claude:Done.", "session", "hang"],
    );
    check(&fixture, &record, "replied");
    assert_eq!(record.ended_by, Some(EndReason::AfterResult));
    assert!(started.elapsed() < Duration::from_secs(10));
    fixture.nothing_runs(2);
}

#[test]
fn one_that_chatters_on_runs_into_the_deadline() {
    let fixture = Fixture::new();
    let limits = Limits {
        deadline: Duration::from_millis(600),
        ..quick()
    };
    let chatter = "write:../chatter=#!/bin/sh\nwhile :; do echo tick; sleep 0.05; done";
    let spec = fixture.spec("command", &[]);
    fixture.call("command", &[&fixture.pids(), chatter, "say:x"]);
    let mut spec = piton_agent::AdapterSpec {
        program: "sh".to_owned(),
        ..spec
    };
    spec.arguments = vec![fixture.path("chatter").to_string_lossy().into_owned()];
    let call = AgentCall {
        limits,
        ..fixture.asked("x")
    };
    let files = piton_agent::CallFiles::in_directory(fixture.path("tree"));
    let record = fixture
        .agent_of("command", spec)
        .call(&call, &files, &Stop::default(), &Quiet)
        .unwrap();
    check(&fixture, &record, "deadline");
    assert!(record.result.to_string().contains("timed out"));
}

#[test]
fn one_that_closes_its_output_and_stays_is_hung() {
    let fixture = Fixture::new();
    let record = fixture.call_with(
        "command",
        &["prompt", &fixture.pids(), "close", "hang"],
        impatient(),
    );
    check(&fixture, &record, "hung");
}

#[test]
fn one_that_closes_its_output_and_ends_in_order_has_given_nothing() {
    let fixture = Fixture::new();
    let record = fixture.call("codex", &["prompt", &fixture.pids(), "close"]);
    check(&fixture, &record, "no-output");
}

#[test]
fn a_flood_without_a_line_is_no_reply_and_is_on_disk() {
    let fixture = Fixture::new();
    let record = fixture.call("command", &["prompt", &fixture.pids(), "flood:100000000"]);
    check(&fixture, &record, "unreadable");
    assert_eq!(record.stdout_bytes, 100_000_000);
    assert_eq!(
        std::fs::metadata(fixture.path("call/agent.stdout.log"))
            .unwrap()
            .len(),
        100_000_000
    );
}

#[test]
fn a_flood_before_the_result_does_not_hide_it() {
    let fixture = Fixture::new();
    let record = fixture.call(
        "claude",
        &[
            "prompt",
            &fixture.pids(),
            "flood:20000000",
            "say:",
            "claude:Found.",
        ],
    );
    check(&fixture, &record, "replied");
    assert_eq!(record.result.reply().unwrap().text, "Found.");
}

#[test]
fn half_a_line_and_a_good_exit_is_no_result() {
    let fixture = Fixture::new();
    let record = fixture.call("claude", &["prompt", &fixture.pids(), "half"]);
    check(&fixture, &record, "no-output");
    assert!(
        record
            .result
            .to_string()
            .contains("no language that piton reads"),
        "{}",
        record.result
    );
}

#[test]
fn one_that_ignores_the_polite_signal_gets_the_hard_one() {
    let fixture = Fixture::new();
    let does = [
        "prompt",
        &fixture.pids(),
        "deaf",
        "child",
        "session",
        "hang",
    ];
    let record = fixture.call_with("command", &does, impatient());
    check(&fixture, &record, "hung");
    assert_eq!(record.exit, ExitKind::Signal(9));
    fixture.nothing_runs(3);
}

#[test]
fn children_left_behind_are_ended_whatever_they_did_to_get_away() {
    for (child, count) in [("child", 2), ("session", 2), ("hidden", 2)] {
        let fixture = Fixture::new();
        let started = Instant::now();
        let record = fixture.call("command", &["prompt", &fixture.pids(), child, "say:Done."]);
        check(&fixture, &record, "replied");
        fixture.nothing_runs(count);
        // The child holds the output: waiting for that to close would be for ever.
        assert!(started.elapsed() < Duration::from_secs(10), "{child}");
        assert_eq!(record.left_behind, 1, "{child}");
    }
}

#[test]
fn one_that_ends_in_order_with_nothing_has_given_no_output() {
    for kind in ["command", "claude", "codex"] {
        let fixture = Fixture::new();
        let record = fixture.call(kind, &["prompt", &fixture.pids()]);
        check(&fixture, &record, "no-output");
    }
}

#[test]
fn one_that_fails_is_crashed_and_its_last_words_are_told() {
    let fixture = Fixture::new();
    let record = fixture.call(
        "command",
        &["prompt", &fixture.pids(), "stderr:it went wrong", "exit:3"],
    );
    check(&fixture, &record, "crashed");
    assert_eq!(
        record.result.to_string(),
        "the agent failed (exit code 3): it went wrong"
    );
    let fixture = Fixture::new();
    let record = fixture.call("codex", &["prompt", &fixture.pids(), "die:SEGV"]);
    check(&fixture, &record, "crashed");
    assert_eq!(record.exit, ExitKind::Signal(11));
}

#[test]
fn a_limit_an_outage_and_a_missing_sign_in_are_no_failed_attempts() {
    for (says, outcome) in [
        (
            "stderr:429 Too Many Requests, try again in 2 hours",
            "limit-reached",
        ),
        ("stderr:503 Service Unavailable", "outage"),
        ("stderr:401 Unauthorized", "authentication"),
    ] {
        let fixture = Fixture::new();
        let record = fixture.call("command", &["prompt", &fixture.pids(), says, "exit:1"]);
        assert_eq!(record.result.name(), outcome);
        if let Outcome::LimitReached { until, .. } = record.result {
            let wait = until.unwrap().duration_since(record.started_at).as_secs();
            assert!((7190..7300).contains(&wait), "{wait}");
        }
    }
}

#[test]
fn a_secret_that_is_echoed_is_nowhere_in_what_is_kept() {
    let fixture = Fixture::new();
    let secret = "sk-agents-own-key";
    // In two pieces, with a pause between that a redactor must not fall for.
    let record = fixture.call(
        "command",
        &[
            "prompt",
            &fixture.pids(),
            "env:OPENAI_API_KEY",
            &format!("stderr:key {secret}"),
            &format!("say:again {secret}"),
        ],
    );
    check(&fixture, &record, "replied");
    for name in [
        "agent.stdout.log",
        "agent.stderr.log",
        "agent-last-message.md",
    ] {
        let kept = fixture.read(&format!("call/{name}"));
        assert!(
            !kept.contains(secret) && kept.contains("[redacted]"),
            "{name}: {kept}"
        );
    }
    assert!(!fixture.read("call/call.json").contains(secret));
}

#[test]
fn an_answer_in_another_schema_comes_without_a_structured_part() {
    let fixture = Fixture::new();
    let record = fixture.call(
        "codex",
        &["prompt", &fixture.pids(), "codex:not what was asked"],
    );
    check(&fixture, &record, "replied");
    assert_eq!(record.result.reply().unwrap().structured, None);
    // And a language that is not the adapter's is no answer at all.
    let fixture = Fixture::new();
    let record = fixture.call("claude", &["prompt", &fixture.pids(), "codex:hello"]);
    check(&fixture, &record, "no-output");
}

#[test]
fn one_that_only_retries_is_an_outage_however_much_it_prints() {
    let fixture = Fixture::new();
    let retry = "say:{\"type\":\"error\",\"message\":\"Reconnecting... waiting for network (Connection failed)\"}";
    let record = fixture.call_with(
        "codex",
        &["prompt", &fixture.pids(), retry, "hang"],
        impatient(),
    );
    assert_eq!(record.result.name(), "outage", "{}", record.result);
    fixture.nothing_runs(1);
}

#[test]
fn a_waiting_tool_has_longer_than_a_thinking_agent() {
    let fixture = Fixture::new();
    let tool = "say:{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"t\"}]}}";
    let limits = Limits {
        tool_idle: Duration::from_millis(2200),
        ..impatient()
    };
    let started = Instant::now();
    let record = fixture.call_with("claude", &["prompt", &fixture.pids(), tool, "hang"], limits);
    check(&fixture, &record, "hung");
    assert!(started.elapsed() >= Duration::from_millis(2200));
}

#[test]
fn a_piton_that_is_told_to_stop_ends_the_agent_and_all_its_children() {
    let fixture = Fixture::new();
    let stop = Stop::default();
    let agent = fixture.agent(
        "claude",
        &[
            "prompt",
            &fixture.pids(),
            "deaf",
            "session",
            "child",
            "hidden",
            "say:ready",
            "hang",
        ],
    );
    let call = fixture.asked("x");
    let record = std::thread::scope(|scope| {
        let running = scope.spawn(|| agent.call(&call, &fixture.files(), &stop, &Quiet).unwrap());
        let log = fixture.path("call/agent.stdout.log");
        let ready = || std::fs::read_to_string(&log).is_ok_and(|text| text.contains("ready"));
        while !ready() {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        stop.request();
        running.join().unwrap()
    });
    check(&fixture, &record, "stopped");
    fixture.nothing_runs(4);
    assert!(!runs("999999999"));
}

#[test]
fn what_an_agent_does_to_files_is_for_the_caller_to_judge() {
    // The call itself neither hides nor undoes these; the step that asked looks
    // at the worktree afterwards.
    let fixture = Fixture::new();
    let elsewhere = fixture.path("elsewhere");
    std::fs::write(&elsewhere, "the user's").unwrap();
    let link = format!("link:@/link={}", elsewhere.display());
    let record = fixture.call(
        "command",
        &[
            "prompt",
            &fixture.pids(),
            "write:outside.txt=x",
            &link,
            "say:Done.",
        ],
    );
    check(&fixture, &record, "replied");
    assert!(fixture.path("tree/outside.txt").exists());
    assert!(fixture.path("tree/workspace/link").is_symlink());
}

#[test]
fn even_a_panic_while_it_runs_leaves_nothing_behind() {
    #[derive(Debug)]
    struct Panics;
    impl CallEvents for Panics {
        fn event(&self, event: CallEvent<'_>) {
            assert!(!matches!(event, CallEvent::Stdout(_)), "the watcher fails");
        }
    }
    let fixture = Fixture::new();
    let agent = fixture.agent(
        "command",
        &[
            "prompt",
            &fixture.pids(),
            "deaf",
            "session",
            "say:ready",
            "hang",
        ],
    );
    let call = fixture.asked("x");
    let called = std::panic::AssertUnwindSafe(|| {
        agent.call(&call, &fixture.files(), &Stop::default(), &Panics)
    });
    assert!(std::panic::catch_unwind(called).is_err());
    fixture.nothing_runs(2);
}

#[test]
fn an_agent_that_hangs_on_a_full_disk_is_ended_like_any_other() {
    let fixture = Fixture::new();
    let full = TapDisk::new(RealDisk, |op| match op.verb {
        Verb::Append => Err(std::io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    });
    let spec = fixture.spec(
        "command",
        &["prompt", &fixture.pids(), "session", "say:ready", "hang"],
    );
    let agent = ProgramAgent::new(
        "command",
        spec,
        fixture.host.clone(),
        Arc::new(full),
        Arc::new(SystemClock::default()),
    );
    let call = AgentCall {
        limits: impatient(),
        ..fixture.asked("x")
    };
    // What it prints cannot be kept; it is read, watched and ended all the same.
    let record = fixture.answer(&agent, &call);
    assert!(
        matches!(record.result, Outcome::Hung { .. }),
        "{}",
        record.result
    );
    fixture.nothing_runs(2);
}
