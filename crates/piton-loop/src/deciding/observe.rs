//! Reading the migrations that are decided about.

use std::collections::BTreeSet;
use std::path::Path;

use piton_durable::{DiskError, DiskRead};
use piton_git::{GitError, GitRead};
use piton_migration::consistency::{self, Mode, Severity};
use piton_migration::live::{LiveDir, load_manifest};
use piton_migration::own::{OwnData, load_own};
use piton_migration::planning::load_state;
use piton_migration::slug::Slug;

use super::stand::Stand;
use super::world::{Gate, Known, Seen, Standing};

/// The migrations could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("see which migrations have changes that are not committed")]
    Git(#[from] GitError),
}

/// Reads every migration. One that cannot be read is told of and holds up no
/// other; one that differs from what is committed is left alone.
pub fn migrations(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    live: &LiveDir,
) -> Result<Vec<Standing>, ObserveError> {
    let contents = live.contents(disk)?;
    let changed = if contents.slugs.is_empty() {
        Changed::default()
    } else {
        changed(git, live)?
    };
    Ok(contents
        .slugs
        .into_iter()
        .map(|slug| {
            let seen = if changed.holds(&slug) {
                Seen::Broken {
                    reason: "it has changes that are not committed".to_owned(),
                }
            } else {
                read(disk, &live.migration(&slug))
            };
            Standing { slug, seen }
        })
        .collect())
}

fn read(disk: &dyn DiskRead, dir: &Path) -> Seen {
    let manifest = match load_manifest(disk, dir) {
        Ok(manifest) => manifest,
        Err(error) => return broken(&error),
    };
    // Piton's notes matter where something was put off, which the manifest
    // says too; the others are spared the reading.
    let put_off = manifest.cooldown_until().is_some() || manifest.wake_up_on().is_some();
    let own = match put_off.then(|| load_own(disk, dir)).transpose() {
        Ok(own) => own.flatten().unwrap_or_else(OwnData::new),
        Err(error) => return broken(&error),
    };
    Seen::Known(Box::new(Known { manifest, own }))
}

/// The migrations that differ from what is committed.
#[derive(Debug, Default)]
struct Changed {
    all: bool,
    names: BTreeSet<String>,
}

impl Changed {
    fn holds(&self, slug: &Slug) -> bool {
        self.all || self.names.contains(slug.as_str())
    }
}

fn changed(git: &dyn GitRead, live: &LiveDir) -> Result<Changed, GitError> {
    let mut changed = Changed::default();
    let Ok(relative) = live.path().strip_prefix(live.project_root()) else {
        return Ok(changed);
    };
    for entry in git.status(&[relative], false)? {
        let below = entry.path.strip_prefix(relative).ok();
        match below.and_then(|below| below.components().next()) {
            Some(name) => {
                let name = name.as_os_str().to_string_lossy().into_owned();
                changed.names.insert(name);
            }
            // A directory that is new as a whole is one entry for all in it.
            None => changed.all = true,
        }
    }
    Ok(changed)
}

fn broken(error: &dyn std::error::Error) -> Seen {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    Seen::Broken { reason }
}

/// Looks into the directory of a migration that is about to be worked on.
#[derive(Clone, Copy, Debug)]
pub struct DiskGate<'a> {
    pub disk: &'a dyn DiskRead,
    pub live: &'a LiveDir,
}

impl Gate for DiskGate<'_> {
    fn refuses(&self, slug: &Slug, stand: &Stand) -> Option<String> {
        let dir = self.live.migration(slug);
        let mode = match stand {
            Stand::NotNow(_) => return None,
            Stand::Plan => {
                if let Err(error) = load_state(self.disk, &dir, &self.live.home(slug)) {
                    return Some(error.to_string());
                }
                Mode::PlanningSnapshot
            }
            Stand::Phase { .. } => Mode::ExecutionGate,
        };
        consistency::check(self.disk, &dir, slug, mode)
            .into_iter()
            .find(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("{} ({})", finding.message, finding.code.as_str()))
    }
}
