//! Deciding a session in which a person and an agent write down the taste, and
//! judging what came of it.
//!
//! The agent writes where nobody looks; what is accepted takes the place of
//! the taste file afterwards, like any other change.

use piton_base::text::beside;
use std::path::{Path, PathBuf};

use piton_durable::DiskRead;

use super::load::{TasteError, read};
use super::{CURRENT_VERSION, DEFAULT_TASTE, TasteVersion};
use crate::prompts::{PromptError, PromptRole, PromptSet, TastePrompt};

/// What the session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TasteMode {
    /// Starts again; `force` allows it over a file that somebody wrote.
    Interview {
        force: bool,
    },
    Refine,
    /// Adds what newer versions ask about.
    Upgrade,
}

/// A session, decided and not yet held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TasteDecision {
    pub mode: TasteMode,
    /// The taste file that the result will replace.
    pub path: PathBuf,
    /// What stands there now.
    pub existing: Option<String>,
    /// Where what stands there now is kept, when it would be lost.
    pub backup: Option<PathBuf>,
}

/// Why there is no session to hold.
#[derive(Debug, thiserror::Error)]
pub enum TasteRefusal {
    #[error(transparent)]
    Read(#[from] TasteError),
    #[error("{} was edited by hand", path.display())]
    Customised { path: PathBuf },
    #[error("{} does not exist", path.display())]
    NothingThere { path: PathBuf },
    /// Nothing is wrong: there is nothing to do.
    #[error("{} is up to date", path.display())]
    UpToDate { path: PathBuf },
}

/// What the agent wrote cannot be the taste.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TasteAnswerError {
    #[error("the agent left the taste empty")]
    Empty,
    #[error("the first line is {found:?}, and must be {expected:?}")]
    Header { found: String, expected: String },
}

/// Decides a session about the taste file at `path`.
pub fn decide_session(
    disk: &dyn DiskRead,
    path: &Path,
    mode: TasteMode,
) -> Result<TasteDecision, TasteRefusal> {
    let path = path.to_owned();
    let existing = read(disk, &path)?;
    let mut backup = None;
    match (mode, existing.as_deref()) {
        (TasteMode::Interview { .. }, None) => {}
        (TasteMode::Interview { force }, Some(text)) => {
            if text.trim() != DEFAULT_TASTE.trim() {
                if !force {
                    return Err(TasteRefusal::Customised { path });
                }
                backup = Some(beside(&path, ".bak"));
            }
        }
        (TasteMode::Refine | TasteMode::Upgrade, None) => {
            return Err(TasteRefusal::NothingThere { path });
        }
        (TasteMode::Refine, Some(_)) => {}
        (TasteMode::Upgrade, Some(text)) => {
            if !TasteVersion::of(text).is_stale() {
                return Err(TasteRefusal::UpToDate { path });
            }
        }
    }
    Ok(TasteDecision {
        mode,
        path,
        existing,
        backup,
    })
}

impl TasteDecision {
    /// Returns the prompt of the session; the agent writes its result to
    /// `content`, and says so in a file beside it.
    pub fn prompt(&self, prompts: &PromptSet, content: &Path) -> Result<String, PromptError> {
        let role = match self.mode {
            TasteMode::Interview { .. } => PromptRole::TasteInterview,
            TasteMode::Refine => PromptRole::TasteRefine,
            TasteMode::Upgrade => PromptRole::TasteUpgrade,
        };
        let shown = |path: &Path| path.display().to_string();
        prompts.taste(
            role,
            &TastePrompt {
                path: &shown(content),
                done_path: &shown(&piton_agent::interactive::done_file(content)),
                existing: self.existing.as_deref(),
                version: CURRENT_VERSION,
            },
        )
    }
}

/// Judges what the agent wrote: the header must be the one that the mode
/// leaves or puts there.
pub fn accept_answer(decision: &TasteDecision, written: &str) -> Result<String, TasteAnswerError> {
    if written.trim().is_empty() {
        return Err(TasteAnswerError::Empty);
    }
    let first = |text: &str| {
        text.trim_start()
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let found = first(written);
    let expected = match decision.mode {
        TasteMode::Interview { .. } | TasteMode::Upgrade => {
            Some(format!("taste-scoping-version: {CURRENT_VERSION}"))
        }
        TasteMode::Refine => decision
            .existing
            .as_deref()
            .map(first)
            .filter(|header| header.starts_with("taste-scoping-version:")),
    };
    match expected {
        Some(expected) if expected != found => Err(TasteAnswerError::Header { found, expected }),
        _ => Ok(format!("{}\n", written.trim_end())),
    }
}
