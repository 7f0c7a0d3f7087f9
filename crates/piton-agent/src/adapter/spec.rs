//! The description of one agent program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::rules::{FailureRule, ReplyErrors};
use crate::dialect::StreamKind;
use crate::version::Version;
use piton_base::Effort;

/// Everything piton knows about an agent program. Built-in ones are TOML files
/// in this crate; each of these keys can be set in the configuration under
/// `[agents.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdapterSpec {
    /// A name on the `PATH`, or a path.
    pub program: String,
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Added after `arguments` when the call names a model, an effort, a schema.
    #[serde(default)]
    pub model_arguments: Vec<String>,
    #[serde(default)]
    pub effort_arguments: Vec<String>,
    #[serde(default)]
    pub schema_arguments: Vec<String>,
    /// Added at the end.
    #[serde(default)]
    pub closing_arguments: Vec<String>,
    /// In place of `arguments` and `closing_arguments` for a session on the
    /// user's terminal; empty where the program has none.
    #[serde(default)]
    pub interactive_arguments: Vec<String>,
    #[serde(default)]
    pub prompt: PromptDelivery,
    #[serde(default = "plain")]
    pub stream: StreamKind,
    #[serde(default)]
    pub reply: ReplySource,
    /// What the program calls each effort; a tier that is not named is passed
    /// as it is.
    #[serde(default)]
    pub efforts: BTreeMap<Effort, String>,
    #[serde(default)]
    pub environment: EnvironmentSpec,
    #[serde(default)]
    pub version: VersionSpec,
    /// Where it keeps its state, which it may write although it is sealed.
    #[serde(default)]
    pub state: Vec<crate::sealing::StateSpec>,
    /// How to get the program, for a person who has not got it.
    #[serde(default)]
    pub install: String,
    /// How to sign in, for a person who has to.
    #[serde(default)]
    pub sign_in: String,
    /// How failures that the agent tells of are to be understood; the first
    /// rule that matches counts.
    #[serde(default)]
    pub failures: Vec<FailureRule>,
    /// How it tells of a failure in place of a reply.
    #[serde(default)]
    pub reply_errors: ReplyErrors,
}

fn plain() -> StreamKind {
    StreamKind::Plain
}

/// How the prompt reaches the program. Never as an argument: Linux takes no
/// argument of 128 KiB, and everybody can read those of a running program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptDelivery {
    #[default]
    Stdin,
    /// In a file that an argument names with `{prompt_file}`; standard input is
    /// empty.
    File,
}

/// Where the reply is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplySource {
    #[default]
    Stream,
    /// In the file that an argument names with `{reply_file}`.
    File,
}

/// What of piton's environment a program is given, besides what all are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EnvironmentSpec {
    /// Names that may be passed on; a trailing `*` stands for any ending.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Variables to set.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Variables to set when piton runs as root.
    #[serde(default)]
    pub set_as_root: BTreeMap<String, String>,
}

/// How the version is found out, and which ones this description was seen
/// working with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionSpec {
    /// Arguments that make the program print its version; empty for never.
    #[serde(default)]
    pub arguments: Vec<String>,
    pub tested_from: Option<Version>,
    pub tested_to: Option<Version>,
}

impl AdapterError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unknown { .. } => Some("choose one of them, or any program with --with command"),
            Self::NoCommand => Some("give --agent-command \"PROGRAM ARG…\" or set agent.command"),
            Self::Command { .. } | Self::Unusable { .. } | Self::Settings { .. } => None,
        }
    }
}

/// Failure to get at an agent's description.
#[derive(Debug, Error)]
pub enum AdapterError {
    #[error("no agent is called {name:?}; known are {known}")]
    Unknown { name: String, known: String },
    #[error("the agent's command is missing")]
    NoCommand,
    #[error("the command {command:?} cannot be split into words")]
    Command {
        command: String,
        #[source]
        source: crate::words::WordsError,
    },
    #[error("agents.{name}: {reason}")]
    Unusable { name: String, reason: String },
    #[error("could not read the settings agents.{name}")]
    Settings {
        name: String,
        #[source]
        source: Box<toml::de::Error>,
    },
}

impl AdapterSpec {
    /// Refuses a description that could not work, with the reason.
    pub(super) fn check(&self) -> Result<(), String> {
        let names = |blank: &str| {
            let lists = [&self.arguments, &self.closing_arguments];
            lists
                .into_iter()
                .flatten()
                .any(|argument| argument.contains(blank))
        };
        if self.program.trim().is_empty() {
            return Err("program is empty; it is a name on the PATH or a path".to_owned());
        }
        if self.prompt == PromptDelivery::File && !names("{prompt_file}") {
            return Err("prompt = \"file\" needs an argument that holds {prompt_file}".to_owned());
        }
        if self.reply == ReplySource::File && !names("{reply_file}") {
            return Err("reply = \"file\" needs an argument that holds {reply_file}".to_owned());
        }
        let all = [
            &self.arguments,
            &self.model_arguments,
            &self.effort_arguments,
            &self.closing_arguments,
        ];
        if all
            .into_iter()
            .flatten()
            .any(|argument| argument.contains("{prompt}"))
        {
            return Err(
                "the prompt cannot be an argument (128 KiB limit); use stdin or {prompt_file}"
                    .to_owned(),
            );
        }
        Ok(())
    }
}
