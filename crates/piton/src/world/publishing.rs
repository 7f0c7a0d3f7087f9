//! The publisher of this repository, put together.

use std::time::Duration;

use piton_base::{Clock, SystemClock};
use piton_durable::RealDisk;
use piton_durable::platform::RealProcesses;
use piton_git::{GitRead, Repository};
use piton_migration::live::LiveDir;
use piton_migration::publish::{Leftovers, OsGate, PublishEnv, Publisher};

/// How long a publish waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the publisher borrows from.
#[derive(Debug)]
pub(crate) struct Publishing {
    disk: RealDisk,
    repository: Repository,
    gate: OsGate,
    live: LiveDir,
}

impl Publishing {
    pub(crate) fn new(repository: &Repository, live: LiveDir) -> Self {
        Self {
            disk: RealDisk,
            // Hooks see a commit before it is published, in a slot.
            repository: repository.without_hooks(),
            gate: OsGate::new(repository.common_dir(), &RealProcesses, PATIENCE),
            live,
        }
    }

    pub(crate) fn publisher(&self) -> Publisher<'_> {
        Publisher::new(PublishEnv {
            disk: &self.disk,
            git: &self.repository,
            gate: &self.gate,
            processes: &RealProcesses,
            live: &self.live,
            now: SystemClock::default().now(),
        })
    }

    pub(super) fn repository(&self) -> &Repository {
        &self.repository
    }

    pub(super) fn live(&self) -> &LiveDir {
        &self.live
    }
}

impl Leftovers for Publishing {
    fn is_anything_left(&self) -> bool {
        self.publisher().is_anything_left()
    }
}
