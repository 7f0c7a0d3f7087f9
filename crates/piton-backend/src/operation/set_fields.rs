//! Fields of a header that are set.

use std::time::Duration;

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::world::key;
use super::{BackendPerformer, BackendWorld};
use crate::header::{Header, Patch};
use crate::log::recorded;
use crate::store::{BackendError, Change, Noted, PlanId};

/// Sets fields of a header. Its premise is what those fields held, never the
/// whole text: whatever else people write meanwhile is none of its business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetFields {
    pub(crate) plan: PlanId,
    pub(crate) fields: Vec<SetField>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetField {
    pub(crate) name: String,
    pub(crate) was: Json,
    pub(crate) value: Json,
}

impl SetFields {
    /// Decides what a patch changes in a header; none if it says all already.
    pub fn decide(plan: PlanId, patch: &Patch, header: &Header) -> Option<Self> {
        let fields: Vec<SetField> = patch
            .sets()
            .iter()
            .map(|(field, value)| SetField {
                name: field.name().to_owned(),
                was: header.get(*field).map_or(Json::Null, recorded),
                value: recorded(value),
            })
            .filter(|field| field.was != field.value || header.fields().get(&field.name).is_none())
            .collect();
        (!fields.is_empty()).then_some(Self { plan, fields })
    }

    fn shown(&self, side: impl Fn(&SetField) -> &Json) -> String {
        let shown: Vec<String> = self
            .fields
            .iter()
            .map(|field| format!("{}={}", field.name, bare(side(field))))
            .collect();
        shown.join(", ")
    }
}

fn bare(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Operation for SetFields {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan-header", Verb::Set, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("set {}", self.shown(|field| &field.value)))
            .premise(self.shown(|field| &field.was))
            .expects(self.shown(|field| &field.value))
    }
}

impl Observe<SetFields> for BackendWorld<'_> {
    fn observe(&self, op: &SetFields, _: &Given<'_>, _: Moment) -> Looked {
        let document = self.backend.needed(&op.plan)?;
        let header = document.header().map_err(BackendError::from)?;
        let has = |field: &SetField| {
            let value = header.fields().get(&field.name);
            (value.is_some(), value.map_or(Json::Null, recorded))
        };
        let already = op.fields.iter().all(|field| {
            let (there, value) = has(field);
            there && value == field.value
        });
        if already {
            return Ok(Observation::already());
        }
        let stands = op.fields.iter().all(|field| {
            let (_, value) = has(field);
            value == field.was || value == field.value
        });
        let found: Vec<String> = op
            .fields
            .iter()
            .map(|field| format!("{}={}", field.name, bare(&has(field).1)))
            .collect();
        let found = found.join(", ");
        Ok(if stands {
            Observation::pending(found, ())
        } else {
            Observation::changed(op.shown(|field| &field.was), found)
        })
    }
}

impl Perform<SetFields> for BackendPerformer<'_> {
    fn perform(&self, op: &SetFields, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let fields = op
            .fields
            .iter()
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect();
        let patch = Patch::new(fields).map_err(BackendError::from)?;
        let change = Change {
            patch,
            key: key(given),
            waited: Duration::ZERO,
        };
        let updated = self.backend.update_metadata(&op.plan, &change)?;
        let names: Vec<&str> = updated.changed.iter().map(|field| field.name()).collect();
        let mut said = names.join(", ");
        for warning in updated.notes.iter().filter_map(Noted::warning) {
            said.push_str("; ");
            said.push_str(&warning);
        }
        Ok(Done::saying(said))
    }
}
