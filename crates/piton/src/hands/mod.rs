//! The two halves of piton's world: one looks, the other changes.

mod migrations_dir;
mod reading;
mod writing;

pub(crate) use reading::Reading;
pub(crate) use writing::Writing;
