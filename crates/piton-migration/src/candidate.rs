//! The next state of a migration, written where nobody looks.

use std::path::{Path, PathBuf};

use crate::consistency::{self, Finding, Mode};
use crate::manifest::Status;
use crate::slug::Slug;
use piton_durable::{Disk, DiskError, TreeDigest, TreeError, WriteError, create_dirs, tree};

use serde::{Deserialize, Serialize};

use crate::contents::Contents;

/// The end of the name of the note beside a candidate.
pub const NOTE: &str = ".answer.json";

/// The next state of a migration, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub slug: Slug,
    /// The digest of the live directory that this was made from.
    pub base: TreeDigest,
    pub contents: Contents,
    /// What it must be consistent for.
    pub mode: Mode,
    /// What this is for, in a word.
    pub operation: String,
    /// The whole message of the commit that will record it.
    pub message: String,
}

/// The next state of a migration as a directory, ready to be published.
///
/// It can be written down, so that a plan that was cut off between making a
/// candidate and publishing it goes on with the one that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// Where it is; the last part is the slug.
    pub dir: PathBuf,
    pub digest: TreeDigest,
    /// What it must be consistent for.
    pub mode: Mode,
    /// The whole message of the commit that will record it.
    pub message: String,
    /// Where it leads, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A candidate was not built.
#[derive(Debug, thiserror::Error)]
pub enum CandidateError {
    #[error("clear the place for the candidate")]
    Clear(#[source] TreeError),
    #[error("compute the digest of the candidate")]
    Digest(#[source] TreeError),
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("write the candidate")]
    Write(#[source] DiskError),
    #[error("publish {slug} as it would be: {}", told(.findings))]
    Inconsistent { slug: Slug, findings: Vec<Finding> },
}

impl Proposal {
    /// Returns the mode that a migration of this status is published in.
    pub fn mode_of(status: Status) -> Mode {
        match status {
            Status::Ready => Mode::ReadyPublish,
            Status::Planning | Status::InProgress | Status::Skipped | Status::Done => {
                Mode::PlanningSnapshot
            }
        }
    }

    /// Writes the candidate below a directory, and checks it as publishing will.
    pub fn build(
        self,
        disk: &dyn Disk,
        below: &Path,
        next: Option<String>,
    ) -> Result<Candidate, CandidateError> {
        let dir = below.join(self.slug.as_str());
        tree::remove(disk, &dir).map_err(CandidateError::Clear)?;
        create_dirs(disk, &dir)?;
        self.contents
            .write(disk, &dir)
            .map_err(CandidateError::Write)?;
        let findings = consistency::check(disk, &dir, &self.slug, self.mode);
        if consistency::has_errors(&findings) {
            remove(disk, &dir).map_err(CandidateError::Clear)?;
            return Err(CandidateError::Inconsistent {
                slug: self.slug,
                findings,
            });
        }
        Ok(Candidate {
            digest: TreeDigest::of(disk, &dir).map_err(CandidateError::Digest)?,
            dir,
            mode: self.mode,
            message: self.message,
            next,
        })
    }
}

impl Candidate {
    /// Returns where a note beside it lies.
    pub fn note(&self) -> PathBuf {
        note(&self.dir)
    }

    /// Removes the candidate's directory, once it was published or given up,
    /// and the note beside it.
    pub fn remove(&self, disk: &dyn Disk) -> Result<(), TreeError> {
        // A note without its candidate says nothing.
        let _ = disk.remove_file(&self.note());
        remove(disk, &self.dir)
    }
}

fn note(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(NOTE);
    dir.with_file_name(name)
}

/// Removes a candidate, and the directory above it unless others are in it.
fn remove(disk: &dyn Disk, dir: &Path) -> Result<(), TreeError> {
    tree::remove(disk, dir)?;
    if let Some(parent) = dir.parent() {
        let _ = disk.remove_dir(parent);
    }
    Ok(())
}

fn told(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}
