//! Reading the migrations that are decided about.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;

use piton_durable::{DiskRead, DiskResult};
use piton_git::{Committed, GitError, GitRead};
use piton_migration::consistency::{self, Mode, first_error};
use piton_migration::live::{LiveDir, load_manifest};
use piton_migration::own::{OwnData, load_own};
use piton_migration::planning::load_state;
use piton_migration::slug::Slug;

use super::gate::Gate;
use super::stand::Stand;
use super::world::{Known, Seen, Standing};

/// Reads every migration. One that cannot be read is told of and holds up no
/// other.
pub fn migrations(disk: &dyn DiskRead, live: &LiveDir) -> DiskResult<Vec<Standing>> {
    let slugs = live.contents(disk)?.slugs.into_iter();
    let standing = |slug| Standing {
        seen: read(disk, &live.migration(&slug)),
        slug,
    };
    Ok(slugs.map(standing).collect())
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

/// Which migrations have changes that are not committed. Git is asked only
/// where that is not plain to see, and then once for all.
#[derive(Debug)]
struct Uncommitted<'a> {
    git: &'a dyn GitRead,
    live: &'a LiveDir,
    committed: OnceCell<Option<Committed>>,
    asked: OnceCell<Result<Changed, String>>,
}

impl<'a> Uncommitted<'a> {
    fn new(git: &'a dyn GitRead, live: &'a LiveDir) -> Self {
        Self {
            git,
            live,
            committed: OnceCell::new(),
            asked: OnceCell::new(),
        }
    }

    /// Returns why a migration cannot be worked on from its commit, if it cannot.
    fn refuses(&self, slug: &Slug, stand: &Stand) -> Option<String> {
        let relative = |path: &Path| {
            let below = path.strip_prefix(self.live.project_root()).ok()?;
            Some(below.to_owned())
        };
        // Outside of the repository nothing is refused.
        let (all, dir) = (
            relative(self.live.path())?,
            relative(&self.live.migration(slug))?,
        );
        let committed = self.committed.get_or_init(|| self.git.committed(&all));
        if let Some(committed) = committed
            && committed.holds(&dir).unwrap_or(false)
        {
            return None;
        }
        let asked = self.asked.get_or_init(|| {
            changed(self.git, &all).map_err(|error| piton_base::on_one_line(&error))
        });
        match asked {
            Ok(changed) if !changed.holds(slug) => {
                // Git has nothing to say of what a rule ignores. Steps are
                // published there; a phase starts from a commit.
                let is_phase = matches!(stand, Stand::Phase { .. });
                let is_nowhere = (committed.as_ref())
                    .is_some_and(|committed| committed.has(&dir).is_ok_and(|has| !has));
                (is_phase && is_nowhere).then(|| {
                    format!(
                        "it is in no commit, and git ignores it; `git add --force {}` and commit it",
                        dir.display()
                    )
                })
            }
            Ok(_) => Some("it has changes that are not committed".to_owned()),
            Err(error) => Some(error.clone()),
        }
    }
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

fn changed(git: &dyn GitRead, relative: &Path) -> Result<Changed, GitError> {
    let mut changed = Changed::default();
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
    let reason = piton_base::on_one_line(error);
    Seen::Broken { reason }
}

/// Looks into the directory of a migration that is about to be worked on.
#[derive(Debug)]
pub struct DiskGate<'a> {
    disk: &'a dyn DiskRead,
    live: &'a LiveDir,
    uncommitted: Uncommitted<'a>,
}

impl<'a> DiskGate<'a> {
    pub fn new(disk: &'a dyn DiskRead, git: &'a dyn GitRead, live: &'a LiveDir) -> Self {
        Self {
            disk,
            live,
            uncommitted: Uncommitted::new(git, live),
        }
    }
}

impl Gate for DiskGate<'_> {
    fn refuses(&self, slug: &Slug, stand: &Stand) -> Option<String> {
        let mode = match stand {
            Stand::NotNow(_) => return None,
            Stand::Plan => Mode::PlanningSnapshot,
            Stand::Phase { .. } => Mode::ExecutionGate,
        };
        if let Some(reason) = self.uncommitted.refuses(slug, stand) {
            return Some(reason);
        }
        let dir = self.live.migration(slug);
        if *stand == Stand::Plan
            && let Err(error) = load_state(self.disk, &dir, &self.live.home(slug))
        {
            return Some(error.to_string());
        }
        let findings = consistency::check(self.disk, &dir, slug, mode);
        first_error(&findings).map(ToString::to_string)
    }
}
