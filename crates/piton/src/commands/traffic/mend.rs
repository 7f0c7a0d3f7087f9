//! What the commands that repair a set-up have in common.

use piton_base::Clock as _;
use piton_github::ForgeRead;
use piton_traffic::collect::Moment;
use piton_traffic::provision::{self, Facts, Gists, Parts, TokenFrom, Wishes};

use super::conflict::ConflictArgs;
use super::error;
use super::look::Looked;
use super::pinned::install;
use super::place::Known;
use super::standing::Standing;
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// Looks at everything that setting up and repairing are decided on.
pub(super) fn facts(
    context: &Context,
    forge: &dyn ForgeRead,
    known: &Known,
    wishes: &Wishes,
) -> Result<Facts, CommandError> {
    let today = Moment(context.clock.now()).day().to_string();
    provision::observe(forge, wishes, known.project(), known.global.clone(), &today)
        .map_err(error::observe)
}

/// Returns what repairing wants: what is there, as it should be.
pub(super) fn wishes(
    context: &Context,
    looked: &Looked,
    conflict: &ConflictArgs,
) -> Result<Wishes, CommandError> {
    let settings = &looked.settings;
    let pinned = settings.traffic_install().or(settings.ci_install());
    let install = if pinned.is_some() {
        Some(install(settings)?)
    } else {
        let told = "files are left alone: `piton config set ci.install VERSION` says which piton the workflow installs";
        context.out.note(Channel::Setup, Level::WARNING, told);
        None
    };
    let checkout = looked.checkout().ok();
    let standing = checkout.map(|place| Standing::read(&context.disk, place.top()));
    let standing = standing.unwrap_or_default();
    Ok(Wishes {
        repository: looked.repository.clone(),
        said: looked.known.said.clone(),
        ci_workflows: None,
        secret: looked.seen.secret.0.clone(),
        token: TokenFrom::Asked,
        rotate: false,
        gists: Gists::Found,
        branch: (settings.traffic_branch().map(str::to_owned)).or(standing.branch),
        schedule: (settings.traffic_schedule().map(str::to_owned)).or(standing.schedule),
        parts: Parts {
            variables: true,
            files: install.is_some(),
            pages: false,
            run: false,
        },
        install,
        on_conflict: conflict.settled(context),
        raw: false,
        force: conflict.force,
    })
}
