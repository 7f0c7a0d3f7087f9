//! What may be left on the simulated disk when the power goes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::disk::{Leaf, SimDisk};
use super::nodes::{Fate, Ino, Inode};
use super::state::{ROOT, State};

/// How many different outcomes of one crash are tried.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    pub outcomes: usize,
    pub seed: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            outcomes: 64,
            seed: 7,
        }
    }
}

/// How much a crash test tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrashReport {
    /// The operations before which the plug was pulled.
    pub points: usize,
    /// The different disks that were found after them.
    pub outcomes: usize,
}

impl fmt::Display for CrashReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} crash points, {} outcomes",
            self.points, self.outcomes
        )
    }
}

impl std::ops::AddAssign for CrashReport {
    fn add_assign(&mut self, other: Self) {
        self.points += other.points;
        self.outcomes += other.outcomes;
    }
}

/// Runs `run` on forks of `start`, pulling the plug before every write in turn
/// and once after the last, and hands `check` each disk that may be found
/// afterwards, with the number of the write and whether all of them were done.
pub fn every_crash(
    start: &SimDisk,
    budget: Budget,
    mut run: impl FnMut(&SimDisk),
    mut check: impl FnMut(&SimDisk, CrashPoint),
) -> CrashReport {
    let whole = start.fork();
    run(&whole);
    let total = whole.ops() - start.ops();
    let log = whole.log();
    let mut report = CrashReport::default();
    for at in 1..=total + 1 {
        let disk = start.fork();
        disk.crash_before(at);
        run(&disk);
        assert_eq!(disk.crashed(), at <= total, "the run differs from itself");
        report.points += 1;
        let before = log
            .get(start.log().len() + at - 1)
            .map_or_else(|| "the end".to_owned(), ToString::to_string);
        for outcome in disk.after_crash(budget) {
            report.outcomes += 1;
            check(
                &outcome,
                CrashPoint {
                    at,
                    total,
                    before: before.clone(),
                },
            );
        }
    }
    report
}

/// Where the plug was pulled.
#[derive(Clone, Debug)]
pub struct CrashPoint {
    pub at: usize,
    pub total: usize,
    /// The write that did not happen.
    pub before: String,
}

impl CrashPoint {
    /// Returns whether everything had been done, so that nothing may be lost.
    pub fn is_end(&self) -> bool {
        self.at > self.total
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "power cut before write {} of {} ({})",
            self.at, self.total, self.before
        )
    }
}

impl SimDisk {
    /// Returns the different disks that may be found after a crash now: all of
    /// them where the budget allows, and else the extremes (nothing lost, all
    /// lost, every single loss, every single survival, every prefix) before a
    /// seeded choice of the rest.
    pub fn after_crash(&self, budget: Budget) -> Vec<SimDisk> {
        let state = self.state();
        let mut random = Random(budget.seed ^ state.next);
        let names = name_choices(&state, &mut random);
        let mut seen: BTreeSet<BTreeMap<PathBuf, Leaf>> = BTreeSet::new();
        let mut found = Vec::new();
        let mut attempts = 0;
        // First each choice of names with the two extreme fates of the bytes,
        // then the finer fates, until the budget is spent.
        for round in 0..8_u64 {
            for keep in &names {
                if found.len() >= budget.outcomes || attempts >= budget.outcomes * 6 {
                    return found;
                }
                attempts += 1;
                let disk = reboot(&state, keep, round, &mut random);
                if seen.insert(disk.snapshot("/")) {
                    found.push(disk);
                }
            }
        }
        found
    }
}

/// Chooses which changes of names survive.
fn name_choices(state: &State, random: &mut Random) -> Vec<Vec<bool>> {
    let count = state.names.waiting.len();
    let mut raw: Vec<Vec<bool>> = vec![vec![true; count], vec![false; count]];
    if count <= 6 {
        for bits in 0..1_u32 << count {
            raw.push((0..count).map(|at| bits >> at & 1 == 1).collect());
        }
    } else {
        for at in 0..count {
            raw.push((0..count).map(|other| other == at).collect());
            raw.push((0..count).map(|other| other != at).collect());
            raw.push((0..count).map(|other| other < at).collect());
        }
        for _ in 0..count {
            raw.push(
                (0..count)
                    .map(|_| random.next().is_multiple_of(2))
                    .collect(),
            );
        }
    }
    let mut seen = BTreeSet::new();
    raw.into_iter()
        .map(|keep| state.names.closed(&keep))
        .filter(|keep| seen.insert(keep.clone()))
        .collect()
}

/// Builds the disk that is found when these changes of names survived. The
/// first rounds give every file the same fate, later ones each its own.
fn reboot(state: &State, keep: &[bool], round: u64, random: &mut Random) -> SimDisk {
    let names = state.names.with(keep);
    let mut inodes: BTreeMap<Ino, Inode> = BTreeMap::new();
    let mut waiting = VecDeque::from([ROOT]);
    while let Some(ino) = waiting.pop_front() {
        let inode = match &state.inodes[&ino] {
            Inode::File { now, safe } if now == safe => state.inodes[&ino].clone(),
            Inode::File { now, safe } => {
                let pick = if round < 4 { round } else { random.next() };
                let fate = Fate::ALL[usize::try_from(pick % 4).unwrap_or(0)];
                let content = fate.apply(now, safe);
                Inode::File {
                    now: content.clone(),
                    safe: content,
                }
            }
            Inode::Dir {
                mode,
                safe_mode,
                device,
                ..
            } => {
                let entries = names.get(&ino).cloned().unwrap_or_default();
                waiting.extend(entries.values().copied());
                let mode = if round.is_multiple_of(2) {
                    *safe_mode
                } else {
                    *mode
                };
                Inode::Dir {
                    entries,
                    mode,
                    safe_mode: mode,
                    device: *device,
                }
            }
            other => other.clone(),
        };
        inodes.insert(ino, inode);
    }
    SimDisk(Arc::new(Mutex::new(State::rebooted(
        inodes, state.next, state,
    ))))
}

/// A small generator of numbers that are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
