//! From a decided plan to its end: the one room that knows of a dry run.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use piton_durable::{Holder, Lock, LockError, LockGuard};
use piton_plan::journal::{self, JournalWriter};
use piton_plan::render::{self, Heading, Style};
use piton_plan::{
    Clock, ErrorPolicy, FailureKind, InputMissing, Interaction, Jobs, Outcome, Plan, PlanId,
    PrepareError, Ready, Receipt, Report, Run, SkipReason, Verification, prepare, saved, verify,
};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::hands::{Reading, Writing};
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::progress::Reporter;
use crate::terminal::{self, Terminal};

/// Options of every command that decides a plan.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Plan options")]
pub(crate) struct PlanArgs {
    /// Show the plan and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// End with 10 when there is something to do
    #[arg(long, requires = "dry_run")]
    pub(crate) exit_code: bool,

    /// Write the plan to FILE for `piton apply FILE`, and do nothing else
    #[arg(long, value_name = "FILE")]
    pub(crate) plan_out: Option<PathBuf>,

    /// Show the plan as Markdown, for a comment or a CI summary
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,

    #[command(flatten)]
    pub(crate) perform: PerformArgs,
}

impl PlanArgs {
    /// Whether the command only shows or saves what it decides.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.dry_run || self.plan_out.is_some()
    }
}

/// Options of everything that performs a plan.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Plan options")]
pub(crate) struct PerformArgs {
    /// Do not compare the world with the plan afterwards
    #[arg(long)]
    pub(crate) no_verify: bool,

    /// How many independent actions are done at once
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,

    /// After a failure: fail-fast, skip-dependents or continue
    #[arg(long, value_name = "POLICY", default_value = "skip-dependents")]
    pub(crate) on_error: ErrorPolicy,
}

/// Where a plan is performed: what it may touch, where its journal lies.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) context: &'a Context,
    pub(crate) reading: Reading<'a>,
    /// The directory of piton's own state here.
    pub(crate) state: PathBuf,
}

/// How a plan went, for commands that go on afterwards.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    pub(crate) receipts: Vec<Receipt>,
}

