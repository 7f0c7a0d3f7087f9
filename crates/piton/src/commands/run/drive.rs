//! The loop itself: look, decide, do, remember.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use piton_base::Clock;
use piton_durable::{Lock, LockError, LockGuard};
use piton_git::CommitId;
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::{Memory, Tried};
use piton_loop::deciding::next::Next;
use piton_loop::runs::{Outset, RunRecord};
use piton_loop::targets::{Source, dice};
use piton_loop::validation::Verdict;
use piton_loop::work::accepted::Held;
use piton_loop::work::{Halt, Shop, prove};
use piton_plan::ErrorPolicy;
use serde_json::json;

use super::act::{self, Acted, PhaseAction, SourceAction};
use super::args::{Wanted, WorkArgs};
use super::ending::Ending;
use super::floor::Floor;
use super::show;
use super::tell::Teller;
use super::view::{self, View};
use crate::agents;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{Channel, Level};
use crate::planned::{PerformArgs, PlanArgs};

/// What a run is for, and how far it goes.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) name: &'static str,
    pub(crate) source: Wanted,
    pub(crate) focus: bool,
    pub(crate) limits: Limits,
    pub(crate) tries: u32,
    pub(crate) rest: Option<Duration>,
    /// What commits of source actions are called, if not after their targets.
    pub(crate) subject: Option<&'static str>,
    /// Whether the difference of what landed is shown at the end.
    pub(crate) shows_difference: bool,
}

/// Runs, or shows what would be first.
pub(crate) fn drive(
    context: &Context,
    place: &Place,
    work: &WorkArgs,
    course: &Course,
) -> CommandResult {
    let floor = Floor::set(context, place, work, course.tries)?;
    let view = View::look(&floor)?;
    let seed = match &course.source.seed {
        Some(seed) => dice::seed_of(seed),
        None => dice::seed_of(view.head.as_str()),
    };
    let source = match course.source.selection.clone() {
        Some(selection) => {
            selection.resolve(&view::tracked(&floor)?, course.source.scope.as_deref())
        }
        None => Source::Nothing,
    };
    if work.dry_run {
        context.recover(place, true)?;
        let memory = Memory::default();
        let decision = view.decide(&floor, &source, &course.limits, &memory, seed);
        let queue = view.queue(&floor, &source, &course.limits, &memory, seed);
        show::dry_run(context.out, &floor, &view, &decision, &queue);
        return Ok(Exit::Done);
    }
    agents::tell_terms(&floor.chosen, context, &floor.slots.terms);
    if course.focus && !place.live().path().is_dir() {
        return Err(CommandError::failed("could not focus on live migrations")
            .because(format!("there is no {}", place.live().path().display()))
            .hint("start one with `piton migration new`"));
    }
    let _alone = alone(context, place)?;
    context.recover(place, false)?;
    // Reports to stored plans that could not be sent when they were made.
    crate::stored::send_waiting(context);
    if let Some(warning) = agents::ready(&*floor.agent)? {
        context.out.warn(&warning);
    }
    context
        .events
        .show_output(work.show_agent_logs, work.show_command_logs);
    let shop = floor.shop();
    let run = begin(context, &floor, course)?;
    let mut teller = Teller::new(&context.book, &run, &context.clock);
    let from = view.head.clone();
    let mut driver = Driver {
        floor: &floor,
        shop: &shop,
        course,
        source: &source,
        seed,
        memory: Memory::default(),
        proved: false,
        began: context.clock.elapsed(),
    };
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    let ending = driver.go_on(&run, &mut teller);
    let waits = driver.memory.anything_waits();
    let plans = if context.out.json_wanted() {
        context.out.end_series()
    } else {
        Vec::new()
    };
    let exit = ending.exit(waits);
    let id = run.id().to_string();
    let error = (exit != Exit::Done).then(|| ending.told());
    context
        .book
        .close_as(ending.status(), error)
        .map_err(|error| {
            CommandError::failed("could not finish the run's record").because(error)
        })?;
    if course.shows_difference && !context.out.json_wanted() {
        difference(context, place, &from);
    }
    if context.out.json_wanted() {
        context.out.json(json!({
            "run": id,
            "ending": ending.told(),
            "status": ending.status().as_str(),
            "actions": teller.actions(),
            "commits": run.summary().counts.commits_created,
            "plans": plans,
        }));
    } else {
        let told = format!("run {id} is over: {}", ending.told());
        context.out.say(Channel::General, Level::NORMAL, &told);
    }
    if exit == Exit::Failed || exit == Exit::ValidationRed {
        context
            .out
            .hint(&format!("`piton runs show {id}` has everything about it"));
    }
    Ok(exit)
}

