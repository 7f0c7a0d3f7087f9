//! Running a program so that nothing of it is left behind.

mod exit;
mod leftovers;
mod pipes;
mod sink;
mod supervisor;
mod table;
mod tree;
mod watch;

pub use exit::ExitKind;
pub(crate) use leftovers::temporary_name;
pub use leftovers::{Marker, reap_leftovers};
pub use sink::{Ended, Sink, Survivors};
pub(crate) use supervisor::put_on;
pub use supervisor::{Launch, LaunchError, supervise};
pub(crate) use table::{can_be_looked_at, may_be_alive};
pub(crate) use tree::{MARKER, Tree};
