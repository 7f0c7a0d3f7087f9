//! One planning step as a plan: a call, and the publish that depends on it.

use piton_git::{GitRead, Tip};
use piton_loop::claim::{Claim, ClaimError};
use piton_loop::operation::{LandHeld, LoopOp};
use piton_loop::planning::plan::{Planned, plan_step, publish_waiting};
use piton_loop::planning::waiting::Waiting;
use piton_migration::slug::Slug;
use piton_plan::PlanBuilder;

use super::standing;
use crate::agents;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::{self, AskedEffort, PlanningContext, refusal};
use crate::workshop::held_step;

/// One planning step of a migration, for the command of this name.
pub(crate) struct PlannedStep<'a> {
    pub(crate) context: &'a Context,
    pub(crate) place: &'a Place,
    pub(crate) slug: &'a Slug,
    pub(crate) args: &'a PlanArgs,
    pub(crate) effort: AskedEffort,
}

impl<'a> PlannedStep<'a> {
    /// The step as `piton migration step` makes it.
    pub(crate) fn of(
        context: &'a Context,
        place: &'a Place,
        slug: &'a Slug,
        args: &'a PlanArgs,
    ) -> Self {
        Self {
            context,
            place,
            slug,
            args,
            effort: AskedEffort::Default,
        }
    }

    /// Decides the next step and shows, saves or performs it. `anew` asks again
    /// although an answer waits.
    pub(crate) fn carry_out(&self, anew: bool) -> CommandResult {
        let (context, place, slug) = (self.context, self.place, self.slug);
        let _claim = if self.args.changes_nothing() {
            None
        } else {
            Some(claim(context, place, slug)?)
        };
        if !anew && let Some(held) = held_step::find(context, place, slug)? {
            return self.land(held);
        }
        self.carry_out_claimed(anew)
    }

    /// Lands what a run had made of the step; no agent is called.
    fn land(&self, held: LandHeld) -> CommandResult {
        let (context, place, slug) = (self.context, self.place, self.slug);
        planning::refuse_under_way(place, &format!("plan {slug}"))?;
        self.note(&format!(
            "a run already made this step, and it waits ({}): it lands without a new call",
            held.commit.short()
        ));
        let mut builder = self.builder();
        builder.add(Op::from(LoopOp::LandHeld(held)));
        let (exit, ended_short) = self.perform(builder)?;
        if ended_short && held_step::find(context, place, slug)?.is_some() {
            self.tell_kept("lands");
        }
        Ok(exit)
    }

    /// The same for somebody who has the claim on the migration.
    pub(crate) fn carry_out_claimed(&self, anew: bool) -> CommandResult {
        let (context, place, slug) = (self.context, self.place, self.slug);
        let waiting = |on: &Tip| {
            if anew {
                return Ok(None);
            }
            waiting(context, place, slug, on)
        };
        let on = planning::tip(place, slug)?;
        let builder = match waiting(&on)? {
            Some(waiting) => {
                self.note(&format!(
                    "the answer of run {} waits: it is published without a new call",
                    waiting.run
                ));
                let mut builder = self.builder();
                publish_waiting(&mut builder, &waiting, on);
                builder
            }
            None => self.decide(&on)?,
        };
        let (exit, ended_short) = self.perform(builder)?;
        if ended_short
            && let Ok(on) = place.repository.tip()
            && waiting(&on)?.is_some()
        {
            self.tell_kept("publishes");
        }
        Ok(exit)
    }

    fn named(&self) -> String {
        let name = match self.effort {
            AskedEffort::Default => "migration step",
            AskedEffort::Refine => "migration refine",
        };
        format!("{name} {}", self.slug)
    }

    fn builder(&self) -> PlanBuilder<Op> {
        PlanBuilder::new(self.named())
    }

    fn note(&self, text: &str) {
        let out = self.context.out;
        out.note(Channel::Agent, Level::NORMAL, text);
    }

    /// Carries the plan out; tells also whether it was begun and not done.
    fn perform(&self, builder: PlanBuilder<Op>) -> Result<(Exit, bool), CommandError> {
        let plan = builder.build()?;
        let exit = standing::carry_out(self.context, self.place, self.slug, self.args, &plan)?;
        Ok((exit, exit != Exit::Done && !self.args.changes_nothing()))
    }

    fn tell_kept(&self, does: &str) {
        self.context.out.hint(&format!(
            "the answer is kept: `piton migration step {}` {does} it without a new call",
            self.slug
        ));
    }

    /// Decides a call, and the publish that depends on it.
    fn decide(&self, on: &Tip) -> Result<PlanBuilder<Op>, CommandError> {
        let (context, place, slug) = (self.context, self.place, self.slug);
        let texts = PlanningContext::set(context, place)?;
        let choice = agents::chosen(&place.settings, &context.directory, place.top());
        if let Some(line) = &choice.command {
            context.refuse_secret("the agent's command (--agent-command)", line)?;
        }
        let terms = crate::agents::slots::settings(context, place)?.terms;
        let agent = agents::agent(&choice, context, &place.settings, &place.state(), &terms)?;
        let by_schema = agent.answers_by_schema();
        let decision = texts
            .next_step(&context.disk, place, slug, self.effort, by_schema)
            .map_err(|error| refusal(error, slug))?;
        let mut builder = self.builder();
        planning::warn_of_no_branch(on, &mut builder);
        match agents::ready(&*agent) {
            Ok(warning) => warning
                .into_iter()
                .for_each(|warning| builder.warn(warning)),
            // A dry run is of use before the program is installed.
            Err(missing) if self.args.changes_nothing() => builder.warn(missing.to_string()),
            Err(missing) => return Err(missing),
        }
        if !self.args.changes_nothing() {
            // What nobody could commit is not paid for.
            place.repository.identity()?;
            place.refuse_unwritable()?;
            place.refuse_unwritable_migrations()?;
        }
        if texts.taste.version().is_stale() {
            builder.warn(
                "the taste is of an older version; `piton taste --upgrade` brings it up to date",
            );
        }
        plan_step(
            &mut builder,
            &decision,
            &Planned {
                site: &texts.site,
                choice: &choice,
                agent: &*agent,
                budget: texts.budget,
                command: &self.named(),
            },
        );
        Ok(builder)
    }
}

/// Claims the migration, or says who is at work on it.
pub(crate) fn claim(context: &Context, place: &Place, slug: &Slug) -> Result<Claim, CommandError> {
    let told = || CommandError::failed(format!("could not work on {slug}; no agent was called"));
    Claim::take(place.state().path(), slug, &context.holder("planning")).map_err(
        |error| match error {
            ClaimError::Taken { holder, .. } => told()
                .with_source(holder)
                .hint("`piton status` shows what runs; try again when it has ended"),
            error @ ClaimError::Lock { .. } => told().with_source(error),
        },
    )
}

/// Tells whether an answer waits that only has to be published.
pub(crate) fn answer_waits(context: &Context, place: &Place, slug: &Slug) -> bool {
    let Ok(on) = place.repository.tip() else {
        return false;
    };
    waiting(context, place, slug, &on).is_ok_and(|found| found.is_some())
}

/// Returns the answer that was paid for and could not be published yet.
fn waiting(
    context: &Context,
    place: &Place,
    slug: &Slug,
    on: &Tip,
) -> Result<Option<Waiting>, CommandError> {
    let site = place.planning_site()?;
    Waiting::find(&context.disk, &site, slug, on).map_err(|error| {
        CommandError::failed("could not check whether a paid answer waits; nothing was changed")
            .with_source(error)
    })
}
