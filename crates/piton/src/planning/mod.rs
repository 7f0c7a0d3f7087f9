//! What staged planning works with here, and what it is refused for.

mod context;
pub(crate) mod readiness;
mod refusal;
pub(crate) mod taste;

pub(crate) use context::{AskedEffort, PlanningContext, prompts};
pub(crate) use refusal::{
    below_top, refusal, refuse_begun, refuse_dirty, refuse_links, refuse_two_disks,
    refuse_under_way, tip, warn_of_no_branch,
};
