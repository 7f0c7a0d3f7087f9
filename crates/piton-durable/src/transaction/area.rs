//! The trees of one transaction.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::live_path::LivePath;
use super::site::Site;
use super::token::Token;
use crate::disk::{DiskRead, Kind};
use crate::refusal::DiskResult;

/// Which file system the trees are on; exchanging needs that of the live one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Where {
    /// With the intent record.
    State,
    /// In a directory beside the live one.
    Beside,
}

/// One of the two places for a tree in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Staged,
    /// Where the second tree waits when two cannot be exchanged in one step.
    Aside,
}

impl Side {
    pub(crate) const ALL: [Side; 2] = [Side::Staged, Side::Aside];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::Staged => "staged",
            Side::Aside => "aside",
        }
    }

    pub(crate) fn other(self) -> Side {
        match self {
            Side::Staged => Side::Aside,
            Side::Aside => Side::Staged,
        }
    }
}

/// The directory with the trees of one transaction.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    pub(crate) dir: PathBuf,
    /// Trees keep the name they have when live, because checks read it.
    name: String,
}

impl Area {
    pub(crate) fn new(site: &Site, token: &Token, at: Where, live: &LivePath) -> Self {
        Area {
            dir: Self::dir(site, token, at),
            name: live.name().to_owned(),
        }
    }

    pub(crate) fn dir(site: &Site, token: &Token, at: Where) -> PathBuf {
        match at {
            Where::State => site.transaction(token).join("trees"),
            Where::Beside => site.beside(token),
        }
    }

    /// Chooses the file system of the live directory, or of the nearest
    /// directory above it that exists.
    pub(crate) fn choose(disk: &dyn DiskRead, site: &Site, live: &Path) -> DiskResult<Where> {
        let state = device(disk, &site.state)?;
        let live = live.parent().unwrap_or(live);
        Ok(if state == device(disk, live)? {
            Where::State
        } else {
            Where::Beside
        })
    }

    pub(crate) fn holder(&self, side: Side) -> PathBuf {
        self.dir.join(side.name())
    }

    pub(crate) fn tree(&self, side: Side) -> PathBuf {
        self.holder(side).join(&self.name)
    }
}

fn device(disk: &dyn DiskRead, path: &Path) -> DiskResult<Option<u64>> {
    for at in path.ancestors() {
        let stat = disk.stat(at)?;
        if let Some(stat) = stat
            && stat.kind == Kind::Dir
        {
            return Ok(Some(stat.device));
        }
    }
    Ok(None)
}
