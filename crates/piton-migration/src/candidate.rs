//! The next state of a migration, written where nobody looks.

use piton_base::text::beside;
use std::path::{Path, PathBuf};

use crate::consistency::{self, Finding, Mode};
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::slug::Slug;
use piton_durable::{
    Disk, DiskError, DiskRead, Image, TreeDigest, TreeError, WriteError, make_dirs, tree,
    write_whole,
};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::contents::Contents;

/// The end of the name of the note beside a candidate that must last: what it
/// is, in JSON, and after it a copy of its files.
pub const NOTE: &str = ".answer.json";

/// No note is larger: a migration's files and their names.
pub const MAX_NOTE: u64 = 128 << 20;

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
    #[error("the place for the candidate could not be cleared")]
    Clear(#[source] TreeError),
    #[error("the digest of the candidate could not be computed")]
    Digest(#[source] TreeError),
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("the candidate could not be written")]
    Write(#[source] DiskError),
    #[error("{slug} would not be consistent: {}", told(.findings))]
    Inconsistent { slug: Slug, findings: Vec<Finding> },
}

impl Proposal {
    /// Writes the candidate below a directory, and checks it as publishing will.
    /// Returns it with everything that is in it. A power cut may take it.
    pub fn build(
        self,
        disk: &dyn Disk,
        below: &Path,
        next: Option<String>,
    ) -> Result<(Candidate, Image), CandidateError> {
        let dir = below.join(self.slug.as_str());
        tree::remove(disk, &dir).map_err(CandidateError::Clear)?;
        make_dirs(disk, &dir)?;
        self.contents
            .write(disk, &dir)
            .map_err(CandidateError::Write)?;
        let manifest = self.contents.get(MANIFEST_FILE).map(Manifest::decode);
        let findings = match manifest {
            Some(Ok(manifest)) => {
                consistency::check_with(disk, &dir, &self.slug, self.mode, &manifest)
            }
            Some(Err(_)) | None => consistency::check(disk, &dir, &self.slug, self.mode),
        };
        if consistency::has_errors(&findings) {
            remove(disk, &dir).map_err(CandidateError::Clear)?;
            return Err(CandidateError::Inconsistent {
                slug: self.slug,
                findings,
            });
        }
        let image = Image::read(disk, &dir).map_err(CandidateError::Digest)?;
        let image = image.unwrap_or_default();
        let candidate = Candidate {
            digest: image.digest(),
            dir,
            mode: self.mode,
            message: self.message,
            next,
        };
        Ok((candidate, image))
    }
}

impl Candidate {
    /// Returns where a note beside it is.
    pub fn note(&self) -> PathBuf {
        beside(&self.dir, NOTE)
    }

    /// Keeps the candidate durably, with a note of what it is, which is a value
    /// in JSON. One file takes one sync where its files and directories take
    /// one each.
    pub fn keep(&self, disk: &dyn Disk, image: &Image, note: &[u8]) -> Result<(), WriteError> {
        let kept = [note, b"\n", &image.encode()].concat();
        write_whole(disk, &self.note(), &kept, 0o600)?;
        // Its name, and that of the directory it is in.
        for dir in self.dir.ancestors().skip(1).take(2) {
            disk.sync_dir(dir)?;
        }
        Ok(())
    }

    /// Tells whether what was accepted is still there, in its directory or, where
    /// a power cut took that, in its copy.
    /// A failing disk is an error, because then it is not known.
    pub fn is_there(&self, disk: &dyn DiskRead) -> Result<bool, TreeError> {
        Ok(self.whole(disk)?.is_some())
    }

    /// Returns it from where it is whole, and whether that is its directory.
    fn whole(&self, disk: &dyn DiskRead) -> Result<Option<(Image, bool)>, TreeError> {
        let standing = Image::read(disk, &self.dir);
        let is_it = |image: &Image| image.digest() == self.digest;
        let unsure = match standing {
            Ok(standing) => match standing.filter(is_it) {
                Some(image) => return Ok(Some((image, true))),
                None => None,
            },
            Err(error) => error.may_pass().then_some(error),
        };
        let copy = match disk.read_at_most(&self.note(), MAX_NOTE) {
            Ok(bytes) => self.copy(&bytes),
            Err(error) if error.may_pass() => return Err(error.into()),
            Err(_) => None,
        };
        match (copy, unsure) {
            (Some(image), _) => Ok(Some((image, false))),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }

    fn copy(&self, bytes: &[u8]) -> Option<Image> {
        let mut note = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
        note.next()?.ok()?;
        let copy = bytes.get(note.byte_offset() + 1..)?;
        let image = Image::decode(copy).ok()?;
        (image.digest() == self.digest).then_some(image)
    }

    /// Puts the candidate where it belongs, from its copy where it has to be.
    /// `None` where it is not what was accepted any more.
    pub fn restore(&self, disk: &dyn Disk) -> Result<Option<Image>, CandidateError> {
        let image = match self.whole(disk).map_err(CandidateError::Digest)? {
            Some((image, true)) => return Ok(Some(image)),
            Some((image, false)) => image,
            None => return Ok(None),
        };
        tree::remove(disk, &self.dir).map_err(CandidateError::Clear)?;
        make_dirs(disk, &self.dir)?;
        image
            .write(disk, &self.dir)
            .map_err(CandidateError::Write)?;
        Ok(Some(image))
    }

    /// Removes the candidate's directory, once it was published or given up,
    /// and what is beside it.
    pub fn remove(&self, disk: &dyn Disk) -> Result<(), TreeError> {
        // A note that stays is harmless: its candidate is gone.
        let _ = disk.remove_file(&self.note());
        remove(disk, &self.dir)
    }
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
