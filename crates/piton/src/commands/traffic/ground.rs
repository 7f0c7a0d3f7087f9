//! Where files of tracking are written: a checkout, or a folder outside of any.

use std::path::{Path, PathBuf};

use piton_durable::DiskRead as _;
use piton_git::{GitError, Repository};
use piton_plan::PlanBuilder;
use piton_traffic::settings::{PROJECT_FILE, Project};

use super::place::Known;
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::{PlanArgs, Site, site};

/// So many folders are looked at on the way up, the first one included.
const LEVELS: usize = 20;

#[derive(Debug)]
pub(super) enum Ground {
    Checkout(Place),
    Folder { top: PathBuf, settings: Settings },
}

impl Ground {
    /// Finds it: the repository around here; outside of any the nearest folder
    /// whose settings name a repository; else this folder.
    pub(super) fn to_write(context: &Context, plan: &PlanArgs) -> Result<Self, CommandError> {
        let refused = match Known::place_to_write(context, plan) {
            Ok(place) => return Ok(Self::Checkout(place)),
            Err(refused) => refused,
        };
        // A repository that cannot be used is no folder outside of any.
        let found = Repository::find(&context.directory);
        if !matches!(found, Err(GitError::NotARepository { .. })) {
            return Err(refused);
        }
        let here = context.directory.canonicalize();
        let here = here.unwrap_or_else(|_| context.directory.clone());
        let top = around(context, &here).unwrap_or_else(|| here.clone());
        if top != here {
            let text = format!("works in {}, which {PROJECT_FILE} names", top.display());
            context.out.note(Channel::Setup, Level::INFO, &text);
        }
        let settings = context.settings(Some(&top))?;
        Ok(Self::Folder { top, settings })
    }

    pub(super) fn top(&self) -> &Path {
        match self {
            Self::Checkout(place) => place.top(),
            Self::Folder { top, .. } => top,
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        match self {
            Self::Checkout(place) => &place.settings,
            Self::Folder { settings, .. } => settings,
        }
    }

    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Checkout(place) => Some(place),
            Self::Folder { .. } => None,
        }
    }

    pub(super) fn site<'a>(&self, context: &'a Context) -> Result<Site<'a>, CommandError> {
        match self {
            Self::Checkout(place) => Ok(context.site(place)),
            Self::Folder { top, .. } => site::in_folder(context, top),
        }
    }

    /// Says in a plan where it is to be performed: a saved one may be performed
    /// from anywhere.
    pub(super) fn note(&self, builder: &mut PlanBuilder<Op>) {
        match self {
            Self::Checkout(_) => {}
            Self::Folder { top, .. } => site::note_folder(builder, top),
        }
    }
}

/// Returns the nearest folder on the way up whose settings name a repository,
/// or cannot be read and may. The home directory and other disks end the way.
fn around(context: &Context, here: &Path) -> Option<PathBuf> {
    let home = context.environment.home();
    let home = home.map(|home| home.canonicalize().unwrap_or(home));
    let disk = disk_of(here)?;
    here.ancestors()
        .take(LEVELS)
        .take_while(|folder| *folder == here || home.as_deref() != Some(*folder))
        .take_while(|folder| disk_of(folder) == Some(disk))
        .find(|folder| {
            let bytes = context.disk.read_if_there(&folder.join(PROJECT_FILE));
            let Ok(bytes) = bytes else { return true };
            let project = bytes.map(|bytes| Project::parse(&bytes));
            project.is_some_and(|it| it.map_or(true, |it| it.repository().is_some()))
        })
        .map(Path::to_owned)
}

fn disk_of(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().ok().map(|folder| folder.dev())
}
