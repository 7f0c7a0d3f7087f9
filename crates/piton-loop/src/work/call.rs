//! One call of an agent in a slot, guarded and on the record.

use std::path::PathBuf;

use piton_agent::outcome::Reply;
use piton_agent::{AgentCall, CallFiles, CallRole, Limits};
use piton_base::StateDir;
use piton_git::landing::{Onto, under_way_on};
use piton_git::slot::Slot;
use piton_seal::CacheSet;

use super::evidence::Traces;
use super::failure::{Halt, WorkFailure};
use super::landings::Still;
use super::shop::Shop;
use crate::deciding::stop::Budget;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::guard::{self, Guard, Note, Reach, UserTree};
use crate::runs::{
    CallEnd, CallOutcome, CallScope, CallStatus, CallVerdict, Event, RecordError, RunRecord,
};
use crate::sanitize::sanitize;

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) role: CallRole,
    /// Where what comes of it is to land.
    pub(super) onto: &'a Onto,
    pub(super) attempt: u32,
    pub(super) retry: u32,
    pub(super) target: &'a str,
    pub(super) phase_reached: &'a str,
    pub(super) slug: Option<&'a str>,
    pub(super) prompt: String,
    pub(super) model: Option<String>,
    pub(super) effort: &'a EffortResolution,
    /// The schema of the answer, for agents that can be held to one.
    pub(super) schema: Option<serde_json::Value>,
    /// The directory that the call is about, below the slot; all of it if none.
    pub(super) about: Option<&'a str>,
    pub(super) around: Around,
}

/// When the user's working tree is looked at, which is dear in a large one:
/// before the first of calls that follow each other, and after the last.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// What it was before the first one; it is looked at where there was none.
    pub(super) before: Option<UserTree>,
    /// Whether another call follows at once, after which it is looked at.
    pub(super) is_followed: bool,
}

impl Around {
    /// One that others follow.
    pub(super) fn followed(before: Option<UserTree>) -> Self {
        Self {
            before,
            is_followed: true,
        }
    }

    /// One that comes last.
    pub(super) fn last(before: Option<UserTree>) -> Self {
        Self {
            before,
            is_followed: false,
        }
    }
}

/// A reply, with where it is kept and what it cost.
#[derive(Clone, Debug)]
pub(super) struct Called {
    pub(super) reply: Reply,
    pub(super) files: CallFiles,
    pub(super) model: Option<String>,
    pub(super) cost_usd: Option<f64>,
    /// The user's working tree before the call, where it is still to be looked
    /// at.
    pub(super) tree: Option<UserTree>,
}

/// Calls the agent. What it did to the user's repository, if anything, refuses
/// whatever it says.
pub(super) fn ask(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    ask: Ask<'_>,
) -> Result<Called, Halt> {
    let role = ask.role;
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let scope = CallScope {
        attempt: ask.attempt,
        retry: ask.retry,
        target: ask.target.to_owned(),
        call_role: role.to_string(),
        phase_reached: ask.phase_reached.to_owned(),
        effort: ask.effort.clone(),
    };
    let limits = match may_call(shop, run, &ask, &scope) {
        Ok(limits) => limits,
        Err(halt) => {
            // The call that this one was to follow came last.
            if let Some(tree) = &ask.around.before {
                look_after(shop, run, role, tree)?;
            }
            return Err(halt);
        }
    };
    let view = shop
        .slots
        .view(shop.disk, shop.repository)
        .map_err(|error| trouble(&error))?;
    let placed = run.call(role.as_str()).map_err(|error| trouble(&error))?;
    let files = placed.files.clone();
    let guards = StateDir::at(shop.site.state()).guards();
    let name = format!("{}-{}", run.id(), placed.number);
    let is_followed = ask.around.is_followed;
    let around = &shop.slots.around;
    let still = shop.landings.still();
    let guard = match ask.around.before {
        None => Guard::before(shop.disk, shop.repository, view, around),
        Some(tree) => Guard::since(shop.disk, shop.repository, view, around, tree),
    };
    let guard = guard
        .and_then(|guard| guard.kept(shop.disk, &guards, &name, &shop.holder))
        .map_err(|error| trouble(&error))?;
    drop(still);
    run.event(Event::CallStarted {
        scope: scope.clone(),
        call: placed.number,
        agent: shop.agent.name().to_owned(),
    })
    .map_err(|error| trouble(&error))?;
    let call = AgentCall {
        role,
        slug: ask.slug.map(str::to_owned),
        cwd: slot.dir().to_owned(),
        workspace: ask
            .about
            .map_or_else(|| slot.dir().to_owned(), |about| slot.dir().join(about)),
        prompt: ask.prompt,
        model: ask.model.clone(),
        effort: Some(ask.effort.effective),
        schema: ask.schema,
        limits,
        caches: CacheSet::of_slot(slot.number()),
    };
    let heard = shop.allowance.follow(run, placed.number);
    let record = shop.agent.call(&call, &files, shop.stop, &heard);
    let kept = record.as_ref().ok().cloned();
    let is_cut_short = shop.allowance.over(placed.number, kept.as_ref());
    let sealed = kept.as_ref().and_then(|record| record.sealed.as_ref());
    let is_followed = is_followed && kept.as_ref().is_some_and(|it| it.result.reply().is_some());
    let guarded = guarded(
        shop,
        run,
        slot,
        guard,
        (role, Reach::of(sealed), is_followed),
    );
    let ended = match record {
        Err(error) => Err(trouble(&error)),
        Ok(record) => {
            run.count_for(ask.attempt, &record)
                .map_err(|error| trouble(&error))?;
            match record.result.reply() {
                Some(reply) => Ok(Called {
                    reply: reply.clone(),
                    files: files.clone(),
                    model: record.answered_by.or(ask.model),
                    cost_usd: record.cost_usd,
                    tree: None,
                }),
                None if is_cut_short => Err(Halt::CutShort(Budget::Time)),
                None => Err(Halt::of_outcome(role, &record.result)),
            }
        }
    };
    // What was done to the repository is told even of an agent that failed.
    let ended = guarded.and_then(|tree| {
        let called = ended?;
        Ok(Called { tree, ..called })
    });
    let ended = ended.map_err(|halt| match halt {
        Halt::Failed(failure) => {
            let agent = Some(files.clone());
            let traces = Traces { agent, tests: None };
            Halt::from(failure.with(traces))
        }
        other @ (Halt::OutOfQuota { .. }
        | Halt::Unavailable { .. }
        | Halt::CutShort(_)
        | Halt::HeldBack(_)
        | Halt::Stopped) => other,
    });
    let root = shop.site.root().display().to_string();
    let (outcome, summary) = match &ended {
        Ok(_) => (CallOutcome::Accepted, "answered".to_owned()),
        Err(Halt::Failed(failure)) => (
            CallOutcome::Failed,
            sanitize(&failure.story, &root).unwrap_or_default(),
        ),
        Err(Halt::OutOfQuota { message, .. } | Halt::Unavailable { message, .. }) => {
            (CallOutcome::Failed, message.clone())
        }
        Err(Halt::CutShort(budget)) => (CallOutcome::Failed, budget.to_string()),
        Err(Halt::HeldBack(begun)) => (CallOutcome::Failed, begun.to_string()),
        Err(Halt::Stopped) => (CallOutcome::Failed, "interrupted".to_owned()),
    };
    let status = if ended.is_ok() {
        CallStatus::Finished
    } else {
        CallStatus::Failed
    };
    let end = CallEnd::of(scope, &placed, kept.as_ref(), status, summary.clone());
    run.event(Event::CallFinished(end))
        .map_err(|error| trouble(&error))?;
    let verdict = CallVerdict {
        schema_version: 1,
        role: role.to_string(),
        effort_asked: Some(ask.effort.requested.to_string()),
        effort_given: Some(ask.effort.effective.to_string()),
        outcome,
        summary,
    };
    run.verdict(&files, &verdict)
        .map_err(|error| trouble(&error))?;
    ended
}

