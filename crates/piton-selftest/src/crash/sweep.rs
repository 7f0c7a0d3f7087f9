//! All points of all scenarios, as far as time allows.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::attempt::{Blow, attempt};
use super::field::Field;
use super::invariants::short;
use super::report::{Bad, Report};
use super::scenario::Scenario;
use super::scenarios;
use crate::trace::{End, Fault, SUPPORTED, Verdict, Watch};

/// What a sweep is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The piton that is tried.
    pub program: PathBuf,
    /// An empty directory on the disk that is tried.
    pub directory: PathBuf,
    /// The user's search path, for git.
    pub path: OsString,
    /// Only these scenarios; all when empty.
    pub only: Vec<String>,
    /// Only this point of each.
    pub point: Option<u64>,
    /// Every so-manieth point.
    pub every: u64,
    pub time: Option<Duration>,
    /// Calls fail instead of being killed at.
    pub errors: bool,
}

/// What a sweep tells along the way.
#[derive(Debug)]
pub enum Sweep<'a> {
    /// A scenario is set up, with so many points.
    Ready {
        name: &'a str,
        points: u64,
    },
    Bad(&'a Bad),
}

/// Failure to try anything.
#[derive(Debug, Error)]
pub enum CrashError {
    #[error(
        "it needs Linux on x86-64 or arm64, which let a program be watched at its system calls"
    )]
    Unsupported,
    #[error("no scenario is called {name:?}; there are {known}")]
    Unknown { name: String, known: String },
    #[error("failed to work in {}", directory.display())]
    Field {
        directory: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// How many points are between two that are tried one after the other, so that
/// a sweep that is cut short has been everywhere.
const STRIDE: u64 = 16;

/// Tries all points, on as many threads as there are processors, four at most.
pub fn sweep(
    options: &Options,
    stopped: &(dyn Fn() -> bool + Sync),
    tell: &(dyn Fn(&Sweep<'_>) + Sync),
) -> Result<Report, CrashError> {
    if !SUPPORTED {
        return Err(CrashError::Unsupported);
    }
    let scenarios = chosen(&options.only)?;
    let begin = Instant::now();
    let late = || stopped() || options.time.is_some_and(|time| begin.elapsed() >= time);
    let workers = thread::available_parallelism().map_or(1, |count| count.get().min(4));
    let shared = Shared {
        options,
        scenarios: &scenarios,
        next: AtomicUsize::new(0),
        cut: AtomicBool::new(false),
        report: Mutex::new(Report::default()),
        late: &late,
        stopped,
        tell,
    };
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn({
                    let shared = &shared;
                    move || shared.work(worker)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
            })
            .collect()
    });
    for result in results {
        result.map_err(|source| CrashError::Field {
            directory: options.directory.clone(),
            source,
        })?;
    }
    let mut report = shared
        .report
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    report.cut_short = shared.cut.load(Ordering::SeqCst);
    report
        .bad
        .sort_by(|a, b| (&a.scenario, a.point).cmp(&(&b.scenario, b.point)));
    Ok(report)
}

fn chosen(only: &[String]) -> Result<Vec<&'static Scenario>, CrashError> {
    if only.is_empty() {
        return Ok(scenarios::all().collect());
    }
    let find = |name: &String| {
        let found = scenarios::all().find(|scenario| scenario.name == *name);
        found.ok_or_else(|| CrashError::Unknown {
            name: name.clone(),
            known: scenarios::all()
                .map(|scenario| scenario.name)
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    only.iter().map(find).collect()
}

/// How a call can fail, and whether it writes.
type Possible = (&'static [Fault], bool);

struct Shared<'a> {
    options: &'a Options,
    scenarios: &'a [&'static Scenario],
    next: AtomicUsize,
    cut: AtomicBool,
    report: Mutex<Report>,
    late: &'a (dyn Fn() -> bool + Sync),
    stopped: &'a (dyn Fn() -> bool + Sync),
    tell: &'a (dyn Fn(&Sweep<'_>) + Sync),
}

