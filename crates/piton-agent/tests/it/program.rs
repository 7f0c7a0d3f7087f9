//! Programs that behave, called through the seam.

use std::sync::Mutex;

use piton_agent::agent::{CallEvent, CallEvents};
use piton_agent::{AdapterSpec, Agent, AgentCall, Outcome};
use piton_base::Stop;

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
    let record = fixture.answer(&fixture.agent("command", &["echo"]), &call);
    assert_eq!(record.result.reply().unwrap().text, prompt);
}

#[test]
fn a_program_that_never_reads_its_prompt_is_no_obstacle() {
    let fixture = Fixture::new();
    let call = fixture.asked(&"long ".repeat(200_000));
    let record = fixture.answer(&fixture.agent("command", &["say:ready"]), &call);
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
    let record = fixture.answer(&fixture.agent_of("command", spec), &call);
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
        let record = fixture.answer(&fixture.agent_of("command", spec), &fixture.asked("x"));
        record.result.reply().unwrap().text.clone()
    };
    assert_eq!(says(&["OPENAI_*", "GH_*"]), "unset\n0\n[redacted]\n");
    // A command that nobody described is asked for no key.
    assert_eq!(says(&[]), "unset\n0\nunset\n");
}

#[test]
fn an_unknown_version_warns_and_is_recorded() {
    let check = |prints: &str, version: Option<&str>, warning: Option<&str>| {
        let fixture = Fixture::new();
        let mut spec = fixture.spec("claude", &["claude:ok"]);
        spec.version.arguments = vec![format!("say:{prints}")];
        let record = fixture.answer(&fixture.agent_of("claude", spec), &fixture.asked("x"));
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
    check("who knows", None, Some("did not print its version"));
}

#[derive(Debug, Default)]
pub(crate) struct Seen(pub(crate) Mutex<Vec<String>>);

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
    let record = fixture.answer(&agent, &fixture.asked("x"));
    assert_eq!(record.result.reply().unwrap().text, "the right one\n");
}
