//! One call of an agent in a slot, guarded and on the record.

use piton_agent::outcome::Reply;
use piton_agent::{AgentCall, CallFiles, CallRecord, CallRole, Limits};
use piton_git::landing::under_way_on;
use piton_seal::CacheSet;

use super::failure::{End, Halt, OrTrouble as _};
use super::guarded;
use super::message::Trailers;
use super::shop::Shop;
use super::workplace::Workplace;
use crate::deciding::stop::Budget;
use crate::effort::EffortResolution;
use crate::guard::{Guard, Reach, UserTree};
use crate::runs::{
    CallEnd, CallOutcome, CallScope, CallStatus, CallVerdict, Event, RecordError, RecordedCall,
    RunRecord,
};

#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) role: CallRole,
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

impl<'a> Ask<'a> {
    /// Returns a first try without words, of the model that goes with the role.
    pub(super) fn of(shop: &Shop<'_>, role: CallRole, effort: &'a EffortResolution) -> Self {
        Self {
            role,
            retry: 1,
            target: "",
            phase_reached: role.as_str(),
            slug: None,
            prompt: String::new(),
            model: shop.models.model(role),
            effort,
            schema: None,
            about: None,
            around: Around::default(),
        }
    }

    fn scope(&self, attempt: u32) -> CallScope {
        CallScope {
            attempt,
            retry: self.retry,
            target: self.target.to_owned(),
            call_role: self.role.to_string(),
            phase_reached: self.phase_reached.to_owned(),
            effort: self.effort.clone(),
        }
    }
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

impl Called {
    /// Returns what a commit says of the call that led to it, besides what it
    /// is `about`.
    pub(super) fn trailers(
        &self,
        shop: &Shop<'_>,
        run: &RunRecord<'_>,
        effort: &EffortResolution,
        about: Trailers,
    ) -> Trailers {
        Trailers {
            run: run.id().to_string(),
            agent: Some(shop.agent.name().to_owned()),
            model: self.model.clone(),
            effort: Some(effort.effective.to_string()),
            cost_usd: self.cost_usd,
            ..about
        }
    }
}

/// Calls the agent. What it did to the user's repository, if anything, refuses
/// whatever it says.
pub(super) fn ask(at: &Workplace<'_, '_>, mut ask: Ask<'_>) -> Result<Called, Halt> {
    let Workplace {
        shop, run, slot, ..
    } = at;
    let attempt = at.start.attempt;
    let role = ask.role;
    let scope = ask.scope(attempt);
    let limits = match may_call(at, role, &scope) {
        Ok(limits) => limits,
        Err(halt) => {
            // The call that this one was to follow came last.
            if let Some(tree) = &ask.around.before {
                guarded::look_after(shop, run, role, tree)?;
            }
            return Err(halt);
        }
    };
    let before = ask.around.before.take();
    let (placed, guard) = begin(shop, run, &ask, &scope, before)?;
    let follows = ask.around.is_followed;
    let call = AgentCall {
        role,
        slug: ask.slug.map(str::to_owned),
        cwd: slot.dir().to_owned(),
        workspace: (ask.about).map_or_else(|| slot.dir().to_owned(), |it| slot.dir().join(it)),
        prompt: ask.prompt,
        model: ask.model,
        effort: Some(ask.effort.effective),
        schema: ask.schema,
        limits,
        caches: CacheSet::of_slot(slot.number()),
    };
    let heard = shop.allowance.follow(run, placed.number);
    let record = shop.agent.call(&call, &placed.files, shop.stop, &heard);
    let kept = record.as_ref().ok().cloned();
    let is_cut_short = shop.allowance.over(placed.number, kept.as_ref());
    let reach = Reach::of(kept.as_ref().and_then(|record| record.sealed.as_ref()));
    let replied = kept
        .as_ref()
        .is_some_and(|record| record.result.reply().is_some());
    let looked = guarded::after(shop, run, slot, guard, (role, reach, follows && replied));
    let counted = match &kept {
        None => Ok(()),
        Some(record) => run.count_for(attempt, record).or_trouble(role),
    };
    let ended = counted.and_then(|()| {
        let record = record.or_trouble(role)?;
        if record.result.reply().is_none() && is_cut_short {
            return Err(End::CutShort(Budget::Time).into());
        }
        called(record, &placed, call)
    });
    // What was done to the repository is told even of an agent that failed.
    let ended = looked
        .and_then(|tree| Ok(Called { tree, ..ended? }))
        .map_err(|halt| halt.heard_in(&placed.files));
    record_end(shop, run, scope, &placed, kept.as_ref(), &ended).or_trouble(role)?;
    ended
}

/// Gives a call its place in the record, looks at the user's repository before
/// it, and records that it begins.
fn begin(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    ask: &Ask<'_>,
    scope: &CallScope,
    before: Option<UserTree>,
) -> Result<(RecordedCall, Guard), Halt> {
    let role = ask.role;
    let view = shop.slots.view(shop.disk, shop.repository);
    let view = view.or_trouble(role)?;
    let placed = run.call(role.as_str()).or_trouble(role)?;
    let name = format!("{}-{}", run.id(), placed.number);
    let guard = guarded::before(shop, view, before, &name).or_trouble(role)?;
    let started = Event::CallStarted {
        scope: scope.clone(),
        call: placed.number,
        agent: shop.agent.name().to_owned(),
    };
    run.event(started).or_trouble(role)?;
    Ok((placed, guard))
}

/// Returns the reply of a call that ended, or says what its end means.
fn called(record: CallRecord, placed: &RecordedCall, call: AgentCall) -> Result<Called, Halt> {
    match record.result.reply() {
        Some(reply) => Ok(Called {
            reply: reply.clone(),
            files: placed.files.clone(),
            model: record.answered_by.or(call.model),
            cost_usd: record.cost_usd,
            tree: None,
        }),
        None => Err(Halt::of_outcome(call.role, &record.result)),
    }
}

/// Records how a call ended.
fn record_end(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    scope: CallScope,
    placed: &RecordedCall,
    record: Option<&CallRecord>,
    ended: &Result<Called, Halt>,
) -> Result<(), RecordError> {
    let (outcome, status, summary) = match ended {
        Ok(_) => (
            CallOutcome::Accepted,
            CallStatus::Finished,
            "answered".to_owned(),
        ),
        Err(halt) => {
            let told = match halt {
                Halt::Failed(failure) => shop.sanitized(&failure.story).unwrap_or_default(),
                Halt::Ended(end) => end.to_string(),
            };
            (CallOutcome::Failed, CallStatus::Failed, told)
        }
    };
    let verdict = CallVerdict::of(&scope, outcome, summary.clone());
    let end = CallEnd::of(scope, placed.number, record, status, summary);
    run.event(Event::CallFinished(end))?;
    run.verdict(&placed.files, &verdict)
}

/// Says what a call is held to, if it may be made now; that is asked also between
/// the calls of one piece of work.
fn may_call(at: &Workplace<'_, '_>, role: CallRole, scope: &CallScope) -> Result<Limits, Halt> {
    let Workplace { shop, run, .. } = at;
    let begun = under_way_on(shop.repository, &at.start.onto).or_trouble(role)?;
    if let Some(begun) = begun {
        return Err(End::HeldBack(begun).into());
    }
    run.event(Event::EffortResolved(scope.clone()))
        .or_trouble(role)?;
    let limits = shop.allowance.for_call(run, shop.limits);
    limits.map_err(|budget| End::CutShort(budget).into())
}
