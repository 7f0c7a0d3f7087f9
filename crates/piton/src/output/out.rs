//! Writing to the two streams.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde_json::Value;

use super::gathered::{Earlier, Gathered};
use super::kept::Kept;
use super::{Channel, Envelope, Level, Table, Verbosity, ago, local_stamp, plain, wrap};
use crate::error::{CommandError, ErrorKind, Exit};

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
    /// What is put around the result, where a document is wanted.
    envelope: Option<Envelope>,
    stdout_color: bool,
    stderr_color: bool,
    width: usize,
    /// Whether standard output and standard error are terminals.
    terminals: (bool, bool),
    /// Whether standard output holds events, and everything else gives way.
    gives_way: bool,
    /// Whether the terminal cannot move its cursor.
    dumb: bool,
    started: Instant,
    /// Lines that are kept at the end of the terminal.
    kept: Mutex<Kept>,
    lost: AtomicBool,
    results: Mutex<Results>,
}

/// What a command has to show as data, until it is over.
#[derive(Debug, Default)]
struct Results {
    /// More than one where it performs plan after plan.
    gathered: Gathered,
    series: bool,
    /// Those of a series that is over: they stand in the result.
    earlier: Earlier,
    /// Why it did not go well, where no error of the command says so.
    failure: Option<Value>,
    /// Whether the one document was printed already.
    spoken: bool,
}

