//! From a decided plan to its end: the one room that knows of a dry run.

mod again;
mod args;
mod error;
mod exit;
mod finish;
mod perform;
mod show;
mod tell;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_base::Clock;
use piton_base::StateDir;
use piton_plan::journal;
use piton_plan::render::Heading;
use piton_plan::{Answer, Interaction, Plan, PlanId, Ready, Receipt, prepare, saved};

pub(crate) use self::again::was_declined;
pub(crate) use self::args::{PerformArgs, PlanArgs};
use self::error::prepare_error;
pub(crate) use self::error::{journal_error, lost_journal};
pub(crate) use self::show::plan_json;
pub(crate) use self::tell::short;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::terminal::Terminal;
use crate::world::Reading;

/// Where a plan is performed: what it may touch, where its journal lies.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) context: &'a Context,
    pub(crate) reading: Reading<'a>,
    /// The directory of piton's own state here.
    pub(crate) state: StateDir,
    /// Answers that were given beforehand, by their flags.
    pub(crate) told: Vec<(String, Answer)>,
}

/// How a plan went, for commands that go on afterwards.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    pub(crate) receipts: Vec<Receipt>,
}

impl Site<'_> {
    pub(crate) fn journals(&self) -> PathBuf {
        self.state.journals()
    }

    /// Shows the plan, or saves it, or performs it, as the options say.
    pub(crate) fn carry_out(&self, args: &PlanArgs, plan: &Plan<Op>) -> CommandResult {
        self.carry_out_and_tell(args, plan).map(|ended| ended.exit)
    }

    /// The same, for a command that needs to know what came of each action.
    pub(crate) fn carry_out_and_tell(
        &self,
        args: &PlanArgs,
        plan: &Plan<Op>,
    ) -> Result<Ended, CommandError> {
        let ended = |exit| {
            Ok(Ended {
                exit,
                receipts: Vec::new(),
            })
        };
        let out = &self.context.out;
        if args.changes_nothing() {
            let pending = plan.has_changes();
            self.show(
                args,
                plan,
                if args.dry_run {
                    Heading::DryRun
                } else {
                    Heading::Saved
                },
            )?;
            if let Some(file) = &args.plan_out {
                self.save(file, plan)?;
            }
            let exit = if args.exit_code && pending {
                Exit::ChangesPending
            } else {
                Exit::Done
            };
            return ended(exit);
        }
        if !plan.has_work() {
            self.show(args, plan, Heading::Run)?;
            return ended(Exit::Done);
        }
        if !out.json_wanted() {
            self.show(args, plan, Heading::Run)?;
        }
        if !self.consent(plan)? {
            return ended(Exit::Done);
        }
        let ready = self.prepare(plan)?;
        if is_whole(plan) && ready.left_out().next().is_some() {
            self.say_nothing_changed();
            return ended(Exit::Done);
        }
        self.perform(&args.perform, new_id(self.context.clock.now()), &ready)
    }

    /// Asks whether to take something away. What is gone for good afterwards
    /// needs a yes, also where nobody can be asked.
    fn consent(&self, plan: &Plan<Op>) -> Result<bool, CommandError> {
        if !plan.has_destructive() || self.context.global.yes {
            return Ok(true);
        }
        if self.context.interactive() {
            return self.go_on(false);
        }
        if plan
            .actions()
            .iter()
            .any(|action| action.operation().is_for_good())
        {
            return Err(CommandError::new(
                ErrorKind::NeedsPerson,
                "this removes for good, and nobody can be asked; nothing was changed",
            )
            .hint("say yes with -y; --dry-run shows what would go"));
        }
        Ok(true)
    }

    fn go_on(&self, default: bool) -> Result<bool, CommandError> {
        let yes = Terminal::new(&self.context.stop).proceed(default)?;
        if !yes {
            self.say_nothing_changed();
        }
        Ok(yes)
    }

    fn say_nothing_changed(&self) {
        let text = "nothing was changed";
        self.context.out.say(Channel::General, Level::INFO, text);
    }

    /// Performs a saved plan that was admitted, under its own id.
    pub(crate) fn perform_saved(
        &self,
        args: &PerformArgs,
        id: PlanId,
        plan: &Plan<Op>,
    ) -> CommandResult {
        if !self.consent(plan)? {
            return Ok(Exit::Done);
        }
        let ready = self.prepare(plan)?;
        if is_whole(plan) && ready.left_out().next().is_some() {
            self.say_nothing_changed();
            return Ok(Exit::Done);
        }
        self.perform(args, id, &ready).map(|ended| ended.exit)
    }

    /// Performs a saved plan that failed for good and was admitted once more.
    pub(crate) fn perform_anew(
        &self,
        args: &PerformArgs,
        journal: &journal::Journal,
        plan: &Plan<Op>,
    ) -> CommandResult {
        if !self.consent(plan)? {
            return Ok(Exit::Done);
        }
        let id = journal.id();
        let guard = self.hold(id)?;
        let mut terminal = Terminal::new(&self.context.stop);
        let (ready, writer) = journal::anew(
            &self.context.disk,
            &self.journals(),
            &guard,
            journal,
            plan,
            self.interaction(&mut terminal),
            self.context.clock.now(),
        )
        .map_err(resume_error)?;
        self.run(args, id, &ready, &writer).map(|ended| ended.exit)
    }

    /// Carries on with a journal that was cut off.
    pub(crate) fn resume(&self, args: &PerformArgs, journal: &journal::Journal) -> CommandResult {
        let id = journal.id();
        let guard = self.hold(id)?;
        let plan: Plan<Op> = journal.plan().map_err(journal_error)?;
        if !self.context.out.json_wanted() {
            self.show_text(&plan, Heading::Run);
        }
        let asked = self.context.interactive() && !self.context.global.yes;
        let yes = if asked {
            self.go_on(!plan.has_destructive())?
        } else {
            self.consent(&plan)?
        };
        if !yes {
            return Ok(Exit::Done);
        }
        let mut terminal = Terminal::new(&self.context.stop);
        let now = self.context.clock.now();
        let (ready, writer) = journal::resume(
            &self.context.disk,
            &self.journals(),
            &guard,
            journal,
            &plan,
            self.interaction(&mut terminal),
            now,
        )
        .map_err(resume_error)?;
        self.run(args, id, &ready, &writer).map(|ended| ended.exit)
    }

    /// Returns the reading half, for premises of saved plans.
    pub(crate) fn reading(&self) -> &Reading<'_> {
        &self.reading
    }

    fn save(&self, file: &Path, plan: &Plan<Op>) -> Result<(), CommandError> {
        let path = self.context.directory.join(file);
        let now = self.context.clock.now();
        saved::save(&self.context.disk, &path, new_id(now), now, plan).map_err(|error| {
            CommandError::failed(format!("could not write the plan to {}", file.display()))
                .with_source(error)
        })?;
        self.context.out.note(
            Channel::Plan,
            Level::INFO,
            &format!(
                "wrote {0}; perform it with `piton apply {0}`",
                file.display()
            ),
        );
        Ok(())
    }

    fn prepare<'p>(&self, plan: &'p Plan<Op>) -> Result<Ready<'p, Op>, CommandError> {
        let mut terminal = Terminal::new(&self.context.stop);
        prepare(plan, &self.told, self.interaction(&mut terminal)).map_err(prepare_error)
    }

    fn interaction<'t>(&self, terminal: &'t mut Terminal<'_>) -> Interaction<'t> {
        if self.context.interactive() {
            Interaction::Terminal(terminal)
        } else {
            Interaction::Unattended
        }
    }
}

fn resume_error(error: journal::ResumeError) -> CommandError {
    match error {
        journal::ResumeError::Journal(error) => journal_error(error),
        journal::ResumeError::Prepare(error) => prepare_error(error),
    }
}

/// The note of a plan whose actions only make sense together: where one is
/// declined, none is done.
pub(crate) const WHOLE: &str = "all_or_nothing";

fn is_whole(plan: &Plan<Op>) -> bool {
    plan.context()
        .get(WHOLE)
        .and_then(serde_json::Value::as_bool)
        .unwrap_or(false)
}

pub(crate) fn new_id(now: Timestamp) -> PlanId {
    PlanId::new(now, crate::context::random())
}
