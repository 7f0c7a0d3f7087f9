//! One result of a check.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::code::{Code, Severity};
use super::mode::Mode;

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    pub mode: Mode,
    pub code: Code,
    #[serde(serialize_with = "crate::render::serialize_path")]
    pub path: PathBuf,
    pub message: String,
}

impl Finding {
    /// Makes a finding; its code says how bad it is.
    pub fn new(mode: Mode, code: Code, path: PathBuf, message: impl Into<String>) -> Self {
        Self {
            severity: code.severity(),
            mode,
            code,
            path,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_str())
    }
}

/// Tells whether any finding blocks.
pub fn has_errors(findings: &[Finding]) -> bool {
    first_error(findings).is_some()
}

/// Returns the first finding that blocks.
pub fn first_error(findings: &[Finding]) -> Option<&Finding> {
    errors(findings).next()
}

/// Returns the findings that block.
pub(crate) fn errors(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let findings = findings.iter();
    findings.filter(|finding| finding.severity == Severity::Error)
}
