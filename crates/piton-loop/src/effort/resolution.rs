//! One effort decision, with its audit trail.

use serde::Serialize;
use serde::ser::SerializeStruct;

use piton_base::Effort;

/// Who asked for the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffortSource {
    Default,
    TargetOverride,
    PhaseRequired,
    /// The role asks for the same tier in every run.
    RoleFixed,
}

impl EffortSource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::TargetOverride => "target-override",
            Self::PhaseRequired => "phase-required",
            Self::RoleFixed => "role-fixed",
        }
    }
}

/// The tier a call gets, and why.
///
/// Serialises as the audit fields of events and summaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffortResolution {
    pub source: EffortSource,
    pub requested: Effort,
    /// What the agent is asked for: the requested tier under the run's cap.
    pub effective: Effort,
    pub max_allowed: Effort,
    pub reason: Option<String>,
}

impl EffortResolution {
    /// Whether the cap took something away.
    pub fn capped(&self) -> bool {
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
