//! Measuring a candidate against the least that could be done.
//!
//! A time alone says nothing on a shared machine. So each candidate is timed
//! in turns with its floor, and what counts is the ratio of the medians, with
//! the bound that is promised beside it.
#![expect(clippy::print_stdout, reason = "a benchmark's table is its output")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Candidates with their floors, measured and printed one after the other.
#[derive(Debug)]
pub struct Table {
    rounds: usize,
    held: bool,
}

impl Table {
    /// Starts a table whose rows are the medians of so many rounds.
    pub fn new(title: &str, rounds: usize) -> Self {
        println!("\n{title}");
        println!(
            "{:<36} {:>12} {:>12} {:>7} {:>7}  holds",
            "candidate", "candidate", "floor", "ratio", "bound"
        );
        Self { rounds, held: true }
    }

    /// Measures a candidate against its floor and prints the row.
    pub fn row<A, B>(
        &mut self,
        name: &str,
        bound: f64,
        mut candidate: impl FnMut() -> A,
        mut floor: impl FnMut() -> B,
    ) -> Measured {
        // The first round warms caches for both and counts for neither.
        time(&mut candidate);
        time(&mut floor);
        let (mut ours, mut least) = (Vec::new(), Vec::new());
        for round in 0..self.rounds {
            // Whoever goes second finds the caches warmer; so they take turns.
            if round % 2 == 0 {
                ours.push(time(&mut candidate));
                least.push(time(&mut floor));
            } else {
                least.push(time(&mut floor));
                ours.push(time(&mut candidate));
            }
        }
        let measured = Measured {
            candidate: median(&mut ours),
            floor: median(&mut least),
        };
        let holds = measured.ratio() <= bound;
        self.held &= holds;
        println!(
            "{name:<36} {:>12.3?} {:>12.3?} {:>7.2} {bound:>7.2}  {}",
            measured.candidate,
            measured.floor,
            measured.ratio(),
            if holds { "yes" } else { "NO" },
        );
        measured
    }

    /// Ends the table and tells whether every promise was kept.
    pub fn finish(self) -> bool {
        self.held
    }
}

/// Copies a program into a directory, as installing does: the very file that a
/// linker wrote may lie in the page cache in small pieces, and start a sixth
/// slower.
#[must_use]
pub fn install(built: &Path, dir: &Path) -> PathBuf {
    let program = dir
        .join(built.file_name().expect("a name"))
        .with_extension("installed");
    std::fs::copy(built, &program).expect("it copies");
    program
}

/// Builds a program that does nothing: the floor of starting any.
#[must_use]
pub fn empty_program(dir: &Path) -> PathBuf {
    let (source, built) = (dir.join("empty.rs"), dir.join("empty"));
    std::fs::write(&source, "fn main() {}\n").expect("it writes");
    let status = Command::new("rustc")
        .args(["-C", "opt-level=3", "-C", "strip=symbols", "-o"])
        .args([&built, &source])
        .status()
        .expect("rustc runs");
    assert!(status.success());
    install(&built, dir)
}

/// Starts a program that does nothing, and waits for its end.
pub fn spawn(program: &Path) {
    let status = Command::new(program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("it runs");
    assert!(status.success());
}

/// What one row came to.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub candidate: Duration,
    pub floor: Duration,
}

impl Measured {
    /// Returns how many times the floor the candidate took.
    pub fn ratio(self) -> f64 {
        self.candidate.as_secs_f64() / self.floor.as_secs_f64().max(f64::EPSILON)
    }
}

fn time<T>(work: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
