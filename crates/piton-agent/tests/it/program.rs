//! Programs that behave, called through the seam.

use std::sync::{Arc, Mutex};

use piton_agent::agent::{CallEvent, CallEvents};
use piton_agent::watchdog::EndReason;
use piton_agent::{AdapterSpec, Agent, AgentCall, Outcome, Probe, Quiet};
use piton_base::Stop;
use piton_durable::RealDisk;
use piton_testkit::{TapDisk, Verb};

use crate::fixture::{Fixture, quick};

#[test]
fn any_command_takes_a_prompt_and_prints_a_reply() {
    let fixture = Fixture::new();
    let record = fixture.call(
        "command",
        &[
            "echo",
            "env:PITON_ROLE",
            "env:PITON_SLUG",
            "env:PITON_EFFORT",
            "env:PITON_MODEL",
        ],
    );
    assert_eq!(
        record.result.reply().unwrap().text,
        "Do it.planning.review\nmove-it\nhigh\nbig\n"
    );
    assert_eq!(
        fixture.read("call/agent-last-message.md"),
        record.result.reply().unwrap().text
    );
    assert_eq!(fixture.read("call/prompt.md"), "Do it.");
    let written: piton_agent::CallRecord =
        serde_json::from_str(&fixture.read("call/call.json")).unwrap();
    assert_eq!(written, record);
}

#[test]
fn an_agent_works_in_its_directory_and_knows_its_workspace() {
    let fixture = Fixture::new();
    fixture.call(
        "command",
        &["prompt", "write:a.txt=A", "write:@/b.txt=B", "say:done"],
    );
    assert_eq!(fixture.read("tree/a.txt"), "A");
    assert_eq!(fixture.read("tree/workspace/b.txt"), "B");
}

#[test]
fn what_claude_and_codex_tell_is_in_the_record() {
    for (kind, session, cost, usage) in [
        ("claude", "s-1", Some(0.5), (10, 0)),
        ("codex", "t-1", None, (6, 4)),
    ] {
        let fixture = Fixture::new();
        let record = fixture.call(kind, &["prompt", &format!("{kind}:Fine.")]);
        assert_eq!(record.result.reply().unwrap().text, "Fine.", "{kind}");
        assert_eq!(record.session.as_deref(), Some(session));
        assert_eq!(record.cost_usd, cost);
        let found = record.usage.unwrap();
        assert_eq!((found.input_tokens, found.cached_input_tokens), usage);
    }
}

#[test]
fn a_prompt_of_a_megabyte_goes_in_and_comes_out() {
    let fixture = Fixture::new();
    let prompt = "0123456789abcdef".repeat(65_536);
    let call = fixture.asked(&prompt);
    let record = fixture
        .agent("command", &["echo"])
        .call(&call, &fixture.files(), &Stop::default(), &Quiet)
        .unwrap();
    assert_eq!(record.result.reply().unwrap().text, prompt);
}

#[test]
fn a_program_that_never_reads_its_prompt_is_no_obstacle() {
    let fixture = Fixture::new();
    let call = fixture.asked(&"long ".repeat(200_000));
    let record = fixture
        .agent("command", &["say:ready"])
        .call(&call, &fixture.files(), &Stop::default(), &Quiet)
        .unwrap();
    assert_eq!(record.result.name(), "replied");
}

#[test]
fn prompt_and_reply_may_go_by_files() {
    let fixture = Fixture::new();
    let mut spec = AdapterSpec::of_command(
        "sh -c 'cat \"$0\" > \"$1\"; echo noise' {prompt_file} {reply_file}",
    )
    .unwrap();
    spec.version.arguments.clear();
    let call = fixture.asked("By file.");
    let record = fixture
        .agent_of("command", spec)
        .call(&call, &fixture.files(), &Stop::default(), &Quiet)
        .unwrap();
    assert_eq!(record.result.reply().unwrap().text, "By file.");
    assert!(!fixture.path("call/reply.tmp").exists());
}

