//! What the tests of the house stand on.

mod ops;
mod shared;
pub mod sim;
pub mod tap;

pub use ops::{Op, Verb};
pub use shared::shared_dir;
pub use sim::SimDisk;
pub use tap::{Recorded, TapDisk, recording};
