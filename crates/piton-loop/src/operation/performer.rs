//! The half that changes.

use std::fmt::Debug;

use piton_base::{Clock, Stop};
use piton_durable::{Disk, Holder};
use piton_git::Git;
use piton_migration::secret::Secret;
use piton_plan::{Done, Failure};

use super::Agents;
use crate::planning::site::Site;
use crate::runs::RunBook;

/// Lands what is held by a name, with everything that landing takes.
pub trait Lands: Debug + Sync {
    fn land(&self, held: &str) -> Result<Done, Failure>;
}

/// Does what an operation of the loop says.
#[derive(Clone, Debug)]
pub struct LoopPerformer<'a, 'b> {
    pub disk: &'a dyn Disk,
    pub git: &'a dyn Git,
    pub clock: &'a dyn Clock,
    pub site: &'a Site,
    pub agents: &'a dyn Agents,
    pub lands: &'a dyn Lands,
    pub stop: &'a Stop,
    /// Whom locks name.
    pub holder: Holder,
    /// The record of the run that this is part of.
    pub book: &'a RunBook<'b>,
    /// What no agent may write down.
    pub secrets: &'a [Secret],
}
