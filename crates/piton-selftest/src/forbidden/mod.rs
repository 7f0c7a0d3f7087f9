//! Trying from inside a seal what a sealed program must not do.
//!
//! The ground is laid outside, by [`Ground::lay`]; the attempts run in a sealed
//! child, by [`try_all`]. Who seals the child is the caller's business: this
//! room knows nothing of how it is done.

mod attempts;
mod ground;
mod row;

pub use attempts::try_all;
pub use ground::{Ground, Laid};
pub use row::{Expected, Outcome, Row, Section};
