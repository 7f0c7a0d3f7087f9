//! The file that a scripted agent plays.

use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use piton_durable::DiskError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

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

/// One change to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EditFields", into = "EditFields")]
pub struct Edit {
    pub base: Base,
    /// Relative, and without steps upwards.
    pub path: PathBuf,
    pub change: Change,
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// The directory that the call may write.
    #[default]
    Workspace,
    /// The directory that the call works in.
    Cwd,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Write(String),
    Append(String),
    Remove,
    /// A symbolic link with this target, for showing what is refused.
    Link(PathBuf),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditFields {
    #[serde(default)]
    base: Base,
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    write: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    append: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    remove: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<PathBuf>,
}

/// A file that is no script.
#[derive(Debug, Error)]
pub enum ScriptError {
    #[error("it is not in the format of a script")]
    Format(#[source] Box<toml::de::Error>),
    #[error("failed to read it")]
    Read(#[source] DiskError),
    #[error("failed to make the edit of {}", path.display())]
    Edit {
        path: PathBuf,
        #[source]
        source: super::EditError,
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
    pub fn choose(&self, used: &[u64], call: &AgentCall) -> Option<usize> {
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

impl TryFrom<EditFields> for Edit {
    type Error = String;

    fn try_from(fields: EditFields) -> Result<Self, String> {
        let EditFields {
            base,
            path,
            write,
            append,
            remove,
            link,
        } = fields;
        let inside = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_)))
        };
        if path.as_os_str().is_empty() || !inside(&path) {
            return Err(format!(
                "path {} must be relative and without `..`",
                path.display()
            ));
        }
        let change = match (write, append, remove, link) {
            (Some(text), None, false, None) => Change::Write(text),
            (None, Some(text), false, None) => Change::Append(text),
            (None, None, true, None) => Change::Remove,
            (None, None, false, Some(target)) => Change::Link(target),
            _ => {
                return Err(format!(
                    "edit of {} needs one of write, append, remove = true, link",
                    path.display()
                ));
            }
        };
        Ok(Self { base, path, change })
    }
}

impl From<Edit> for EditFields {
    fn from(edit: Edit) -> Self {
        let Edit { base, path, change } = edit;
        let mut fields = Self {
            base,
            path,
            write: None,
            append: None,
            remove: false,
            link: None,
        };
        match change {
            Change::Write(text) => fields.write = Some(text),
            Change::Append(text) => fields.append = Some(text),
            Change::Remove => fields.remove = true,
            Change::Link(target) => fields.link = Some(target),
        }
        fields
    }
}
