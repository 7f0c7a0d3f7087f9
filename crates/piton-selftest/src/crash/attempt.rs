//! One point of one scenario.

use std::fmt;
use std::io;

use super::field::Field;
use super::invariants::{broken, left, short};
use super::report::Bad;
use super::scenario::Scenario;
use crate::trace::{End, Fault, Point, Verdict, Watch};

/// The exit codes that piton may end with; a panic is none of them.
const DOCUMENTED: std::ops::RangeInclusive<i32> = 0..=10;

/// What is done at the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    Kill,
    /// The call fails, and all others work.
    Fail(Fault),
    /// It fails, and so does every later one that can.
    FailFrom(Fault),
}

impl Blow {
    /// Returns at which calls points are counted.
    pub(super) const fn watch(self) -> Watch {
        match self {
            Self::Kill => Watch::Writes,
            Self::Fail(_) | Self::FailFrom(_) => Watch::Looks,
        }
    }
}

impl fmt::Display for Blow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill => f.write_str("killed"),
            Self::Fail(fault) => fault.fmt(f),
            Self::FailFrom(fault) => write!(f, "{fault} from here on"),
        }
    }
}

/// Tries one point: the command is struck there, the next one runs, and all is
/// looked at. Returns what is bad.
pub(super) fn attempt(
    field: &Field,
    scenario: &Scenario,
    number: u64,
    blow: Blow,
) -> io::Result<Option<Bad>> {
    field.put_back(scenario.name)?;
    let users = field.users();
    let mut at = None;
    let traced = field.traced(scenario.command, blow.watch(), &mut |point| {
        if point.number == number {
            at = Some(point.clone());
        }
        match blow {
            Blow::Kill if point.number == number => Verdict::Kill,
            Blow::Fail(fault) if point.number == number => Verdict::Fail(fault),
            Blow::FailFrom(fault) if point.number >= number && point.faults.contains(&fault) => {
                Verdict::Fail(fault)
            }
            Blow::Kill | Blow::Fail(_) | Blow::FailFrom(_) => Verdict::Go,
        }
    })?;
    let mut why = Vec::new();
    ended_well(traced.end, &field.said(), &mut why);
    if field.users() != users {
        why.push("the user's files changed".to_owned());
    }
    // Every other time the next command comes first, so that not every kill is
    // repaired by the command that looks.
    if number.is_multiple_of(2) {
        sound(field, scenario, "at once", &mut why)?;
    }
    carry_on(field, scenario, &mut why)?;
    sound(field, scenario, "in the end", &mut why)?;
    if field.users() != users {
        why.push("the user's files changed in the next command".to_owned());
    }
    why.extend(left(field, scenario.committed));
    Ok((!why.is_empty()).then(|| Bad {
        scenario: scenario.name.to_owned(),
        point: number,
        at: at.map_or_else(String::new, |point: Point| point.line(&field.repository())),
        done: blow.to_string(),
        why,
    }))
}

/// The next command has to bring everything to its end, if need be with the
/// command that was struck after it.
fn carry_on(field: &Field, scenario: &Scenario, why: &mut Vec<String>) -> io::Result<()> {
    let (end, told) = field.ended(scenario.next)?;
    let nothing = scenario
        .nothing
        .is_some_and(|nothing| told.contains(nothing));
    if end != End::Exit(0) && !nothing {
        why.push(format!(
            "the next command ended with {}",
            ending(end, &told)
        ));
    }
    let broken = || {
        let checks = scenario.holds.iter();
        checks.filter_map(|check| broken(field, check))
    };
    if broken().next().is_some() {
        field.ended(scenario.command)?;
    }
    why.extend(broken());
    Ok(())
}

/// A command that was not killed has to end as piton ends.
fn ended_well(end: End, told: &str, why: &mut Vec<String>) {
    match end {
        End::Killed => {}
        End::Exit(code) if DOCUMENTED.contains(&code) => {}
        End::Exit(_) | End::Signal(_) | End::TooLong => {
            why.push(format!("it ended with {}", ending(end, told)));
        }
    }
}

/// The live migration is whole, if it is there at all.
fn sound(field: &Field, scenario: &Scenario, when: &str, why: &mut Vec<String>) -> io::Result<()> {
    let Some(live) = scenario.live else {
        return Ok(());
    };
    // Before it is made, and after it was taken away, there is none to look at.
    let may_be_gone = ["new", "rename", "archive", "delete"].contains(&scenario.name);
    if may_be_gone && !field.repository().join(live).exists() {
        return Ok(());
    }
    let slug = live.rsplit('/').next().unwrap_or(live);
    let (end, told) = field.ended(&format!("migration doctor {slug}"))?;
    if end != End::Exit(0) {
        why.push(format!(
            "{when} the doctor ended with {}",
            ending(end, &told)
        ));
    }
    Ok(())
}

fn ending(end: End, told: &str) -> String {
    let how = match end {
        End::Exit(code) => code.to_string(),
        End::Signal(signal) => format!("signal {signal}"),
        End::Killed => "a kill".to_owned(),
        End::TooLong => "no end".to_owned(),
    };
    let telling = |line: &&str| {
        ["error", "because", "failed", "panicked"]
            .iter()
            .any(|word| line.contains(word))
    };
    let lines: Vec<_> = told.lines().filter(telling).take(4).collect();
    format!("{how}: {}", short(&lines.join(" "), 300))
}
