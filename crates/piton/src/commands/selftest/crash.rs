//! `piton selftest --crash`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use piton_durable::{Disk, DiskRead, Kind, tree};
use piton_selftest::crash::{CrashError, Options, Report, Sweep, sweep};
use serde_json::json;

use super::SelftestArgs;
use crate::context::{Context, token};
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::output::{Channel, Level};

pub(super) fn run(context: &Context, args: &SelftestArgs) -> CommandResult {
    let directory = make(context, args.dir.as_deref())?;
    let options = Options {
        program: program()?,
        directory: directory.clone(),
        path: context.environment.get("PATH").unwrap_or_default().into(),
        only: args.only.clone(),
        point: args.point,
        every: args.every,
        time: args.seconds.map(Duration::from_secs),
        errors: args.errors,
    };
    let result = tried(context, &options);
    if args.keep {
        let text = format!("the scratch directory is {}", directory.display());
        context.out.note(Channel::General, Level::INFO, &text);
    } else {
        tree::remove(&context.disk, &directory).map_err(|error| failed(&directory, error))?;
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
        CrashError::Unsupported => CommandError::failed("could not try it here").because(error),
        CrashError::Unknown { .. } => {
            CommandError::usage("could not tell what to try").because(error)
        }
        CrashError::Field { .. } => CommandError::failed("could not go on trying").because(error),
    })
}

fn show(context: &Context, report: &Report) {
    if context.out.json_wanted() {
        context.out.json(&json!({
            "format": "piton-selftest/1",
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
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "time was up; the scenarios that were begun have {all} points"
        );
    }
    let _ = writeln!(text, "{}", report.sum());
    context.out.data(&text);
}

/// Makes a directory that nothing else is in.
fn make(context: &Context, parent: Option<&Path>) -> Result<PathBuf, CommandError> {
    let parent = match parent {
        Some(parent) => context.directory.join(parent),
        None => context.environment.temporary(),
    };
    let there = context
        .disk
        .stat(&parent)
        .map_err(|error| failed(&parent, error))?;
    if there.is_none_or(|stat| stat.kind != Kind::Dir) {
        return Err(
            CommandError::usage(format!("could not work in {}", parent.display()))
                .because("there is no such directory".to_owned())
                .hint("name a directory on the disk that shall be tried, with --dir"),
        );
    }
    // Paths are compared with those that the kernel tells.
    let parent = parent
        .canonicalize()
        .map_err(|error| failed(&parent, error))?;
    let directory = parent.join(format!("piton-selftest-{}", token()));
    context
        .disk
        .create_dir(&directory)
        .map_err(|error| failed(&directory, error))?;
    Ok(directory)
}

fn failed(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::failed(format!("could not work in {}", path.display())).because(error)
}

fn program() -> Result<PathBuf, CommandError> {
    std::env::current_exe().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not find this program").because(error)
    })
}
