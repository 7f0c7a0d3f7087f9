//! Landing: a commit that was made elsewhere arrives on the user's branch.
//!
//! The user goes on working in the same tree meanwhile, so nothing is written
//! over: every changed path is *exchanged* with what stands there, and what
//! came out must be what was seen before. `merge --ff-only` and `read-tree -m
//! -u` are no way to do this: they bring back files that the user deleted,
//! write over ignored ones and land inside a merge.
//!
//! In this order, after each of which a crash may come: look, git's own
//! `index.lock`, look again, intent, the paths (`files`), the reference by
//! compare-and-swap, the index. Before the reference moved everything is put
//! back; from then on it is finished ([`recover()`]).

mod away;
mod branch;
mod change;
mod compose;
pub(crate) mod edited;
pub(crate) mod entries;
mod error;
mod files;
mod hold;
mod hooks;
mod index;
mod intent;
mod look;
mod onto;
mod perform;
pub(crate) mod plain;
mod proof;
mod recover;
mod sign;
mod trees;

pub use branch::{begin_branch, branch_tip, fetched_tip, is_branch_name};
pub use change::{PathChange, TreeEntry, changes};
pub use compose::{
    Merged, TreeId, commit_tree, difference, differs, lines_of, merge_onto, parent_of, tree_of,
};
pub use error::{InTheWay, LandError, Obstacle, Refusal};
pub use hold::{hold, release};
pub use hooks::{Hook, UserHooks};
pub use look::under_way_on;
pub use onto::{Onto, current};
pub use perform::{Landed, Landing, land};
pub use plain::Known;
pub use recover::{Recovered, is_anything_left, recover};
pub use sign::{Signature, sign};
