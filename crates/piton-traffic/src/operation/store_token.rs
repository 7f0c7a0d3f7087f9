//! Storing a token that was typed in: tried first, then sealed.

use piton_github::operation::SetSecret;
use piton_plan::{
    Answer, Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observe,
    Operation, Perform,
};
use serde::{Deserialize, Serialize};

use super::check_token::check;
use super::{TrafficPerformer, TrafficWorld};

/// Stores the token that is given as the answer to its question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreToken {
    pub(crate) secret: SetSecret,
}

impl Operation for StoreToken {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        self.secret.key()
    }

    fn describe(&self) -> Description<'_> {
        self.secret.describe()
    }
}

impl Observe<StoreToken> for TrafficWorld<'_> {
    fn observe(&self, op: &StoreToken, given: &Given<'_>, moment: Moment) -> Looked {
        self.forge()?.observe(&op.secret, given, moment)
    }
}

impl Perform<StoreToken> for TrafficPerformer<'_> {
    fn perform(&self, op: &StoreToken, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let Some(Answer::Secret(token)) = given.answer() else {
            return Err(Failure::new(FailureKind::Input, "no token was given"));
        };
        let forge = self.with_token.forge(token)?;
        let whose = check(&*forge, &op.secret.repository)?;
        self.forge()?.perform(&op.secret, given, ())?;
        Ok(Done::saying(whose))
    }
}
