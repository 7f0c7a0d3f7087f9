//! Run records: everything one run did, kept under `.git/piton/runs/<id>/`.

mod book;
mod call;
mod event;
mod heard;
mod id;
mod layout;
mod listing;
mod overview;
mod prune;
mod record;
mod recorded;
mod retention;
mod sealed;
mod stamp;
mod summary;
mod told;

pub use book::RunBook;
pub use call::{CallOutcome, CallVerdict};
pub use event::{
    ActionEnd, ActionKind, ActionOutcome, CallEnd, CallScope, CallStatus, Event, Outset, RunEnd,
};
pub use heard::Heard;
pub use id::{RunId, RunIdError};
pub use layout::RunDir;
pub use listing::{
    FullRun, ListedCall, ListedRun, ListingError, list, show, state_of, summaries, units,
};
pub use overview::Overview;
pub use prune::{PruneError, remove};
pub use record::{Consumed, RecordError, RecordedCall, RunRecord};
pub use recorded::Recorded;
pub use retention::{Keep, Removal, RetentionPolicy, RunState, RunUnit, removals};
pub use sealed::RunSeal;
pub use stamp::stamp;
pub use summary::{Attempt, CommitPhase, Counts, FinalStatus, RunSummary};
pub(crate) use told::because;
