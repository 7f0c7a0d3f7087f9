//! `piton plan implement`: carries a stored plan out.

mod base;
mod carried;
mod carry;
mod left_over;
mod reporter;
mod shown;

use clap::Args;
use piton_backend::store::{Document, slug};
use piton_base::{Clock, terminal::clean};
use piton_git::landing::is_branch_name;

use self::base::{Base, base};
use self::carried::Carried;
use self::carry::Assignment;
use self::reporter::Reporter;
use crate::agents::AgentArgs;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::stored::target::with_plan;
use crate::stored::{StoredPlace, Terms, Undertaken, Worthy, title};
use crate::workshop::WorkArgs;

/// Carry a stored plan out with an agent
///
/// The agent works in a slot, what it makes is validated where no agent writes,
/// and lands on the plan's own branch. The plan gets reports when work begins,
/// how it goes and how it ends. After an interruption the same command
/// continues.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan implement 42 --dry-run
  piton plan implement 42 --with claude
  piton plan implement 42 --digest \"$DIGEST\"          only this very text")]
pub(crate) struct ImplementArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// Only if the plan's text has this SHA-256
    #[arg(long, value_name = "DIGEST")]
    digest: Option<String>,

    /// Carry it out although a stranger wrote it: you have read it
    #[arg(long)]
    trust_author: bool,

    /// How many tries the work has
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=50))]
    max_attempts: u32,

    #[command(flatten)]
    work: WorkArgs,

    #[command(flatten)]
    agent: AgentArgs,
}

/// Files on a plan's branch that only told what to do.
const LEFTOVERS: [&str; 2] = [".erk/impl-context/plan.md", ".erk/impl-context/ref.json"];

pub(super) fn run(context: &Context, args: &ImplementArgs) -> CommandResult {
    let mut place = context.vetted(context.place()?)?;
    args.agent.over(&mut place.settings)?;
    args.work.over(&mut place.settings)?;
    let stored = StoredPlace::find(context)?;
    let (worthy, provider) = with_plan(context, args.target.as_deref(), |backend, id| {
        let terms = Terms {
            digest: args.digest.as_deref(),
            trusted_by_hand: args.trust_author,
        };
        Ok((Worthy::look(backend, &id, terms)?, backend.provider()))
    })?;
    let Worthy { document, source } = &worthy;
    let digest = source.digest().hex();
    let undertaken = Undertaken::read(context, &stored, &document.id)?;
    let earlier = undertaken.filter(|earlier| earlier.digest == digest);
    let branch = match &earlier {
        Some(earlier) => earlier.branch.clone(),
        None => branch(context, &place, document)?,
    };
    let base = base(&place, &branch)?;
    refuse_unfetched(document, &branch, &base)?;
    let title = title(document);
    if args.work.dry_run {
        shown::rehearsal(
            context,
            &place,
            &worthy,
            (&branch, &base),
            &digest,
            earlier.as_ref(),
        );
        return Ok(Exit::Done);
    }
    let undertaken = earlier
        .clone()
        .unwrap_or_else(|| Undertaken::new(document.id.clone(), digest.clone(), branch.clone()));
    let reporter = Reporter::new(context, &stored, provider, document.is_pull, undertaken);
    let assignment = Assignment {
        id: document.id.as_str(),
        title: &title,
        text: source.text.trim(),
        branch: &branch,
        leftovers: &LEFTOVERS,
        earlier: earlier.as_ref().and_then(|earlier| earlier.run.as_deref()),
        tries: args.max_attempts,
    };
    let carried = carry::carry_out(context, &place, &args.work, &assignment, &reporter);
    let (run, carried) = match carried {
        Ok(carried) => carried,
        Err(error) => {
            // Only what began has to end.
            reporter.ended_if_begun(&error.on_one_line());
            return Err(error);
        }
    };
    reporter.ended(&carried);
    let exit = exit(&carried);
    shown::outcome(context, document, &branch, &run, (&carried, exit));
    Ok(exit)
}

/// Refuses to begin a draft's branch anew: it could not be pushed over the one
/// that is on GitHub.
fn refuse_unfetched(document: &Document, branch: &str, base: &Base) -> Result<(), CommandError> {
    if document.is_pull && base.is_unknown {
        let id = &document.id;
        return Err(CommandError::failed(format!(
            "the branch of plan {id}, {branch}, is on GitHub and was not fetched yet"
        ))
        .hint("`git fetch origin`, then run the command again"));
    }
    Ok(())
}

/// Returns the branch that the plan is carried out on: the one that its header
/// names, else one of its own.
fn branch(context: &Context, place: &Place, document: &Document) -> Result<String, CommandError> {
    let header = document.header().ok();
    let named = header
        .as_ref()
        .and_then(|header| header.text("branch_name"))
        .map(str::to_owned);
    if let Some(named) = named {
        if is_branch_name(&place.repository, &named)? {
            return Ok(named);
        }
        return Err(CommandError::failed(format!(
            "plan {} names `{}` as its branch, and that is not a branch name",
            document.id,
            clean(&named)
        ))
        .hint(format!(
            "`piton plan update {} --patch '{{\"branch_name\": null}}'` clears it",
            document.id
        )));
    }
    let objective = header
        .as_ref()
        .and_then(|header| header.number("objective_issue"))
        .map(|number| format!("O{number}-"))
        .unwrap_or_default();
    let prefix = match document.id.number() {
        Some(number) => format!("P{number}-{objective}"),
        None => format!("plnd/{objective}"),
    };
    let name: String = format!("{prefix}{}", slug(&title(document)))
        .chars()
        .take(31)
        .collect();
    let stamp = context.clock.now().strftime("%m-%d-%H%M");
    Ok(format!("{}-{stamp}", name.trim_end_matches('-')))
}

fn exit(carried: &Carried) -> Exit {
    match carried {
        Carried::Landed { .. } | Carried::Unchanged(_) => Exit::Done,
        Carried::Waits(_) | Carried::HeldBack(_) => Exit::WaitsForPerson,
        Carried::BaselineRed => Exit::ValidationRed,
        Carried::Failed(_)
        | Carried::NoAgent {
            signed_out: false, ..
        } => Exit::Failed,
        Carried::NoAgent {
            signed_out: true, ..
        } => Exit::Authentication,
        Carried::OutOfQuota(_) => Exit::LimitReached,
        Carried::Stopped => Exit::Interrupted,
    }
}
