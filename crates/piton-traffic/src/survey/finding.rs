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
pub(super) const FIX: &str = "`piton traffic verify --fix` fixes it";

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

/// What the checks came to, in their order.
#[derive(Clone, Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    pub(super) fn ok(&mut self, group: Group, target: &str, reason: impl Into<String>) {
        self.add(Verdict::Ok, group, target, reason);
    }

    pub(super) fn skip(&mut self, group: Group, target: &str, reason: impl Into<String>) {
        self.add(Verdict::Skip, group, target, reason);
    }

    pub(super) fn warn(
        &mut self,
        group: Group,
        target: &str,
        reason: impl Into<String>,
    ) -> &mut Finding {
        self.add(Verdict::Warn, group, target, reason)
    }

    pub(super) fn fail(
        &mut self,
        group: Group,
        target: &str,
        reason: impl Into<String>,
    ) -> &mut Finding {
        self.add(Verdict::Fail, group, target, reason)
    }

    /// Adds what one check came to.
    pub fn add(
        &mut self,
        verdict: Verdict,
        group: Group,
        target: &str,
        reason: impl Into<String>,
    ) -> &mut Finding {
        let at = self.0.len();
        self.0.push(Finding {
            group,
            target: target.to_owned(),
            verdict,
            code: None,
            reason: reason.into(),
            remedy: None,
        });
        &mut self.0[at]
    }
}

impl Finding {
    /// Names the problem.
    pub(super) fn code(&mut self, code: Code) -> &mut Self {
        self.code = Some(code);
        self
    }

    /// Says last what to do about it.
    pub fn remedy(&mut self, remedy: &str) {
        self.remedy = Some(remedy.to_owned());
    }

    /// The id of the check, as plans have it.
    pub fn id(&self) -> String {
        format!("{}:check:{}", self.group.word(), self.target)
    }
}
