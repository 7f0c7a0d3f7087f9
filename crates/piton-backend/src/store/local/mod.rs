//! Plans in a directory of the repository.

mod backend;
mod layout;
mod reading;
mod record;

pub use backend::LocalBackend;
pub use layout::Layout;
