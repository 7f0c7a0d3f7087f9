//! Performing a plan.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::failure::{Failure, FailureKind};
use crate::given::Given;
use crate::id::PlanId;
use crate::input::Answer;
use crate::operation::Operation;
use crate::output::OutputMap;
use crate::policy::{ErrorPolicy, Jobs};
use crate::progress::{Event, Progress};
use crate::ready::{Ready, Stance};
use crate::receipt::{Outcome, Receipt, SkipReason};
use crate::record::{Record, RecordError};
use crate::schedule::{Schedule, Standing};
use crate::world::{Done, Moment, Observation, Observe, Perform};
use piton_base::{Clock, Stop};

/// Everything that performing a plan needs from outside.
#[derive(Clone, Copy)]
#[expect(
    missing_debug_implementations,
    reason = "the worlds need not be printable"
)]
pub struct Run<'a, O: Operation> {
    /// Which plan this is; marks of repeated requests are made from it.
    pub id: PlanId,
    pub world: &'a dyn Observe<O>,
    pub performer: &'a dyn Perform<O>,
    pub progress: &'a dyn Progress,
    pub clock: &'a dyn Clock,
    pub record: &'a dyn Record,
    pub stop: &'a Stop,
    pub policy: ErrorPolicy,
    pub jobs: Jobs,
}

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// One for each action, in the order of performing.
    pub receipts: Vec<Receipt>,
    /// Why the journal could not be kept, if so; nothing was begun after that.
    pub journal: Option<RecordError>,
}

impl Report {
    /// Whether nothing failed and nothing was cut off.
    pub fn is_success(&self) -> bool {
        self.journal.is_none() && self.receipts.iter().all(|r| r.outcome.is_success())
    }
}

impl<O: Operation> Run<'_, O> {
    /// Performs what is ready. Each action gets exactly one receipt.
    pub fn perform(&self, ready: &Ready<'_, O>) -> Report {
        let plan = ready.plan;
        let site = Site {
            run: self,
            ready,
            state: Mutex::new(State {
                schedule: Schedule::new(plan.graph()),
                receipts: std::iter::repeat_with(|| None).take(plan.len()).collect(),
                outputs: HashMap::new(),
                first_failure: None,
                lost: None,
            }),
            settled: Condvar::new(),
        };
        let helpers = self.jobs.0.get().min(plan.len()).saturating_sub(1);
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|| site.work());
            }
            site.work();
        });
        let mut state = site
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Report {
            receipts: plan
                .positions_in_order()
                .iter()
                .filter_map(|&position| state.receipts[position as usize].take())
                .collect(),
            journal: state.lost,
        }
    }
}

/// One run under way, shared by its workers.
struct Site<'r, 'p, O: Operation> {
    run: &'r Run<'r, O>,
    ready: &'r Ready<'p, O>,
    state: Mutex<State<'r>>,
    settled: Condvar,
}

struct State<'r> {
    schedule: Schedule<'r>,
    receipts: Vec<Option<Receipt>>,
    /// Only of actions that gave any.
    outputs: HashMap<u32, OutputMap>,
    first_failure: Option<u32>,
    lost: Option<RecordError>,
}

impl State<'_> {
    fn settle(&mut self, position: u32, receipt: Receipt, standing: Standing) {
        if let (Outcome::Failed(_), None) = (&receipt.outcome, self.first_failure) {
            self.first_failure = Some(position);
        }
        if !receipt.outputs.is_empty() {
            self.outputs.insert(position, receipt.outputs.clone());
        }
        self.receipts[position as usize] = Some(receipt);
        self.schedule.settle(position, standing);
    }
}

