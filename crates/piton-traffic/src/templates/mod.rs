//! The files that tracking puts into a repository, rendered in memory.

mod merge;
mod parse;
mod readme;
mod recognise;
mod stamp;
mod workflow;

pub use merge::merge;
pub use parse::{ci_trigger, constant, push_branches, secret_in};
pub use readme::{Named, readme};
pub use recognise::{Deployed, recognise};
pub(crate) use stamp::{seal, stamp};
pub use workflow::{Trigger, default_schedule, workflow};

/// Where the files are.
pub const WORKFLOW_PATH: &str = ".github/workflows/traffic-badges.yml";
pub const DASHBOARD_PATH: &str = "docs/stats/index.html";
pub const README_PATH: &str = "docs/stats/README.md";
pub const ICON_PATH: &str = "docs/stats/favicon.svg";

/// The name of the workflow's file, by which GitHub knows it.
pub const WORKFLOW_FILE: &str = "traffic-badges.yml";

/// The name by which people start the workflow.
pub const WORKFLOW_NAME: &str = "Track Downloads & Clones";
