//! The files here that tracking is about, watched by every plan about it.

use piton_plan::{Operation, PlanBuilder};

use crate::settings::PROJECT_FILE;
use crate::templates::{DASHBOARD_PATH, ICON_PATH, README_PATH, WORKFLOW_PATH};

const FILES: [&str; 5] = [
    WORKFLOW_PATH,
    DASHBOARD_PATH,
    README_PATH,
    ICON_PATH,
    PROJECT_FILE,
];

/// Watches the four files of the set-up and the file of settings: whatever of
/// them no action of the plan names is afterwards as it was.
pub fn watch<O: Operation>(builder: &mut PlanBuilder<O>) {
    for path in FILES.into_iter().filter_map(|path| path.parse().ok()) {
        builder.watch(path);
    }
}
