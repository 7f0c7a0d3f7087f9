//! Storing a token that was typed in: tried first, then sealed.

use piton_github::operation::SetSecret;
use piton_plan::{
    Answer, Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe,
    Operation, Perform,
};
use serde::{Deserialize, Serialize};

use super::check_token::check;
use super::{TrafficPerformer, TrafficWorld};

/// Stores the token that is given as the answer to its question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreToken {
    pub secret: SetSecret,
}

impl Operation for StoreToken {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        self.secret.key()
    }

    fn describe(&self) -> Description<'_> {
        self.secret.describe()
    }

    fn repeatable(&self) -> bool {
        true
    }
}

impl Observe<StoreToken> for TrafficWorld<'_> {
    fn observe(
        &self,
        operation: &StoreToken,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<()>, Failure> {
        self.forge()?.observe(&operation.secret, given, moment)
    }
}

impl Perform<StoreToken> for TrafficPerformer<'_> {
    fn perform(&self, operation: &StoreToken, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let Some(Answer::Secret(token)) = given.answer() else {
            return Err(Failure::new(FailureKind::Input, "no token was given"));
        };
        let forge = self.with_token.forge(token)?;
        let whose = check(&*forge, &operation.secret.repository)?;
        self.forge()?.perform(&operation.secret, given, ())?;
        Ok(Done::saying(whose))
    }
}