/// One run a clone: a second one is refused with the holder's name.
fn alone(context: &Context, place: &Place) -> Result<LockGuard, CommandError> {
    let lock = Lock::at(place.state().run_lock());
    match lock.acquire(&context.holder("a run"), Duration::ZERO) {
        Ok(guard) => Ok(guard),
        Err(error @ LockError::Held { .. }) => Err(CommandError::failed(
            "could not begin: another run is under way in this clone",
        )
        .because(error)
        .hint("wait until it is over, or interrupt it")),
        Err(error) => Err(CommandError::failed("could not begin a run").because(error)),
    }
}

fn begin(
    context: &Context,
    floor: &Floor<'_>,
    course: &Course,
) -> Result<Arc<RunRecord<'static>>, CommandError> {
    let budget = floor.desk.budget;
    let outset = Outset {
        command: course.name.to_owned(),
        agent: floor.agent.name().to_owned(),
        model: agents::model(&floor.place.settings, ""),
        default_effort: budget.default_tier(),
        max_allowed_effort: budget.max(),
        validation: floor.command.as_ref().map(|it| it.as_str().to_owned()),
        sealed: (&floor.slots.terms).into(),
    };
    let holder = context.holder("a run");
    let run = context
        .book
        .begun(&floor.desk.site, &holder, &outset)
        .map_err(|error| CommandError::failed("could not begin the run's record").because(error))?;
    context.out.say(
        Channel::General,
        Level::NORMAL,
        &format!(
            "run {}: {}, effort {} to {}, {}",
            run.id(),
            floor.agent.name(),
            floor.desk.budget.default_tier(),
            floor.desk.budget.max(),
            match &floor.command {
                Some(command) => format!("validated by `{}`", command.as_str()),
                None => "validated by nothing; set `validation-command`".to_owned(),
            }
        ),
    );
    Ok(run)
}

struct Driver<'a> {
    floor: &'a Floor<'a>,
    shop: &'a Shop<'a>,
    course: &'a Course,
    source: &'a Source,
    seed: u64,
    memory: Memory,
    proved: bool,
    began: Duration,
}