impl Out {
    pub(crate) fn new(
        verbosity: Verbosity,
        color: Color,
        no_color: bool,
        envelope: Option<Envelope>,
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
            envelope,
            stdout_color: wanted(terminals.0),
            stderr_color: wanted(terminals.1),
            width: width(columns),
            terminals,
            gives_way: false,
            dumb: false,
            started: Instant::now(),
            kept: Mutex::default(),
            lost: AtomicBool::new(false),
            results: Mutex::default(),
        }
    }

    /// Leaves standard output to events, where they are wanted there: what would
    /// stand there goes to standard error.
    #[must_use]
    pub(crate) fn leaving_stdout_to_events(mut self, there: bool) -> Self {
        self.gives_way = there;
        self
    }

    /// Says that the terminal only scrolls.
    #[must_use]
    pub(crate) fn on_a_dumb_terminal(mut self, dumb: bool) -> Self {
        self.dumb = dumb;
        self
    }

    pub(crate) fn json_wanted(&self) -> bool {
        self.envelope.is_some()
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
        if self.gives_way {
            return self.write(io::stderr(), &coloured(text, self.stderr_color));
        }
        self.stream(&coloured(text, self.stdout_color));
    }

    /// Prints text for people, broken between words where the terminal is too
    /// narrow for it.
    pub(crate) fn prose(&self, text: &str) {
        if self.stdout_is_terminal() {
            self.data(&wrap(text, self.width));
        } else {
            self.data(text);
        }
    }

    /// Prints a list: columns at a terminal, and tabs between them elsewhere.
    pub(crate) fn table(&self, table: &Table, headers: bool) {
        let text = if self.stdout_is_terminal() {
            table.aligned(headers, self.width)
        } else {
            table.tsv(headers)
        };
        self.data(&text);
    }

    /// Returns a moment as lists tell it: how long ago it was at a terminal,
    /// and otherwise when, in the one form that programs get.
    pub(crate) fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        if self.stdout_is_terminal() {
            ago(at, now)
        } else {
            local_stamp(at)
        }
    }

    /// Prints a text byte for byte, whatever it holds.
    pub(crate) fn exact(&self, text: &str) {
        if self.gives_way {
            return self.write(io::stderr(), text);
        }
        self.stream(text);
    }

    /// Prints a line of the events that standard output was left to.
    pub(crate) fn stream(&self, text: &str) {
        self.write(io::stdout(), text);
    }

    /// Takes a result; it is printed in the envelope when the command is over.
    pub(crate) fn json(&self, value: Value) {
        self.results().gathered.push(value);
    }

    /// Adds fields to the result that was taken last.
    pub(crate) fn amend(&self, fields: Value) {
        self.results().gathered.amend(fields);
    }

    /// Says why the command did not go well, beside its result.
    pub(crate) fn failure(&self, error: Value) {
        self.results().failure = Some(error);
    }

    /// Says the same of work that came to an end of its own.
    pub(crate) fn ended_badly(&self, exit: Exit, told: &str, run: &str) {
        if let Some(kind) = ErrorKind::of_work(exit) {
            let record = format!("`piton runs show {run}`");
            self.failure(CommandError::new(kind, told).record(Some(record)).json());
        }
    }

    /// Makes one result of all those that follow, because a command has one,
    /// however many plans it performs.
    pub(crate) fn begin_series(&self) {
        self.results().series = true;
    }

    /// Ends the series, and returns what stands for its results in the one that
    /// follows.
    pub(crate) fn end_series(&self) -> Value {
        let mut results = self.results();
        results.series = false;
        let (place, earlier) = std::mem::take(&mut results.gathered).into_earlier();
        results.earlier = earlier;
        place
    }

    /// Prints the document of a command that goes on afterwards.
    pub(crate) fn json_at_once(&self, value: Value) {
        self.json(value);
        self.close(Exit::Done, None);
    }

    /// Prints a document whose format others have fixed, without an envelope.
    pub(crate) fn foreign_json(&self, value: &Value) {
        self.results().spoken = true;
        self.data(&format!("{value:#}\n"));
    }

    /// Lets the command print what it prints, also where a document is wanted.
    pub(crate) fn prints_its_own(&self) {
        self.results().spoken = true;
    }

    /// Prints the one document of a command, and tells whether it did.
    pub(crate) fn close(&self, exit: Exit, error: Option<Value>) -> bool {
        let Some(envelope) = &self.envelope else {
            return false;
        };
        let (result, many, failure) = {
            let mut results = self.results();
            if std::mem::replace(&mut results.spoken, true) {
                return false;
            }
            let series = results.series;
            let (result, gathered) = std::mem::take(&mut results.gathered).joined(series);
            let earlier = std::mem::take(&mut results.earlier);
            let many = if gathered.is_empty() {
                earlier
            } else {
                gathered
            };
            (result, many, results.failure.take())
        };
        let cut_off = || {
            let interrupted = ErrorKind::Interrupted;
            (exit == Exit::Interrupted)
                .then(|| CommandError::new(interrupted, "interrupted").json())
        };
        let error = error.or(failure).or_else(cut_off);
        let document = envelope.seal(exit.code(), result, error);
        if many.print(&document, |part| self.data(part)).is_err() {
            self.lost.store(true, Ordering::Relaxed);
        }
        true
    }

    fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints text for people on standard output, where its channel shows
    /// that level; with `--json` standard output is the document's alone.
    pub(crate) fn say(&self, channel: Channel, level: Level, text: &str) {
        if !self.json_wanted() && self.shows(channel, level) {
            self.prose(&with_newline(text));
        }
    }

    /// Prints a message on standard error.
    pub(crate) fn note(&self, channel: Channel, level: Level, text: &str) {
        if self.shows(channel, level) {
            let mut text = with_newline(text);
            if self.stderr_is_terminal() {
                text = wrap(&text, self.columns_of_stderr());
            }
            self.write(io::stderr(), &coloured(&text, self.stderr_color));
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

    /// Whether lines can be kept at the end of the terminal while others scroll.
    pub(crate) fn keeps_lines(&self) -> bool {
        self.terminals.1 && !self.dumb
    }

    /// Keeps these lines, and no others, at the end of the terminal.
    pub(crate) fn keep(&self, lines: Vec<String>) {
        self.kept().replace(lines);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how wide the terminal is at which messages are read, now.
    pub(crate) fn columns_of_stderr(&self) -> usize {
        let size = rustix::termios::tcgetwinsize(io::stderr()).ok();
        let columns = size.map_or(0, |size| usize::from(size.ws_col));
        // The last column stays free, so that no terminal wraps.
        match columns {
            0 => self.width,
            columns => columns,
        }
        .saturating_sub(1)
    }

    /// Whether something could not be written; a reader that went away does
    /// not count.
    pub(crate) fn lost_output(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// A full disk under the output must not end the work that is only being
    /// talked about; it is told at the end.
    fn write(&self, mut stream: impl Write, text: &str) {
        let mut kept = self.kept();
        kept.make_room();
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
        kept.paint();
        if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            self.lost.store(true, Ordering::Relaxed);
        }
    }
}

/// Takes the colours away where none are wanted, so that the text goes out in
/// one piece.
fn coloured(text: &str, wanted: bool) -> Cow<'_, str> {
    if wanted { text.into() } else { plain(text) }
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
