//! One target.

use piton_base::Effort;
use piton_migration::own::TargetProvenance;

/// What one source action works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub description: String,
    pub provenance: TargetProvenance,
    /// Paths below the top of the repository.
    pub files: Vec<String>,
    pub scoping: Option<String>,
    pub model: Option<String>,
    pub effort: Option<Effort>,
}

impl Target {
    /// Returns a target that asks for nothing of its own.
    pub fn plain(
        description: impl Into<String>,
        provenance: TargetProvenance,
        files: Vec<String>,
    ) -> Self {
        Self {
            description: description.into(),
            provenance,
            files,
            scoping: None,
            model: None,
            effort: None,
        }
    }
}