impl Site<'_> {
    fn journals(&self) -> PathBuf {
        self.state.join("journals")
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
        if !plan.has_changes() {
            self.show(args, plan, Heading::Run)?;
            return ended(Exit::Done);
        }
        if !out.json_wanted() {
            self.show(args, plan, Heading::Run)?;
        }
        if plan.has_destructive() && !self.context.global.yes && self.context.interactive() {
            match terminal::proceed() {
                Ok(true) => {}
                Ok(false) => {
                    out.say(Channel::General, Level::INFO, "nothing was changed");
                    return ended(Exit::Done);
                }
                Err(error) => return Err(interrupted().because(error)),
            }
        }
        let ready = self.prepare(plan)?;
        self.perform(&args.perform, new_id(self.context.clock.now()), &ready)
    }

    /// Performs a saved plan that was admitted, under its own id.
    pub(crate) fn perform_saved(
        &self,
        args: &PerformArgs,
        id: PlanId,
        plan: &Plan<Op>,
    ) -> CommandResult {
        let ready = self.prepare(plan)?;
        self.perform(args, id, &ready).map(|ended| ended.exit)
    }

    /// Carries on with a journal that was cut off.
    pub(crate) fn resume(&self, args: &PerformArgs, journal: &journal::Journal) -> CommandResult {
        let id = journal.id();
        let guard = self.hold(id)?;
        let plan: Plan<Op> = journal.plan().map_err(journal_error)?;
        let mut terminal = Terminal;
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
        .map_err(|error| match error {
            journal::ResumeError::Journal(error) => journal_error(error),
            journal::ResumeError::Prepare(error) => prepare_error(error),
        })?;
        self.run(args, id, &ready, &writer).map(|ended| ended.exit)
    }

    /// Returns the reading half, for premises of saved plans.
    pub(crate) fn reading(&self) -> &Reading<'_> {
        &self.reading
    }

    /// Prints a plan as the options want it.
    pub(crate) fn show(
        &self,
        args: &PlanArgs,
        plan: &Plan<Op>,
        heading: Heading,
    ) -> Result<(), CommandError> {
        let out = &self.context.out;
        if out.json_wanted() {
            let mut document = document(plan)?;
            if let Value::Object(fields) = &mut document {
                fields.insert("dry_run".into(), (heading == Heading::DryRun).into());
            }
            out.json(&document);
        } else if args.markdown {
            let title = format!("piton {}", plan.command());
            out.data(&render::markdown(plan, &title));
        } else {
            self.show_text(plan, heading);
        }
        Ok(())
    }

    /// Prints a plan for people.
    pub(crate) fn show_text(&self, plan: &Plan<Op>, heading: Heading) {
        let out = &self.context.out;
        let level = level_of(out.verbosity().threshold(Channel::Plan));
        let mut text = render::text(plan, heading, level, self.style());
        if !self.context.interactive() {
            text.push_str(&render::outlook(&piton_plan::outlook(plan)));
        }
        if out.shows(Channel::Plan, Level::WARNING) {
            out.data(&text);
        }
    }

    pub(crate) fn style(&self) -> Style {
        let out = &self.context.out;
        Style {
            colour: out.colors_stdout(),
            // What goes to a file is read later, when nobody can ask for more.
            width: if out.stdout_is_terminal() {
                out.width()
            } else {
                usize::MAX
            },
        }
    }

    fn save(&self, file: &Path, plan: &Plan<Op>) -> Result<(), CommandError> {
        let path = self.context.directory.join(file);
        let now = self.context.clock.now();
        saved::save(&self.context.disk, &path, new_id(now), now, plan).map_err(|error| {
            CommandError::failed(format!("could not write the plan to {}", file.display()))
                .because(error)
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
        let mut terminal = Terminal;
        prepare(plan, self.interaction(&mut terminal)).map_err(prepare_error)
    }

    fn interaction<'t>(&self, terminal: &'t mut Terminal) -> Interaction<'t> {
        if self.context.interactive() {
            Interaction::Terminal(terminal)
        } else {
            Interaction::Unattended
        }
    }

    fn perform(
        &self,
        args: &PerformArgs,
        id: PlanId,
        ready: &Ready<'_, Op>,
    ) -> Result<Ended, CommandError> {
        let guard = self.hold(id)?;
        let writer = journal::begin(
            &self.context.disk,
            &self.journals(),
            &guard,
            id,
            ready,
            env!("PITON_VERSION"),
            self.context.clock.now(),
        )
        .map_err(journal_error)?;
        self.run(args, id, ready, &writer)
    }

    /// Performs, verifies, tells.
    fn run(
        &self,
        args: &PerformArgs,
        id: PlanId,
        ready: &Ready<'_, Op>,
        writer: &JournalWriter<'_>,
    ) -> Result<Ended, CommandError> {
        let plan = ready.plan();
        let out = &self.context.out;
        out.trace("decided, shown, answered");
        let reporter = Reporter::new(out);
        let writing = Writing::new(
            self.context,
            &self.reading,
            &self.state,
            &self.journals(),
            id,
        );
        let report = Run {
            world: &self.reading,
            performer: &writing,
            progress: &reporter,
            clock: &self.context.clock,
            record: writer,
            stop: &self.context.stop,
            policy: args.on_error,
            jobs: Jobs(args.jobs),
        }
        .perform(ready);
        drop(reporter);
        out.trace("performed");
        // A journal that was lost on the way says so itself; nothing can be
        // added to it.
        if report.journal.is_none() {
            writer
                .end(&report, self.context.clock.now())
                .map_err(lost_journal)?;
        }
        let verification = (!args.no_verify).then(|| verify(plan, &report.receipts, &self.reading));
        out.trace("verified");
        if let (Some(verification), None) = (&verification, &report.journal) {
            writer
                .verified(verification, self.context.clock.now())
                .map_err(lost_journal)?;
        }
        self.tell(id, plan, &report, verification.as_ref())?;
        let exit = self.exit(&report, verification.as_ref());
        Ok(Ended {
            exit,
            receipts: report.receipts,
        })
    }

    fn tell(
        &self,
        id: PlanId,
        plan: &Plan<Op>,
        report: &Report,
        verification: Option<&Verification>,
    ) -> Result<(), CommandError> {
        let out = &self.context.out;
        let exit = self.exit(report, verification);
        if out.json_wanted() {
            let run = render::run_document(plan.command(), &report.receipts, verification)
                .map_err(|error| internal("show the run").because(error))?;
            let deviations: Vec<Value> = verification
                .iter()
                .flat_map(|verification| verification.deviations())
                .map(|d| json!({ "action": d.action, "expected": d.expected, "found": d.found }))
                .collect();
            let mut document = document(plan)?;
            if let Value::Object(fields) = &mut document {
                fields.insert("dry_run".into(), false.into());
                fields.insert("run".into(), run);
                fields.insert("verified".into(), verification.is_some().into());
                fields.insert("deviations".into(), deviations.into());
                fields.insert("journal".into(), id.to_string().into());
                fields.insert("exit".into(), exit.code().into());
            }
            out.json(&document);
            return Ok(());
        }
        let level = level_of(out.verbosity().threshold(Channel::Plan));
        let text = render::receipts(&report.receipts, level, self.style());
        if level > -4 {
            out.data(&text);
        }
        if let Some(lost) = &report.journal {
            out.error(&format!(
                "error: could not keep the journal\n  because: {}\n",
                lost.0
            ));
        }
        if let Some(verification) = verification {
            let level = level_of(out.verbosity().threshold(Channel::Verify));
            let text = render::deviations(verification, level, self.style());
            if !text.is_empty() && level > -4 {
                out.data(&text);
            }
        }
        match exit {
            Exit::Done => {}
            Exit::Deviation => {
                out.hint("something else may be changing the same things; run the command again");
            }
            // A call is made anew from what was accepted; there is nothing to
            // carry on.
            _ if calls_an_agent(plan) && exit != Exit::Interrupted => {
                out.hint("nothing was lost; run the command again");
            }
            Exit::Interrupted => out.hint(&format!(
                "`piton journal resume {}` does the rest",
                short(id)
            )),
            _ => out.hint(&format!(
                "mend the cause, then `piton journal resume {}` does the rest",
                short(id)
            )),
        }
        Ok(())
    }

    /// What was cut off is not what failed.
    fn exit(&self, report: &Report, verification: Option<&Verification>) -> Exit {
        if self.context.stop.is_stopped() && !report.is_success() {
            Exit::Interrupted
        } else {
            exit_of(report, verification)
        }
    }

    /// Proves that no other process is at this plan.
    fn hold(&self, id: PlanId) -> Result<LockGuard, CommandError> {
        let lock = Lock::at(self.journals().join(format!("{id}.lock")));
        let holder = self.context.holder("performing a plan");
        lock.acquire(&holder, Duration::ZERO)
            .map_err(|error| lock_error(&error))
    }
}