impl<'r, O: Operation> Site<'r, '_, O> {
    /// Takes actions until there are none left.
    fn work(&self) {
        let mut state = self.lock();
        loop {
            if state.schedule.is_done() {
                return;
            }
            let Some(position) = state.schedule.pop() else {
                state = self
                    .settled
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if let Some((receipt, standing)) = self.without_performing(&state, position) {
                drop(state);
                self.tell(Event::Settled { receipt: &receipt });
                state = self.lock();
                state.settle(position, receipt, standing);
                self.settled.notify_all();
                continue;
            }
            let given = self.given(&state, position);
            drop(state);
            let (receipt, lost) = self.one(position, &given);
            // Before its dependents can begin, and never with the lock held.
            self.tell(Event::Settled { receipt: &receipt });
            state = self.lock();
            if state.lost.is_none() {
                state.lost = lost;
            }
            let standing = match &receipt.outcome {
                Outcome::Ok | Outcome::AlreadySo => Standing::Good,
                Outcome::Failed(_) | Outcome::Skipped(_) => Standing::Failed,
            };
            state.settle(position, receipt, standing);
            self.settled.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'r>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the receipt of an action that is settled without being
    /// performed, with what that means to its dependents.
    fn without_performing(&self, state: &State<'r>, position: u32) -> Option<(Receipt, Standing)> {
        let plan = self.ready.plan;
        let action = plan.at(position);
        let skipped = |reason, standing| {
            let outcome = Outcome::Skipped(reason);
            Some((self.receipt(position, outcome), standing))
        };
        match &self.ready.stances[position as usize] {
            Stance::Settled(receipt) => return Some((receipt.clone(), Standing::Good)),
            Stance::Leave(reason) => {
                let standing = if reason.withholds() {
                    Standing::Withheld
                } else {
                    Standing::Failed
                };
                return skipped(reason.clone(), standing);
            }
            Stance::Go(_) | Stance::Again(_) => {}
        }
        let policy = self.run.policy;
        let uses: Vec<u32> = match policy {
            ErrorPolicy::Continue => {
                let uses = action.operation.uses().into_iter();
                uses.filter_map(|to| plan.position(&to.action)).collect()
            }
            ErrorPolicy::FailFast | ErrorPolicy::SkipDependents => Vec::new(),
        };
        if let Some((because, standing)) = state.schedule.blockers(position, policy, &uses) {
            let id = |at: u32| plan.at(at).id.clone();
            let because = because.into_iter().map(id).collect();
            return skipped(SkipReason::Dependency { because }, standing);
        }
        if state.lost.is_some() {
            return skipped(SkipReason::JournalLost, Standing::Failed);
        }
        if let (ErrorPolicy::FailFast, Some(failed)) = (policy, state.first_failure) {
            let after = plan.at(failed).id.clone();
            return skipped(SkipReason::FailFast { after }, Standing::Failed);
        }
        if self.run.stop.requested() {
            return skipped(SkipReason::Interrupted, Standing::Failed);
        }
        if !action.operation.key().verb.performed() {
            return skipped(SkipReason::NothingToDo, Standing::Good);
        }
        None
    }

    /// Gathers what an action is performed with.
    fn given(&self, state: &State<'r>, position: u32) -> Given<'r> {
        let outputs = |producer| state.outputs.get(&producer);
        Given::gather(
            self.run.id,
            self.ready.plan,
            position,
            outputs,
            self.answer(position),
        )
    }

    fn answer(&self, position: u32) -> Option<&'r Answer> {
        match &self.ready.stances[position as usize] {
            Stance::Go(answer) | Stance::Again(answer) => answer.as_ref(),
            Stance::Leave(_) | Stance::Settled(_) => None,
        }
    }

    /// Performs one action; whatever panics on the way is its failure.
    fn one(&self, position: u32, given: &Given<'_>) -> (Receipt, Option<RecordError>) {
        let started = self.run.clock.now();
        let id = given.action();
        self.tell(Event::Started { action: id });
        let attempt = catch_unwind(AssertUnwindSafe(|| self.attempt(position, given, started)));
        let (outcome, done) = match attempt {
            Ok(Ok(came_of_it)) => came_of_it,
            Ok(Err(lost)) => {
                let failure = Failure::new(
                    FailureKind::Io,
                    format!("not begun, since {lost}: {}", lost.0),
                );
                let receipt = self.receipt(position, Outcome::Failed(failure));
                return (receipt, Some(lost));
            }
            Err(panic) => {
                let failure = Failure::internal(format!("it panicked: {}", words_of(&*panic)));
                (Outcome::Failed(failure), Done::default())
            }
        };
        let now = self.run.clock.now();
        let receipt = Receipt {
            action: id.clone(),
            outcome,
            message: done.message,
            outputs: done.outputs,
            at: now,
            duration_ms: u64::try_from(now.duration_since(started).as_millis()).unwrap_or(0),
        };
        let lost = self.run.record.outcome(&receipt).err();
        (receipt, lost)
    }

    /// Looks once more, then performs. The error is the journal's.
    fn attempt(
        &self,
        position: u32,
        given: &Given<'_>,
        now: Timestamp,
    ) -> Result<(Outcome, Done), RecordError> {
        let operation = &self.ready.plan.at(position).operation;
        let failed = |failure| Ok((Outcome::Failed(failure), Done::default()));
        let again = matches!(self.ready.stances[position as usize], Stance::Again(_));
        let seen = match self.run.world.observe(operation, given, Moment::JustBefore) {
            Err(failure) => return failed(failure),
            Ok(Observation::Already { outputs }) => {
                let message = String::new();
                return Ok(match missing_output(operation, &outputs) {
                    Some(failure) => (Outcome::Failed(failure), Done::default()),
                    None => (Outcome::AlreadySo, Done { message, outputs }),
                });
            }
            Ok(Observation::Changed { expected, found }) => {
                return failed(Failure::changed(&expected, &found));
            }
            Ok(Observation::Unknown { why, .. }) if again => return failed(in_doubt(&why)),
            Ok(Observation::Unknown { seen, .. } | Observation::Pending { seen, .. }) => seen,
        };
        self.run.record.intent(given.action(), now)?;
        Ok(match self.run.performer.perform(operation, given, seen) {
            Err(failure) => (Outcome::Failed(failure), Done::default()),
            Ok(done) => match missing_output(operation, &done.outputs) {
                Some(failure) => (Outcome::Failed(failure), done),
                None => (Outcome::Ok, done),
            },
        })
    }

    fn receipt(&self, position: u32, outcome: Outcome) -> Receipt {
        Receipt {
            action: self.ready.plan.at(position).id.clone(),
            outcome,
            message: String::new(),
            outputs: OutputMap::new(),
            at: self.run.clock.now(),
            duration_ms: 0,
        }
    }

    /// A reporter that panics loses its own line, not the run.
    fn tell(&self, event: Event<'_>) {
        let _ = catch_unwind(AssertUnwindSafe(|| self.run.progress.event(event)));
    }
}

/// A run stopped in the middle of it, and nothing tells how far it came.
fn in_doubt(why: &str) -> Failure {
    let message = format!(
        "the run was stopped in the middle of it, and nothing shows whether it was done ({why})"
    );
    Failure::new(FailureKind::Conflict, message)
        .hint("look yourself whether it was done, then make a new plan")
}

fn missing_output<O: Operation>(operation: &O, outputs: &OutputMap) -> Option<Failure> {
    let mut promised = operation.produces().iter();
    let name = promised.find(|name| !outputs.contains_key(**name))?;
    Some(Failure::internal(format!(
        "it did not give its output `{name}`"
    )))
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
