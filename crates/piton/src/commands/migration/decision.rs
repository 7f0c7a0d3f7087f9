//! What a person decides about a migration.

use piton_loop::clock::local_stamp;
use piton_loop::planning::person::{self, PersonRefusal};
use piton_loop::planning::site::Site;
use piton_migration::candidate::Proposal;
use piton_migration::planning::FeedbackSource;
use piton_migration::slug::Slug;

use super::find::About;
use super::proposed;
use super::step::CARRY_OUT;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::planning::planning_site;

/// A decision, each recorded by the command of its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision<'a> {
    Approve,
    Reject(&'a str),
    Refine(FeedbackSource, &'a str),
    Reopen(&'a str),
    Wake,
}

impl Decision<'_> {
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Approve => "migration approve",
            Self::Reject(_) => "migration reject",
            Self::Refine(..) => "migration refine",
            Self::Reopen(_) => "migration reopen",
            Self::Wake => "migration wake",
        }
    }

    /// Decides what recording it changes.
    pub(crate) fn propose(
        self,
        context: &Context,
        place: &Place,
        site: &Site,
        slug: &Slug,
    ) -> Result<Proposal, PersonRefusal> {
        let (disk, git) = (&context.disk, &place.repository);
        let prefix = place.settings.commit_prefix();
        let now = local_stamp(&context.clock);
        match self {
            Self::Approve => person::approve(disk, git, site, slug, prefix, now),
            Self::Reject(reason) => person::reject(disk, git, site, slug, reason, prefix, now),
            Self::Refine(source, text) => {
                person::refine(disk, git, site, slug, (source, text), prefix, now)
            }
            Self::Reopen(text) => {
                let feedback = (FeedbackSource::Message, text);
                person::reopen(disk, git, site, slug, feedback, prefix, now)
            }
            Self::Wake => person::wake(disk, git, site, slug, prefix, now),
        }
    }

    /// Says what comes next, once it is recorded.
    pub(super) fn next(self, slug: &Slug) -> Option<String> {
        match self {
            Self::Approve => Some(CARRY_OUT.to_owned()),
            Self::Reject(_) => Some(format!(
                "`piton migration reopen {slug} --message TEXT` reopens it"
            )),
            Self::Refine(..) | Self::Reopen(_) => {
                Some(format!("continue with `piton migration step {slug}`"))
            }
            Self::Wake => None,
        }
    }
}

/// Records a decision about the migration that is named.
pub(super) fn record(context: &Context, about: &About, decision: Decision<'_>) -> CommandResult {
    let (place, slug) = about.find(context)?;
    let site = planning_site(&place)?;
    let proposal = decision
        .propose(context, &place, &site, &slug)
        .map_err(|error| person_refusal(error, &slug))?;
    let command = decision.command();
    let exit = proposed::carry_out(context, &place, &about.plan, command, proposal)?;
    if exit == Exit::Done
        && !about.plan.changes_nothing()
        && let Some(next) = decision.next(&slug)
    {
        context.out.hint(&next);
    }
    Ok(exit)
}

/// Turns a refusal of a person's decision into the error of a command.
pub(crate) fn person_refusal(error: PersonRefusal, slug: &Slug) -> CommandError {
    let kind = match &error {
        PersonRefusal::AsksPerson { .. } => ErrorKind::NeedsPerson,
        PersonRefusal::NotAwaiting { .. }
        | PersonRefusal::OpenFindings { .. }
        | PersonRefusal::Over { .. }
        | PersonRefusal::Blank { .. }
        | PersonRefusal::Awake { .. }
        | PersonRefusal::Transition { .. }
        | PersonRefusal::State { .. }
        | PersonRefusal::NotRejected { .. }
        | PersonRefusal::NothingBefore { .. }
        | PersonRefusal::PhaseLanded { .. }
        | PersonRefusal::StillAwaiting { .. } => ErrorKind::Usage,
        PersonRefusal::Changed { .. } => ErrorKind::Stale,
        PersonRefusal::Snapshot(_)
        | PersonRefusal::Site(_)
        | PersonRefusal::ReviewedManifest { .. }
        | PersonRefusal::NoReviewedManifest { .. } => ErrorKind::Failed,
    };
    let hint = error.hint();
    CommandError::new(
        kind,
        format!("could not change {slug}; nothing was changed"),
    )
    .with_source(error)
    .hints(hint)
}