impl Context {
    /// Says who holds a lock, for the messages of others.
    pub(crate) fn holder(&self, what: &str) -> Holder {
        use piton_durable::platform::{Processes, RealProcesses};
        Holder {
            pid: RealProcesses.own_pid(),
            host: RealProcesses.host(),
            since: self.clock.now(),
            what: what.to_owned(),
        }
    }
}

/// Turns a lock that was not to be had into the error of a command.
pub(crate) fn lock_error(error: &LockError) -> CommandError {
    CommandError::failed("could not take the lock; nothing was changed").because(error.to_string())
}

/// Turns a journal that cannot be used into the error of a command.
pub(crate) fn journal_error(error: journal::JournalError) -> CommandError {
    use journal::JournalError as J;
    let kind = match &error {
        J::NotFound { .. } | J::Ambiguous { .. } | J::NothingToResume => ErrorKind::Usage,
        _ => ErrorKind::Failed,
    };
    CommandError::new(kind, "could not use the journal").because(error)
}

fn calls_an_agent(plan: &Plan<Op>) -> bool {
    plan.actions()
        .iter()
        .any(|action| matches!(action.operation(), Op::Call(_)))
}

fn new_id(now: Timestamp) -> PlanId {
    PlanId::new(now, crate::context::random())
}

/// The first part of an id that tells it from others made at other times.
pub(crate) fn short(id: PlanId) -> String {
    id.to_string().chars().take(13).collect()
}

