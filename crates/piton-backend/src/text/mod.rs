//! Plan documents: where the text of a plan stands, and what stands around it.

mod body;
mod comment;
mod escape;
mod footer;
mod limit;

pub(crate) use body::original_plan;
pub use body::{PlanInBody, plan_in_body, wrap_original_plan};
pub use comment::{plan_in_comment, wrap_comment};
pub(crate) use escape::escape_markers;
pub use escape::unescape_markers;
pub(crate) use footer::has_footer;
pub use footer::{footer, header_lines};
pub use limit::{LIMIT, TooLong, within_limit};
