//! The file that tells of one decision not to commit.

use std::fmt;
use std::fmt::Write as _;

use super::{FailureKind, Scalar};
use crate::fence;
use crate::replies::{Decision, Recommendation};
use crate::runs::RunId;

/// How much of each artifact a snapshot quotes.
const EXCERPT_CHARS: usize = 4000;

/// The name of a snapshot's file: the run, the attempt, the retry, the role.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotName(String);

impl SnapshotName {
    pub fn new(run: &RunId, attempt: u32, retry: u32, call_role: &str) -> Self {
        let role: String = call_role
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        Self(format!(
            "{run}-attempt-{attempt:03}-retry-{retry:02}-{role}.md"
        ))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the outputs behind a snapshot are, relative to the run record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    pub agent_last_message: Option<FailureText>,
    pub agent_stdout: Option<FailureText>,
    pub agent_stderr: Option<FailureText>,
    pub tests_stdout: Option<FailureText>,
    pub tests_stderr: Option<FailureText>,
}

/// One output: where it is kept, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureText {
    pub path: String,
    pub text: String,
}

/// One decision not to commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureSnapshot {
    pub project_uuid: Option<String>,
    pub repo_root: String,
    pub run_id: RunId,
    pub target: String,
    pub attempt: u32,
    pub retry: u32,
    pub call_role: String,
    pub phase_reached: String,
    pub decision: Decision,
    pub retry_recommendation: Recommendation,
    pub failure_kind: FailureKind,
    pub summary: String,
    pub validation_command: Option<String>,
    pub artifact_root: String,
    pub artifacts: Artifacts,
    /// What the reader can do about it.
    pub next_step: String,
}

impl FailureSnapshot {
    pub fn name(&self) -> SnapshotName {
        SnapshotName::new(&self.run_id, self.attempt, self.retry, &self.call_role)
    }

    /// Renders the file.
    pub fn render(&self) -> String {
        let mut out = String::from("---\n");
        for (key, value) in self.front_matter() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{key}: {value}");
        }
        let _ = write!(
            out,
            "---\n\n# What failed\n\n`{}` on {} ended with `{}` ({}).\n\n# Why\n\n{}\n\n# Next step\n\n{}\n",
            self.call_role,
            self.target,
            self.decision.as_str(),
            self.failure_kind,
            self.summary,
            self.next_step,
        );
        out.push_str("\n# Evidence\n\n");
        let texts = self.texts();
        if texts.iter().all(|(_, text)| text.is_none()) {
            out.push_str("No output was kept.\n");
        }
        for (name, text) in texts {
            if let Some(text) = text {
                let _ = writeln!(out, "- {name}: `{}`", text.path);
            }
        }
        for (name, text) in texts {
            if let Some(text) = text.filter(|text| !text.text.trim().is_empty()) {
                let _ = write!(out, "\n## {name}\n\n{}", excerpt(&text.text));
            }
        }
        out
    }

    fn front_matter(&self) -> Vec<(&'static str, Scalar)> {
        let mut fields = vec![
            ("schema_version", Scalar::Integer(1)),
            (
                "project_uuid",
                Scalar::optional(self.project_uuid.as_deref()),
            ),
            ("repo_root", self.repo_root.as_str().into()),
            ("run_id", self.run_id.as_str().into()),
            ("target", self.target.as_str().into()),
            ("attempt", Scalar::Integer(self.attempt.into())),
            ("retry", Scalar::Integer(self.retry.into())),
            ("call_role", self.call_role.as_str().into()),
            ("phase_reached", self.phase_reached.as_str().into()),
            ("decision", self.decision.as_str().into()),
            (
                "retry_recommendation",
                self.retry_recommendation.as_str().into(),
            ),
            ("failure_kind", self.failure_kind.as_str().into()),
            ("summary", self.summary.as_str().into()),
            (
                "validation_command",
                Scalar::optional(self.validation_command.as_deref()),
            ),
            ("artifact_root", self.artifact_root.as_str().into()),
        ];
        fields.extend(
            self.texts()
                .map(|(name, text)| (name, Scalar::optional(text.map(|text| text.path.as_str())))),
        );
        fields
    }

    fn texts(&self) -> [(&'static str, Option<&FailureText>); 5] {
        let artifacts = &self.artifacts;
        [
            ("agent_last_message", artifacts.agent_last_message.as_ref()),
            ("agent_stdout", artifacts.agent_stdout.as_ref()),
            ("agent_stderr", artifacts.agent_stderr.as_ref()),
            ("tests_stdout", artifacts.tests_stdout.as_ref()),
            ("tests_stderr", artifacts.tests_stderr.as_ref()),
        ]
    }
}

/// The end of an output tells more than its beginning.
fn excerpt(text: &str) -> String {
    let total = text.chars().count();
    let skipped = total.saturating_sub(EXCERPT_CHARS);
    let kept: String = text.chars().skip(skipped).collect();
    let fenced = fence::fenced(&kept, "text");
    if skipped == 0 {
        fenced
    } else {
        format!("The last {EXCERPT_CHARS} of {total} characters.\n\n{fenced}")
    }
}
