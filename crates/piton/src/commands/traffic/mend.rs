//! What the commands that mend a set-up have in common.

use clap::Args;
use piton_plan::ConflictMode;
use piton_traffic::provision::{Parts, TokenFrom, Wishes};

use super::create::install;
use super::look::Looked;
use super::verify::mode_of;
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// What may be said of what somebody changed.
#[derive(Clone, Debug, Args)]
pub(crate) struct MendArgs {
    /// Replace what differs, without asking
    #[arg(long, conflicts_with_all = ["skip_existing", "on_conflict"])]
    force: bool,

    /// Keep files that somebody edited
    #[arg(long, conflicts_with = "on_conflict")]
    skip_existing: bool,

    /// What to do about a file that somebody edited
    #[arg(long, value_name = "MODE")]
    on_conflict: Option<ConflictMode>,
}

/// Returns what mending wants: what is there, as it should be.
pub(super) fn wishes(
    context: &Context,
    looked: &Looked,
    args: &MendArgs,
    plan: &PlanArgs,
) -> Result<Wishes, CommandError> {
    let text = |name: &str| looked.settings.text(name).map(str::to_owned);
    let pinned = text("traffic.install").or_else(|| text("ci.install"));
    let install = if pinned.is_some() {
        Some(install(&looked.settings)?)
    } else {
        let told = "files are left alone: `piton config set ci.install VERSION` says which piton the workflow installs";
        context.out.note(Channel::Setup, Level::WARNING, told);
        None
    };
    let ask = context.interactive() || plan.changes_nothing() && !context.global.non_interactive;
    Ok(Wishes {
        repository: looked.repository.clone(),
        created: looked.known.said.created.clone(),
        display_name: looked.known.said.display_name.clone(),
        ci_workflows: None,
        secret: looked.seen.secret.0.clone(),
        token: TokenFrom::Asked,
        rotate: false,
        new_gists: false,
        badge_gist: looked.known.said.badge_gist.clone(),
        archive_gist: looked.known.said.archive_gist.clone(),
        branch: text("traffic.branch"),
        schedule: text("traffic.schedule"),
        parts: Parts {
            variables: true,
            files: install.is_some(),
            pages: false,
            run: false,
        },
        install,
        on_conflict: mode_of(args.force, args.skip_existing, args.on_conflict, ask),
        raw: false,
        force: args.force,
    })
}
