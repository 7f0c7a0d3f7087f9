//! The half that looks.

use std::sync::OnceLock;

use piton_durable::DiskRead;
use piton_git::slot::SlotHome;
use piton_github::operation::ForgeWorld;
use piton_github::{Client, Waiting};
use piton_loop::operation::LoopWorld;
use piton_loop::planning::site::Site;
use piton_migration::operation::{MigrationWorld, Settled};
use piton_plan::files::{FileWorld, Watched, no_repository};
use piton_plan::{Failure, FailureKind, Plan};
use piton_traffic::operation::TrafficWorld;

use super::Publishing;
use crate::context::{Context, Place};
use crate::operation::{Op, Seen};

/// Tells how the world stands to an operation; it can change nothing.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(super) context: &'a Context,
    disk: &'a dyn DiskRead,
    here: Option<Here>,
    /// Where files are, outside of a repository.
    folder: Option<std::path::PathBuf>,
    /// Made when an operation first needs it.
    github: OnceLock<Result<Client, Failure>>,
    patience: Waiting,
    settled: Settled,
}

/// What there is only in a repository.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) place: Place,
    pub(super) publishing: Publishing,
    /// The settings may name a place that cannot be one.
    site: Result<Site, Failure>,
    /// Found when an operation first asks for it.
    slots: OnceLock<Option<SlotHome>>,
}

impl Here {
    pub(super) fn site(&self) -> Result<&Site, Failure> {
        self.site.as_ref().map_err(Clone::clone)
    }

    fn slots(&self, context: &Context) -> Option<&SlotHome> {
        let found = self
            .slots
            .get_or_init(|| crate::agents::slots::home(context, &self.place).ok());
        found.as_ref()
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(context: &'a Context, place: Option<&Place>) -> Self {
        let here = place.map(|place| Here {
            publishing: Publishing::new(&place.repository, place.live()),
            site: place
                .planning_site()
                .map_err(|error| Failure::new(FailureKind::Input, error.on_one_line())),
            slots: OnceLock::new(),
            place: place.clone(),
        });
        Self {
            context,
            disk: &context.disk,
            here,
            folder: None,
            github: OnceLock::new(),
            patience: Waiting::new(context.stop.clone()),
            settled: Settled::default(),
        }
    }

    /// The same outside of a repository, for files in a folder.
    pub(crate) fn in_folder(context: &'a Context, folder: std::path::PathBuf) -> Self {
        Self {
            folder: Some(folder),
            ..Self::new(context, None)
        }
    }

    /// Returns the repository that plans here are about.
    pub(super) fn here(&self) -> Result<&Here, Failure> {
        self.here.as_ref().ok_or_else(no_repository)
    }

    pub(super) fn settled(&self) -> &Settled {
        &self.settled
    }

    pub(super) fn patience(&self) -> &Waiting {
        &self.patience
    }

    pub(super) fn root(&self) -> Option<&std::path::Path> {
        match &self.here {
            Some(here) => Some(here.place.top()),
            None => self.folder.as_deref(),
        }
    }

    /// Looks at the files that a plan watches, before it is performed.
    pub(crate) fn watch(&self, plan: &Plan<Op>) -> Watched<'_> {
        let files = FileWorld {
            disk: self.disk,
            root: self.root(),
        };
        files.watch(plan)
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

    /// Returns the way to GitHub, as the user set it up.
    pub(super) fn github(&self) -> Result<&Client, Failure> {
        let made = self.github.get_or_init(|| {
            let client = match &self.here {
                Some(here) => crate::context::forge::client(self.context, &here.place.settings),
                None => self
                    .context
                    .settings(None)
                    .and_then(|settings| crate::context::forge::client(self.context, &settings)),
            };
            client.map_err(|error| Failure::new(FailureKind::Input, error.on_one_line()))
        });
        made.as_ref().map_err(Clone::clone)
    }

    fn forge(&self) -> Result<ForgeWorld<'_>, Failure> {
        Ok(ForgeWorld {
            forge: self.github()?,
            patience: &self.patience,
        })
    }

    fn traffic(&self) -> Result<TrafficWorld<'_>, Failure> {
        Ok(TrafficWorld {
            forge: self.forge().ok(),
            files: self.files()?,
        })
    }

    fn the_loop(&self) -> Result<LoopWorld<'_>, Failure> {
        let here = self.here()?;
        Ok(LoopWorld {
            disk: self.disk,
            git: &here.place.repository,
            site: here.site()?,
            slots: here.slots(self.context),
        })
    }
}

piton_plan::delegate_world!(Observe<Op> for Reading<'_>, Seen:
    File(files),
    Migration(migrations),
    Loop(the_loop),
    Backend,
    Forge(forge),
    Traffic(traffic),
);
