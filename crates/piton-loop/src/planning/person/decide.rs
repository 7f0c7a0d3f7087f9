//! Approving and rejecting.

use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_migration::consistency::Mode;
use piton_migration::json::DecodeError;
use piton_migration::manifest::{MANIFEST_FILE, Manifest, MigrationState, Status, TransitionError};
use piton_migration::planning::StateChangeError;
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::super::accept::is_reserved_path;
use super::super::decide::{StepRefusal, refuse_dirty};
use super::super::site::Site;
use super::super::skip_note;
use super::super::snapshot::{Live, SnapshotError};
use super::wake::forget_deferral;
use crate::commit;
use piton_migration::candidate::Proposal;
use piton_migration::contents::Contents;

/// Why a person's decision cannot be recorded. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PersonRefusal {
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Site(#[from] StepRefusal),
    #[error("it is not awaiting approval (status: {status})")]
    NotAwaiting { slug: Slug, status: Status },
    #[error("its last review has findings")]
    OpenFindings { slug: Slug },
    #[error("it is {status}; it is too late to {verb} it")]
    Over {
        verb: &'static str,
        slug: Slug,
        status: Status,
    },
    #[error("no text was given, and {verb} needs some")]
    Blank { verb: &'static str },
    #[error("it cannot go back to planning")]
    Transition {
        slug: Slug,
        #[source]
        source: TransitionError,
    },
    #[error("its planning record cannot take it")]
    State {
        slug: Slug,
        #[source]
        source: StateChangeError,
    },
    #[error("the manifest that the session left cannot be read")]
    ReviewedManifest {
        slug: Slug,
        #[source]
        source: DecodeError,
    },
    #[error("the session left no manifest")]
    NoReviewedManifest { slug: Slug },
    #[error("it was not approved in the session")]
    StillAwaiting { slug: Slug },
    #[error("it is not deferred")]
    Awake { slug: Slug },
    #[error("it waits for a person")]
    AsksPerson { slug: Slug },
    #[error("it is not rejected; it is {status}")]
    NotRejected { slug: Slug, status: Status },
    #[error("nothing of it was accepted before")]
    NothingBefore { slug: Slug },
    #[error("a phase of it has landed")]
    PhaseLanded { slug: Slug, commits: Vec<String> },
    #[error("it changed since it was shown")]
    Changed { slug: Slug },
}

impl PersonRefusal {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Site(refusal) => refusal.hint(),
            Self::NotAwaiting { slug, status } => match status {
                Status::Planning => Some(format!("go on with `piton migration step {slug}`")),
                Status::Ready | Status::InProgress => Some(
                    "`piton run --focus-on-live-migrations` carries out what is ready".to_owned(),
                ),
                Status::Skipped | Status::Done => None,
            },
            Self::Over {
                verb: "refine",
                slug,
                status: Status::Skipped,
            } => Some(format!(
                "`piton migration reopen {slug} --message TEXT` takes up what was rejected"
            )),
            Self::OpenFindings { slug } => Some(format!(
                "`piton migration review {slug}` shows them; then `piton migration refine {slug}` or `piton migration reject {slug}`"
            )),
            Self::Transition { .. } => {
                Some("a plan can be refined until its first phase is done".to_owned())
            }
            Self::NotRejected { slug, status } => match status {
                Status::Planning | Status::Ready => Some(format!(
                    "`piton migration refine {slug}` gives feedback on a plan"
                )),
                Status::InProgress | Status::Skipped | Status::Done => None,
            },
            Self::NothingBefore { slug } => Some(format!(
                "`piton migration log {slug}` lists its commits; `piton migration delete {slug}` removes it"
            )),
            Self::PhaseLanded { commits, .. } => Some(format!(
                "revert its commits first, the newest first: `git revert {}`",
                commits.join(" ")
            )),
            Self::Changed { slug } => Some(format!(
                "look at it again with `piton migration review {slug}`"
            )),
            Self::StillAwaiting { slug } => Some(format!(
                "nothing was changed; `piton migration review {slug}` asks again"
            )),
            Self::AsksPerson { slug } => Some(format!(
                "`piton migration review {slug}` shows what is asked; then approve, refine or reject"
            )),
            Self::Awake { .. } => Some(
                "`piton run --focus-on-live-migrations --dry-run` says what comes next".to_owned(),
            ),
            Self::Snapshot(_)
            | Self::Over { .. }
            | Self::Blank { .. }
            | Self::State { .. }
            | Self::ReviewedManifest { .. }
            | Self::NoReviewedManifest { .. } => None,
        }
    }
}

