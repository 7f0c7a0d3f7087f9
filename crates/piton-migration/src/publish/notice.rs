//! What was put in order before the command itself, for people.

use std::fmt;
use std::path::PathBuf;

use piton_durable::transaction::Recovered;
use piton_git::Cleared;

use crate::slug::Slug;

/// One line about something that recovery did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The lock of a dead process was removed.
    BrokeLock { lock: PathBuf, why: String },
    /// A git that was killed left locks, or an index behind its commit.
    Cleared(Cleared),
    /// A publish of this program was brought to its end.
    Recovered(Recovered),
    /// An interrupted publish of the original had moved this migration away.
    PutBack { slug: Slug },
    /// An interrupted publish of the original had left this migration unusable:
    /// the version before is live again.
    Reverted { slug: Slug },
    /// Leftovers of such a publish were moved out of the working tree.
    Kept { from: PathBuf, to: PathBuf },
    /// An empty leftover was removed.
    Removed { path: PathBuf },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::BrokeLock { lock, why } => {
                write!(f, "removed the dead lock {}: {why}", lock.display())
            }
            Notice::Cleared(cleared) => cleared.fmt(f),
            Notice::Recovered(recovered) => recovered.fmt(f),
            Notice::PutBack { slug } => write!(
                f,
                "put the migration {slug} back, which an interrupted publish had moved away"
            ),
            Notice::Reverted { slug } => write!(
                f,
                "put the migration {slug} back to the version before an interrupted publish, \
                 which had left it unusable"
            ),
            Notice::Kept { from, to } => write!(
                f,
                "moved what an interrupted publish left in {} to {}",
                from.display(),
                to.display()
            ),
            Notice::Removed { path } => {
                write!(f, "removed the empty leftover {}", path.display())
            }
        }
    }
}
