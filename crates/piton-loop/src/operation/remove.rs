//! Removing what is kept beside the work, once it breaks a limit.

use std::fmt::{Debug, Display};

use piton_plan::{
    Description, Done, Failure, Given, Key, Moment, Observation, Observe, Operation, Perform, Verb,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};

/// Removes something that nobody uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove<I> {
    #[serde(alias = "number")]
    pub id: I,
    pub bytes: u64,
    /// The limit that it breaks.
    pub why: String,
}

/// What names something that is kept beside the work.
pub(crate) trait Removable:
    Clone + Debug + Display + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What plans call it.
    const KIND: &'static str;
    /// What it is as long as it may go,
    const FREE: &'static str;
    /// what it is while it may not,
    const IN_USE: &'static str;
    /// and what is left of it.
    const LEFT: &'static str;

    fn stands(&self, world: &LoopWorld<'_>) -> Result<Stands, Failure>;

    /// Removes it under its own lock, which keeps a living one from going; the
    /// clone's lock is not needed for what nobody else writes.
    fn remove(&self, by: &LoopPerformer<'_, '_>) -> Result<(), Failure>;
}

/// How something stands that is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    Gone,
    Free,
    InUse,
}

impl<I: Removable> Operation for Remove<I> {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new(I::KIND, Verb::Delete, self.id.to_string())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.why)
            .premise(I::FREE)
            .expects(I::LEFT)
            .detail(1, "size", format!("{} bytes", self.bytes))
    }
}

impl<I: Removable> Observe<Remove<I>> for LoopWorld<'_> {
    fn observe(
        &self,
        op: &Remove<I>,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        Ok(match op.id.stands(self)? {
            Stands::Gone => Observation::already(),
            Stands::Free => Observation::pending(I::FREE, ()),
            Stands::InUse => Observation::changed(I::FREE, I::IN_USE),
        })
    }
}

impl<I: Removable> Perform<Remove<I>> for LoopPerformer<'_, '_> {
    fn perform(&self, op: &Remove<I>, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        op.id.remove(self)?;
        Ok(Done::default())
    }
}
