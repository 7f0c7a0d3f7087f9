//! What tests need and users never see: scratch repositories, fakes, floors.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world, outside the seams they test"
)]

mod scratch;
mod shared;

pub use scratch::ScratchRepo;
pub use shared::shared_dir;
