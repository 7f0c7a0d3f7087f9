//! Writing to the two streams.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::{Channel, Level, Verbosity};

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}

/// The one place where piton prints.
///
/// Data goes to standard output, messages to standard error. A reader that
/// went away is no error: the rest is simply not written.
#[derive(Debug)]
pub(crate) struct Out {
    verbosity: Verbosity,
    json: bool,
    stdout_color: bool,
    stderr_color: bool,
    width: usize,
    /// Whether standard output and standard error are terminals.
    terminals: (bool, bool),
    started: Instant,
    lock: Mutex<()>,
    lost: AtomicBool,
    /// The documents so far of a command that performs plan after plan.
    series: Mutex<Option<Vec<Value>>>,
}

impl Out {
    pub(crate) fn new(
        verbosity: Verbosity,
        color: Color,
        no_color: bool,
        json: bool,
        columns: Option<&str>,
    ) -> Self {
        let terminals = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let wanted = |terminal: bool| match color {
            Color::Auto => terminal && !no_color,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            verbosity,
            json,
            stdout_color: wanted(terminals.0),
            stderr_color: wanted(terminals.1),
            width: width(columns),
            terminals,
            started: Instant::now(),
            lock: Mutex::new(()),
            lost: AtomicBool::new(false),
            series: Mutex::new(None),
        }
    }

    pub(crate) fn json_wanted(&self) -> bool {
        self.json
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn colors_stdout(&self) -> bool {
        self.stdout_color
    }

    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.terminals.0
    }

    pub(crate) fn stderr_is_terminal(&self) -> bool {
        self.terminals.1
    }

    pub(crate) fn verbosity(&self) -> &Verbosity {
        &self.verbosity
    }

    pub(crate) fn shows(&self, channel: Channel, level: Level) -> bool {
        self.verbosity.shows(channel, level)
    }

    /// Tells of one move with the time since the start, where that is asked for.
    pub(crate) fn trace(&self, text: &str) {
        let millis = self.started.elapsed().as_secs_f64() * 1000.0;
        self.note(
            Channel::Trace,
            Level::TRACE,
            &format!("{millis:>9.3} ms  {text}"),
        );
    }

    /// Prints data that was asked for.
    pub(crate) fn data(&self, text: &str) {
        self.write(
            AutoStream::new(io::stdout(), choice(self.stdout_color)),
            text,
        );
    }

    /// Prints a text byte for byte, whatever it holds.
    pub(crate) fn exact(&self, text: &str) {
        self.write(io::stdout(), text);
    }

    /// Prints the one JSON document of a command, or holds it back for the
    /// series that was begun.
    pub(crate) fn json(&self, value: &Value) {
        match self.series().as_mut() {
            Some(documents) => documents.push(value.clone()),
            None => self.data(&format!("{value:#}\n")),
        }
    }

    /// Makes one document of all those that follow, because standard output
    /// holds one, however many plans a command performs.
    pub(crate) fn begin_series(&self) {
        *self.series() = Some(Vec::new());
    }

    /// Returns the documents held back since, and holds back no more.
    pub(crate) fn end_series(&self) -> Vec<Value> {
        self.series().take().unwrap_or_default()
    }

    fn series(&self) -> MutexGuard<'_, Option<Vec<Value>>> {
        self.series
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Prints text for people on standard output, where its channel shows
    /// that level; with `--json` standard output is the document's alone.
    pub(crate) fn say(&self, channel: Channel, level: Level, text: &str) {
        if !self.json && self.shows(channel, level) {
            self.data(&with_newline(text));
        }
    }

    /// Prints a message on standard error.
    pub(crate) fn note(&self, channel: Channel, level: Level, text: &str) {
        if self.shows(channel, level) {
            self.write(
                AutoStream::new(io::stderr(), choice(self.stderr_color)),
                &with_newline(text),
            );
        }
    }

    pub(crate) fn warn(&self, text: &str) {
        let yellow = AnsiColor::Yellow.on_default();
        self.note(
            Channel::Error,
            Level::WARNING,
            &format!("{yellow}warning{yellow:#}: {text}"),
        );
    }

    pub(crate) fn hint(&self, text: &str) {
        let cyan = AnsiColor::Cyan.on_default();
        self.note(
            Channel::Hint,
            Level::NORMAL,
            &format!("{cyan}hint{cyan:#}: {text}"),
        );
    }

    /// Prints an error's text, its first word marked.
    pub(crate) fn error(&self, text: &str) {
        let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
        let marked = text.replacen("error", &format!("{red}error{red:#}"), 1);
        self.note(Channel::Error, Level::ERROR, &marked);
    }

    /// Whether something could not be written; a reader that went away does
    /// not count.
    pub(crate) fn lost_output(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// A full disk under the output must not end the work that is only being
    /// talked about; it is told at the end.
    fn write(&self, mut stream: impl Write, text: &str) {
        let _turn = self.lock.lock();
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
        if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
}

fn choice(color: bool) -> anstream::ColorChoice {
    if color {
        anstream::ColorChoice::Always
    } else {
        anstream::ColorChoice::Never
    }
}

fn with_newline(text: &str) -> String {
    if text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    }
}

fn width(columns: Option<&str>) -> usize {
    columns
        .and_then(|text| text.parse().ok())
        .or_else(|| io::stdout().is_terminal().then(terminal_width).flatten())
        .unwrap_or(80)
        .clamp(40, 200)
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}
