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

use crate::desk::{Desk, impatient, quick, runs};

/// Checks the class of a call, that it speaks to the user, and that nothing of
/// it runs on.
fn check(desk: &Desk, record: &CallRecord, outcome: &str) {
    assert_eq!(record.result.name(), outcome, "{}", record.result);
    let silent = matches!(record.result, Outcome::Replied { .. });
    assert_eq!(record.result.advice().is_empty(), silent);
    assert_eq!(
        record.result.is_failed_attempt(),
        !silent && outcome != "stopped"
    );
    assert!(!desk.has_notes());
    desk.nothing_runs(1);
}

#[test]
fn one_that_hangs_before_any_output_is_hung() {
    let desk = Desk::new();
    let record = desk.call_with("claude", &["prompt", &desk.pids(), "hang"], impatient());
    check(&desk, &record, "hung");
    assert_eq!(record.ended_by, Some(EndReason::Idle));
    assert!(
        record.result.to_string().contains("produced no output"),
        "{}",
        record.result
    );
}

#[test]
fn one_that_hangs_in_the_middle_is_hung_and_says_so() {
    let desk = Desk::new();
    let record = desk.call_with(
        "claude",
        &["say:{\"type\":\"system\"}", &desk.pids(), "hang"],
        impatient(),
    );
    check(&desk, &record, "hung");
    assert!(record.result.to_string().contains("no further output"));
}

#[test]
fn one_that_stays_after_its_result_has_replied_and_is_ended() {
    let desk = Desk::new();
    let started = Instant::now();
    let record = desk.call(
        "claude",
        &["prompt", &desk.pids(), "claude:Done.", "session", "hang"],
    );
    check(&desk, &record, "replied");
    assert_eq!(record.ended_by, Some(EndReason::AfterResult));
    assert!(started.elapsed() < Duration::from_secs(10));
    desk.nothing_runs(2);
}

#[test]
fn one_that_chatters_on_runs_into_the_deadline() {
    let desk = Desk::new();
    let limits = Limits {
        deadline: Duration::from_millis(600),
        ..quick()
    };
    let chatter = "write:../chatter=#!/bin/sh\nwhile :; do echo tick; sleep 0.05; done";
    let spec = desk.spec("command", &[]);
    desk.call("command", &[&desk.pids(), chatter, "say:x"]);
    let mut spec = piton_agent::AdapterSpec {
        program: "sh".to_owned(),
        ..spec
    };
    spec.arguments = vec![desk.path("chatter").to_string_lossy().into_owned()];
    let call = AgentCall {
        limits,
        ..desk.asked("x")
    };
    let files = piton_agent::CallFiles::in_directory(desk.path("tree"));
    let record = desk
        .agent_of("command", spec)
        .call(&call, &files, &Stop::default(), &Quiet)
        .unwrap();
    check(&desk, &record, "deadline");
    assert!(record.result.to_string().contains("timed out"));
}

#[test]
fn one_that_closes_its_output_and_stays_is_hung() {
    let desk = Desk::new();
    let record = desk.call_with(
        "command",
        &["prompt", &desk.pids(), "close", "hang"],
        impatient(),
    );
    check(&desk, &record, "hung");
}

#[test]
fn one_that_closes_its_output_and_ends_in_order_has_given_nothing() {
    let desk = Desk::new();
    let record = desk.call("codex", &["prompt", &desk.pids(), "close"]);
    check(&desk, &record, "no-output");
}

#[test]
fn a_flood_without_a_line_is_no_reply_and_is_on_disk() {
    let desk = Desk::new();
    let record = desk.call("command", &["prompt", &desk.pids(), "flood:100000000"]);
    check(&desk, &record, "unreadable");
    assert_eq!(record.stdout_bytes, 100_000_000);
    assert_eq!(
        std::fs::metadata(desk.path("call/agent.stdout.log"))
            .unwrap()
            .len(),
        100_000_000
    );
}

