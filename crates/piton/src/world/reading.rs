//! The half that looks.

use piton_durable::DiskRead;
use piton_loop::operation::LoopWorld;
use piton_loop::planning::site::Site;
use piton_migration::operation::{MigrationWorld, Settled};
use piton_plan::files::{FileWorld, no_repository};
use piton_plan::{Failure, FailureKind};

use super::Publishing;
use super::stored::StoredReading;
use crate::context::{Context, Place};
use crate::op::{Op, Seen};
use crate::planning::planning_site;

/// Tells how the world stands to an operation; it can change nothing.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    context: &'a Context,
    disk: &'a dyn DiskRead,
    here: Option<Here>,
    settled: Settled,
}

/// What there is only in a repository.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) place: Place,
    pub(super) publishing: Publishing,
    /// The settings may name a place that cannot be one.
    site: Result<Site, Failure>,
}

impl Here {
    pub(super) fn site(&self) -> Result<&Site, Failure> {
        self.site.as_ref().map_err(Clone::clone)
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(context: &'a Context, place: Option<&Place>) -> Self {
        let here = place.map(|place| Here {
            publishing: Publishing::new(&place.repository, place.live()),
            site: planning_site(place)
                .map_err(|error| Failure::new(FailureKind::Input, error.on_one_line())),
            place: place.clone(),
        });
        Self {
            context,
            disk: &context.disk,
            here,
            settled: Settled::default(),
        }
    }

    /// Returns the repository that plans here are about.
    pub(super) fn here(&self) -> Result<&Here, Failure> {
        self.here.as_ref().ok_or_else(no_repository)
    }

    pub(super) fn settled(&self) -> &Settled {
        &self.settled
    }

    pub(super) fn root(&self) -> Option<&std::path::Path> {
        let here = self.here.as_ref()?;
        Some(here.place.top())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the halves of all families are got alike"
    )]
    fn files(&self) -> Result<FileWorld<'_>, Failure> {
        Ok(FileWorld {
            disk: self.disk,
            root: self.root(),
        })
    }

    fn migrations(&self) -> Result<MigrationWorld<'_>, Failure> {
        let here = self.here()?;
        Ok(MigrationWorld {
            disk: self.disk,
            git: &here.place.repository,
            live: here.publishing.live(),
            leftovers: &here.publishing,
            settled: &self.settled,
        })
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the halves of all families are got alike"
    )]
    fn stored(&self) -> Result<StoredReading<'a>, Failure> {
        Ok(StoredReading(self.context))
    }

    fn the_loop(&self) -> Result<LoopWorld<'_>, Failure> {
        let here = self.here()?;
        Ok(LoopWorld {
            disk: self.disk,
            git: &here.place.repository,
            site: here.site()?,
        })
    }
}

piton_plan::delegate_world!(Observe<Op> for Reading<'_>, Seen:
    File(files),
    Migration(migrations),
    Loop(the_loop),
    Backend(stored),
);
