//! Variables of a repository's Actions.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    OutputRef, Perform, Slot, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::variables;
use crate::error::found;
use crate::repo::RepoName;

/// Gives a variable its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetVariable {
    pub repository: RepoName,
    pub name: String,
    pub value: Slot<String>,
    /// What it was when this was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
}

impl Operation for SetVariable {
    /// Whether there is one of that name.
    type Seen = bool;

    fn key(&self) -> Key<'_> {
        let verb = match &self.was {
            None => Verb::Set,
            Some(was) if self.value.known() == Some(was) => Verb::Skip,
            Some(_) => Verb::Overwrite,
        };
        Key::new("variable", verb, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        let was = self.was.as_ref();
        let line = match was.filter(|was| self.value.known() != Some(*was)) {
            Some(was) => format!("{was} becomes {}", self.value),
            None => format!("{}", self.value),
        };
        let premise = match &self.was {
            None => "no variable of that name".to_owned(),
            Some(was) => format!("it is {was}"),
        };
        Description::new(line)
            .premise(premise)
            .expects(format!("it is {}", self.value))
            .detail(1, "repository", self.repository.to_string())
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.value.uses().into_iter().collect()
    }
}

impl Observe<SetVariable> for ForgeWorld<'_> {
    fn observe(&self, op: &SetVariable, given: &Given<'_>, moment: Moment) -> Looked<bool> {
        // Before the plan is performed its value may not exist yet.
        let wanted = given.value(&op.value).ok();
        self.settled(moment, |forge| {
            let now = found(variables::get(forge, &op.repository, &op.name))?;
            let now = now.map(|variable| variable.value);
            if now.is_some() && now == wanted {
                return Ok(Observation::already());
            }
            let told = |value: &Option<String>| match value {
                None => "no variable of that name".to_owned(),
                Some(value) => format!("it is {value}"),
            };
            Ok(if now == op.was {
                Observation::pending(told(&now), now.is_some())
            } else {
                Observation::changed(told(&op.was), told(&now))
            })
        })
    }
}

impl Perform<SetVariable> for ForgePerformer<'_> {
    fn perform(&self, op: &SetVariable, given: &Given<'_>, exists: bool) -> Result<Done, Failure> {
        let value = given.value(&op.value)?;
        let set = if exists {
            variables::update
        } else {
            variables::create
        };
        set(self.forge, &op.repository, &op.name, &value)?;
        Ok(Done::default())
    }
}
