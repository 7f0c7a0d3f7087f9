//! Sessions with a person at the terminal, here without a person.

use std::time::{Duration, Instant};

use piton_agent::interactive::{Session, SessionEnd, SessionError, run};
use piton_agent::process::ExitKind;
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;

use crate::fixture::Fixture;

const WRITE: &str = r#"
    printf 'taste\n' > taste.md
    printf 'sha256:%s\n' "$(sha256sum taste.md | cut -d' ' -f1)" > taste.md.done
"#;

fn session(fixture: &Fixture, script: &str, with_content: bool) -> Session {
    Session {
        program: "/bin/sh".into(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        directory: fixture.path("tree"),
        environment: fixture.host.environment.clone(),
        content: with_content.then(|| fixture.path("tree/taste.md")),
        token: format!("session-{}", fixture.dir.path().display()),
        seal: None,
    }
}

fn play(fixture: &Fixture, script: &str, stop: &Stop) -> Result<SessionEnd, SessionError> {
    run(
        &session(fixture, script, true),
        None,
        &RealDisk,
        stop,
        &SystemClock::default(),
    )
}

fn ignores_interrupts() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 0b10 != 0)
}

#[test]
fn an_agent_that_stays_is_ended_once_its_file_has_settled() {
    let fixture = Fixture::new();
    let started = Instant::now();
    let script = format!("{WRITE}\n echo $$ > ../pids; exec sleep 300");
    // What is started behind a shell's `&` ignores interrupts, and so does all
    // that it starts.
    let signal = if ignores_interrupts() { 15 } else { 2 };
    assert_eq!(
        play(&fixture, &script, &Stop::default()).unwrap(),
        SessionEnd::Settled(ExitKind::Signal(signal))
    );
    assert!((2..10).contains(&started.elapsed().as_secs()));
    fixture.nothing_runs(1);
}

#[test]
fn an_agent_that_ends_by_itself_must_have_finished_the_file() {
    let fixture = Fixture::new();
    let end = play(&fixture, &format!("{WRITE}\n exit 3"), &Stop::default()).unwrap();
    assert_eq!(end, SessionEnd::Ended(ExitKind::Code(3)));
    for script in [
        "exit 0",
        "echo x > taste.md",
        "echo x > taste.md; echo sha256:0 > taste.md.done",
    ] {
        let fixture = Fixture::new();
        let error = play(&fixture, script, &Stop::default()).unwrap_err();
        assert!(
            matches!(error, SessionError::Unfinished { .. }),
            "{script}: {error}"
        );
    }
}

#[test]
fn a_done_file_of_an_earlier_session_counts_for_nothing() {
    let fixture = Fixture::new();
    assert!(play(&fixture, WRITE, &Stop::default()).is_ok());
    assert!(play(&fixture, "exit 0", &Stop::default()).is_err());
}

#[test]
fn a_piton_that_is_told_to_stop_ends_the_session() {
    let fixture = Fixture::new();
    let stop = Stop::default();
    let script = "trap '' INT; echo $$ > ../pids; while :; do sleep 300; done";
    let pids = fixture.path("pids");
    let started = Instant::now();
    let end = std::thread::scope(|scope| {
        // Only an agent that has come so far ignores the first signal.
        scope.spawn(|| {
            while !std::fs::read(&pids).is_ok_and(|text| text.ends_with(b"\n")) {
                std::thread::yield_now();
            }
            stop.request();
        });
        play(&fixture, script, &stop).unwrap()
    });
    assert_eq!(end, SessionEnd::Stopped(ExitKind::Signal(15)));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_session_without_a_file_lasts_until_the_agent_ends() {
    let fixture = Fixture::new();
    let end = run(
        &session(&fixture, "exit 7", false),
        None,
        &RealDisk,
        &Stop::default(),
        &SystemClock::default(),
    );
    assert_eq!(end.unwrap(), SessionEnd::Ended(ExitKind::Code(7)));
}
