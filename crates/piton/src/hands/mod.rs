//! The two halves of piton's world: one looks, the other changes.

mod house;
mod migrations_dir;
mod planning;
mod publishing;
mod reading;
mod runs;
mod writing;

pub(crate) use planning::Shown;
pub(crate) use publishing::Publishing;
pub(crate) use reading::Reading;
pub(crate) use writing::Writing;
