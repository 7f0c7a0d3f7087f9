//! Telling the user's own command what a run needs or came to.
//!
//! It is named by the user's own settings or a flag, never by the repository.
//! It gets one JSON document on its standard input, once for each cause: what
//! was told is noted, so that the next run does not tell it again.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use piton_agent::process::{ExitKind, Launch, Sink, supervise};
use piton_agent::{Host, Limits, environment};
use piton_base::Clock;
use piton_durable::{DiskRead, write_atomic};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ending::Ending;
use crate::workshop::Floor;

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many causes are remembered; older ones may be told again.
const REMEMBERED: usize = 500;

/// Why somebody is told.
#[derive(Clone, Debug)]
pub(super) enum Cause<'a> {
    PersonNeeded { migration: &'a str, why: &'a str },
    LimitReached { until: Option<jiff::Timestamp> },
    RunOver { ending: &'a Ending, commits: u32 },
}

/// Tells the user's command of causes.
#[derive(Debug)]
pub(super) struct Notifier<'a> {
    floor: &'a Floor<'a>,
    run: String,
    words: Vec<String>,
    /// What it was called for in this run, whether it could be told or not.
    tried: RefCell<BTreeSet<String>>,
    /// Whether it took too long: nobody waits for it again before the end.
    is_late: Cell<bool>,
}

/// What was told before.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Noted {
    version: u32,
    causes: Vec<String>,
}

impl<'a> Notifier<'a> {
    pub(super) fn new(floor: &'a Floor<'a>, run: String) -> Self {
        let words = floor.place.settings.notify().unwrap_or_default();
        Self {
            floor,
            run,
            words: words.to_vec(),
            tried: RefCell::default(),
            is_late: Cell::default(),
        }
    }

    /// Tells of a cause, unless it was told before, or could not be in this run.
    /// That it cannot be told is a warning and ends no run.
    pub(super) fn tell(&self, cause: &Cause<'_>) {
        if self.words.is_empty() {
            return;
        }
        let key = self.key(cause);
        let is_last = matches!(cause, Cause::RunOver { .. });
        if !self.tried.borrow_mut().insert(key.clone()) || (self.is_late.get() && !is_last) {
            return;
        }
        let mut noted = self.noted();
        if noted.causes.contains(&key) {
            return;
        }
        if let Err(why) = self.call(&self.document(cause)) {
            let command = piton_agent::words::join(&self.words);
            let text = format!("`notify` failed: {command}: {why}");
            self.floor.context.out.warn(&text);
            return;
        }
        noted.version = 1;
        noted.causes.push(key);
        let more = noted.causes.len().saturating_sub(REMEMBERED);
        noted.causes.drain(..more);
        let bytes = serde_json::to_vec(&noted).unwrap_or_default();
        let _ = write_atomic(&self.floor.context.disk, &self.file(), &bytes, 0o600);
    }

    fn key(&self, cause: &Cause<'_>) -> String {
        match cause {
            Cause::PersonNeeded { migration, why } => {
                let why = piton_base::Digest::of(why.as_bytes()).short();
                format!("person/{migration}/{why}")
            }
            Cause::LimitReached { until: Some(until) } => {
                format!("limit/{}/{until}", self.floor.agent.name())
            }
            Cause::LimitReached { until: None } => format!("limit/{}", self.run),
            Cause::RunOver { .. } => format!("over/{}", self.run),
        }
    }

    fn document(&self, cause: &Cause<'_>) -> Value {
        let repository = self.floor.place.top().display().to_string();
        let mut document = json!({
            "version": 1,
            "repository": repository,
            "run": self.run,
            "at": self.floor.context.clock.now().to_string(),
        });
        let (name, text) = match cause {
            Cause::PersonNeeded { migration, why } => {
                document["migration"] = (*migration).into();
                let text = format!("{migration} waits for a person: {why}");
                ("person-needed", text)
            }
            Cause::LimitReached { until } => {
                let until = until.map(|until| until.to_string());
                document["until"] = until.clone().into();
                let agent = self.floor.agent.name();
                let text = match until {
                    Some(until) => format!(
                        "the limit of the provider of {agent} is reached \
                         until {until}"
                    ),
                    None => format!("the limit of the provider of {agent} is reached"),
                };
                ("limit-reached", text)
            }
            Cause::RunOver { ending, commits } => {
                document["status"] = ending.status().as_str().into();
                document["commits"] = (*commits).into();
                ("run-over", ending.told())
            }
        };
        document["cause"] = name.into();
        document["text"] = text.into();
        document
    }

    fn call(&self, document: &Value) -> Result<(), String> {
        let context = self.floor.context;
        let host = Host::new(context.environment.raw()).with_directory(self.floor.place.top());
        let (program, arguments) = self.words.split_first().ok_or("it is empty")?;
        let launch = Launch {
            program: host
                .find_program(program)
                .ok_or("the program was not found")?,
            arguments: arguments.to_vec(),
            directory: self.floor.place.top().to_owned(),
            environment: environment::of_the_user(&host),
            input: format!("{document}\n").into_bytes(),
            token: format!("{}-notify", self.run),
            seal: None,
        };
        let limits = Limits {
            idle: PATIENCE,
            tool_idle: PATIENCE,
            deadline: PATIENCE,
            ..Limits::default()
        };
        // A run that was interrupted tells that, too.
        let patient = piton_base::Stop::new();
        let ended = supervise(&launch, &mut Quiet, &limits, &patient, &context.clock)
            .map_err(|error| piton_base::on_one_line(&error))?;
        match (ended.reason, ended.exit) {
            (None, ExitKind::Code(0)) => Ok(()),
            (Some(_), _) => {
                self.is_late.set(true);
                Err(format!("it took more than {} s", PATIENCE.as_secs()))
            }
            (None, exit) => Err(format!("it ended with {exit}")),
        }
    }

    fn noted(&self) -> Noted {
        const LIMIT: u64 = 1 << 20;
        let read = self.floor.context.disk.read_at_most(&self.file(), LIMIT);
        read.ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    fn file(&self) -> PathBuf {
        self.floor.place.state().path().join("notified.json")
    }
}

/// What the command prints is nobody's business.
struct Quiet;

impl Sink for Quiet {
    fn stdout(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn stderr(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
