//! The half that looks.

use piton_durable::DiskRead;
use piton_git::GitRead;

use super::Settled;
use crate::live::LiveDir;
use crate::publish::Leftovers;

/// Migrations, their directory and what interrupted publishes left.
#[derive(Clone, Copy, Debug)]
pub struct MigrationWorld<'a> {
    pub disk: &'a dyn DiskRead,
    pub git: &'a dyn GitRead,
    pub live: &'a LiveDir,
    pub leftovers: &'a dyn Leftovers,
    pub settled: &'a Settled,
}
