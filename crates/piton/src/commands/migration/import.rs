//! `piton migration import`: starts a migration from a stored plan.

use clap::Args;
use piton_durable::DiskRead as _;
use piton_git::GitRead as _;
use piton_loop::clock::local_stamp;
use piton_loop::commit;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::snapshot::Snapshot;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::own::{OWN_FILE, PlanLink, Target, TargetProvenance};
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;

use super::new::{free_slug, plain_slug};
use super::{proposed, standing};
use crate::commands::plan::{Terms, Worthy, named, with_plans};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::{planning_site, refusal};

/// Start a migration from a stored plan
///
/// The plan's text is what the migration shall do; its steps are planned as for
/// any other. The loop reports to the plan, and maintainers' comments there are
/// taken up.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration import 42
  piton migration import 42 add-a-cache --dry-run")]
pub(crate) struct ImportArgs {
    /// The plan: its number, its address, or the name of a local one
    plan_id: String,

    /// The migration's name; made of the plan's title where none is given
    #[arg(value_parser = plain_slug)]
    slug: Option<Slug>,

    /// Take it though a stranger wrote it: you have read it
    #[arg(long)]
    trust_author: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ImportArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let (worthy, provider) = with_plans(context, |_, backend| {
        let id = named(&args.plan_id)?;
        let terms = Terms {
            digest: None,
            trusted_by_hand: args.trust_author,
        };
        Ok((Worthy::look(backend, &id, terms)?, backend.provider()))
    })?;
    let title = worthy.title();
    let text = worthy.source.text.trim().to_owned();
    context.refuse_secret("the plan", &text)?;
    let slug = match &args.slug {
        Some(slug) => slug.clone(),
        None => free_slug(context, &place, &title)?,
    };
    if place.repository.head()?.is_none() {
        return Err(refusal(StepRefusal::NoCommit, &slug));
    }
    place.repository.identity()?;
    planning_site(&place)?;
    if context
        .disk
        .stat(&place.live().migration(&slug))
        .ok()
        .flatten()
        .is_some()
    {
        return Err(refusal(StepRefusal::Taken { slug: slug.clone() }, &slug));
    }
    let target = Target {
        description: title.clone(),
        provenance: TargetProvenance::Targets,
        files: Vec::new(),
        scope: Some(text),
    };
    let mut start = Snapshot::start(&slug, target, local_stamp(&context.clock));
    start.own.plan = Some(PlanLink {
        backend: provider.word().to_owned(),
        id: worthy.document.id.to_string(),
    });
    let mut contents = start.contents;
    contents.put(MANIFEST_FILE, start.manifest.encode());
    contents.put(STATE_FILE, start.state.encode());
    contents.put(OWN_FILE, start.own.encode());
    let prefix = place.settings.text("commit-prefix").unwrap_or("piton");
    let subject = commit::new_migration_subject(prefix, slug.as_str());
    let why = format!("{title}\n\nFrom plan {}.", worthy.document.id);
    let proposal = Proposal {
        slug: slug.clone(),
        base: start.digest,
        contents,
        mode: Mode::PlanningSnapshot,
        operation: "migration.import".to_owned(),
        message: commit::message(&subject, &why, None),
    };
    let plan = proposed::plan(context, &place, "migration import", proposal)?;
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context
            .out
            .hint(&format!("plan it with `piton migration step {slug}`"));
    }
    Ok(exit)
}
