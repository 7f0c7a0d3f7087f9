//! Looking at a set-up, for the commands that tell and mend.

use piton_base::Clock as _;
use piton_durable::RealDisk;
use piton_github::{Client, ForgeRead, RepoName};
use piton_traffic::collect::Moment;
use piton_traffic::settings::Project;
use piton_traffic::survey::{Subject, Survey, survey};

use super::error;
use super::place::{Known, MeantArgs, remote};
use crate::config::Settings;
use crate::context::{Context, Place, forge};
use crate::error::CommandError;

/// A set-up with everything that was looked at.
#[derive(Debug)]
pub(super) struct Looked {
    /// The checkout of this very repository, if this is one.
    pub(super) place: Option<Place>,
    pub(super) settings: Settings,
    pub(super) known: Known,
    pub(super) repository: RepoName,
    pub(super) forge: Client,
    pub(super) seen: Survey,
}

impl Looked {
    /// Returns the checkout, where files are to be written.
    pub(super) fn checkout(&self) -> Result<&Place, CommandError> {
        self.place.as_ref().ok_or_else(|| {
            CommandError::usage(format!("this is not a checkout of {}", self.repository))
                .hint("work in its checkout, or name one with --repo-dir")
        })
    }
}

/// What is wanted beside the names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct How<'a> {
    pub(super) secret: Option<&'a str>,
    pub(super) offline: bool,
    /// Whether the published dashboard is looked at too.
    pub(super) page: bool,
}

pub(super) fn look(
    context: &Context,
    place: Option<Place>,
    meant: &MeantArgs,
    how: How<'_>,
) -> Result<Looked, CommandError> {
    let settings = match &place {
        Some(place) => place.settings.clone(),
        None => context.settings(None)?,
    };
    let known = Known::read(context, place.as_ref(), meant)?;
    let repository = known.named()?;
    let place = place.filter(|place| is_of(&known, place, &repository));
    let forge = client(context, &settings, how.offline)?;
    let seen = look_at(context, &forge, &known, place.as_ref(), &repository, how)?;
    Ok(Looked {
        place,
        settings,
        known,
        repository,
        forge,
        seen,
    })
}

/// Makes a client; offline, one for what everybody may see.
pub(super) fn client(
    context: &Context,
    settings: &Settings,
    offline: bool,
) -> Result<Client, CommandError> {
    if offline {
        forge::anonymous(context, settings)
    } else {
        forge::client(context, settings)
    }
}

/// Looks, with what is known already.
fn look_at(
    context: &Context,
    forge: &dyn ForgeRead,
    known: &Known,
    place: Option<&Place>,
    repository: &RepoName,
    how: How<'_>,
) -> Result<Survey, CommandError> {
    let of_it = place.is_some();
    let project = known.project.as_ref().filter(|_| of_it);
    let entry = known.global.entry(repository);
    let subject = Subject {
        repository,
        project,
        entry: entry.as_ref(),
        named: [
            known.said.badge_gist.as_deref(),
            known.said.archive_gist.as_deref(),
        ],
        secret: how.secret,
        checkout: place.map(|place| (&RealDisk as _, place.top())),
        offline: how.offline,
        page: how.page,
    };
    survey(forge, &subject, Moment(context.clock.now()))
        .map_err(|error| error::forge("look at the set-up", error))
}

/// Whether a checkout is of that repository: the file in it says so, or the
/// remote, or nothing says otherwise.
fn is_of(known: &Known, place: &Place, repository: &RepoName) -> bool {
    let named = known.project.as_ref().and_then(Project::repository);
    named
        .or_else(|| remote(place))
        .is_none_or(|named| named.same(repository))
}
