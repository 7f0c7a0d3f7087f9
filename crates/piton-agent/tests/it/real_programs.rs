//! The real programs, where they are, with a scripted stand-in for the service
//! behind them.
//!
//! `PITON_AGENT_LAB` names a directory that `agent_lab.sh` of the reference data
//! prepared: both programs, and the stand-in. Elsewhere these tests say that
//! they were skipped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use piton_agent::sealing::SealTerms;
use piton_agent::{AdapterSpec, Agent, AgentCall, CallRecord, Host, Limits, Probe, adapter};
use piton_seal::{Network, Standing, Wanted};

use crate::fixture::{Fixture, quick};
use crate::skipped;

/// A stand-in for the model's service that plays a script.
struct Service {
    process: Child,
    port: String,
}

impl Service {
    fn start(lab: &Path, fixture: &Fixture, script: &str) -> Self {
        let (path, port_file) = (fixture.path("service.json"), fixture.path("port"));
        std::fs::write(&path, script).unwrap();
        let mut command = Command::new("python3");
        command
            .arg(lab.join("bin/model_stub.py"))
            .stdout(Stdio::null());
        command
            .arg("--script")
            .arg(&path)
            .arg("--port-file")
            .arg(&port_file);
        let mut service = Self {
            process: command.spawn().unwrap(),
            port: String::new(),
        };
        let since = Instant::now();
        while service.port.is_empty() {
            assert!(
                since.elapsed() < Duration::from_secs(20),
                "the stand-in did not start"
            );
            std::thread::park_timeout(Duration::from_millis(20));
            let port = std::fs::read_to_string(&port_file).unwrap_or_default();
            port.trim().clone_into(&mut service.port);
        }
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lab() -> Option<PathBuf> {
    let lab = std::env::var_os("PITON_AGENT_LAB").map(PathBuf::from);
    let lab = lab.filter(|lab| lab.join("bin/model_stub.py").is_file());
    if lab.is_none() {
        skipped("PITON_AGENT_LAB names no directory with the real programs");
    }
    lab
}

/// Calls a real program, described by its built-in adapter.
fn call(lab: &Path, fixture: &Fixture, program: &str, script: &str, limits: Limits) -> CallRecord {
    let service = Service::start(lab, fixture, script);
    let mut spec = adapter::resolve(program, None).unwrap();
    point_at(&mut spec, program, &service.port);
    let path = std::env::join_paths(
        [lab.join("node_modules/.bin")]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let home = fixture.path("home");
    std::fs::create_dir_all(home.join(".codex")).unwrap();
    let base = format!("http://127.0.0.1:{}", service.port);
    let variables = [
        ("PATH", path.unwrap()),
        ("HOME", home.into_os_string()),
        ("ANTHROPIC_BASE_URL", base.into()),
        ("ANTHROPIC_API_KEY", "dummy".into()),
        ("STUB_KEY", "dummy".into()),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1".into()),
        ("DISABLE_AUTOUPDATER", "1".into()),
        ("DISABLE_TELEMETRY", "1".into()),
        ("DISABLE_ERROR_REPORTING", "1".into()),
        ("GH_TOKEN", "ghp_never_to_be_seen".into()),
    ];
    let host = Host::new(variables.map(|(name, value)| (name.into(), value)));
    let agent = Fixture {
        host,
        dir: tempfile::TempDir::new().unwrap(),
    }
    .agent_of(program, spec)
    .on_terms(sealed(fixture));
    let Probe::Ready { version, warning } = agent.probe() else {
        panic!("{program} is not in the lab")
    };
    assert!(
        version.is_some() && warning.is_none(),
        "{version:?} {warning:?}"
    );
    let call = AgentCall {
        limits,
        model: None,
        ..fixture.asked("Create hello.txt, then report.")
    };
    let call = AgentCall {
        model: (program == "claude").then(|| "sonnet".to_owned()),
        ..call
    };
    fixture.answer(&agent, &call)
}

/// The terms of a sealed call, as far as this kernel can.
fn sealed(fixture: &Fixture) -> SealTerms {
    let support = piton_seal::Support::observe(Network::On);
    let standing = Standing::decide(Wanted::Auto, Network::On, support).unwrap();
    SealTerms {
        standing: standing.clone(),
        validation: standing.clone(),
        others: standing,
        home: Some(fixture.path("home")),
        temporary: std::env::temp_dir(),
        ..SealTerms::off()
    }
}

/// Sends Codex to the stand-in; Claude is sent there by its environment.
fn point_at(spec: &mut AdapterSpec, program: &str, port: &str) {
    if program == "codex" {
        spec.environment.allow.push("STUB_KEY".to_owned());
        let table = format!(
            "model_providers.stub={{name=\"stub\",base_url=\"http://127.0.0.1:{port}/v1\",env_key=\"STUB_KEY\",wire_api=\"responses\"}}"
        );
        for setting in [
            "model=gpt-5.5",
            "model_provider=stub",
            "check_for_update_on_startup=false",
            &table,
        ] {
            spec.arguments.extend(["-c".to_owned(), setting.to_owned()]);
        }
    }
}

#[test]
fn a_call_of_the_real_programs_edits_and_replies() {
    let Some(lab) = lab() else { return };
    let script = r#"{"key": "dummy", "turns": [
        {"text": "I will create hello.txt.", "tools": [{"write": {"path": "hello.txt", "content": "hello\n"}}],
         "usage": {"input": 1200, "output": 80}},
        {"text": "Done: it is written.", "usage": {"input": 1500, "output": 20}}]}"#;
    for program in ["claude", "codex"] {
        let fixture = Fixture::new();
        let record = call(&lab, &fixture, program, script, quick());
        assert_eq!(
            record.result.reply().map(|reply| reply.text.trim()),
            Some("Done: it is written."),
            "{program}: {}",
            record.result
        );
        assert_eq!(fixture.read("tree/hello.txt"), "hello\n");
        let usage = record.usage.unwrap();
        assert_eq!(
            (usage.input_tokens, usage.output_tokens),
            (2700, 100),
            "{program}"
        );
        assert!(record.session.is_some() && record.version.is_some());
        assert_eq!(record.cost_usd.is_some(), program == "claude");
        assert_eq!(record.left_behind, 0, "{program}");
    }
}

#[test]
fn commands_that_the_real_programs_run_end_with_the_call() {
    let Some(lab) = lab() else { return };
    for program in ["claude", "codex"] {
        let fixture = Fixture::new();
        // In the slot: the call is sealed.
        let pids = fixture.path("tree/pids").display().to_string();
        // One in the background, one that got away, one in the foreground. In a
        // file, since Claude does not run a command that it sees sleeping long.
        let command = format!(
            "sleep 300 >/dev/null 2>&1 & echo $! >> {pids}\n\
             (setsid sh -c 'echo $$ >> {pids}; exec sleep 300' >/dev/null 2>&1 &)\n\
             echo $$ >> {pids}; sleep 300\n"
        );
        std::fs::write(fixture.path("tree/work.sh"), command).unwrap();
        let script = r#"{"key": "dummy", "turns": [{"tools": [{"shell": "sh work.sh"}]}, {"text": "slept"}]}"#;
        let limits = Limits {
            tool_idle: Duration::from_secs(6),
            idle: Duration::from_secs(6),
            ..quick()
        };
        let record = call(&lab, &fixture, program, script, limits);
        assert_eq!(record.result.name(), "hung", "{program}: {}", record.result);
        std::fs::copy(fixture.path("tree/pids"), fixture.path("pids")).unwrap();
        fixture.nothing_runs(3);
    }
}

#[test]
fn a_wrong_key_and_a_limit_are_told_apart_by_the_real_programs() {
    let Some(lab) = lab() else { return };
    let refused = |status: u16, kind: &str| {
        serde_json::json!({"turns": [{"repeat": "forever", "error": {"status": status, "type": kind, "message": "No."}}]}).to_string()
    };
    for (program, status, kind, outcome) in [
        ("claude", 403, "permission_error", "authentication"),
        ("codex", 429, "usage_limit_reached", "limit-reached"),
    ] {
        let fixture = Fixture::new();
        let record = call(&lab, &fixture, program, &refused(status, kind), quick());
        assert_eq!(
            record.result.name(),
            outcome,
            "{program}: {}",
            record.result
        );
    }
}