#[test]
fn command_lines_are_those_that_the_real_programs_take() {
    let fixture = Fixture::new();
    let schema = Some(serde_json::json!({"type": "object"}));
    let call = AgentCall {
        schema,
        ..fixture.asked("")
    };
    let line = |kind: &str| {
        let spec = piton_agent::adapter::resolve(kind, None).unwrap();
        fixture
            .agent_of(kind, spec)
            .command_line(&call, &fixture.files())
            .join(" ")
    };
    assert_eq!(
        line("claude"),
        "claude --print --permission-mode bypassPermissions --verbose --output-format stream-json \
         --include-partial-messages --model big --effort high --json-schema {\"type\":\"object\"}"
    );
    let schema = fixture.files().schema();
    assert_eq!(
        line("codex"),
        format!(
            "codex exec --json --dangerously-bypass-approvals-and-sandbox -m big \
             -c model_reasoning_effort=\"high\" --output-schema {} -",
            schema.display()
        )
    );
}

#[test]
fn no_forge_token_reaches_the_agent_but_its_own_key_does() {
    let says = |allow: &[&str]| {
        let fixture = Fixture::new();
        let does = [
            "env:GH_TOKEN",
            "env:GIT_TERMINAL_PROMPT",
            "write:key=x",
            "env:OPENAI_API_KEY",
        ];
        let mut spec = fixture.spec("command", &does);
        spec.environment.allow = allow.iter().map(ToString::to_string).collect();
        let record = fixture
            .agent_of("command", spec)
            .call(
                &fixture.asked("x"),
                &fixture.files(),
                &Stop::default(),
                &Quiet,
            )
            .unwrap();
        record.result.reply().unwrap().text.clone()
    };
    assert_eq!(says(&["OPENAI_*", "GH_*"]), "unset\n0\n[redacted]\n");
    // A command that nobody described is asked for no key.
    assert_eq!(says(&[]), "unset\n0\nunset\n");
}

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
    let record = agent
        .call(
            &fixture.asked("x"),
            &fixture.files(),
            &Stop::default(),
            &Quiet,
        )
        .unwrap();
    assert_eq!(record.result.name(), "not-started");
    assert!(
        record.result.to_string().contains("npm install"),
        "{}",
        record.result
    );
}

#[test]
fn an_unknown_version_warns_and_is_recorded() {
    let check = |prints: &str, version: Option<&str>, warning: Option<&str>| {
        let fixture = Fixture::new();
        let mut spec = fixture.spec("claude", &["claude:ok"]);
        spec.version.arguments = vec![format!("say:{prints}")];
        let record = fixture
            .agent_of("claude", spec)
            .call(
                &fixture.asked("x"),
                &fixture.files(),
                &Stop::default(),
                &Quiet,
            )
            .unwrap();
        assert_eq!(
            record.version.map(|version| version.to_string()).as_deref(),
            version
        );
        assert_eq!(record.result.name(), "replied");
        match warning {
            None => assert_eq!(record.warnings, [""; 0]),
            Some(part) => assert!(record.warnings[0].contains(part), "{:?}", record.warnings),
        }
    };
    check("2.1.329 (Claude Code)", Some("2.1.329"), None);
    check(
        "3.0.1 (Claude Code)",
        Some("3.0.1"),
        Some("2.1.197 to 2.1.329"),
    );
    check("who knows", None, Some("did not tell its version"));
}

#[derive(Debug, Default)]
struct Seen(Mutex<Vec<String>>);

