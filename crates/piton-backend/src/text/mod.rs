//! Plan documents: where the text of a plan stands, and what stands around it.

mod body;
mod comment;
mod escape;
mod footer;
mod limit;

pub use body::{PlanInBody, original_plan, plan_in_body, wrap_original_plan};
pub use comment::{plan_in_comment, wrap_comment};
pub use escape::{escape_markers, unescape_markers};
pub use footer::{footer, has_footer, header_lines};
pub use limit::{LIMIT, TooLong, within_limit};
