//! What a person decides about a migration.

use piton_loop::clock::local_stamp;
use piton_loop::planning::person::{self, Case, PersonRefusal};
use piton_loop::planning::site::Site;
use piton_migration::candidate::Proposal;
use piton_migration::planning::FeedbackSource;
use piton_migration::slug::Slug;

use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};

/// What is next for a plan that is ready.
pub(crate) const CARRY_OUT: &str = "carry it out with `piton run --focus-on-live-migrations`";

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
        let case = case(context, place, site, slug);
        let now = local_stamp(&context.clock);
        match self {
            Self::Approve => person::approve(&case, now),
            Self::Reject(reason) => person::reject(&case, reason, now),
            Self::Refine(source, text) => person::refine(&case, (source, text), now),
            Self::Reopen(text) => {
                let feedback = (FeedbackSource::Message, text);
                person::reopen(&case, &place.repository, feedback, now)
            }
            Self::Wake => person::wake(&case, now),
        }
    }

    /// Says what comes next, once it is recorded.
    pub(crate) fn next(self, slug: &Slug) -> Option<String> {
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

/// Returns a migration of this place as a person decides about it.
pub(crate) fn case<'a>(
    context: &'a Context,
    place: &'a Place,
    site: &'a Site,
    slug: &'a Slug,
) -> Case<'a> {
    Case {
        disk: &context.disk,
        git: &place.repository,
        site,
        slug,
        prefix: place.settings.commit_prefix(),
    }
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
    CommandError::new(
        kind,
        format!("could not change {slug}; nothing was changed"),
    )
    .hints(error.hint())
    .with_source(error)
}
