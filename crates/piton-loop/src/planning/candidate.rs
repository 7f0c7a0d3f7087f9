//! The next state of a migration, written where nobody looks.

use std::path::PathBuf;

use piton_durable::{Disk, TreeDigest, TreeError, WriteError, create_dirs, tree};
use piton_migration::consistency::{self, Finding, Mode};
use piton_migration::manifest::Status;
use piton_migration::publish::PublishRequest;
use piton_migration::slug::Slug;

use serde::{Deserialize, Serialize};

use super::contents::{Contents, ContentsError};
use super::site::Site;

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
    pub slug: Slug,
    /// The live directory, relative to the top of the working tree.
    pub destination: String,
    /// Where the candidate is; its last part is the slug.
    pub dir: PathBuf,
    pub base: TreeDigest,
    pub mode: Mode,
    pub operation: String,
    pub message: String,
}

/// A candidate was not built.
#[derive(Debug, thiserror::Error)]
pub enum CandidateError {
    #[error("clear the place for the candidate")]
    Clear(#[source] TreeError),
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("write the candidate")]
    Write(#[source] ContentsError),
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

    /// Writes the candidate into a directory of its own below that name, and
    /// checks it as publishing will.
    pub fn build(
        self,
        disk: &dyn Disk,
        site: &Site,
        name: &str,
    ) -> Result<Candidate, CandidateError> {
        let parent = site.candidates().join(name);
        let dir = parent.join(self.slug.as_str());
        tree::remove(disk, &parent).map_err(CandidateError::Clear)?;
        create_dirs(disk, &dir)?;
        self.contents
            .write(disk, &dir)
            .map_err(CandidateError::Write)?;
        let findings = consistency::check(disk, &dir, &self.slug, self.mode);
        if consistency::has_errors(&findings) {
            tree::remove(disk, &parent).map_err(CandidateError::Clear)?;
            return Err(CandidateError::Inconsistent {
                slug: self.slug,
                findings,
            });
        }
        Ok(Candidate {
            destination: site.relative(&self.slug),
            slug: self.slug,
            dir,
            base: self.base,
            mode: self.mode,
            operation: self.operation,
            message: self.message,
        })
    }
}

impl Candidate {
    /// Returns what the publisher is asked for.
    pub fn request(&self) -> PublishRequest {
        PublishRequest {
            slug: self.slug.clone(),
            workspace: self.dir.clone(),
            base: self.base.clone(),
            mode: self.mode,
            operation: self.operation.clone(),
            commit: Some(self.message.clone()),
            tip: None,
        }
    }

    /// Removes the candidate's directory, once it was published or given up.
    pub fn remove(&self, disk: &dyn Disk) -> Result<(), TreeError> {
        match self.dir.parent() {
            Some(parent) => tree::remove(disk, parent),
            None => Ok(()),
        }
    }
}

fn told(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}
