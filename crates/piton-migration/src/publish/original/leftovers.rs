//! What an interrupted publish of the original leaves, and how it is undone.
//!
//! Its transactions do not say which migration they are for; the manifest in
//! the tree that was moved away does. Nothing is thrown away: what is not put
//! back goes to the failures directory of this clone.

use std::path::Path;

use piton_durable::transaction::{TransactionError, keep, rename_to_free};
use piton_durable::{DiskError, DiskRead, Kind, Site, TreeDigest};
use piton_git::{GitError, GitRead};

use super::super::env::PublishEnv;
use super::super::notice::Notice;
use crate::consistency::{self, Mode, has_errors};
use crate::live::load_manifest;
use crate::manifest::MANIFEST_FILE;
use crate::slug::Slug;

/// Why leftovers could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum LeftoverError {
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Unread(Box<dyn std::error::Error + Send + Sync>),
}

/// Deals with everything the original left. The caller holds both locks.
pub(in super::super) fn recover(
    env: &PublishEnv<'_>,
    site: &Site,
    notices: &mut Vec<Notice>,
) -> Result<(), LeftoverError> {
    let root = env.live.transactions();
    for name in children(env.disk, &root)? {
        if is_transaction(&name) {
            let dir = root.join(&name);
            settle(env, site, &dir, notices)?;
        }
    }
    Ok(())
}

/// What to do about one transaction before the rest of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Remedy {
    /// There is nothing better than what is live.
    Nothing,
    /// Nothing is live, and the tree that was moved away is whole.
    PutBack(Slug),
    /// What is live cannot be used, and the tree that was moved away can.
    Revert(Slug),
}

/// What was found of one transaction.
#[derive(Clone, Debug)]
struct Found {
    /// The migration that was moved away, if that can be told and it is whole.
    rollback: Option<Slug>,
    live: Live,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Live {
    /// It is not there, though version control knows it or knows nothing of
    /// its whole directory.
    Missed,
    /// It is not there: somebody deleted it and committed that, or it never was.
    Absent,
    Usable,
    Unusable,
}

fn decide(found: Found) -> Remedy {
    match (found.rollback, found.live) {
        (Some(slug), Live::Missed) => Remedy::PutBack(slug),
        (Some(slug), Live::Unusable) => Remedy::Revert(slug),
        (Some(_), Live::Absent | Live::Usable) | (None, _) => Remedy::Nothing,
    }
}

fn settle(
    env: &PublishEnv<'_>,
    site: &Site,
    dir: &Path,
    notices: &mut Vec<Notice>,
) -> Result<(), LeftoverError> {
    let rollback = dir.join("rollback");
    match decide(observe(env, site, &rollback)?) {
        Remedy::Nothing => {}
        Remedy::PutBack(slug) => {
            put_back(env, &rollback, &slug)?;
            notices.push(Notice::PutBack { slug });
        }
        Remedy::Revert(slug) => {
            let live = env.live.migration(&slug);
            let to = site.failures().join(name_of(dir)).join("live");
            let to = keep(env.disk, &live, &to)?;
            notices.push(Notice::Kept { from: live, to });
            put_back(env, &rollback, &slug)?;
            notices.push(Notice::Reverted { slug });
        }
    }
    if children(env.disk, dir)?.is_empty() {
        env.disk.remove_dir(dir)?;
        let path = dir.to_owned();
        notices.push(Notice::Removed { path });
    } else {
        let to = keep(env.disk, dir, &site.failures())?;
        let from = dir.to_owned();
        notices.push(Notice::Kept { from, to });
    }
    Ok(())
}

fn observe(env: &PublishEnv<'_>, site: &Site, rollback: &Path) -> Result<Found, LeftoverError> {
    // Being removed, a tree loses its manifest or fails to hash long before it
    // could pass for a whole one that lacks nothing.
    let named = match load_manifest(env.disk, rollback) {
        Ok(manifest) => manifest.name().parse::<Slug>().ok(),
        Err(error) if error.may_pass() => return Err(LeftoverError::Unread(Box::new(error))),
        Err(_) => None,
    };
    let slug = match named {
        Some(slug) if is_usable(env.disk, rollback, &slug)? => Some(slug),
        Some(_) | None => None,
    };
    let live = match &slug {
        None => Live::Usable,
        Some(slug) => observe_live(env, site, slug)?,
    };
    Ok(Found {
        rollback: slug,
        live,
    })
}

fn observe_live(env: &PublishEnv<'_>, site: &Site, slug: &Slug) -> Result<Live, LeftoverError> {
    let path = env.live.migration(slug);
    let there = env.disk.stat(&path)?;
    if there.is_some() {
        return Ok(if is_usable(env.disk, &path, slug)? {
            Live::Usable
        } else {
            Live::Unusable
        });
    }
    let relative = path.strip_prefix(&site.root).unwrap_or(&path);
    Ok(if is_missed(env.git, relative)? {
        Live::Missed
    } else {
        Live::Absent
    })
}

/// A migration that somebody deleted and committed is not brought back by an
/// old leftover.
fn is_missed(git: &dyn GitRead, relative: &Path) -> Result<bool, GitError> {
    Ok(!git.status(&[relative], false)?.is_empty()
        || git.ignored_by(&relative.join(MANIFEST_FILE))?.is_some())
}

/// A failing disk is an error: it does not tell whether the tree is usable.
fn is_usable(disk: &dyn DiskRead, dir: &Path, slug: &Slug) -> Result<bool, LeftoverError> {
    match TreeDigest::of(disk, dir) {
        Ok(_) => Ok(!has_errors(&consistency::check(
            disk,
            dir,
            slug,
            Mode::PlanningSnapshot,
        ))),
        Err(error) if error.may_pass() => Err(TransactionError::from(error).into()),
        Err(_) => Ok(false),
    }
}

fn put_back(env: &PublishEnv<'_>, rollback: &Path, slug: &Slug) -> Result<(), LeftoverError> {
    let live = env.live.migration(slug);
    rename_to_free(env.disk, rollback, &live)?;
    for dir in [live.parent(), rollback.parent()].into_iter().flatten() {
        env.disk.sync_dir(dir)?;
    }
    Ok(())
}

/// The original names its transactions by 32 hexadecimal digits.
fn is_transaction(name: &str) -> bool {
    name.len() == 32
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn name_of(dir: &Path) -> &std::ffi::OsStr {
    dir.file_name().unwrap_or_default()
}

fn children(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<String>, LeftoverError> {
    match disk.stat(dir)? {
        Some(stat) if stat.kind == Kind::Dir => {}
        Some(_) | None => return Ok(Vec::new()),
    }
    let entries = disk.list(dir)?;
    Ok(entries
        .into_iter()
        .map(|entry| entry.name.to_string_lossy().into_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_tree_goes_back_and_only_where_it_is_needed() {
        let slug: Slug = "rework".parse().unwrap();
        let check = |rollback: bool, live, expected| {
            let rollback = rollback.then(|| slug.clone());
            assert_eq!(decide(Found { rollback, live }), expected);
        };
        check(true, Live::Missed, Remedy::PutBack(slug.clone()));
        check(true, Live::Unusable, Remedy::Revert(slug.clone()));
        check(true, Live::Usable, Remedy::Nothing);
        check(true, Live::Absent, Remedy::Nothing);
        for live in [Live::Missed, Live::Absent, Live::Usable, Live::Unusable] {
            check(false, live, Remedy::Nothing);
        }
    }
}
