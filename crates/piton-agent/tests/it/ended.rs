//! A process that calls an agent and is ended from outside, in each way.
//!
//! The process is this very test binary, started again for the one test that
//! makes the call when a variable names a fixture.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use piton_agent::process::reap_leftovers;
use piton_agent::{AdapterSpec, Agent, CallFiles, Host, ProgramAgent, Quiet};
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;

use crate::fixture::{Fixture, runs};

const DESK: &str = "TEST_DESK";

/// Makes a call as piton does: the signals that end a program raise its stop.
#[test]
fn the_process_that_calls() {
    let Some(fixture) = std::env::var_os(DESK) else {
        return;
    };
    let fixture = Path::new(&fixture);
    let stop = Stop::default();
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGHUP,
    ])
    .unwrap();
    let told = stop.clone();
    std::thread::spawn(move || signals.forever().for_each(|_| told.request()));
    let mut spec = AdapterSpec::of_command("fake").unwrap();
    spec.program = fixture.join("fake-agent").to_string_lossy().into_owned();
    let pids = format!("pids:{}", fixture.join("pids").display());
    spec.arguments = [
        "prompt",
        &pids,
        "child",
        "session",
        "hidden",
        "say:ready",
        "hang",
    ]
    .map(str::to_owned)
    .to_vec();
    let agent = ProgramAgent::new(
        "command",
        spec,
        Host::new(std::env::vars_os()),
        Arc::new(RealDisk),
        Arc::new(SystemClock::default()),
    );
    let call = crate::fixture::asked(fixture, "x");
    let files = CallFiles::in_directory(fixture.join("call"));
    let record = agent.call(&call, &files, &stop, &Quiet).unwrap();
    assert_eq!(record.result.name(), "stopped");
}

/// Starts the process and waits until its agent is at work.
fn start(fixture: &Fixture) -> Child {
    let process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ended::the_process_that_calls"])
        .env(DESK, fixture.dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let since = Instant::now();
    let log = fixture.path("call/agent.stdout.log");
    while !std::fs::read_to_string(&log).is_ok_and(|text| text.contains("ready")) {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "the agent did not start"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
    process
}

fn signal(process: &Child, signal: &str) {
    Command::new("kill")
        .args([signal, &process.id().to_string()])
        .status()
        .unwrap();
}

#[test]
fn ended_by_a_signal_it_ends_its_agent_first() {
    for name in ["-TERM", "-INT", "-HUP"] {
        let fixture = Fixture::new();
        let mut process = start(&fixture);
        signal(&process, name);
        assert!(process.wait().unwrap().success(), "{name}");
        fixture.nothing_runs(4);
        assert!(!fixture.has_notes());
    }
}

#[test]
fn killed_outright_it_leaves_a_note_by_which_the_next_one_ends_the_agent() {
    let fixture = Fixture::new();
    let mut process = start(&fixture);
    signal(&process, "-KILL");
    process.wait().unwrap();
    assert!(fixture.has_notes());
    reap_leftovers(&RealDisk, &fixture.path("call")).unwrap();
    // What gave up its parent, its session and its environment shows no trace of
    // the call any more: that one cannot be found again, and is the only one.
    let noted = fixture.read("pids");
    let left: Vec<&str> = noted.lines().filter(|pid| runs(pid)).collect();
    assert!(
        left.len() <= 1 && left.iter().all(|pid| Some(*pid) == noted.lines().last()),
        "{left:?} of {noted}"
    );
    for pid in left {
        Command::new("kill").arg(pid).status().unwrap();
    }
}