#[test]
fn a_flood_before_the_result_does_not_hide_it() {
    let desk = Desk::new();
    let record = desk.call(
        "claude",
        &[
            "prompt",
            &desk.pids(),
            "flood:20000000",
            "say:",
            "claude:Found.",
        ],
    );
    check(&desk, &record, "replied");
    assert_eq!(record.result.reply().unwrap().text, "Found.");
}

#[test]
fn half_a_line_and_a_good_exit_is_no_result() {
    let desk = Desk::new();
    let record = desk.call("claude", &["prompt", &desk.pids(), "half"]);
    check(&desk, &record, "no-output");
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
    let desk = Desk::new();
    let does = ["prompt", &desk.pids(), "deaf", "child", "session", "hang"];
    let record = desk.call_with("command", &does, impatient());
    check(&desk, &record, "hung");
    assert_eq!(record.exit, ExitKind::Signal(9));
    desk.nothing_runs(3);
}

#[test]
fn children_left_behind_are_ended_whatever_they_did_to_get_away() {
    for (child, count) in [("child", 2), ("session", 2), ("hidden", 2)] {
        let desk = Desk::new();
        let started = Instant::now();
        let record = desk.call("command", &["prompt", &desk.pids(), child, "say:Done."]);
        check(&desk, &record, "replied");
        desk.nothing_runs(count);
        // The child holds the output: waiting for that to close would be for ever.
        assert!(started.elapsed() < Duration::from_secs(10), "{child}");
        assert_eq!(record.left_behind, 1, "{child}");
    }
}

#[test]
fn one_that_ends_in_order_with_nothing_has_given_no_output() {
    for kind in ["command", "claude", "codex"] {
        let desk = Desk::new();
        let record = desk.call(kind, &["prompt", &desk.pids()]);
        check(&desk, &record, "no-output");
    }
}

#[test]
fn one_that_fails_is_crashed_and_its_last_words_are_told() {
    let desk = Desk::new();
    let record = desk.call(
        "command",
        &["prompt", &desk.pids(), "stderr:it went wrong", "exit:3"],
    );
    check(&desk, &record, "crashed");
    assert_eq!(
        record.result.to_string(),
        "the agent failed (exit code 3): it went wrong"
    );
    let desk = Desk::new();
    let record = desk.call("codex", &["prompt", &desk.pids(), "die:SEGV"]);
    check(&desk, &record, "crashed");
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
        let desk = Desk::new();
        let record = desk.call("command", &["prompt", &desk.pids(), says, "exit:1"]);
        assert_eq!(record.result.name(), outcome);
        assert!(!record.result.is_failed_attempt());
        if let Outcome::LimitReached { until, .. } = record.result {
            let wait = until.unwrap().duration_since(record.started_at).as_secs();
            assert!((7190..7300).contains(&wait), "{wait}");
        }
    }
}

#[test]
fn a_secret_that_is_echoed_is_nowhere_in_what_is_kept() {
    let desk = Desk::new();
    let secret = "sk-agents-own-key";
    // In two pieces, with a pause between that a redactor must not fall for.
    let record = desk.call(
        "command",
        &[
            "prompt",
            &desk.pids(),
            "env:OPENAI_API_KEY",
            &format!("stderr:key {secret}"),
            &format!("say:again {secret}"),
        ],
    );
    check(&desk, &record, "replied");
    for name in [
        "agent.stdout.log",
        "agent.stderr.log",
        "agent-last-message.md",
    ] {
        let kept = desk.read(&format!("call/{name}"));
        assert!(
            !kept.contains(secret) && kept.contains("[redacted]"),
            "{name}: {kept}"
        );
    }
    assert!(!desk.read("call/call.json").contains(secret));
}

#[test]
fn an_answer_in_another_schema_comes_without_a_structured_part() {
    let desk = Desk::new();
    let record = desk.call(
        "codex",
        &["prompt", &desk.pids(), "codex:not what was asked"],
    );
    check(&desk, &record, "replied");
    assert_eq!(record.result.reply().unwrap().structured, None);
    // And a language that is not the adapter's is no answer at all.
    let desk = Desk::new();
    let record = desk.call("claude", &["prompt", &desk.pids(), "codex:hello"]);
    check(&desk, &record, "no-output");
}

