//! The files that tracking puts into a repository, rendered in memory.

mod readme;
mod recognise;
mod workflow;

pub use readme::{Named, readme};
pub use recognise::{Deployed, recognise};
pub use workflow::{Trigger, default_schedule, workflow};

/// Where the files lie.
pub const WORKFLOW_PATH: &str = ".github/workflows/traffic-badges.yml";
pub const DASHBOARD_PATH: &str = "docs/stats/index.html";
pub const README_PATH: &str = "docs/stats/README.md";
pub const ICON_PATH: &str = "docs/stats/favicon.svg";

/// The name by which people start the workflow.
pub const WORKFLOW_NAME: &str = "Track Downloads & Clones";

/// Returns the line by which a later release recognises its own template.
fn stamp(name: &str, pristine: &str) -> String {
    let digest = piton_base::Digest::of(pristine.as_bytes()).hex();
    format!(
        "ghtraf-template: {name} {} {digest}",
        env!("CARGO_PKG_VERSION")
    )
}
