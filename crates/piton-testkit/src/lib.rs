//! What tests need and users never see: scratch repositories and what stands
//! in them, the simulated disk, fake agents and their scripts, the fake GitHub,
//! floors for benchmarks.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world, outside the seams they test"
)]

mod fake_agent;
pub mod floor;
pub mod forge;
mod migration;
mod ops;
mod plain_disk;
mod replies;
mod scratch;
mod shared;
pub mod sim;
pub mod tap;

pub use fake_agent::{fake_acp_agent, fake_agent};
pub use migration::{manifest, tidy};
pub use ops::{Op, Verb};
pub use plain_disk::PlainDisk;
pub use replies::Replies;
pub use scratch::ScratchRepo;
pub use shared::shared_dir;
pub use sim::SimDisk;
pub use tap::{Recorded, TapDisk, input_output, recording};
