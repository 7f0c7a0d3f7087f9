//! Run records: everything one run did, kept under `.git/piton/runs/<id>/`.

mod book;
mod call;
mod event;
mod id;
mod layout;
mod listing;
mod prune;
mod record;
mod retention;
mod sealed;
mod stamp;
mod summary;

pub use book::{Outset, RunBook};
pub use call::{CallOutcome, CallVerdict};
pub use event::{CallScope, Event, Recorded};
pub use id::{RunId, RunIdError};
pub use layout::RunDir;
pub use listing::{FullRun, ListedCall, ListedRun, ListingError, list, show, state_of, units};
pub use prune::{PruneError, remove};
pub use record::{RecordError, RunRecord};
pub use retention::{Keep, Removal, RetentionPolicy, RunState, RunUnit, removals};
pub use sealed::RunSeal;
pub use stamp::stamp;
pub use summary::{Attempt, CommitPhase, Counts, FinalStatus, RunSummary};
