//! A plan in a file, to be looked at and applied later.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_durable::{Disk, DiskError, DiskRead, Kind, WriteError, write_atomic};
use serde::{Deserialize, Serialize};

use crate::id::PlanId;
use crate::operation::Operation;
use crate::plan::Plan;
use piton_base::Digest;

const KIND: &str = "piton-saved-plan/";
const VERSION: u32 = 2;

/// What every saved plan begins with, whatever its format.
const BEGINNING: &str = "{ \"format\": \"piton-saved-plan/";

/// The owner alone may read what a command is about to do.
const MODE: u32 = 0o600;

/// The most that is read; a million actions take about half of it.
const MOST_BYTES: u64 = 1 << 30;

/// A plan that was saved, whole and unedited.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedPlan<O> {
    pub id: PlanId,
    pub created: Timestamp,
    pub plan: Plan<O>,
}

/// Why a plan was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("the plan cannot be encoded")]
    Encode(#[source] serde_json::Error),
    #[error("the plan cannot be saved")]
    Write(#[from] WriteError),
    #[error(transparent)]
    Look(#[from] DiskError),
    /// A device, a pipe or somebody's file would be gone.
    #[error("{what} is there, and only a saved plan is replaced")]
    Taken { what: &'static str },
}

/// Why a file is not a saved plan that can be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Read(#[from] DiskError),
    #[error("{why}")]
    Refused { path: PathBuf, why: Refusal },
}

/// What is wrong with a saved plan. Making a new one is always the way out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than any plan ({0} bytes)")]
    TooLarge(u64),
    #[error("the file is not UTF-8")]
    NotUtf8,
    #[error("the file ends in the middle")]
    Truncated,
    #[error("the file is not JSON ({0})")]
    NotJson(serde_json::Error),
    #[error("the file is not a saved plan")]
    NotAPlan,
    #[error("the file has the format {found}, and this piton reads up to {VERSION}")]
    Newer { found: u32 },
    #[error(
        "the file has the format {found} of an older piton, and this piton reads only {VERSION}"
    )]
    Older { found: u32 },
    #[error("the file was changed after it was written")]
    Edited,
    #[error("the plan cannot be performed:\n{0}")]
    Invalid(serde_json::Error),
}

/// What the first line of the file begins with.
#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Serialize)]
#[serde(bound = "O: Operation")]
struct BodyOut<'a, O> {
    id: PlanId,
    created: Timestamp,
    plan: &'a Plan<O>,
}

#[derive(Deserialize)]
#[serde(bound = "O: Operation")]
struct BodyIn<O> {
    id: PlanId,
    created: Timestamp,
    plan: Plan<O>,
}

/// Writes a plan to a file that its owner alone may read. What is there already
/// is replaced only where it is a saved plan, or an empty file.
pub fn save<O: Operation>(
    disk: &dyn Disk,
    path: &Path,
    id: PlanId,
    created: Timestamp,
    plan: &Plan<O>,
) -> Result<(), SaveError> {
    if let Some(what) = in_the_way(disk, path)? {
        return Err(SaveError::Taken { what });
    }
    let bytes = encode(id, created, plan).map_err(SaveError::Encode)?;
    Ok(write_atomic(disk, path, &bytes, MODE)?)
}

/// Returns what stands at a place and must not be replaced.
fn in_the_way(disk: &dyn DiskRead, path: &Path) -> Result<Option<&'static str>, DiskError> {
    let Some(stat) = disk.stat(path)? else {
        return Ok(None);
    };
    Ok(match stat.kind {
        Kind::File if stat.len == 0 => None,
        Kind::File => {
            let first = disk.read_ends(path, BEGINNING.len())?.first;
            (first != BEGINNING.as_bytes()).then_some("a file that is no saved plan")
        }
        Kind::Dir => Some("a directory"),
        Kind::Symlink => Some("a link"),
        Kind::Other => Some("a device, a pipe or a socket"),
    })
}

/// Reads a saved plan, and refuses it unless it is just as it was written.
pub fn load<O: Operation>(disk: &dyn DiskRead, path: &Path) -> Result<SavedPlan<O>, LoadError> {
    let refused = |why| LoadError::Refused {
        path: path.into(),
        why,
    };
    if let Some(stat) = disk.stat(path)?
        && stat.len > MOST_BYTES
    {
        return Err(refused(Refusal::TooLarge(stat.len)));
    }
    let bytes = disk.read(path)?;
    decode(&bytes).map_err(refused)
}

fn encode<O: Operation>(
    id: PlanId,
    created: Timestamp,
    plan: &Plan<O>,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut body = serde_json::to_vec_pretty(&BodyOut { id, created, plan })?;
    body.push(b'\n');
    // Both halves are one JSON object: the head leaves its brace open, and the
    // body goes without its own.
    let rest = body.strip_prefix(b"{\n").unwrap_or(&body);
    let mut bytes = head_line(&Digest::of(rest)).into_bytes();
    bytes.extend_from_slice(rest);
    Ok(bytes)
}

fn decode<O: Operation>(bytes: &[u8]) -> Result<SavedPlan<O>, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    let head = match serde_json::from_str::<Head>(text) {
        Ok(head) => head,
        Err(error) if error.is_eof() => return Err(Refusal::Truncated),
        Err(error) if error.is_data() => return Err(Refusal::NotAPlan),
        Err(error) => return Err(Refusal::NotJson(error)),
    };
    let version = head.format.strip_prefix(KIND).ok_or(Refusal::NotAPlan)?;
    let version: u32 = version.parse().map_err(|_| Refusal::NotAPlan)?;
    if version > VERSION {
        return Err(Refusal::Newer { found: version });
    }
    if version < VERSION {
        return Err(Refusal::Older { found: version });
    }
    // The first line names the digest of all that follows; it goes without one
    // itself, so it must be to the letter.
    let (first, rest) = text.split_at(text.find('\n').map_or(text.len(), |at| at + 1));
    if first != head_line(&Digest::of(rest.as_bytes())) {
        return Err(Refusal::Edited);
    }
    let body: BodyIn<O> = serde_json::from_str(text).map_err(Refusal::Invalid)?;
    Ok(SavedPlan {
        id: body.id,
        created: body.created,
        plan: body.plan,
    })
}

fn head_line(digest: &Digest) -> String {
    format!("{BEGINNING}{VERSION}\", \"digest\": \"{digest}\",\n")
}