/// Returns the exit code that the results come to.
pub(crate) fn exit_of(report: &Report, verification: Option<&Verification>) -> Exit {
    let failure = report
        .receipts
        .iter()
        .find_map(|receipt| match &receipt.outcome {
            Outcome::Failed(failure) => Some(failure.kind),
            Outcome::Ok | Outcome::AlreadySo | Outcome::Skipped(_) => None,
        });
    let interrupted = report
        .receipts
        .iter()
        .any(|r| matches!(r.outcome, Outcome::Skipped(SkipReason::Interrupted)));
    match failure {
        Some(FailureKind::Auth) => Exit::Authentication,
        Some(FailureKind::Conflict) => Exit::StalePlan,
        Some(FailureKind::RateLimit) => Exit::LimitReached,
        Some(FailureKind::Input) => Exit::WaitsForPerson,
        Some(
            FailureKind::NotFound | FailureKind::Network | FailureKind::Io | FailureKind::Internal,
        ) if !interrupted => Exit::Failed,
        _ if interrupted => Exit::Interrupted,
        _ if report.journal.is_some() || !report.is_success() => Exit::Failed,
        _ if verification.is_some_and(|verification| !verification.is_clean()) => Exit::Deviation,
        _ => Exit::Done,
    }
}

fn document(plan: &Plan<Op>) -> Result<Value, CommandError> {
    render::plan_document(plan).map_err(|error| internal("show the plan").because(error))
}

fn internal(what: &str) -> CommandError {
    CommandError::new(ErrorKind::Internal, format!("could not {what}"))
}

fn interrupted() -> CommandError {
    CommandError::new(ErrorKind::Interrupted, "interrupted; nothing was changed")
}

fn prepare_error(error: PrepareError) -> CommandError {
    match error {
        PrepareError::Missing(InputMissing(missing)) => {
            let error = CommandError::new(
                ErrorKind::NeedsPerson,
                "answers are missing and nobody can be asked; nothing was changed",
            );
            missing.into_iter().fold(error, |error, one| {
                error.hint(format!(
                    "{}: {} — answer it with {}",
                    one.action, one.question, one.flag
                ))
            })
        }
        PrepareError::Ask { .. } => interrupted().because(error),
    }
}

fn lost_journal(error: piton_plan::RecordError) -> CommandError {
    CommandError::failed("could not finish the journal").because(error)
}

/// The verbosity of one channel, as the renderer counts it.
fn level_of(threshold: Level) -> i8 {
    i8::try_from(threshold.0.clamp(-4, 3)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use piton_plan::{Checked, Failure, Verdict};

    use super::*;

    fn report(outcomes: impl IntoIterator<Item = Outcome>) -> Report {
        let receipt = |outcome| Receipt {
            action: "file:create:a".parse().unwrap(),
            outcome,
            message: String::new(),
            outputs: piton_plan::OutputMap::new(),
            at: Timestamp::UNIX_EPOCH,
            duration_ms: 0,
        };
        Report {
            receipts: outcomes.into_iter().map(receipt).collect(),
            journal: None,
        }
    }

    #[test]
    fn the_exit_code_follows_from_the_receipts_and_from_looking_again() {
        let failed = |kind| Outcome::Failed(Failure::new(kind, "why"));
        let exit = |outcomes: Vec<Outcome>| exit_of(&report(outcomes), None);
        assert_eq!(exit(vec![Outcome::Ok, Outcome::AlreadySo]), Exit::Done);
        assert_eq!(exit(vec![failed(FailureKind::Io)]), Exit::Failed);
        assert_eq!(exit(vec![failed(FailureKind::Auth)]), Exit::Authentication);
        assert_eq!(exit(vec![failed(FailureKind::Conflict)]), Exit::StalePlan);
        assert_eq!(
            exit(vec![failed(FailureKind::RateLimit)]),
            Exit::LimitReached
        );
        assert_eq!(exit(vec![failed(FailureKind::Input)]), Exit::WaitsForPerson);
        let interrupted = Outcome::Skipped(SkipReason::Interrupted);
        assert_eq!(exit(vec![Outcome::Ok, interrupted]), Exit::Interrupted);
        assert_eq!(
            exit(vec![Outcome::Ok, Outcome::Skipped(SkipReason::Declined)]),
            Exit::Done
        );

        let deviation = Verification {
            checked: vec![Checked {
                action: "file:create:a".parse().unwrap(),
                verdict: Verdict::Deviation {
                    expected: "a".into(),
                    found: "b".into(),
                },
            }],
            strangers: Vec::new(),
        };
        assert_eq!(
            exit_of(&report([Outcome::Ok]), Some(&deviation)),
            Exit::Deviation
        );
        assert_eq!(
            exit_of(&report([failed(FailureKind::Io)]), Some(&deviation)),
            Exit::Failed
        );
    }
}
