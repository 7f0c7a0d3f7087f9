//! What a call costs besides the agent.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world, outside the seams it measures"
)]

use std::process::{Command, Stdio};
use std::sync::Arc;

use piton_agent::dialect::StreamKind;
use piton_agent::redact::Redactor;
use piton_agent::{
    AdapterSpec, Agent, AgentCall, CallFiles, CallRole, Host, Limits, ProgramAgent, Quiet,
};
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;
use piton_seal::CacheSet;
use piton_testkit::floor::Table;

fn main() {
    let mut table = Table::new("a call, besides the agent", 9);
    let dir = tempfile::TempDir::new().unwrap();
    let mut number = 0;
    let mut call = |script: &str| {
        number += 1;
        let files = dir.path().join(number.to_string());
        std::fs::create_dir(&files).unwrap();
        let spec = AdapterSpec::of_command(&format!("sh -c '{script}'")).unwrap();
        let host = Host::new(std::env::vars_os());
        let agent = ProgramAgent::new(
            "command",
            spec,
            host,
            Arc::new(RealDisk),
            Arc::new(SystemClock::default()),
        );
        let asked = AgentCall {
            role: CallRole::Classify,
            slug: None,
            cwd: dir.path().to_path_buf(),
            workspace: dir.path().to_path_buf(),
            prompt: "x".to_owned(),
            model: None,
            effort: None,
            schema: None,
            limits: Limits::default(),
            caches: CacheSet::default(),
        };
        agent
            .call(
                &asked,
                &CallFiles::in_directory(files),
                &Stop::default(),
                &Quiet,
            )
            .unwrap()
    };
    let bare = |script: &str| {
        Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    table.row(
        "an agent of half a second",
        1.2,
        || call("sleep 0.5; echo x"),
        || bare("sleep 0.5; echo x"),
    );
    let flood = "head -c 33554432 /dev/zero | tr \"\\0\" x";
    table.row(
        "an agent that prints 32 MiB",
        4.0,
        || call(flood),
        || bare(flood),
    );

    let stream = stream();
    let read = || {
        let mut reader = StreamKind::ClaudeStreamJson.reader();
        stream.chunks(65_536).for_each(|chunk| reader.feed(chunk));
        reader.finish()
    };
    let parse = || {
        let lines = stream
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        lines
            .filter(|line| serde_json::from_slice::<serde_json::Value>(line).is_ok())
            .count()
    };
    table.row("reading 100,000 events", 1.5, read, parse);
    let redactor = Redactor::new((0..10).map(|number| format!("sk-secret-{number}-of-ten")));
    let redact = || {
        let (mut redacting, mut out) = (redactor.stream(), Vec::new());
        stream.chunks(65_536).for_each(|chunk| {
            out.clear();
            redacting.feed(chunk, &mut out);
        });
    };
    table.row("redacting them, against parsing", 1.0, redact, parse);
    assert!(table.finish(), "a promise was not kept");
}

fn stream() -> Vec<u8> {
    let event = r#"{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words of an answer "}},"session_id":"s-1","uuid":"u"}"#;
    let mut stream = format!("{event}\n").repeat(100_000);
    stream.push_str(r#"{"type":"result","is_error":false,"result":"done"}"#);
    stream.into_bytes()
}
