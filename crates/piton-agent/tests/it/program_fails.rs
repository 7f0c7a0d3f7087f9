//! Programs that are not there, are not signed in, or tell of a failure.

use std::sync::Arc;

use piton_agent::watchdog::EndReason;
use piton_agent::{Agent, Probe};
use piton_base::Stop;
use piton_durable::RealDisk;
use piton_testkit::{TapDisk, Verb};

use crate::fixture::Fixture;
use crate::program::Seen;

#[test]
fn a_missing_program_says_how_to_get_it() {
    let fixture = Fixture::new();
    let mut spec = piton_agent::adapter::resolve("codex", None).unwrap();
    spec.program = "no-such-program-here".to_owned();
    let agent = fixture.agent_of("codex", spec);
    let Probe::Missing { advice, .. } = agent.probe() else {
        panic!()
    };
    assert_eq!(
        advice,
        "install it with `npm install -g @openai/codex`, or set agents.codex.program"
    );
    let record = fixture.answer(&agent, &fixture.asked("x"));
    assert_eq!(record.result.name(), "not-started");
    assert!(
        record.result.to_string().contains("npm install"),
        "{}",
        record.result
    );
}

#[test]
fn on_a_full_disk_an_answer_is_read_to_its_end_and_not_thrown_away() {
    let fixture = Fixture::new();
    let full = TapDisk::new(RealDisk, |op| match op.verb {
        Verb::Append => Err(std::io::ErrorKind::StorageFull.into()),
        _ => Ok(()),
    });
    let seen = Seen::default();
    let agent = fixture.agent_on(
        "claude",
        fixture.spec("claude", &["claude:ok"]),
        Arc::new(full),
    );
    let record = agent
        .call(
            &fixture.asked("x"),
            &fixture.files(),
            &Stop::default(),
            &seen,
        )
        .unwrap();
    assert_eq!(record.result.name(), "replied");
    assert!(seen.0.into_inner().unwrap().contains(&"no room".to_owned()));
}

#[test]
fn an_agent_that_is_not_signed_in_is_ended_when_that_is_plain() {
    let retry = |attempt: u32| {
        format!(
            "say:{{\"type\":\"system\",\"subtype\":\"api_retry\",\"attempt\":{attempt},\"max_retries\":10,\"error_status\":401,\"error\":\"authentication_failed\"}}"
        )
    };
    let fixture = Fixture::new();
    let seen = Seen::default();
    let does = [retry(1), retry(2), retry(3), "hang".to_owned()];
    let does: Vec<&str> = does.iter().map(String::as_str).collect();
    let record = fixture
        .agent("claude", &does)
        .call(
            &fixture.asked("x"),
            &fixture.files(),
            &Stop::default(),
            &seen,
        )
        .unwrap();
    assert_eq!(record.ended_by, Some(EndReason::Hopeless));
    assert_eq!(
        record.result.to_string(),
        "the agent is not signed in: it only retried: authentication_failed (status 401), retry 3 of 10"
    );
    let seen = seen.0.into_inner().unwrap();
    let told = |line: &String| line.starts_with("retrying: authentication_failed");
    assert!(seen.iter().any(told), "{seen:?}");
}

#[test]
fn what_a_call_consumed_is_known_though_it_never_ended() {
    let events = [
        r#"say:{"type":"system","subtype":"init","model":"claude-x-1"}"#,
        r#"say:{"type":"stream_event","event":{"type":"message_start","message":{"usage":{"input_tokens":30,"cache_read_input_tokens":5,"output_tokens":1}}}}"#,
        r#"say:{"type":"stream_event","event":{"type":"message_delta","usage":{"output_tokens":12}}}"#,
        r#"say:{"type":"stream_event","event":{"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":2}}}}"#,
        "hang",
    ];
    let fixture = Fixture::new();
    let record = fixture.call_with("claude", &events, crate::fixture::impatient());
    assert_eq!(record.result.name(), "hung");
    let usage = record.usage.unwrap();
    assert_eq!(
        (
            usage.input_tokens,
            usage.cached_input_tokens,
            usage.output_tokens
        ),
        (70, 5, 14)
    );
    assert_eq!(record.answered_by.as_deref(), Some("claude-x-1"));
    // What nobody told is unknown, not nothing.
    let fixture = Fixture::new();
    assert_eq!(fixture.call("command", &["say:hello"]).usage, None);
}

#[test]
fn an_answer_beyond_all_measure_is_refused_in_every_language() {
    let long = "x".repeat(9 << 20);
    for (kind, line) in [
        (
            "claude",
            format!(
                r#"{{"type":"result","subtype":"success","is_error":false,"result":"{long}"}}"#
            ),
        ),
        (
            "codex",
            format!(
                "{{\"type\":\"item.completed\",\"item\":{{\"type\":\"agent_message\",\"text\":\"{long}\"}}}}\n{{\"type\":\"turn.completed\"}}"
            ),
        ),
        ("command", long.clone()),
    ] {
        let fixture = Fixture::new();
        std::fs::write(fixture.path("long"), format!("{line}\n")).unwrap();
        let mut spec = fixture.spec(kind, &[]);
        spec.program = "/bin/cat".to_owned();
        spec.arguments = vec![fixture.path("long").display().to_string()];
        let record = fixture.answer(&fixture.agent_of(kind, spec), &fixture.asked("x"));
        assert_eq!(record.result.name(), "unreadable", "{kind}");
    }
}

#[test]
fn an_aider_that_only_tells_of_a_failure_has_not_replied() {
    let aider = || piton_agent::adapter::resolve("aider", None).unwrap();
    for (printed, expected) in [
        (
            "Aider\nlitellm.AuthenticationError: no\nCheck your API key.",
            "authentication",
        ),
        (
            "litellm.RateLimitError: slow\nRetrying in 32.0 seconds...",
            "limit-reached",
        ),
        ("litellm.InternalServerError: oh", "outage"),
        ("litellm.NotFoundError: no model", "rejected"),
        ("litellm.SomethingElse: oh", "crashed"),
        (
            "litellm.RateLimitError: slow\nDone.\nTokens: 3 sent, 1 received.",
            "replied",
        ),
        ("It says litellm.RateLimitError: somewhere", "replied"),
    ] {
        let fixture = Fixture::new();
        let says = format!("say:{printed}");
        let mut spec = fixture.spec("command", &[&says]);
        spec.failures = aider().failures;
        spec.reply_errors = aider().reply_errors;
        let agent = fixture.agent_of("aider", spec);
        let call = fixture.asked("Do it.");
        let record = fixture.answer(&agent, &call);
        assert_eq!(
            record.result.name(),
            expected,
            "{printed:?}: {}",
            record.result
        );
    }
}
