//! What all crates say: effort, stop, clock, repository paths, digests, causes,
//! text for terminals, and where this clone's own state is.
//!
//! Nothing here reads or changes the world, but for [`SystemClock`].

mod ascii;
mod causes;
mod clock;
mod digest;
mod effort;
pub mod hex;
mod repo_path;
mod report;
mod state_dir;
mod stop;
pub mod terminal;
pub mod text;
mod through_text;
mod words;

pub use ascii::ascii_json;
pub use causes::{causes, on_one_line};
pub use clock::{Clock, SystemClock};
pub use digest::{Digest, InvalidDigest};
pub use effort::Effort;
pub use repo_path::{InvalidRepoPath, RepoPath, is_reserved_name};
pub use report::{Report, Untold};
pub use state_dir::StateDir;
pub use stop::Stop;
pub use words::UnknownWord;

#[doc(hidden)]
pub mod private {
    //! What the macros of this crate need at the place where they are used.
    pub use serde;
}