impl Shared<'_> {
    /// Takes scenario after scenario, each whole, until none is left. When time
    /// is short each scenario gets its share of what is left.
    fn work(&self, worker: usize) -> io::Result<()> {
        let root = self.options.directory.join(format!("w{worker}"));
        let field = Field::new(
            root,
            self.options.program.clone(),
            self.options.path.clone(),
        );
        let begin = Instant::now();
        loop {
            let index = self.next.fetch_add(1, Ordering::SeqCst);
            let Some(scenario) = self.scenarios.get(index) else {
                return Ok(());
            };
            let left = self.scenarios.len() - index;
            let share = self.options.time.map(|time| {
                let workers = thread::available_parallelism().map_or(1, |count| count.get().min(4));
                time.saturating_sub(begin.elapsed())
                    / u32::try_from(left.div_ceil(workers)).unwrap_or(1)
            });
            self.scenario(&field, scenario, share)?;
        }
    }

    fn scenario(
        &self,
        field: &Field,
        scenario: &'static Scenario,
        share: Option<Duration>,
    ) -> io::Result<()> {
        let begin = Instant::now();
        let late = || (self.late)() || share.is_some_and(|share| begin.elapsed() >= share);
        if late() {
            self.cut.store(true, Ordering::SeqCst);
            return Ok(());
        }
        let Some(points) = self.unharmed(field, scenario)? else {
            return Ok(());
        };
        let count = points.len() as u64;
        (self.tell)(&Sweep::Ready {
            name: scenario.name,
            points: count,
        });
        self.report()
            .scenarios
            .push((scenario.name.to_owned(), count));
        for number in order(count, self.options.every, self.options.point) {
            let possible = usize::try_from(number - 1)
                .ok()
                .and_then(|index| points.get(index))
                .copied();
            for blow in blows(self.options.errors, possible.unwrap_or_default()) {
                if late() {
                    self.cut.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                let bad = attempt(field, scenario, number, blow)?;
                // An interrupt reaches all of them, and not by the test.
                if (self.stopped)() {
                    self.cut.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                self.report().points += 1;
                if let Some(bad) = bad {
                    self.bad(bad);
                }
            }
        }
        Ok(())
    }

    /// Sets the scenario up, and lets its command run to its end once. Returns
    /// what can be done at each point, or nothing where that is bad already.
    fn unharmed(&self, field: &Field, scenario: &Scenario) -> io::Result<Option<Vec<Possible>>> {
        if let Err(why) = field.prepare(&scenario.arrange) {
            self.bad(cannot_begin(scenario, &why));
            return Ok(None);
        }
        field.keep(scenario.name)?;
        let watch = if self.options.errors {
            Watch::Looks
        } else {
            Watch::Writes
        };
        let mut points = Vec::new();
        let whole = field.traced(scenario.command, watch, &mut |point| {
            points.push((point.faults, point.writes));
            Verdict::Go
        })?;
        if whole.end != End::Exit(0) {
            let told = format!("unharmed it ends with {:?}: {}", whole.end, field.said());
            self.bad(cannot_begin(scenario, &told));
            return Ok(None);
        }
        Ok(Some(points))
    }

    fn bad(&self, bad: Bad) {
        (self.tell)(&Sweep::Bad(&bad));
        self.report().bad.push(bad);
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cannot_begin(scenario: &Scenario, why: &str) -> Bad {
    Bad {
        scenario: scenario.name.to_owned(),
        point: 0,
        at: String::new(),
        done: String::new(),
        why: vec![format!("it cannot be set up: {}", short(why, 600))],
    }
}

/// Returns what is done at a point. What fails once may work again, and what is
/// full stays full: both are tried where something is written.
fn blows(errors: bool, (possible, writes): Possible) -> Vec<Blow> {
    if !errors {
        return vec![Blow::Kill];
    }
    let once = possible.iter().copied().map(Blow::Fail);
    let from = possible.iter().copied().map(Blow::FailFrom);
    once.chain(from.filter(|_| writes)).collect()
}

/// Returns the numbers of the points to try, far apart from one another first.
fn order(points: u64, every: u64, only: Option<u64>) -> Vec<u64> {
    if let Some(point) = only {
        return vec![point];
    }
    let all: Vec<u64> = (1..=points)
        .step_by(usize::try_from(every.max(1)).unwrap_or(usize::MAX))
        .collect();
    let mut order = Vec::with_capacity(all.len());
    for round in 0..STRIDE {
        // Seven and sixteen share no factor: each round starts elsewhere.
        let first = usize::try_from(round * 7 % STRIDE).unwrap_or_default();
        order.extend(
            all.iter()
                .skip(first)
                .step_by(usize::try_from(STRIDE).unwrap_or(1)),
        );
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_tried_once_and_neighbours_far_apart() {
        let mut all = order(100, 1, None);
        assert!(all[0].abs_diff(all[1]) >= 7);
        all.sort_unstable();
        assert_eq!(all, (1..=100).collect::<Vec<_>>());
        assert_eq!(order(100, 10, None).len(), 10);
        assert_eq!(order(100, 1, Some(7)), [7]);
    }

    #[test]
    fn a_scenario_that_nobody_knows_is_refused_with_those_there_are() {
        let error = chosen(&["stpe".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("step, again"), "{error}");
    }
}
