//! Points in time as files hold them.

mod aware;
mod parse;
mod raw;

pub use aware::Stamp;
pub use raw::RawStamp;

pub use parse::{StampError, StampProblem};
