//! A decided plan to its end: shown, saved, or asked about and performed.

use std::path::Path;

use jiff::Timestamp;
use piton_base::Clock;
use piton_durable::{Disk, LockGuard};
use piton_plan::journal::{self, Journal, JournalWriter, ResumeError};
use piton_plan::render::Heading;
use piton_plan::saved::SaveError;
use piton_plan::{Interaction, Plan, PlanId, Ready, Receipt, saved};

use super::error::{journal_error, resume_error};
use super::{PerformArgs, PlanArgs, Site};
use crate::error::{CommandError, CommandResult, ErrorKind, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::terminal::Terminal;

/// How a plan went, for commands that go on afterwards.
#[derive(Debug)]
pub(crate) struct Ended {
    pub exit: Exit,
    pub(crate) receipts: Vec<Receipt>,
}

impl Ended {
    /// Nothing was performed.
    fn without(exit: Exit) -> Self {
        Self {
            exit,
            receipts: Vec::new(),
        }
    }
}

/// How a journal is taken up once more.
type Begin<'s> = fn(
    &'s dyn Disk,
    &Path,
    &LockGuard,
    &Journal,
    &'s Plan<Op>,
    Interaction<'_>,
    Timestamp,
) -> Result<(Ready<'s, Op>, JournalWriter<'s>), ResumeError>;

impl Site<'_> {
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
        if args.changes_nothing() {
            let heading = if args.dry_run {
                Heading::DryRun
            } else {
                Heading::Saved
            };
            // What is shown as saved is saved.
            let file = args.plan_out.as_deref();
            let wrote = file.map(|file| self.save(file, plan)).transpose()?;
            self.show(args, plan, heading)?;
            if let Some(wrote) = wrote {
                self.context.out.note(Channel::Plan, Level::INFO, &wrote);
            }
            let pending = args.exit_code && plan.has_changes();
            return Ok(Ended::without(if pending {
                Exit::ChangesPending
            } else {
                Exit::Done
            }));
        }
        if !plan.has_work() || !self.context.out.json_wanted() {
            self.show(args, plan, Heading::Run)?;
        }
        if !plan.has_work() {
            return Ok(Ended::without(Exit::Done));
        }
        self.ask_and_perform(&args.perform, None, plan)
    }

    /// Asks what must be asked, and performs it: a saved plan that was admitted
    /// under its own id.
    pub(crate) fn ask_and_perform(
        &self,
        args: &PerformArgs,
        id: Option<PlanId>,
        plan: &Plan<Op>,
    ) -> Result<Ended, CommandError> {
        if !self.consent(plan)? {
            return Ok(Ended::without(Exit::Done));
        }
        let ready = self.prepare(plan)?;
        if is_whole(plan) && ready.left_out().next().is_some() {
            self.say_nothing_changed();
            return Ok(Ended::without(Exit::Done));
        }
        let id = id.unwrap_or_else(|| self.context.new_plan_id());
        self.perform(args, id, &ready)
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
        let mut actions = plan.actions().iter();
        if actions.any(|action| action.operation().is_for_good()) {
            return Err(CommandError::new(
                ErrorKind::NeedsPerson,
                "this cannot be undone, and there is no terminal to ask at; nothing was changed",
            )
            .hint("confirm with -y; --dry-run shows what would be removed"));
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

    /// Performs a saved plan that failed for good and was admitted once more.
    pub(crate) fn perform_anew(
        &self,
        args: &PerformArgs,
        journal: &Journal,
        plan: &Plan<Op>,
    ) -> CommandResult {
        if !self.consent(plan)? {
            return Ok(Exit::Done);
        }
        let guard = self.hold(journal.id())?;
        self.go_on_with(args, (&guard, journal), plan, journal::anew)
    }

    /// Carries on with a journal that was cut off.
    pub(crate) fn resume(&self, args: &PerformArgs, journal: &Journal) -> CommandResult {
        let guard = self.hold(journal.id())?;
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
        self.go_on_with(args, (&guard, journal), &plan, journal::resume)
    }

    /// Performs what a journal leaves to be done, asking what must be asked.
    fn go_on_with<'s>(
        &'s self,
        args: &PerformArgs,
        (guard, journal): (&LockGuard, &Journal),
        plan: &'s Plan<Op>,
        begin: Begin<'s>,
    ) -> CommandResult {
        let mut terminal = Terminal::new(&self.context.stop);
        let (ready, writer) = begin(
            &self.context.disk,
            &self.journals(),
            guard,
            journal,
            plan,
            self.interaction(&mut terminal),
            self.context.clock.now(),
        )
        .map_err(resume_error)?;
        let ended = self.run(args, journal.id(), &ready, &writer)?;
        Ok(ended.exit)
    }

    /// Writes the plan to a file, and returns what there is to say of it.
    fn save(&self, file: &Path, plan: &Plan<Op>) -> Result<String, CommandError> {
        let shown = file.display();
        let path = self.context.directory.join(file);
        let (id, now) = (self.context.new_plan_id(), self.context.clock.now());
        saved::save(&self.context.disk, &path, id, now, plan).map_err(|error| {
            let what = format!("could not write the plan to {shown}");
            match error {
                SaveError::Taken { .. } => CommandError::usage(what)
                    .with_source(error)
                    .hint("name a file that is not there yet"),
                SaveError::Encode(_) | SaveError::Write(_) | SaveError::Look(_) => {
                    CommandError::failed(what).with_source(error)
                }
            }
        })?;
        Ok(format!(
            "wrote {shown}; perform it with `piton apply {shown}`"
        ))
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
