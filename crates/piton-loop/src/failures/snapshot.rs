//! The file that tells of one decision not to commit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use piton_agent::CallFiles;
use piton_durable::{Disk, DiskRead, write_atomic};

use super::{FailureKind, Scalar};
use crate::fence;
use crate::replies::{Decision, Recommendation};
use crate::runs::RunId;

/// How much of each artifact a snapshot quotes.
const EXCERPT_CHARS: usize = 4000;
/// No more than this of an output is looked at.
const OUTPUT_LIMIT: u64 = 4 * 1024 * 1024;

/// Where the outputs behind a snapshot are, relative to the run record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Artifacts {
    pub(crate) agent_last_message: Option<FailureText>,
    pub(crate) agent_stdout: Option<FailureText>,
    pub(crate) agent_stderr: Option<FailureText>,
    pub(crate) tests_stdout: Option<FailureText>,
    pub(crate) tests_stderr: Option<FailureText>,
}

/// One output: where it is kept, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailureText {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Artifacts {
    /// Reads what there is of a call of an agent, and in the directory of a
    /// validation. `root` is the directory of the run's record.
    pub(crate) fn read(
        disk: &dyn DiskRead,
        root: &Path,
        agent: Option<&CallFiles>,
        tests: Option<&Path>,
    ) -> Self {
        let text = |path: PathBuf| {
            let bytes = disk.read_at_most(&path, OUTPUT_LIMIT).ok()?;
            let path = path.strip_prefix(root).unwrap_or(&path);
            Some(FailureText {
                path: path.display().to_string(),
                text: String::from_utf8_lossy(&bytes).into_owned(),
            })
        };
        Self {
            agent_last_message: agent.and_then(|files| text(files.reply())),
            agent_stdout: agent.and_then(|files| text(files.stdout())),
            agent_stderr: agent.and_then(|files| text(files.stderr())),
            tests_stdout: tests.and_then(|dir| text(dir.join("tests.stdout.log"))),
            tests_stderr: tests.and_then(|dir| text(dir.join("tests.stderr.log"))),
        }
    }
}

/// One decision not to commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FailureSnapshot {
    pub(crate) repo_root: String,
    pub(crate) run_id: RunId,
    pub(crate) target: String,
    pub(crate) attempt: u32,
    pub(crate) retry: u32,
    pub(crate) call_role: String,
    pub(crate) phase_reached: String,
    pub(crate) decision: Decision,
    pub(crate) retry_recommendation: Recommendation,
    pub(crate) failure_kind: FailureKind,
    pub(crate) summary: String,
    pub(crate) validation_command: Option<String>,
    pub(crate) artifact_root: String,
    pub(crate) artifacts: Artifacts,
    /// What the reader can do about it.
    pub(crate) next_step: String,
}

impl FailureSnapshot {
    /// Writes the file below the directory of all of them, and returns where it
    /// is. Trouble in doing so only makes the evidence poorer.
    pub(crate) fn write(&self, disk: &dyn Disk, dir: &Path) -> Option<PathBuf> {
        let path = dir.join(self.name());
        write_atomic(disk, &path, self.render().as_bytes(), 0o600).ok()?;
        Some(path)
    }

    /// The run, the attempt, the retry, the role.
    fn name(&self) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let role: String = self.call_role.chars().map(letter).collect();
        let (run, attempt, retry) = (&self.run_id, self.attempt, self.retry);
        format!("{run}-attempt-{attempt:03}-retry-{retry:02}-{role}.md")
    }

    /// Renders the file.
    fn render(&self) -> String {
        let mut out = String::from("---\n");
        for (key, value) in self.front_matter() {
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
            // Of the original; piton knows no such thing.
            ("project_uuid", Scalar::optional(None)),
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
