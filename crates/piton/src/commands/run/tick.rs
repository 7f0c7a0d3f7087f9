//! One tick as a plan of two actions, with a journal of its own.

use jiff::Timestamp;
use piton_base::Clock;
use piton_durable::{LockGuard, RealDisk};
use piton_git::CommitId;
use piton_loop::operation::{COMMIT, LandWork, LoopOp, WorkOn};
use piton_loop::work::{Accepted, Piece, Start};
use piton_plan::journal::{self, JournalWriter};
use piton_plan::{
    ActionId, Failure, FailureKind, Interaction, Outcome, Plan, PlanBuilder, Receipt, Record,
    Report, SkipReason, Slot, prepare,
};

use super::piece::kind_of;
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::planned::{journal_error, lost_journal};
use crate::workshop::Floor;

/// Returns the tick of one piece of work: the work, and its landing.
pub(super) fn plan(
    floor: &Floor<'_>,
    command: &str,
    (piece, label): (&Piece, &str),
    start: &Start,
    held: &str,
) -> Result<Plan<Op>, CommandError> {
    let mut builder = PlanBuilder::new(command);
    let work = builder.add(Op::from(LoopOp::Work(WorkOn {
        kind: kind_of(piece),
        target: label.to_owned(),
        base: start.base.clone(),
        agent: floor.agent.name().to_owned(),
        steps: steps(floor, piece),
        held: held.to_owned(),
    })));
    builder.add(Op::from(LoopOp::Land(LandWork {
        commit: Slot::After(work.output(&COMMIT)),
        onto: start.onto.name().to_owned(),
        base: start.base.clone(),
        held: held.to_owned(),
    })));
    Ok(builder.build()?)
}

/// Returns the tick of work that was accepted before: its landing alone.
pub(super) fn landing(command: &str, work: &Accepted) -> Result<Plan<Op>, CommandError> {
    let mut builder = PlanBuilder::new(command);
    builder.add(Op::from(LoopOp::Land(LandWork {
        commit: Slot::Known(work.commit.clone()),
        onto: work.onto.name().to_owned(),
        base: work.base.clone(),
        held: work.name.clone(),
    })));
    Ok(builder.build()?)
}

/// Says what is asked and checked, and which part an answer decides.
fn steps(floor: &Floor<'_>, piece: &Piece) -> Vec<String> {
    let agent = floor.agent.name();
    let checked = match &floor.command {
        Some(command) => format!("validates what it leaves with `{}`", command.as_str()),
        None => "validates nothing: no `validation-command` is set".to_owned(),
    };
    match piece {
        Piece::Plan(_) => vec![
            format!("asks {agent} for the next planning step"),
            "checks the answer; one that cannot be used is noted and changes nothing".to_owned(),
        ],
        Piece::Phase(_) => vec![
            format!("asks {agent} whether it may start"),
            "the answer decides: yes continues, no puts it off, unverifiable asks a person"
                .to_owned(),
            format!("asks {agent} to carry it out"),
            checked,
        ],
        Piece::Source(source) => {
            let mut steps = Vec::new();
            if !source.target.files.is_empty() {
                steps.push(format!("files: {}", source.target.files.join(", ")));
            }
            if source.route {
                steps.push(format!(
                    "asks {agent} how far it reaches, and which way it goes"
                ));
                steps.push(
                    "the answer decides: one change continues, a plan begins a migration"
                        .to_owned(),
                );
            }
            steps.push(format!("asks {agent} for the change"));
            steps.push("if nothing changed, nothing is committed".to_owned());
            steps.push(checked);
            steps
        }
    }
}

/// The journal of a tick that is under way.
#[derive(Debug)]
pub(super) struct Tick<'a> {
    writer: JournalWriter<'a>,
    clock: &'a dyn Clock,
    ids: Vec<ActionId>,
    _held: LockGuard,
}

impl<'a> Tick<'a> {
    /// Writes down what is about to be done, before it is.
    pub(super) fn begin(floor: &Floor<'a>, plan: &Plan<Op>) -> Result<Self, CommandError> {
        let context = floor.context;
        let disk: &'a RealDisk = &context.disk;
        let site = context.site(floor.place);
        let ready =
            prepare(plan, &[], Interaction::Unattended).or_internal("could not begin a tick")?;
        let now = context.clock.now();
        let id = context.new_plan_id();
        let held = site.hold(id)?;
        let tool = env!("PITON_VERSION");
        let writer = journal::begin(disk, &site.journals(), &held, id, &ready, tool, now)
            .map_err(journal_error)?;
        let ids = plan.actions().iter().map(|it| it.id().clone()).collect();
        let this = Self {
            writer,
            clock: &context.clock,
            ids,
            _held: held,
        };
        this.intent(0)?;
        Ok(this)
    }

    /// Notes what the work came to: a commit, or why there is none.
    pub(super) fn worked(&self, came: Result<&CommitId, Came<'_>>) -> Result<(), CommandError> {
        let mut receipt = self.receipt(0);
        match came {
            Ok(commit) => {
                receipt.outputs.insert(
                    COMMIT.name().to_owned(),
                    serde_json::Value::from(commit.to_string()),
                );
                self.outcome(&receipt)?;
                return self.intent(1);
            }
            Err(Came::ToNothing(why)) => {
                receipt.outcome = Outcome::Skipped(SkipReason::NothingToDo);
                why.clone_into(&mut receipt.message);
            }
            Err(Came::Failed(why)) => {
                receipt.outcome = Outcome::Failed(Failure::new(FailureKind::Io, why));
            }
        }
        let left = Receipt {
            outcome: Outcome::Skipped(SkipReason::Dependency {
                because: vec![self.ids[0].clone()],
            }),
            ..self.receipt(1)
        };
        self.outcome(&receipt)?;
        self.end(vec![receipt, left])
    }

    /// Notes what the landing came to, which ends the tick.
    pub(super) fn landed(&self, came: Result<&str, &str>) -> Result<(), CommandError> {
        let mut receipt = self.receipt(self.ids.len() - 1);
        match came {
            Ok(how) => how.clone_into(&mut receipt.message),
            Err(why) => {
                receipt.outcome = Outcome::Failed(Failure::new(FailureKind::Conflict, why));
            }
        }
        self.outcome(&receipt)?;
        self.end(vec![receipt])
    }

    fn receipt(&self, index: usize) -> Receipt {
        Receipt {
            action: self.ids[index].clone(),
            outcome: Outcome::Ok,
            message: String::new(),
            outputs: piton_plan::OutputMap::default(),
            at: self.now(),
            duration_ms: 0,
        }
    }

    fn intent(&self, index: usize) -> Result<(), CommandError> {
        self.writer
            .intent(&self.ids[index], self.now())
            .map_err(lost_journal)
    }

    fn outcome(&self, receipt: &Receipt) -> Result<(), CommandError> {
        self.writer.outcome(receipt).map_err(lost_journal)
    }

    fn end(&self, receipts: Vec<Receipt>) -> Result<(), CommandError> {
        let report = Report {
            receipts,
            journal: None,
        };
        self.writer.end(&report, self.now()).map_err(lost_journal)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Why work came to no commit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Came<'a> {
    /// There was nothing to do, or it was not the time.
    ToNothing(&'a str),
    Failed(&'a str),
}
