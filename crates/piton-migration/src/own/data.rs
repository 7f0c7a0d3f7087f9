//! The notes as values and as a file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::planning::Step;

/// The only version there is.
const VERSION: u32 = 1;

/// Everything piton notes about a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnData {
    version: u32,
    /// What the migration is about, beyond its one-line description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The stored plan that the migration is told of in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanLink>,
    /// Why the migration was put off last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferral: Option<DeferralCause>,
    /// What reviews that could not be accepted found, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review_notes: Vec<ReviewNote>,
    /// How many times in a row work on the migration failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// When work on a migration that keeps failing is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// What a later version of this one noted; kept as it is.
    #[serde(flatten)]
    other: BTreeMap<String, serde_json::Value>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A stored plan: who keeps it, and its id there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLink {
    pub backend: String,
    pub id: String,
}

/// What a migration is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub description: String,
    pub provenance: TargetProvenance,
    /// Paths below the project root.
    #[serde(default)]
    pub files: Vec<String>,
    /// What the person who started it asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

piton_base::words! {
    /// Where a target came from.
    pub enum TargetProvenance: "where a target came from" {
        Targets = "targets",
        Globs = "globs",
        Extensions = "extensions",
        Paths = "paths",
        Random = "random",
        Fallback = "fallback",
    }
}

/// Why a migration was put off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum DeferralCause {
    /// The ready-check said no.
    NotReady { reason: String },
    /// The ready-check could not tell.
    Unverifiable { reason: String },
    /// The phase asks for more effort than the run allows.
    OverBudget,
    /// Work on it failed, and failed again.
    Failing { reason: String },
}

/// What a review found that could not be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNote {
    pub at: Timestamp,
    pub step: Step,
    pub text: String,
}

/// Why bytes cannot be read as piton's notes.
#[derive(Debug, Error)]
pub enum OwnDataError {
    #[error("it is not what piton writes")]
    Malformed(#[source] serde_json::Error),
    #[error("it has version {0}, and this piton knows 1; use a newer piton")]
    Version(u32),
}

impl OwnData {
    /// Forgets why the migration was put off, because a person acted or work
    /// went on.
    pub fn clear_deferral(&mut self) {
        self.deferral = None;
        self.failures = 0;
        self.retry_at = None;
    }

    /// Returns notes that say nothing yet.
    pub fn new() -> Self {
        Self {
            version: VERSION,
            ..Self::default()
        }
    }

    /// Decodes the file's bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, OwnDataError> {
        let data: Self = serde_json::from_slice(bytes).map_err(OwnDataError::Malformed)?;
        if data.version == VERSION {
            Ok(data)
        } else {
            Err(OwnDataError::Version(data.version))
        }
    }

    /// Returns the bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        // Nothing in the notes can fail to be written: keys are strings, and
        // there are no maps of anything else.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_and_what_nobody_knows_stays() {
        let text =
            r#"{"version": 1, "deferral": {"cause": "not-ready", "reason": "x"}, "new": [1]}"#;
        let data = OwnData::decode(text.as_bytes()).expect("version 1");
        assert_eq!(
            data.deferral,
            Some(DeferralCause::NotReady {
                reason: "x".to_owned()
            })
        );
        let again = OwnData::decode(&data.encode()).expect("what was just written");
        assert_eq!(again, data);
        assert!(String::from_utf8_lossy(&data.encode()).contains("\"new\""));
    }

    #[test]
    fn failures_are_written_down_where_there_are_any() {
        let written = |failures| {
            let data = OwnData {
                failures,
                ..OwnData::new()
            };
            String::from_utf8_lossy(&data.encode()).into_owned()
        };
        assert_eq!(written(0), "{\n  \"version\": 1\n}\n");
        assert!(written(2).contains("\"failures\": 2"));
    }

    #[test]
    fn what_put_a_migration_off_is_forgotten_as_a_whole() {
        let mut data = OwnData {
            failures: 2,
            retry_at: Some(jiff::Timestamp::UNIX_EPOCH),
            deferral: Some(DeferralCause::NotReady {
                reason: "x".to_owned(),
            }),
            ..OwnData::new()
        };
        data.clear_deferral();
        assert_eq!(data, OwnData::new());
    }

    #[test]
    fn a_newer_version_is_not_guessed_at() {
        assert!(matches!(
            OwnData::decode(br#"{"version": 2}"#),
            Err(OwnDataError::Version(2))
        ));
    }
}
