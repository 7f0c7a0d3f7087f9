//! `piton migration share`: stores a migration as a plan, where the team works.

use std::fmt::Write as _;

use clap::Args;
use piton_backend::operation::{BackendOp, CreatePlan, PLAN, URL};
use piton_backend::store::{Provider, plain_title};
use piton_backend::text::{within_limit, wrap_comment};
use piton_base::Digest;
use piton_loop::planning::person;
use piton_loop::planning::snapshot::Live;
use piton_migration::own::PlanLink;
use piton_migration::slug::Slug;
use piton_plan::PlanBuilder;

use super::find::About;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::migrations::{case, person_refusal, proposed};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::planning::refuse_under_way;
use crate::stored::{StoredPlace, refuse_nowhere};

/// Store a migration as a plan, so that people see it where they work
///
/// The plan has the migration's text and its phases. `piton run` reports there
/// how it goes, and a maintainer's comment `/piton approve`, `/piton refine
/// TEXT` or `/piton reject WHY` is carried out by `piton plan sync`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration share SLUG --dry-run
  piton migration share SLUG --backend local")]
pub(crate) struct ShareArgs {
    /// Where it is stored: github-issue, github-draft-pr or local; default: plans.backend
    #[arg(long, value_name = "BACKEND", value_parser = backend)]
    backend: Option<Provider>,
    #[command(flatten)]
    about: About,
}

fn backend(word: &str) -> Result<Provider, String> {
    let backend = word.parse();
    backend.map_err(|_| "must be github-issue, github-draft-pr or local".to_owned())
}

pub(crate) fn run(context: &Context, args: &ShareArgs) -> CommandResult {
    let (place, slug) = args.about.find(context)?;
    let plan_args = &args.about.plan;
    let site = place.planning_site()?;
    let live =
        Live::read(&context.disk, &site, &slug).or_failed(format!("could not share {slug}"))?;
    if let Some(plan) = &live.own.plan {
        return Err(CommandError::usage(format!(
            "{slug} is shared already, as plan {} ({})",
            plan.id, plan.backend
        ))
        .hint(format!("`piton plan show {}` shows it", plan.id)));
    }
    place.repository.identity()?;
    // The plan would be made, and the migration could not know of it.
    refuse_under_way(&place, &format!("share {slug}"))?;
    let stored = StoredPlace::find(context)?;
    let provider = args.backend.unwrap_or_else(|| stored.provider());
    refuse_nowhere(context, &stored, provider)?;
    let text = text(&live);
    context.refuse_secret("the migration", &text)?;
    let mut builder = PlanBuilder::new(format!("migration share {slug}"));
    let create = creating(&live, provider, text);
    builder.add(Op::from(BackendOp::Create(create)));
    let plan = builder.build()?;
    if !plan_args.changes_nothing() {
        context.out.begin_series();
    }
    let ended = context.site(&place).carry_out_and_tell(plan_args, &plan)?;
    if plan_args.changes_nothing() {
        context.out.hint(
            "afterwards the migration records which plan it is shared as, in a commit of its own",
        );
        return Ok(ended.exit);
    }
    if ended.exit != Exit::Done {
        return Ok(ended.exit);
    }
    let output = |name: &str| {
        let outputs = ended.receipts.iter().map(|receipt| &receipt.outputs);
        outputs
            .filter_map(|outputs| outputs.get(name)?.as_str())
            .map(str::to_owned)
            .next()
    };
    let id = output(PLAN.name())
        .ok_or_else(|| CommandError::new(ErrorKind::Internal, "the stored plan has no id"))?;
    let link = PlanLink {
        backend: provider.to_string(),
        id: id.clone(),
    };
    let exit = note(context, &place, &slug, link, plan_args)?;
    if exit == Exit::Done
        && let Some(url) = output(URL.name())
    {
        context.out.hint(&format!("plan {id} is at {url}"));
    }
    Ok(exit)
}

fn creating(live: &Live, provider: Provider, text: String) -> CreatePlan {
    CreatePlan {
        provider,
        title: title(live),
        text,
        labels: Vec::new(),
        fields: Vec::new(),
        learn: false,
        summary: None,
        base: None,
        since: live.manifest.created_at().instant().ok(),
        // Cut off before the migration knows of its plan, the same one is found.
        once: Some(once(live)),
    }
}

/// Notes in the migration which plan it is told of in.
pub(super) fn note(
    context: &Context,
    place: &Place,
    slug: &Slug,
    link: PlanLink,
    args: &PlanArgs,
) -> CommandResult {
    let site = place.planning_site()?;
    let proposal = person::link(&case(context, place, &site, slug), link)
        .map_err(|error| person_refusal(error, slug))?;
    let Some(proposal) = proposal else {
        return Ok(Exit::Done);
    };
    proposed::carry_out(context, place, args, "migration share", proposal)
}

fn description(live: &Live) -> String {
    let state = live.state();
    match (&state, &live.own.target) {
        (Some(state), _) => state.target().to_owned(),
        (None, Some(target)) => target.description.clone(),
        (None, None) => live.slug.to_string(),
    }
}

fn title(live: &Live) -> String {
    let description = description(live);
    let title = plain_title(description.lines().next().unwrap_or_default());
    if title.is_empty() {
        live.slug.to_string()
    } else {
        title
    }
}

fn once(live: &Live) -> String {
    let born = serde_json::to_string(live.manifest.created_at()).unwrap_or_default();
    let digest = Digest::of(format!("{}\n{born}", live.slug).as_bytes());
    format!("migration-{}", &digest.hex()[..24])
}

/// Returns the text of the plan: what the migration says, then its phases, with
/// their documents as far as there is room.
fn text(live: &Live) -> String {
    let own = live.contents.text("plan.md");
    let mut text = match own {
        Some(own) if !own.trim().is_empty() => own.trim().to_owned(),
        Some(_) | None => format!("# {}\n\n{}", title(live), description(live).trim()),
    };
    let phases = live.manifest.phases();
    if phases.is_empty() {
        return text;
    }
    text.push_str("\n\n## Phases\n");
    for (number, phase) in phases.iter().enumerate() {
        let _ = write!(text, "\n{}. **{}**", number + 1, phase.name);
        if !phase.precondition.trim().is_empty() {
            let precondition = phase.precondition.trim().replace('\n', " ");
            let _ = write!(text, ": when {precondition}");
        }
    }
    text.push('\n');
    for phase in phases.iter() {
        let Some(document) = live.contents.text(&phase.reference()) else {
            continue;
        };
        let longer = format!("{text}\n---\n\n{}\n", document.trim());
        if within_limit(&wrap_comment(&longer)).is_err() {
            break;
        }
        text = longer;
    }
    text
}