impl CallEvents for Seen {
    fn event(&self, event: CallEvent<'_>) {
        let line = match event {
            CallEvent::Started { .. } => "started".to_owned(),
            CallEvent::Stdout(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            CallEvent::Stderr(bytes) => format!("! {}", String::from_utf8_lossy(bytes)),
            CallEvent::Retrying(what) => format!("retrying: {what}"),
            CallEvent::Progress { usage, doing, .. } => {
                let tokens = usage.map_or(0, |usage| usage.total());
                format!("{tokens} tokens, {}", doing.unwrap_or("nothing"))
            }
            CallEvent::Ending(reason) => format!("{reason:?}"),
            CallEvent::Warning(text) => text.to_owned(),
            CallEvent::NoRoom => "no room".to_owned(),
        };
        self.0.lock().unwrap().push(line);
    }
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
fn whoever_watches_is_told_what_happens_as_it_happens() {
    let fixture = Fixture::new();
    let seen = Seen::default();
    let agent = fixture.agent("claude", &["claude:ok", "hang"]);
    let call = AgentCall {
        limits: quick(),
        ..fixture.asked("x")
    };
    agent
        .call(&call, &fixture.files(), &Stop::default(), &seen)
        .unwrap();
    let seen = seen.0.into_inner().unwrap();
    assert_eq!(seen.first().unwrap(), "started");
    assert!(seen[1].contains("\"init\""));
    // The shell may still say that it was terminated.
    assert!(seen.contains(&"AfterResult".to_owned()), "{seen:?}");
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
        let record = fixture
            .agent_of(kind, spec)
            .call(
                &fixture.asked("x"),
                &fixture.files(),
                &Stop::default(),
                &Quiet,
            )
            .unwrap();
        assert_eq!(record.result.name(), "unreadable", "{kind}");
    }
}

#[test]
fn many_calls_at_once_keep_apart() {
    let names: Vec<String> = std::thread::scope(|scope| {
        let call = |number: usize| {
            move || {
                let fixture = Fixture::new();
                let pids = fixture.pids();
                let say = format!("say:{number}");
                let record = fixture.call("command", &["prompt", &pids, "session", &say]);
                fixture.nothing_runs(2);
                record.result.reply().unwrap().text.clone()
            }
        };
        let calls: Vec<_> = (0..6).map(|number| scope.spawn(call(number))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert_eq!(names, ["0\n", "1\n", "2\n", "3\n", "4\n", "5\n"]);
}

#[test]
fn an_outcome_keeps_its_form_in_records() {
    let check = |outcome: &Outcome, json: &str| {
        assert_eq!(serde_json::to_string(outcome).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Outcome>(json).unwrap(), outcome);
    };
    let until = Some("2026-11-21T03:00:00Z".parse().unwrap());
    check(
        &Outcome::LimitReached {
            message: "m".into(),
            until,
        },
        r#"{"outcome":"limit-reached","message":"m","until":"2026-11-21T03:00:00Z"}"#,
    );
    check(
        &Outcome::Hung {
            silent_for: std::time::Duration::from_millis(1500),
            after_output: true,
        },
        r#"{"outcome":"hung","silent_for":1.5,"after_output":true}"#,
    );
    check(&Outcome::Stopped, r#"{"outcome":"stopped"}"#);
}

#[test]
fn a_program_with_a_relative_path_is_the_repositorys_and_not_the_worktrees() {
    let fixture = Fixture::new();
    let mut spec = fixture.spec("command", &["say:the right one"]);
    spec.program = "./fake-agent".to_owned();
    std::fs::write(
        fixture.path("tree/fake-agent"),
        "#!/bin/sh\necho the wrong one\n",
    )
    .unwrap();
    let host = fixture.host.clone().with_directory(fixture.dir.path());
    let agent = Fixture {
        host,
        dir: tempfile::TempDir::new().unwrap(),
    }
    .agent_of("command", spec);
    let record = agent
        .call(
            &fixture.asked("x"),
            &fixture.files(),
            &Stop::default(),
            &Quiet,
        )
        .unwrap();
    assert_eq!(record.result.reply().unwrap().text, "the right one\n");
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
        let record = agent
            .call(&call, &fixture.files(), &Stop::default(), &Quiet)
            .unwrap();
        assert_eq!(
            record.result.name(),
            expected,
            "{printed:?}: {}",
            record.result
        );
    }
}
