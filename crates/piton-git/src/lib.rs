//! The repository: where it is, what stands in it, commits, slots.
//!
//! [`GitRead`] and [`Git`] are the two halves that the rest of the house sees.
//! Most of it runs the `git` program, which knows about hooks, credentials and
//! configuration; what is plain to see in git's files is read there. Git's
//! writes are made durable, because by default a commit does not survive a
//! power cut.

mod branch_move;
mod commit;
mod committed;
mod descendants;
mod error;
mod head;
mod held_ref;
mod history;
mod hooks;
mod ids;
mod ignore;
pub mod landing;
mod local;
mod loose;
mod message;
mod objects;
mod overview;
mod plain;
pub mod program;
mod relations;
mod repository;
mod seam;
mod settings;
pub mod slot;
mod stale;
mod status;
mod surroundings;
mod tip;
mod under_way;
mod undertaking;
mod view;
mod worktree;
mod writable;

pub use committed::Committed;
pub use error::GitError;
pub use history::{FileAt, LogEntry};
pub use ids::{CommitId, InvalidCommitId};
pub use ignore::IgnoreRule;
pub use message::tidy;
pub use overview::{Overview, overview};
pub use repository::Repository;
pub use seam::{Git, GitRead};
pub use settings::Setting;
pub use status::{Change, StatusEntry};
pub use surroundings::version;
pub use tip::{Holds, Tip};
pub use under_way::UnderWay;
pub use undertaking::Cleared;
pub use view::{View, settings};
pub use worktree::Worktree;
pub use writable::refuse_unwritable;
