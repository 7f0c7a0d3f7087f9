//! `piton selftest --crash`.

use std::fmt::Write as _;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use piton_selftest::crash::{CrashError, Options, Report, Sweep, sweep};
use serde_json::json;

use super::args::SelftestArgs;
use super::place;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::{Channel, Level};

pub(super) fn run(context: &Context, args: &SelftestArgs) -> CommandResult {
    let directory = place::make(context, args.dir.as_deref())?;
    let options = Options {
        program: crate::context::program()?,
        directory: directory.clone(),
        path: context.environment.get("PATH").unwrap_or_default().into(),
        only: args.only.clone(),
        point: args.point,
        every: args.every.unwrap_or(1),
        time: args.seconds.map(Duration::from_secs),
        errors: args.errors,
    };
    let result = tried(context, &options);
    if args.keep {
        place::tell(context, &directory);
    } else {
        place::remove(context, &directory)?;
    }
    let report = result?;
    show(context, &report);
    Ok(if context.stop.requested() {
        Exit::Interrupted
    } else if report.bad.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// Tries, and tells as it goes: on standard output what is bad, beside it what
/// is being tried.
fn tried(context: &Context, options: &Options) -> Result<Report, CommandError> {
    let (to, told) = mpsc::channel();
    let to = Mutex::new(to);
    let tell = |line: (Level, String)| {
        // The other end waits for the last line; a panic of one thread is told
        // by the sweep.
        if let Ok(to) = to.lock() {
            let _ = to.send(line);
        }
    };
    let json = context.out.json_wanted();
    let stop = &context.stop;
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let result = sweep(options, &|| stop.requested(), &|event| match event {
                Sweep::Ready { name, points } => {
                    tell((Level::INFO, format!("{name}: {points} points")));
                }
                Sweep::Bad(bad) => tell((Level::ERROR, format!("bad: {bad}"))),
            });
            tell((Level::DETAIL, String::new()));
            result
        });
        while let Ok((level, line)) = told.recv() {
            if line.is_empty() {
                break;
            }
            match level {
                Level::ERROR if !json => context.out.data(&format!("{line}\n")),
                level => context.out.note(Channel::General, level, &line),
            }
        }
        work.join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
    .map_err(|error| match error {
        CrashError::Unsupported => CommandError::failed("could not try it here").with_source(error),
        CrashError::Unknown { .. } => {
            CommandError::usage("could not find what to try").with_source(error)
        }
        CrashError::Field { .. } => {
            CommandError::failed("could not go on trying").with_source(error)
        }
    })
}

fn show(context: &Context, report: &Report) {
    if context.out.json_wanted() {
        context.out.json(json!({
            "mode": "crash",
            "points": report.points,
            "bad": report.bad,
            "scenarios": report.scenarios.iter().map(|(name, points)| json!({"name": name, "points": points})).collect::<Vec<_>>(),
            "cut_short": report.cut_short,
        }));
        return;
    }
    let mut text = String::new();
    if report.cut_short {
        let all: u64 = report.scenarios.iter().map(|(_, points)| points).sum();
        let _ = writeln!(
            text,
            "time was up; the scenarios that were begun have {all} points"
        );
    }
    let _ = writeln!(text, "{}", report.sum());
    context.out.data(&text);
}