#[test]
fn one_that_only_retries_is_an_outage_however_much_it_prints() {
    let desk = Desk::new();
    let retry = "say:{\"type\":\"error\",\"message\":\"Reconnecting... waiting for network (Connection failed)\"}";
    let record = desk.call_with(
        "codex",
        &["prompt", &desk.pids(), retry, "hang"],
        impatient(),
    );
    assert_eq!(record.result.name(), "outage", "{}", record.result);
    desk.nothing_runs(1);
}

#[test]
fn a_waiting_tool_has_longer_than_a_thinking_agent() {
    let desk = Desk::new();
    let tool = "say:{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"t\"}]}}";
    let limits = Limits {
        tool_idle: Duration::from_millis(2200),
        ..impatient()
    };
    let started = Instant::now();
    let record = desk.call_with("claude", &["prompt", &desk.pids(), tool, "hang"], limits);
    check(&desk, &record, "hung");
    assert!(started.elapsed() >= Duration::from_millis(2200));
}

#[test]
fn a_piton_that_is_told_to_stop_ends_the_agent_and_all_its_children() {
    let desk = Desk::new();
    let stop = Stop::default();
    let agent = desk.agent(
        "claude",
        &[
            "prompt",
            &desk.pids(),
            "deaf",
            "session",
            "child",
            "hidden",
            "say:ready",
            "hang",
        ],
    );
    let call = desk.asked("x");
    let record = std::thread::scope(|scope| {
        let running = scope.spawn(|| agent.call(&call, &desk.files(), &stop, &Quiet).unwrap());
        let log = desk.path("call/agent.stdout.log");
        let ready = || std::fs::read_to_string(&log).is_ok_and(|text| text.contains("ready"));
        while !ready() {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        stop.request();
        running.join().unwrap()
    });
    check(&desk, &record, "stopped");
    desk.nothing_runs(4);
    assert!(!runs("999999999"));
}

#[test]
fn what_an_agent_does_to_files_is_for_the_caller_to_judge() {
    // The call itself neither hides nor undoes these; the step that asked looks
    // at the worktree afterwards.
    let desk = Desk::new();
    let record = desk.call(
        "command",
        &[
            "prompt",
            &desk.pids(),
            "write:outside.txt=x",
            "link:@/link=/etc/passwd",
            "say:Done.",
        ],
    );
    check(&desk, &record, "replied");
    assert!(desk.path("tree/outside.txt").exists());
    assert!(desk.path("tree/workspace/link").is_symlink());
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
    let desk = Desk::new();
    let agent = desk.agent(
        "command",
        &[
            "prompt",
            &desk.pids(),
            "deaf",
            "session",
            "say:ready",
            "hang",
        ],
    );
    let call = desk.asked("x");
    let called = std::panic::AssertUnwindSafe(|| {
        agent.call(&call, &desk.files(), &Stop::default(), &Panics)
    });
    assert!(std::panic::catch_unwind(called).is_err());
    desk.nothing_runs(2);
}

#[test]
fn an_agent_that_hangs_on_a_full_disk_is_ended_like_any_other() {
    let desk = Desk::new();
    let full = TapDisk::new(RealDisk, |op| match op.verb {
        Verb::Append => Err(std::io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    });
    let spec = desk.spec(
        "command",
        &["prompt", &desk.pids(), "session", "say:ready", "hang"],
    );
    let agent = ProgramAgent::new(
        "command",
        spec,
        desk.host.clone(),
        Arc::new(full),
        Arc::new(SystemClock::default()),
    );
    let call = AgentCall {
        limits: impatient(),
        ..desk.asked("x")
    };
    // What it prints cannot be kept; it is read, watched and ended all the same.
    let record = agent
        .call(&call, &desk.files(), &Stop::default(), &Quiet)
        .unwrap();
    assert!(
        matches!(record.result, Outcome::Hung { .. }),
        "{}",
        record.result
    );
    desk.nothing_runs(2);
}
