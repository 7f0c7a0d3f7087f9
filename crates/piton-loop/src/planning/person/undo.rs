//! Going back to what was accepted before: undoing a step, reopening what was
//! rejected. History stays; what comes back becomes the next commit.

use std::path::Path;

use piton_git::{CommitId, LogEntry, Repository};
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::manifest::{MANIFEST_FILE, Manifest, Status};
use piton_migration::own::{OWN_FILE, OwnData};
use piton_migration::planning::{FeedbackSource, PlanningState, STATE_FILE};
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::super::decide::StepRefusal;
use super::super::site::Site;
use super::super::snapshot::Snapshot;
use super::case::Case;
use super::refine::refined;
use super::refusal::PersonRefusal;

/// A step taken back.
#[derive(Debug)]
pub struct Undone {
    pub proposal: Proposal,
    /// Later commits of the migration that go with it, the newest first: an
    /// approval, or what somebody edited by hand.
    pub besides: Vec<LogEntry>,
}

/// Takes back the last accepted planning step: what was accepted before it
/// becomes the next commit.
pub fn undo(case: &Case<'_>, git: &Repository) -> Result<Undone, PersonRefusal> {
    let live = case.live()?;
    case.refuse_dirty()?;
    let Case { site, slug, .. } = *case;
    let past = Past { git, site, slug };
    if live.manifest.phases().iter().any(|phase| phase.done) {
        return Err(PersonRefusal::PhaseLanded {
            commits: past.landings()?,
            slug: slug.clone(),
        });
    }
    let steps = live.state().map_or(0, |state| state.completed().len());
    let (commit, contents) = past.newest(|commit| {
        let state = past.file(commit, STATE_FILE)?;
        let state = state.and_then(|bytes| PlanningState::decode(&bytes).ok());
        Ok(state.is_some_and(|state| state.completed().len() < steps))
    })?;
    let manifest = decoded(slug, &contents)?;
    let last = live.state().and_then(|state| {
        let last = state.completed().last()?;
        Some(last.step.to_string())
    });
    let why = format!(
        "Takes back planning.{}: this is what was accepted as of {}.",
        last.unwrap_or_default(),
        commit.short()
    );
    let mut besides: Vec<LogEntry> = past.entries()?;
    let before = besides.iter().position(|one| one.commit == commit);
    besides.truncate(before.unwrap_or(0));
    // The step itself came right after what comes back.
    besides.pop();
    let mode = Mode::of_publish(manifest.status());
    let proposal = case.proposal(live.digest, contents, mode, "undo", &why);
    Ok(Undone { proposal, besides })
}

/// Reopens a migration that was rejected, with feedback: what was accepted
/// before the rejection is refined.
pub fn reopen(
    case: &Case<'_>,
    git: &Repository,
    feedback: (FeedbackSource, &str),
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    if feedback.1.trim().is_empty() {
        return Err(PersonRefusal::Blank { verb: "reopen" });
    }
    let live = case.live()?;
    case.refuse_dirty()?;
    let Case { site, slug, .. } = *case;
    if live.manifest.status() != Status::Skipped {
        return Err(PersonRefusal::NotRejected {
            slug: slug.clone(),
            status: live.manifest.status(),
        });
    }
    let past = Past { git, site, slug };
    let (_, contents) = past.newest(|commit| {
        let manifest = past.file(commit, MANIFEST_FILE)?;
        let manifest = manifest.and_then(|bytes| Manifest::decode(&bytes).ok());
        Ok(manifest.is_some_and(|manifest| manifest.status() != Status::Skipped))
    })?;
    let state = contents
        .get(STATE_FILE)
        .and_then(|bytes| PlanningState::decode(bytes).ok())
        .ok_or_else(|| PersonRefusal::NothingBefore { slug: slug.clone() })?;
    let own = contents
        .get(OWN_FILE)
        .and_then(|bytes| OwnData::decode(bytes).ok());
    let base = Snapshot {
        slug: slug.clone(),
        manifest: decoded(slug, &contents)?,
        state: state.rehomed(&site.home(slug)),
        own: own.unwrap_or_else(OwnData::new),
        contents,
        digest: live.digest,
    };
    refined(case, base, feedback, "reopen", now)
}

fn decoded(slug: &Slug, contents: &Contents) -> Result<Manifest, PersonRefusal> {
    contents
        .get(MANIFEST_FILE)
        .and_then(|bytes| Manifest::decode(bytes).ok())
        .ok_or_else(|| PersonRefusal::NothingBefore { slug: slug.clone() })
}

/// What a migration was in earlier commits.
struct Past<'a> {
    git: &'a Repository,
    site: &'a Site,
    slug: &'a Slug,
}

impl Past<'_> {
    /// Returns the newest commit of the migration that `fits`, with its files.
    fn newest(
        &self,
        fits: impl Fn(&CommitId) -> Result<bool, PersonRefusal>,
    ) -> Result<(CommitId, Contents), PersonRefusal> {
        for entry in self.history()? {
            if fits(&entry)? {
                let dir = self.site.relative(self.slug);
                let mut contents = Contents::default();
                let files = self.git.files_at(&entry, Path::new(&dir));
                for file in files.map_err(StepRefusal::Git)? {
                    contents.put(file.path, file.bytes);
                }
                return Ok((entry, contents));
            }
        }
        Err(PersonRefusal::NothingBefore {
            slug: self.slug.clone(),
        })
    }

    fn entries(&self) -> Result<Vec<LogEntry>, PersonRefusal> {
        let dir = self.site.relative(self.slug);
        let history = self.git.history(Path::new(&dir));
        Ok(history.map_err(StepRefusal::Git)?)
    }

    fn history(&self) -> Result<Vec<CommitId>, PersonRefusal> {
        let entries = self.entries()?;
        Ok(entries.into_iter().map(|entry| entry.commit).collect())
    }

    fn file(&self, commit: &CommitId, name: &str) -> Result<Option<Vec<u8>>, PersonRefusal> {
        let path = format!("{}/{name}", self.site.relative(self.slug));
        let file = self.git.file_at(commit, Path::new(&path));
        Ok(file.map_err(StepRefusal::Git)?)
    }

    /// Returns the commits in which a phase was done, the newest first.
    fn landings(&self) -> Result<Vec<String>, PersonRefusal> {
        let mut landings = Vec::new();
        let mut later: Option<(CommitId, usize)> = None;
        for commit in self.history()? {
            let manifest = self.file(&commit, MANIFEST_FILE)?;
            let done = manifest
                .and_then(|bytes| Manifest::decode(&bytes).ok())
                .map_or(0, |manifest| {
                    manifest.phases().iter().filter(|phase| phase.done).count()
                });
            if let Some((landing, after)) = later
                && after > done
            {
                landings.push(landing.short().to_owned());
            }
            later = Some((commit, done));
        }
        Ok(landings)
    }
}
