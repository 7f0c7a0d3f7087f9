//! What a check came to.

use std::fmt;

use serde::{Deserialize, Serialize};

piton_base::words! {
    /// What is checked, as one fixed word.
    #[derive(PartialOrd, Ord)]
    pub enum Group: "a group of checks" {
        Config = "config",
        Gist = "gist",
        Badge = "badge",
        State = "state",
        Archive = "archive",
        Variable = "variable",
        Secret = "secret",
        Workflow = "workflow",
        File = "file",
        Dashboard = "dashboard",
        Pages = "pages",
        Token = "token",
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

piton_base::words! {
    /// A problem, by its name.
    #[derive(PartialOrd, Ord)]
    pub enum Code: "a problem" {
        NoConfig = "NO_CONFIG",
        Gist404 = "GIST_404",
        GistNotOurs = "GIST_NOT_OURS",
        StateInvalid = "STATE_INVALID",
        StateTruncated = "STATE_TRUNCATED",
        Stale = "STALE",
        WorkflowMissing = "WORKFLOW_MISSING",
        WorkflowDisabled = "WORKFLOW_DISABLED",
        LastRunFailed = "LAST_RUN_FAILED",
        VariableMissing = "VARIABLE_MISSING",
        VariableMismatch = "VARIABLE_MISMATCH",
        SecretMissing = "SECRET_MISSING",
        Archive404 = "ARCHIVE_404",
        ArchiveGap = "ARCHIVE_GAP",
        PagesOff = "PAGES_OFF",
        SchemaOld = "SCHEMA_OLD",
        TemplateOld = "TEMPLATE_OLD",
        TotalsInconsistent = "TOTALS_INCONSISTENT",
        TokenExpires = "TOKEN_EXPIRES",
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

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (group, target) = (self.group.as_str(), &self.target);
        write!(f, "{:<4}  {group} {target}: {}", self.verdict, self.reason)?;
        match self.code {
            Some(code) => write!(f, " [{code}]"),
            None => Ok(()),
        }
    }
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
        format!("{}:check:{}", self.group, self.target)
    }
}
