//! The seam: what everything above knows of an agent.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use piton_durable::{Disk, DiskError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::call::{AgentCall, CallRole};
use crate::outcome::Outcome;
use crate::process::ExitKind;
use crate::usage::Usage;
use crate::version::Version;
use crate::watchdog::EndReason;
use piton_base::{Effort, Stop};

/// An external coding agent.
pub trait Agent: Debug + Send + Sync {
    /// Returns the name under which people choose it.
    fn name(&self) -> &str;

    /// Looks whether it is there and which version it is. It is asked once.
    fn probe(&self) -> Probe;

    /// Tells whether it can be held to a JSON schema. One that cannot may still
    /// answer with something structured by itself.
    fn answers_by_schema(&self) -> bool {
        false
    }

    /// Says what it tells of its calls, for those who want to limit it.
    fn tells(&self) -> Tells {
        Tells::default()
    }

    /// Returns the command line of a call, for dry runs and records.
    fn command_line(&self, call: &AgentCall, files: &CallFiles) -> Vec<String>;

    /// Makes one call and returns when it and all its processes are over. How
    /// the agent ended is an [`Outcome`]; an error is piton's own trouble.
    fn call(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        stop: &Stop,
        events: &dyn CallEvents,
    ) -> Result<CallRecord, AgentError>;
}

/// What an agent tells of its calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tells {
    pub tokens: bool,
    /// What they cost, in dollars.
    pub cost: bool,
}

/// What is known of an agent before it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    Ready {
        version: Option<Version>,
        /// Says that the version is not one that piton was seen working with.
        warning: Option<String>,
    },
    /// It is not there; the advice says how to get it.
    Missing { program: String, advice: String },
}

/// Where a call leaves its files: a directory of its own, which exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFiles {
    pub directory: PathBuf,
}

impl CallFiles {
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// What the program printed, redacted.
    pub fn stdout(&self) -> PathBuf {
        self.directory.join("agent.stdout.log")
    }

    pub fn stderr(&self) -> PathBuf {
        self.directory.join("agent.stderr.log")
    }

    pub fn prompt(&self) -> PathBuf {
        self.directory.join("prompt.md")
    }

    /// The final text of the reply.
    pub fn reply(&self) -> PathBuf {
        self.directory.join("agent-last-message.md")
    }

    /// The final text as an agent writes it itself, before it is redacted.
    pub(crate) fn raw_reply(&self) -> PathBuf {
        self.directory.join("reply.tmp")
    }

    pub fn schema(&self) -> PathBuf {
        self.directory.join("schema.json")
    }

    pub fn record(&self) -> PathBuf {
        self.directory.join("call.json")
    }
}

/// Everything about one call, as run records keep it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    pub agent: String,
    pub version: Option<Version>,
    pub role: CallRole,
    pub slug: Option<String>,
    pub arguments: Vec<String>,
    pub model: Option<String>,
    /// The model that answered, as the agent names it.
    #[serde(default)]
    pub answered_by: Option<String>,
    pub effort: Option<Effort>,
    pub started_at: Timestamp,
    pub duration_ms: u64,
    pub result: Outcome,
    pub exit: ExitKind,
    pub ended_by: Option<EndReason>,
    pub session: Option<String>,
    pub usage: Option<Usage>,
    pub cost_usd: Option<f64>,
    pub stdout_bytes: u64,
    pub stderr_bytes: u64,
    /// Processes that were still there after the agent, and were ended.
    pub left_behind: usize,
    /// How far it was sealed; nothing where it ran as part of piton.
    #[serde(default)]
    pub sealed: Option<piton_seal::Standing>,
    pub warnings: Vec<String>,
}

impl CallRecord {
    /// Begins the record of a call, with what was asked and nothing of what came
    /// of it.
    pub(crate) fn of(
        agent: impl Into<String>,
        call: &AgentCall,
        arguments: Vec<String>,
        started_at: Timestamp,
    ) -> Self {
        Self {
            agent: agent.into(),
            version: None,
            role: call.role,
            slug: call.slug.clone(),
            arguments,
            model: call.model.clone(),
            answered_by: None,
            effort: call.effort,
            started_at,
            duration_ms: 0,
            result: Outcome::Stopped,
            exit: ExitKind::Unknown,
            ended_by: None,
            session: None,
            usage: None,
            cost_usd: None,
            stdout_bytes: 0,
            stderr_bytes: 0,
            left_behind: 0,
            sealed: None,
            warnings: Vec::new(),
        }
    }

    /// Leaves it beside the logs of the call.
    pub(crate) fn keep(self, disk: &dyn Disk, files: &CallFiles) -> Result<Self, AgentError> {
        let path = files.record();
        let text = match serde_json::to_string_pretty(&self) {
            Ok(text) => text + "\n",
            Err(error) => {
                let source = error.into();
                return Err(AgentError::Write { path, source });
            }
        };
        disk.write_new(&path, text.as_bytes(), 0o600)?;
        Ok(self)
    }
}

/// Something that happens while a call runs.
#[derive(Clone, Copy, Debug)]
pub enum CallEvent<'a> {
    Started {
        pid: Option<u32>,
        arguments: &'a [String],
    },
    /// What it prints, redacted, in pieces that may end anywhere.
    Stdout(&'a [u8]),
    Stderr(&'a [u8]),
    /// It failed and says that it will try again.
    Retrying(&'a str),
    /// What it consumed so far, and what it said or began last.
    Progress {
        usage: Option<Usage>,
        cost_usd: Option<f64>,
        doing: Option<&'a str>,
    },
    /// It is being ended.
    Ending(EndReason),
    /// The disk is full: what it prints is read and not kept any more.
    NoRoom,
    Warning(&'a str),
}

/// Takes the events of a call, for showing them as they come.
pub trait CallEvents: Debug + Sync {
    fn event(&self, event: CallEvent<'_>);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl CallEvents for Quiet {
    fn event(&self, _event: CallEvent<'_>) {}
}

/// Trouble of piton's own around a call.
#[derive(Debug, Error)]
pub enum AgentError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("could not write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Enclosure(crate::sealing::EnclosureError),
    #[error("could not read the agent's state in {}", path.display())]
    State {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("could not store the output of the agent {agent}")]
    Keep {
        agent: String,
        #[source]
        source: crate::process::LaunchError,
    },
    #[error("could not read the script {}", path.display())]
    Script {
        path: PathBuf,
        #[source]
        source: crate::script::ScriptError,
    },
}