impl Driver<'_> {
    fn go_on(&mut self, run: &RunRecord<'_>, teller: &mut Teller<'_>) -> Ending {
        loop {
            if self.floor.context.stop.requested() {
                return Ending::Interrupted;
            }
            match self.once(run, teller) {
                Ok(None) => {}
                Ok(Some(ending)) => return ending,
                Err(error) => return Ending::Broken(error.text().trim().to_owned()),
            }
        }
    }

    /// Does the one next thing. Returns how the run ends, where it does.
    fn once(
        &mut self,
        run: &RunRecord<'_>,
        teller: &mut Teller<'_>,
    ) -> Result<Option<Ending>, CommandError> {
        let floor = self.floor;
        let view = View::look(floor)?;
        let decision = view.decide(
            floor,
            self.source,
            &self.course.limits,
            &self.memory,
            self.seed,
        );
        for (slug, reason) in &decision.passed_over {
            floor.context.out.note(
                Channel::General,
                Level::DETAIL,
                &format!("{slug} is passed over: {reason}"),
            );
        }
        if let Next::Stop(stop) = decision.next {
            return Ok(Some(Ending::Decided(stop)));
        }
        if let Next::Wait { until } = decision.next {
            self.rest(until);
            return Ok(None);
        }
        let needs_proof = !matches!(decision.next, Next::Land(_));
        if needs_proof && !self.proved {
            if let Some(ending) = self.baseline(run, teller, &view)? {
                return Ok(Some(ending));
            }
            self.proved = true;
        }
        let attempt = run.summary().counts.attempts_started + 1;
        let count = |run: &RunRecord<'_>| {
            run.update(|summary| summary.counts.attempts_started += 1)
                .map_err(|error| CommandError::failed("could not keep the record").because(error))
        };
        let acted = match decision.next {
            Next::Land(name) => {
                let work = view.held.iter().find_map(|held| match held {
                    Held::Work(work) if work.name == name => Some(work),
                    Held::Work(_) | Held::Lost { .. } => None,
                });
                match work {
                    Some(work) => act::land_again(floor, self.shop, run, teller, work),
                    None => return Ok(None),
                }
            }
            // The step itself counts its attempt.
            Next::Plan(slug) => act::plan(floor, self.shop, run, teller, &slug, &plain()),
            Next::Phase { slug, index } => {
                count(run)?;
                let label = view.phase(&slug, index);
                let work = PhaseAction {
                    slug: &slug,
                    label: &label,
                    attempt,
                };
                act::carry_out_phase(floor, self.shop, run, teller, &view, &work)
            }
            Next::Source(target) => {
                count(run)?;
                let action = SourceAction {
                    target: &target,
                    scope: self.course.source.scope.as_deref(),
                    subject: self.course.subject,
                    attempt,
                };
                act::clean_up(floor, self.shop, run, teller, &view, &action)
            }
            Next::Wait { .. } | Next::Stop(_) => return Ok(None),
        };
        match acted {
            Acted::Stopped => Ok(Some(Ending::Interrupted)),
            Acted::NoAgent {
                message,
                signed_out,
            } => Ok(Some(Ending::NoAgent {
                message,
                signed_out,
            })),
            Acted::Did(tried, outcome) => {
                self.memory.remember(&tried, &outcome);
                self.spend(run, &tried);
                Ok(None)
            }
        }
    }

    /// Counts what was spent, and sets the rest before the next action.
    fn spend(&mut self, run: &RunRecord<'_>, tried: &Tried) {
        let summary = run.summary();
        let lasted = self
            .floor
            .context
            .clock
            .elapsed()
            .saturating_sub(self.began);
        self.memory.spent.seconds = lasted.as_secs();
        self.memory.spent.tokens = summary.usage.map_or(0, |usage| usage.total());
        self.memory.spent.dollars = summary.cost_usd.unwrap_or(0.0);
        let rests = !matches!(tried, Tried::Landing(_));
        if let Some(rest) = self.course.rest.filter(|_| rests) {
            let now = self.floor.context.clock.now();
            self.memory.rest_until = now.checked_add(rest).ok();
        }
    }

    fn rest(&self, until: jiff::Timestamp) {
        let now = self.floor.context.clock.now();
        let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        self.floor.context.stop.wait(left);
    }

    /// Validates the commit that the run starts from, once.
    fn baseline(
        &self,
        run: &RunRecord<'_>,
        teller: &Teller<'_>,
        view: &View,
    ) -> Result<Option<Ending>, CommandError> {
        let tree = piton_git::landing::tree_of(&self.floor.place.repository, &view.head)?;
        let proof = match prove::baseline(self.shop, run, &view.head, tree.as_str()) {
            Ok(proof) => proof,
            Err(Halt::Stopped) => return Ok(Some(Ending::Interrupted)),
            Err(Halt::OutOfQuota { message, .. } | Halt::Unavailable { message, .. }) => {
                return Ok(Some(Ending::Broken(message)));
            }
            Err(Halt::Failed(failure)) => return Ok(Some(Ending::Broken(failure.story))),
        };
        if proof.verdict.is_good() {
            if !matches!(proof.verdict, Verdict::NotAsked) && proof.record.is_none() {
                let text = format!("  {} was green before", view.head.short());
                self.floor
                    .context
                    .out
                    .say(Channel::General, Level::NORMAL, &text);
            }
            return Ok(None);
        }
        if let Verdict::Red(red) = &proof.verdict {
            teller.say(&red.tail);
        }
        if !proof.missing.is_empty() {
            self.floor.context.out.hint(&format!(
                "your tree has {}, which git ignores and a slot does not have; set `slot.setup` to the command that makes it, such as `npm ci`",
                proof.missing.join(", ")
            ));
        }
        Ok(Some(Ending::BaselineRed))
    }
}

/// Planning steps of a run are performed without questions.
fn plain() -> PlanArgs {
    PlanArgs {
        dry_run: false,
        exit_code: false,
        plan_out: None,
        markdown: false,
        perform: PerformArgs {
            no_verify: false,
            jobs: NonZeroUsize::MIN,
            on_error: ErrorPolicy::SkipDependents,
        },
    }
}

/// Shows what changed since a commit, as `git diff --stat` does.
fn difference(context: &Context, place: &Place, from: &CommitId) {
    if let Ok(stat) = piton_git::landing::difference(&place.repository, from) {
        context.out.say(Channel::General, Level::NORMAL, &stat);
    }
}