/// Approves a migration that waits for a person.
pub fn approve(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    prefix: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let live = Live::read(disk, site, slug)?;
    let slug = slug.clone();
    let MigrationState::AwaitingReview(waiting) = MigrationState::from(live.manifest.clone())
    else {
        let status = live.manifest.status();
        return Err(PersonRefusal::NotAwaiting { slug, status });
    };
    if live.manifest.status() == Status::Planning {
        return Err(PersonRefusal::OpenFindings { slug });
    }
    refuse_dirty(git, site, &slug)?;
    let why = match waiting.manifest().human_review_reason() {
        Some(asked) => format!("Approved by a person, who was asked: {asked}"),
        None => "Approved by a person.".to_owned(),
    };
    let manifest = waiting.reviewed(now).manifest().clone();
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &live.own);
    Ok(Proposal {
        message: message(prefix, &slug, "approve", &why),
        mode: Mode::ReadyPublish,
        operation: "migration.approve".to_owned(),
        base: live.digest,
        contents,
        slug,
    })
}

/// Takes up what a person and an agent made of a copy of a migration that
/// waits for a person: a copy of what was `shown`, and of nothing else.
pub fn reviewed(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    shown: &Live,
    copy: Contents,
    prefix: &str,
) -> Result<Proposal, PersonRefusal> {
    let slug = shown.slug.clone();
    let live = Live::read(disk, site, &slug)?;
    if live.digest != shown.digest {
        return Err(PersonRefusal::Changed { slug });
    }
    refuse_dirty(git, site, &slug)?;
    let contents = copy.over(&live.contents, |path| {
        path == MANIFEST_FILE || !is_reserved_path(path)
    });
    let Some(bytes) = contents.get(MANIFEST_FILE) else {
        return Err(PersonRefusal::NoReviewedManifest { slug });
    };
    let manifest = Manifest::decode(bytes).map_err(|source| PersonRefusal::ReviewedManifest {
        slug: slug.clone(),
        source,
    })?;
    if manifest.awaiting_human_review() || manifest.human_review_reason().is_some() {
        return Err(PersonRefusal::StillAwaiting { slug });
    }
    let changed = contents.changes(&live.contents).join(", ");
    let why = format!("Reviewed by a person with an agent; changed: {changed}");
    Ok(Proposal {
        message: message(prefix, &slug, "review", &why),
        mode: Mode::ReadyPublish,
        operation: "migration.review".to_owned(),
        base: live.digest,
        contents,
        slug,
    })
}

/// Rejects a migration that is planned, ready, or waits for a person.
pub fn reject(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    reason: &str,
    prefix: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(PersonRefusal::Blank { verb: "reject" });
    }
    let live = Live::read(disk, site, slug)?;
    let slug = slug.clone();
    let skipped = match MigrationState::from(live.manifest.clone()) {
        MigrationState::Planning(planning) => planning.accept_step(now).reject(),
        MigrationState::Ready(ready) => ready.reject(now),
        MigrationState::AwaitingReview(waiting) => waiting.reject(now),
        MigrationState::Skipped(_) | MigrationState::Done(_) => {
            return Err(PersonRefusal::Over {
                verb: "reject",
                status: live.manifest.status(),
                slug,
            });
        }
    };
    refuse_dirty(git, site, &slug)?;
    let state = live.state();
    let target = match (&state, &live.own.target) {
        (Some(state), _) => state.target(),
        (None, Some(target)) => &target.description,
        (None, None) => slug.as_str(),
    };
    let note = skip_note::render(&slug, target, &live.own, reason);
    let manifest = skipped.into_manifest();
    let mut contents = live.contents;
    contents.put(skip_note::SKIP_NOTE_FILE, note);
    contents.put(MANIFEST_FILE, manifest.encode());
    Ok(Proposal {
        message: message(
            prefix,
            &slug,
            "reject",
            &format!("Rejected by a person: {reason}"),
        ),
        mode: Proposal::mode_of(manifest.status()),
        operation: "migration.reject".to_owned(),
        base: live.digest,
        contents,
        slug,
    })
}

pub(super) fn message(prefix: &str, slug: &Slug, verb: &str, why: &str) -> String {
    let subject = commit::person_subject(prefix, slug.as_str(), verb);
    commit::message(&subject, why, None)
}
