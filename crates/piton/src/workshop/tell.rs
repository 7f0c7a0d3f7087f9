//! What a run tells of its actions: as events, from which the document at the
//! end is made.

use std::time::Duration;

use piton_base::{Clock, Report};
use piton_loop::failures::FailureKind;
use piton_loop::runs::{ActionEnd, ActionKind, ActionOutcome, Consumed, Event, RunBook, RunRecord};
use serde_json::{Value, json};

/// Tells of the actions of one run.
#[derive(Debug)]
pub(crate) struct Teller<'a> {
    book: &'a RunBook<'static>,
    run: &'a RunRecord<'static>,
    clock: &'a dyn Clock,
    begun: u32,
}

/// An action that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    action: u32,
    /// Which of the jobs is at it.
    job: Option<u32>,
    kind: ActionKind,
    target: String,
    began: Duration,
}

/// What there is to know of how an action ended, beside the words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts<'a> {
    pub(crate) commit: Option<&'a str>,
    /// The name under which accepted work waits.
    pub(crate) work: Option<&'a str>,
    pub(crate) failure: Option<FailureKind>,
    /// Its number among the attempts of the run, where agents were asked.
    pub(crate) attempt: Option<u32>,
}

impl<'a> Teller<'a> {
    pub(crate) fn new(
        book: &'a RunBook<'static>,
        run: &'a RunRecord<'static>,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            book,
            run,
            clock,
            begun: 0,
        }
    }

    /// Begins an action.
    pub(crate) fn begin(
        &mut self,
        job: Option<u32>,
        (kind, target): (ActionKind, &str),
        files: &[String],
    ) -> Told {
        self.begun += 1;
        let started = Event::ActionStarted {
            action: self.begun,
            kind,
            target: target.to_owned(),
            files: files.to_vec(),
        };
        self.book.report_of(job, started);
        Told {
            job,
            action: self.begun,
            kind,
            target: target.to_owned(),
            began: self.clock.elapsed(),
        }
    }

    /// Says something in a sentence.
    pub(crate) fn say(&self, text: &str) {
        let text = text.to_owned();
        self.book.report(Event::Noted { text });
    }

    /// Says something of one action.
    pub(crate) fn say_of(&self, told: &Told, text: &str) {
        let text = text.to_owned();
        self.book.report_of(told.job, Event::Noted { text });
    }

    /// Ends the action.
    pub(crate) fn end(
        &mut self,
        told: &Told,
        outcome: ActionOutcome,
        text: &str,
        facts: Facts<'_>,
    ) {
        let lasted = self.clock.elapsed().saturating_sub(told.began);
        let Consumed { usage, cost_usd } = facts
            .attempt
            .map(|attempt| self.run.consumed(attempt))
            .unwrap_or_default();
        let end = ActionEnd {
            action: told.action,
            kind: told.kind,
            target: told.target.clone(),
            outcome,
            summary: text.to_owned(),
            commit_sha: facts.commit.map(str::to_owned),
            work: facts.work.map(str::to_owned),
            failure_kind: facts.failure,
            usage,
            cost_usd,
            duration_ms: u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
        };
        self.book.report_of(told.job, Event::ActionFinished(end));
    }
}

/// Returns an action as the document at the end has it.
pub(crate) fn document(end: &ActionEnd) -> Value {
    let mut action = json!({
        "kind": end.kind,
        "target": end.target,
        "outcome": end.outcome,
        "told": end.summary,
        "seconds": end.duration_ms / 1000,
        "tokens": end.usage.map(|usage| usage.total()),
        "cost_usd": end.cost_usd,
    });
    if let Some(commit) = &end.commit_sha {
        action["commit"] = commit.as_str().into();
    }
    if let Some(work) = &end.work {
        action["work"] = work.as_str().into();
    }
    if let Some(kind) = end.failure_kind {
        action["failure_kind"] = kind.as_str().into();
    }
    action
}
