//! Looking at a whole set-up, for one check of it.

use piton_github::RepoName;
use piton_plan::Failure;
use serde::{Deserialize, Serialize};

use crate::survey::{Finding, Group};

/// Whose set-up is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedSetup {
    pub repository: RepoName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge_gist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_gist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Looks at a whole set-up and tells what one check came to.
pub trait Examine: Sync {
    fn finding(&self, group: Group, target: &str, setup: &CheckedSetup)
    -> Result<Finding, Failure>;
}
