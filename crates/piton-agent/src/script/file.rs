//! The file that a scripted agent plays.

use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use piton_durable::DiskError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::edit::Edit;
use super::making::EditError;
use crate::adapter::FailureClass;
use crate::call::{AgentCall, CallRole};

/// What a scripted agent says and does, step by step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
}

/// What to do for one call. Steps that fit a call are used in order; the last
/// one that fits is used again when all were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// Only for calls of this role, this migration, a prompt that holds this.
    pub role: Option<CallRole>,
    pub slug: Option<String>,
    pub prompt_contains: Option<String>,
    #[serde(default)]
    pub reply: String,
    pub structured: Option<serde_json::Value>,
    /// Fails in this way instead of replying; the reply is then the message.
    pub failure: Option<FailureClass>,
    /// When to come back, for a limit.
    pub until: Option<Timestamp>,
    /// How long it thinks before it does anything, in milliseconds.
    #[serde(default)]
    pub pause_ms: u64,
    #[serde(default, rename = "edit")]
    pub edits: Vec<Edit>,
}

/// A file that is no script.
#[derive(Debug, Error)]
pub enum ScriptError {
    #[error("it is not in the format of a script")]
    Format(#[source] Box<toml::de::Error>),
    #[error(transparent)]
    Read(DiskError),
    #[error("could not make the edit of {}", path.display())]
    Edit {
        path: PathBuf,
        #[source]
        source: EditError,
    },
}

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        toml::from_str(text).map_err(|error| ScriptError::Format(Box::new(error)))
    }
}

impl Script {
    /// Returns the step for a call, given how often each was used already.
    pub(crate) fn choose(&self, used: &[u64], call: &AgentCall) -> Option<usize> {
        let fits = |index: &usize| self.steps[*index].fits(call);
        let unused = |index: &usize| used.get(*index).copied().unwrap_or(0) == 0;
        let mut fitting = (0..self.steps.len()).filter(fits);
        fitting.clone().find(unused).or_else(|| fitting.next_back())
    }
}

impl Step {
    fn fits(&self, call: &AgentCall) -> bool {
        self.role.is_none_or(|role| role == call.role)
            && self
                .slug
                .as_ref()
                .is_none_or(|slug| Some(slug) == call.slug.as_ref())
            && self
                .prompt_contains
                .as_ref()
                .is_none_or(|text| call.prompt.contains(text.as_str()))
    }
}
