//! The half that changes.

use std::path::Path;

use piton_base::{Report, StateDir};
use piton_durable::Disk;
use piton_git::Git;
use piton_plan::Gate;

use super::event::MigrationEvent;
use super::{CommitHooks, Settled};
use crate::live::LiveDir;
use crate::publish::Publisher;
use crate::secret::Secret;

/// Performs operations on migrations.
#[derive(Clone, Debug)]
pub struct MigrationPerformer<'a> {
    pub disk: &'a dyn Disk,
    pub git: &'a dyn Git,
    pub live: &'a LiveDir,
    /// Takes the clone's lock itself.
    pub publisher: Publisher<'a>,
    /// Asked before a publish; the publisher's own commits run none.
    pub hooks: &'a dyn CommitHooks,
    pub state: &'a StateDir,
    /// Where this plan keeps what it replaces.
    pub backups: &'a Path,
    pub gate: &'a dyn Gate,
    pub report: &'a dyn Report<MigrationEvent>,
    pub settled: &'a Settled,
    /// What must never be committed.
    pub secrets: &'a [Secret],
}
