//! What the next thing is decided from.

use piton_base::Clock;
use piton_git::landing::{Onto, changes, current};
use piton_git::{CommitId, GitRead, Repository};
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::Memory;
use piton_loop::deciding::next::{self, Decision};
use piton_loop::deciding::observe::{self, DiskGate};
use piton_loop::deciding::queue::{self, Entry};
use piton_loop::deciding::world::{Seen, Standing, Touched, Unlanded, World};
use piton_loop::targets::Source;
use piton_loop::work::accepted::{self, Held};
use piton_loop::work::{Accepted, is_settings};
use piton_migration::live::LiveDir;
use piton_migration::manifest::{Phase, Status};
use piton_migration::slug::Slug;

use crate::error::{Attempt as _, CommandError};
use crate::workshop::Floor;

/// One look at the repository.
#[derive(Debug)]
pub(super) struct View {
    pub(super) onto: Onto,
    pub(super) head: CommitId,
    held: Vec<Held>,
    unlanded: Vec<Unlanded>,
    migrations: Vec<Standing>,
    live: LiveDir,
    now: jiff::Timestamp,
}

/// What a run chooses by, besides what it sees.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) source: &'a Source,
    pub(super) limits: &'a Limits,
    pub(super) memory: &'a Memory,
    pub(super) seed: u64,
}

impl View {
    /// Looks. What jobs of this run hold is theirs to land: `jobs` are the names
    /// that theirs begin with.
    pub(super) fn look(floor: &Floor<'_>, jobs: &[String]) -> Result<Self, CommandError> {
        let (context, place) = (floor.context, floor.place);
        let Some((onto, head)) = current(&place.repository)? else {
            return Err(
                CommandError::usage("could not run in a repository without a commit")
                    .hint("make a first commit; agents work on what is committed"),
            );
        };
        let live = place.live();
        let migrations =
            observe::migrations(&context.disk, &live).or_failed("could not list the migrations")?;
        let mut held = accepted::all(&context.disk, &place.repository, place.state().path())?;
        held.retain(|held| {
            let name = held.name();
            !jobs.iter().any(|job| name.starts_with(job.as_str()))
        });
        let unlanded = held
            .iter()
            .filter_map(|held| match held {
                Held::Work(work) => Some(unlanded(&place.repository, &onto, work)),
                Held::Lost { .. } => None,
            })
            .collect();
        Ok(Self {
            onto,
            head,
            held,
            unlanded,
            migrations,
            live,
            now: context.clock.now(),
        })
    }

    /// Whether targets are routed: where the settings say so, and where they say
    /// nothing if a migration is there that is not over.
    pub(super) fn routes(&self, floor: &Floor<'_>) -> bool {
        floor.route.unwrap_or_else(|| self.has_live_migrations())
    }

    fn has_live_migrations(&self) -> bool {
        self.migrations.iter().any(|standing| match &standing.seen {
            Seen::Known(known) => match known.manifest.status() {
                Status::Planning | Status::Ready | Status::InProgress => true,
                Status::Skipped | Status::Done => false,
            },
            Seen::Broken { .. } => false,
        })
    }

    /// Returns accepted work that is held under this name.
    pub(super) fn held_work(&self, name: &str) -> Option<&Accepted> {
        self.held.iter().find_map(|held| match held {
            Held::Work(work) if work.name == name => Some(&**work),
            Held::Work(_) | Held::Lost { .. } => None,
        })
    }

    /// Returns the migrations that wait for people, with why.
    pub(super) fn waiting_for_people(&self) -> impl Iterator<Item = (&Slug, &str)> {
        self.migrations
            .iter()
            .filter_map(|standing| match &standing.seen {
                Seen::Known(known) if known.manifest.awaiting_human_review() => {
                    let why = known.manifest.human_review_reason();
                    Some((&standing.slug, why.unwrap_or("it does not say why")))
                }
                Seen::Known(_) | Seen::Broken { .. } => None,
            })
    }

    /// Decides the one next thing.
    pub(super) fn decide(&self, floor: &Floor<'_>, terms: Terms<'_>) -> Decision {
        let world = self.world(floor, terms);
        next::next(&world, &self.gate(floor))
    }

    /// Returns what people know a phase by: its migration and its document.
    pub(super) fn phase(&self, slug: &Slug, index: usize) -> String {
        let standing = self.migrations.iter().find(|it| it.slug == *slug);
        let reference = standing.and_then(|standing| match &standing.seen {
            Seen::Known(known) => known.manifest.phases().get(index).map(Phase::reference),
            Seen::Broken { .. } => None,
        });
        match reference {
            Some(reference) => format!("{slug}/{reference}"),
            None => slug.to_string(),
        }
    }

    /// Returns the documents of the phases that migrations stand at, from the top
    /// of the repository.
    pub(super) fn phase_files(&self, migrations: &str) -> Vec<String> {
        let file = |standing: &Standing| match &standing.seen {
            Seen::Known(known) => match known.manifest.status() {
                Status::Ready | Status::InProgress => {
                    let (_, phase) = known.manifest.open_phase()?;
                    Some(format!(
                        "{migrations}/{}/{}",
                        standing.slug,
                        phase.reference()
                    ))
                }
                Status::Planning | Status::Skipped | Status::Done => None,
            },
            Seen::Broken { .. } => None,
        };
        self.migrations.iter().filter_map(file).collect()
    }

    /// Returns every migration with why it is or is not worked on now.
    pub(super) fn queue(&self, floor: &Floor<'_>, terms: Terms<'_>) -> Vec<Entry> {
        let world = self.world(floor, terms);
        queue::queue(&world, &self.gate(floor))
    }

    fn world<'a>(&'a self, floor: &Floor<'_>, terms: Terms<'a>) -> World<'a> {
        World {
            now: self.now,
            migrations: &self.migrations,
            unlanded: &self.unlanded,
            allowed: floor.planning.budget.max(),
            source: terms.source,
            limits: terms.limits,
            memory: terms.memory,
            seed: terms.seed,
        }
    }

    fn gate<'a>(&'a self, floor: &'a Floor<'_>) -> DiskGate<'a> {
        DiskGate::new(&floor.context.disk, &floor.place.repository, &self.live)
    }
}

/// Tells what work that waits to land is about. What waits for another place
/// than the one that is checked out holds nothing up here.
fn unlanded(repository: &Repository, onto: &Onto, work: &Accepted) -> Unlanded {
    if work.onto != *onto {
        return Unlanded {
            name: work.name.clone(),
            ..Unlanded::default()
        };
    }
    // Why it cannot be read is told when it is tried to land it.
    let files = match changes(repository, &work.base, &work.commit) {
        Ok(changed) => {
            let changed = changed
                .into_iter()
                .filter_map(|change| change.path.into_os_string().into_string().ok());
            Touched::These(work.files.iter().cloned().chain(changed).collect())
        }
        Err(_) => Touched::Unknown,
    };
    Unlanded {
        name: work.name.clone(),
        slug: work.slug.clone(),
        files,
    }
}

/// Returns the tracked files as text; what is not UTF-8 cannot be named to an
/// agent. No work on migrations and piton's own settings would be taken.
pub(super) fn tracked(floor: &Floor<'_>) -> Result<Vec<String>, CommandError> {
    let migrations = std::path::Path::new(floor.planning.site.migrations());
    Ok(floor
        .place
        .repository
        .tracked_files()?
        .into_iter()
        .filter(|path| !path.starts_with(migrations) && !is_settings(path))
        .filter_map(|path| path.into_os_string().into_string().ok())
        .collect())
}
