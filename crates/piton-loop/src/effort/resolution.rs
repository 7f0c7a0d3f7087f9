//! One effort decision, with its audit trail.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize};

use piton_base::Effort;

piton_base::words! {
    /// Who asked for the tier.
    #[derive(Hash)]
    pub(crate) enum EffortSource: "a source of an effort" {
        Default = "default",
        TargetOverride = "target-override",
        PhaseRequired = "phase-required",
        /// The role asks for the same tier in every run.
        RoleFixed = "role-fixed",
    }
}

/// The tier a call gets, and why.
///
/// Serialises as the audit fields of events and summaries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EffortResolution {
    #[serde(rename = "effort_source")]
    pub(crate) source: EffortSource,
    #[serde(rename = "requested_effort")]
    pub(crate) requested: Effort,
    /// What the agent is asked for: the requested tier under the run's cap.
    #[serde(rename = "effective_effort")]
    pub(crate) effective: Effort,
    #[serde(rename = "max_allowed_effort")]
    pub(crate) max_allowed: Effort,
    #[serde(rename = "effort_reason")]
    pub(crate) reason: Option<String>,
}

impl EffortResolution {
    /// Whether the cap took something away.
    pub(crate) fn capped(&self) -> bool {
        self.effective < self.requested
    }
}

impl Serialize for EffortResolution {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("EffortResolution", 6)?;
        fields.serialize_field("effort_source", self.source.as_str())?;
        fields.serialize_field("requested_effort", self.requested.as_str())?;
        fields.serialize_field("effective_effort", self.effective.as_str())?;
        fields.serialize_field("max_allowed_effort", self.max_allowed.as_str())?;
        fields.serialize_field("effort_capped", &self.capped())?;
        fields.serialize_field("effort_reason", &self.reason)?;
        fields.end()
    }
}
