//! What a check came to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is checked, as one fixed word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    Config,
    Gist,
    Badge,
    State,
    Archive,
    Variable,
    Secret,
    Workflow,
    File,
    Dashboard,
    Pages,
    Token,
}

impl Group {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Gist => "gist",
            Self::Badge => "badge",
            Self::State => "state",
            Self::Archive => "archive",
            Self::Variable => "variable",
            Self::Secret => "secret",
            Self::Workflow => "workflow",
            Self::File => "file",
            Self::Dashboard => "dashboard",
            Self::Pages => "pages",
            Self::Token => "token",
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// It could not be checked, or there is nothing to check.
    Skip,
    Warn,
    Fail,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        })
    }
}

/// A problem, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    NoConfig,
    #[serde(rename = "GIST_404")]
    Gist404,
    GistNotOurs,
    StateInvalid,
    StateTruncated,
    Stale,
    WorkflowMissing,
    WorkflowDisabled,
    LastRunFailed,
    VariableMissing,
    VariableMismatch,
    SecretMissing,
    #[serde(rename = "ARCHIVE_404")]
    Archive404,
    ArchiveGap,
    PagesOff,
    SchemaOld,
    TemplateOld,
    TotalsInconsistent,
    TokenExpires,
}

impl Code {
    pub fn word(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// Mends what a check found.
pub(super) const FIX: &str = "`piton traffic verify --fix` mends it";

/// What one check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub group: Group,
    pub target: String,
    pub verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    pub reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What a check of this group came to.
impl Group {
    pub(super) fn ok(self, target: impl Into<String>, reason: impl Into<String>) -> Finding {
        Finding::new(Verdict::Ok, self, target, reason)
    }

    pub(super) fn skip(self, target: impl Into<String>, reason: impl Into<String>) -> Finding {
        Finding::new(Verdict::Skip, self, target, reason)
    }

    pub(super) fn warn(self, target: impl Into<String>, reason: impl Into<String>) -> Finding {
        Finding::new(Verdict::Warn, self, target, reason)
    }

    pub(super) fn fail(self, target: impl Into<String>, reason: impl Into<String>) -> Finding {
        Finding::new(Verdict::Fail, self, target, reason)
    }
}

impl Finding {
    pub fn new(
        verdict: Verdict,
        group: Group,
        target: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            group,
            target: target.into(),
            verdict,
            code: None,
            reason: reason.into(),
            remedy: None,
        }
    }

    #[must_use]
    pub fn code(mut self, code: impl Into<Option<Code>>) -> Self {
        self.code = code.into();
        self
    }

    #[must_use]
    pub fn remedy<'a>(mut self, remedy: impl Into<Option<&'a str>>) -> Self {
        self.remedy = remedy.into().map(str::to_owned);
        self
    }

    /// The id of the check, as plans have it.
    pub fn id(&self) -> String {
        format!("{}:check:{}", self.group.word(), self.target)
    }
}
