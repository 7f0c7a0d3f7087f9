//! Programs are seen, killed and failed at the calls that write.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use piton_selftest::trace::{End, Fault, Point, Traced, Verdict, Watch, trace};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(20);

fn run(
    directory: &Path,
    line: &str,
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> (Traced, Vec<String>) {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", line])
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut lines = Vec::new();
    let traced = trace(
        &mut command,
        directory,
        Watch::Writes,
        LIMIT,
        &mut |point| {
            lines.push(point.line(directory));
            decide(point)
        },
    );
    (traced.unwrap(), lines)
}

fn scratch() -> (TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().canonicalize().unwrap();
    (directory, path)
}

#[test]
fn every_write_of_every_process_is_a_point_and_nothing_else_is() {
    let (_keep, at) = scratch();
    let line = "echo a >a; cat a >/dev/null; (mkdir d; mv a d/b); echo x >/dev/null; exit 3";
    let (traced, lines) = run(&at, line, &mut |_| Verdict::Go);
    assert_eq!(traced.end, End::Exit(3));
    let verbs: Vec<_> = lines
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(verbs.len(), 4, "{lines:?}");
    assert!(
        verbs[0].starts_with("open") && verbs[1] == "write",
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("mkdir") && lines[2].ends_with(" d"),
        "{lines:?}"
    );
    assert!(
        lines[3].starts_with("rename") && lines[3].ends_with(" a d/b"),
        "{lines:?}"
    );
    assert_eq!(traced.points, 4);
}

#[test]
fn bytes_that_the_kernel_copies_are_written_at_a_point() {
    // A file system that can share bytes between files would copy none.
    let keep = tempfile::tempdir_in("/dev/shm").unwrap();
    let at = keep.path();
    std::fs::write(at.join("a"), "text").unwrap();
    let (_, lines) = run(at, "cp a b", &mut |_| {
        // Where `b` is there already, its bytes come next.
        if at.join("b").exists() {
            Verdict::Kill
        } else {
            Verdict::Go
        }
    });
    assert!(lines.last().unwrap().ends_with(" b"), "{lines:?}");
    assert_eq!(std::fs::read(at.join("b")).unwrap(), b"", "{lines:?}");
}

#[test]
fn a_kill_comes_before_the_call_and_takes_everything_with_it() {
    for point in 1..=3 {
        let (_keep, at) = scratch();
        let line = "(setsid sleep 600 &) ; echo a >a; mkdir d; : >>c";
        let begin = Instant::now();
        let (traced, _) = run(&at, line, &mut |seen| {
            if seen.number == point {
                Verdict::Kill
            } else {
                Verdict::Go
            }
        });
        assert_eq!((traced.end, traced.points), (End::Killed, point));
        assert!(begin.elapsed() < LIMIT);
        assert_eq!(at.join("a").exists(), point > 1);
        assert_eq!(
            std::fs::read(at.join("a")).unwrap_or_default().len(),
            if point > 2 { 2 } else { 0 }
        );
        assert!(!at.join("d").exists());
    }
}

#[test]
fn a_call_that_is_made_to_fail_fails_and_changes_nothing() {
    for fault in [Fault::NoSpace, Fault::InputOutput, Fault::TooManyFiles] {
        let (_keep, at) = scratch();
        let (traced, _) = run(&at, "mkdir d || exit 7", &mut |_| Verdict::Fail(fault));
        assert_eq!(traced.end, End::Exit(7), "{fault}");
        assert!(!at.join("d").exists());
    }
}

#[test]
fn a_program_that_takes_too_long_is_killed_with_all_it_started() {
    let (_keep, at) = scratch();
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "sleep 600 & sleep 600"])
        .current_dir(&at);
    let limit = Duration::from_millis(300);
    let traced = trace(&mut command, &at, Watch::Writes, limit, &mut |_| {
        Verdict::Go
    })
    .unwrap();
    assert_eq!(traced.end, End::TooLong);
}

#[test]
fn two_threads_each_watch_their_own() {
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (_keep, at) = scratch();
                for _ in 0..5 {
                    let (traced, _) = run(&at, "mkdir x; rmdir x", &mut |_| Verdict::Go);
                    assert_eq!((traced.end, traced.points), (End::Exit(0), 2));
                }
            });
        }
    });
}

#[test]
fn signals_of_the_programs_own_are_passed_on() {
    let (_keep, at) = scratch();
    let line = "trap 'echo got >got' USR1; kill -USR1 $$; exit 0";
    let (traced, _) = run(&at, line, &mut |_| Verdict::Go);
    assert_eq!(traced.end, End::Exit(0));
    assert!(at.join("got").exists());
}

#[test]
fn a_look_at_a_file_is_a_point_for_who_asks_for_looks_and_can_fail() {
    let (_keep, at) = scratch();
    std::fs::write(at.join("a"), "").unwrap();
    let looked = |watch, fails: bool| {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "if test -e a; then exit 3; else exit 4; fi"])
            .current_dir(&at);
        let mut looks = 0;
        let traced = trace(&mut command, &at, watch, LIMIT, &mut |point| {
            if point.path != at.join("a") {
                return Verdict::Go;
            }
            assert!(!point.writes && point.faults == [Fault::InputOutput]);
            looks += 1;
            if fails {
                Verdict::Fail(Fault::InputOutput)
            } else {
                Verdict::Go
            }
        });
        (traced.unwrap().end, looks)
    };
    assert_eq!(looked(Watch::Opens, true), (End::Exit(3), 0));
    assert_eq!(looked(Watch::Looks, false), (End::Exit(3), 1));
    assert_eq!(looked(Watch::Looks, true), (End::Exit(4), 1));
}
