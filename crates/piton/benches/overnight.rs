//! A night's work: many agents at once, and a run of many actions.
//!
//! Thirteen agents are to land within one and a half times of what their
//! validations need one after another, and two hundred actions are to take no
//! more memory than fifty.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark arranges the real world, and tells of it"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use piton_testkit::ScratchRepo;
use serde_json::Value;

/// An agent that takes no time: what is measured is piton.
const AGENT: &str =
    "file=$(grep -o 'src/f[0-9]*\\.txt' | head -n 1)\necho better >> \"$file\"\necho done\n";

const AGENTS: usize = 13;
const ACTIONS: usize = 200;

/// Returns how many actions the memory is looked at over: as many as are given
/// on the command line (`cargo bench --bench overnight -- 40`), or two hundred.
fn actions() -> usize {
    let given = std::env::args().find_map(|word| word.parse().ok());
    given.unwrap_or(ACTIONS).max(8)
}

fn main() {
    thirteen();
    memory();
}

fn thirteen() {
    // A validation of a second that needs no processor, as one that waits for
    // a machine elsewhere.
    let mut lasted = Duration::ZERO;
    let began = Instant::now();
    let landed = run(AGENTS, &AGENTS.to_string(), "sleep 1", &mut |event, _| {
        if event["event"] == "validation_finished" {
            lasted += Duration::from_millis(event["duration_ms"].as_u64().unwrap_or(0));
        }
    });
    let took = began.elapsed();
    let alone = Duration::from_secs(AGENTS as u64);
    println!("{AGENTS} agents at once: {landed} landed in {took:.1?}");
    println!("  one validation each, one after another: {alone:.1?}");
    println!("  all validations that were made, one after another: {lasted:.1?}");
    let ratio = took.as_secs_f64() / lasted.as_secs_f64();
    println!(
        "  {ratio:.2} of those; {:.2} of one each",
        took.as_secs_f64() / alone.as_secs_f64()
    );
    assert_eq!(landed, AGENTS);
    let of_each = took.as_secs_f64() / alone.as_secs_f64();
    assert!(of_each <= 1.5, "{of_each:.2} is more than 1.5");
}

fn memory() {
    let actions = actions();
    let mut seen = Vec::new();
    let began = Instant::now();
    let landed = run(actions, "1", "true", &mut |event, process| {
        if event["event"] == "action_finished" {
            seen.push(resident(process));
        }
    });
    println!(
        "{actions} actions one after another: {landed} landed in {:.1?}",
        began.elapsed()
    );
    let (early, late) = (seen[actions / 4 - 1], seen[actions - 1]);
    for at in [1, actions / 4, actions / 2, actions] {
        println!("  after {at:>3} actions: {} kB in memory", seen[at - 1]);
    }
    assert_eq!(landed, actions);
    let most = early + early / 10;
    assert!(
        late <= most,
        "{late} kB is more than a tenth above {early} kB"
    );
}

/// Runs a target a file; each event is looked at as it comes.
fn run(targets: usize, jobs: &str, validation: &str, look: &mut dyn FnMut(&Value, u32)) -> usize {
    let repo = ScratchRepo::new();
    let mut lines = String::new();
    for number in 1..=targets {
        repo.write(&format!("src/f{number}.txt"), "fine\n");
        let _ = writeln!(
            lines,
            "{{\"description\": \"f{number}\", \"files\": [\"src/f{number}.txt\"]}}"
        );
    }
    repo.commit_all("a project");
    let home = tempfile::tempdir().expect("a home");
    let (file, agent) = (
        home.path().join("targets.jsonl"),
        home.path().join("agent.sh"),
    );
    fs::write(&file, lines).expect("it writes");
    fs::write(&agent, AGENT).expect("it writes");
    let mut child = Command::new(env!("CARGO_BIN_EXE_piton"))
        .args(["run", "--events", "-", "--jobs", jobs, "--targets"])
        .arg(&file)
        .args(["--with", "command", "--agent-command"])
        .arg(format!("sh {}", agent.display()))
        .args(["--validation-command", validation])
        .current_dir(repo.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let process = child.id();
    let mut landed = 0;
    for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
        let Ok(event) = serde_json::from_str::<Value>(&line.expect("it reads")) else {
            continue;
        };
        landed += usize::from(event["outcome"] == "landed");
        look(&event, process);
    }
    assert!(child.wait().expect("it ends").success());
    landed
}

/// Returns how many kilobytes of a process are in memory.
fn resident(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