/// Says what a call is held to, if it may be made now; that is asked also between
/// the calls of one piece of work.
fn may_call(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    ask: &Ask<'_>,
    scope: &CallScope,
) -> Result<Limits, Halt> {
    let trouble = |error: &dyn std::error::Error| Halt::trouble(ask.role, error);
    let begun = under_way_on(shop.repository, ask.onto).map_err(|error| trouble(&error))?;
    if let Some(begun) = begun {
        return Err(Halt::HeldBack(begun));
    }
    run.event(Event::EffortResolved(scope.clone()))
        .map_err(|error| trouble(&error))?;
    shop.allowance
        .for_call(run, shop.limits)
        .map_err(Halt::CutShort)
}

/// Looks at the user's working tree after a call that no other followed.
pub(super) fn look_after(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    role: CallRole,
    tree: &UserTree,
) -> Result<(), Halt> {
    let notes = tree
        .notes_now(shop.disk, shop.repository)
        .map_err(|error| Halt::trouble(role, &error))?;
    guard::tell_what_else_happened(&notes, &[], run).map_err(|error| Halt::trouble(role, &error))
}

/// Looks at what happened to the user's repository during the call. Returns the
/// working tree before it, where that is to be looked at after the next one.
fn guarded(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    guard: Guard,
    (role, reach, is_followed): (CallRole, Reach, bool),
) -> Result<Option<UserTree>, Halt> {
    let evidence: PathBuf = shop.site.failures().join(format!("{}-set-aside", run.id()));
    let (disk, git) = (shop.disk, shop.repository);
    let still = shop.landings.still();
    let found = if is_followed {
        guard.after_all_but_tree(disk, git, reach, &evidence)
    } else {
        let found = guard.after(disk, git, reach, &evidence);
        found.map(|found| (found, None))
    };
    let (mut found, tree) = found.map_err(|error| Halt::trouble(role, &error))?;
    let ours = tell_landings(run, &still, &mut found.notes);
    drop(still);
    guard::tell_what_else_happened(&found.notes, &slot.git_was_changed(shop.disk), run)
        .and(ours)
        .map_err(|error| Halt::trouble(role, &error))?;
    if found.strays.is_empty() {
        return Ok(tree);
    }
    let listed: Vec<String> = found.strays.iter().map(ToString::to_string).collect();
    let story = format!(
        "the agent reached into your repository: {}; nothing of its work was taken",
        listed.join(", ")
    );
    Err(WorkFailure::again(role, FailureKind::AgentInfraFailure, story).into())
}

/// Tells what other jobs landed meanwhile, and takes it out of what somebody
/// else may have done.
fn tell_landings(
    run: &RunRecord<'_>,
    still: &Still<'_>,
    notes: &mut Vec<Note>,
) -> Result<(), RecordError> {
    let mut told = Ok(());
    notes.retain(|note| {
        let Note::Moved {
            name,
            from: Some(from),
            to: Some(to),
        } = note
        else {
            return true;
        };
        let Some(count) = still.between(from, to) else {
            return true;
        };
        let branch = name.strip_prefix("refs/heads/").unwrap_or(name);
        let commits = if count == 1 { "commit" } else { "commits" };
        let text = format!("meanwhile {count} {commits} of this run landed on {branch}");
        told = std::mem::replace(&mut told, Ok(())).and(run.event(Event::Noted { text }));
        false
    });
    told
}
