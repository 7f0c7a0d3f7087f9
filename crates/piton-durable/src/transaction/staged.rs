//! A candidate, copied to where it can become live.

use std::path::{Path, PathBuf};

use super::area::{Area, Side, Where};
use super::commit::CommitIntent;
use super::error::TransactionError;
use super::intent::Intent;
use super::live_path::LivePath;
use super::moves;
use super::ongoing::Ongoing;
use super::replaced::Replaced;
use super::site::Site;
use super::token::Token;
use crate::atomic::{create_dirs, make_dirs};
use crate::digest::TreeDigest;
use crate::disk::Disk;
use crate::tree;

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Request {
    pub live: LivePath,
    pub candidate: PathBuf,
    /// What the candidate was built from.
    pub base: TreeDigest,
    /// What this is for, in a few words.
    pub operation: String,
    pub commit: Option<CommitIntent>,
}

/// A durable copy of a candidate, not yet live. The caller looks at it where it
/// stands, and then replaces the live directory with it or discards it; when
/// neither happens, the next recovery discards it.
#[derive(Debug)]
#[must_use = "a staged tree is either put live or discarded"]
pub struct Staged {
    site: Site,
    token: Token,
    request: Request,
    new: TreeDigest,
    at: Where,
}

/// Copies a candidate into a new transaction, durably. The caller holds the
/// lock, and nothing live is touched.
pub fn stage(
    disk: &dyn Disk,
    site: &Site,
    token: Token,
    request: Request,
) -> Result<Staged, TransactionError> {
    let live = site.live(&request.live);
    check_base(disk, &request, &live)?;
    let at = Area::choose(disk, site, &live)?;
    let area = Area::new(site, &token, at, &request.live);
    let ongoing = Ongoing::new(disk, site, &token);
    let copied = lay(ongoing, (&area, at)).and_then(|()| {
        let tree = area.tree(Side::Staged);
        tree::copy(disk, &request.candidate, &tree)?;
        Ok(TreeDigest::of(disk, &tree)?)
    });
    match copied {
        Ok(new) => Ok(Staged {
            site: site.clone(),
            token,
            request,
            new,
            at,
        }),
        Err(error) => {
            // The first failure is the one to tell; what stays is swept later.
            let _ = ongoing.clean();
            Err(error)
        }
    }
}

/// Makes the directories of a transaction. The name of what the intent will be
/// in is durable with the intent.
fn lay(ongoing: Ongoing<'_>, (area, at): (&Area, Where)) -> Result<(), TransactionError> {
    let Ongoing { disk, site, token } = ongoing;
    create_dirs(disk, &site.transaction(token))?;
    match at {
        Where::State => make_dirs(disk, &area.dir)?,
        Where::Beside => create_dirs(disk, &area.dir)?,
    }
    make_dirs(disk, &area.holder(Side::Staged))?;
    Ok(disk.sync_dir(&area.dir)?)
}

impl Staged {
    /// Returns where the copy stands, under the name it will have when live.
    pub fn path(&self) -> PathBuf {
        self.area().tree(Side::Staged)
    }

    /// Removes the copy; nothing was changed.
    pub fn discard(self, disk: &dyn Disk) -> Result<(), TransactionError> {
        Ongoing::new(disk, &self.site, &self.token).clean()
    }

    /// Makes the copy live. When this fails, what was live before is live
    /// again, unless the error says that the next command has to see to it.
    pub fn replace(self, disk: &dyn Disk) -> Result<Replaced, TransactionError> {
        let area = self.area();
        let Staged {
            site,
            token,
            request,
            new,
            at,
        } = self;
        let live = site.live(&request.live);
        let intent = Intent::prepared(
            &site,
            at,
            request.live.clone(),
            request.base.clone(),
            new,
            request.operation.clone(),
            request.commit.clone(),
        );
        let ongoing = Ongoing::new(disk, &site, &token);
        let done = check_base(disk, &request, &live)
            .and_then(|()| intent.save(ongoing))
            .and_then(|()| go_live(disk, &area, &request, &live));
        match done {
            Ok(()) => Ok(Replaced::new(site, token, intent)),
            Err(error) => match ongoing.settle(&intent, &error.to_string()) {
                Ok(_) => Err(error),
                Err(source) => Err(TransactionError::Unsettled {
                    live: request.live,
                    reason: error.to_string(),
                    source: Box::new(source),
                }),
            },
        }
    }

    fn area(&self) -> Area {
        Area::new(&self.site, &self.token, self.at, &self.request.live)
    }
}

/// Puts the staged tree in place, and makes sure that what it replaced is what
/// was expected: a file saved in the last moment must not be thrown away.
fn go_live(
    disk: &dyn Disk,
    area: &Area,
    request: &Request,
    live: &Path,
) -> Result<(), TransactionError> {
    if request.base == TreeDigest::missing() {
        return moves::put(disk, area, Side::Staged, live);
    }
    moves::swap(disk, area, Side::Staged, live)?;
    for side in Side::ALL {
        let tree = area.tree(side);
        if moves::there(disk, &tree)? {
            check_base(disk, request, &tree)?;
        }
    }
    Ok(())
}

fn check_base(disk: &dyn Disk, request: &Request, at: &Path) -> Result<(), TransactionError> {
    let found = TreeDigest::of(disk, at)?;
    if found == request.base {
        return Ok(());
    }
    Err(TransactionError::StaleBase {
        live: request.live.clone(),
        base: request.base.clone(),
        found,
    })
}
