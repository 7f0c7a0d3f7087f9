//! What is known about tracked repositories on this machine: a file in the
//! repository, and the user's own list. Both keep what we do not know.

mod file;
mod global;
mod project;

pub use file::SettingsError;
pub use global::{Entry, Global};
pub use project::{Project, Set, is_date, is_gist_id};

/// The file in the repository.
pub const PROJECT_FILE: &str = ".ghtraf.json";
/// The user's list, below the home directory.
pub const GLOBAL_FILE: &str = ".ghtraf/config.json";
