//! The commands that a plan in an issue ends with.

use crate::store::{Document, PlanId};

/// Stands above the commands that a plan ends with.
pub(super) const COMMANDS: &str = "## Commands";

/// Whether a plan ends with its commands. One that was learnt has none.
pub(super) fn has_commands(plan: &Document) -> bool {
    let is_learnt = plan.labels.iter().any(|label| label == "erk-learn");
    is_learnt || plan.body.contains(COMMANDS)
}

/// Returns the commands of a plan, under their heading.
pub(super) fn commands(id: &PlanId) -> String {
    format!(
        "\n\n{COMMANDS}\n\n```bash\npiton plan show {id}\n```\n\n```bash\npiton plan prepare {id}\n```"
    )
}
