//! Everybody in the program who follows events.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use piton_base::Report;
use piton_durable::Disk;
use piton_loop::runs::Recorded;

use super::diary::Diary;
use super::lines::Lines;
use super::shown::Shown;
use super::watch::Watch;
use crate::error::CommandError;
use crate::output::Out;

/// Hands each event on: as a line of JSON where that is wanted, and to people.
#[derive(Debug)]
pub(crate) struct Events {
    lines: Option<Lines>,
    shown: Shown,
    watch: Watch,
    lost: AtomicBool,
    /// What is kept for whoever tells a stored plan of it.
    diary: Diary,
}

impl Events {
    /// `to` is what `--events` says: a file, or `-` for standard output.
    pub(crate) fn new(
        out: &'static Out,
        disk: &dyn Disk,
        directory: &Path,
        to: Option<&Path>,
    ) -> Result<Self, CommandError> {
        let lines = match to {
            None => None,
            Some(to) if to == Path::new("-") && out.json_wanted() => {
                return Err(
                    CommandError::usage("--events - and --json both want standard output")
                        .hint("give --events a file"),
                );
            }
            Some(to) if to == Path::new("-") => Some(Lines::Stdout(out)),
            Some(to) => {
                let opened = Lines::to_file(disk, &directory.join(to));
                Some(opened.map_err(|error| {
                    let message = format!("could not write events to {}", to.display());
                    CommandError::usage(message).with_source(error)
                })?)
            }
        };
        Ok(Self {
            lines,
            shown: Shown::new(out),
            watch: Watch::new(out),
            lost: AtomicBool::new(false),
            diary: Diary::default(),
        })
    }

    /// Shows what agents print, and what the validation command prints, too.
    pub(crate) fn show_output(&self, of_agents: bool, of_commands: bool) {
        self.shown.show_output(of_agents, of_commands);
    }

    /// Returns what is kept of a run's course, for those who are elsewhere.
    pub(crate) const fn diary(&self) -> &Diary {
        &self.diary
    }

    /// Whether some event could not be written.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Report<Recorded> for Events {
    fn report(&self, told: Recorded) {
        if let Some(lines) = self.lines.as_ref().filter(|_| told.event.is_recorded())
            && lines.write(&told).is_err()
        {
            self.lost.store(true, Ordering::Relaxed);
        }
        self.watch.take(&told);
        self.diary.take(&told);
        self.shown.show(&told);
    }
}
