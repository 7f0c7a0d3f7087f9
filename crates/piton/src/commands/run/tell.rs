//! What a run tells of its actions: as events, and for the document at the end.

use std::time::Duration;

use piton_agent::Usage;
use piton_base::{Clock, Report};
use piton_loop::failures::FailureKind;
use piton_loop::runs::{ActionEnd, ActionKind, ActionOutcome, Event, RunBook, RunRecord};
use serde_json::{Value, json};

/// Tells of the actions of one run.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    book: &'a RunBook<'static>,
    run: &'a RunRecord<'static>,
    clock: &'a dyn Clock,
    begun: u32,
    under_way: Option<UnderWay>,
    actions: Vec<Value>,
}

/// The action under way, with what the run had consumed before.
#[derive(Debug)]
struct UnderWay {
    kind: ActionKind,
    target: String,
    began: Duration,
    usage: Option<Usage>,
    cost_usd: Option<f64>,
}

/// What there is to know of how an action ended, beside the words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) commit: Option<&'a str>,
    /// The name under which accepted work waits.
    pub(super) work: Option<&'a str>,
    pub(super) failure: Option<FailureKind>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        book: &'a RunBook<'static>,
        run: &'a RunRecord<'static>,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            book,
            run,
            clock,
            begun: 0,
            under_way: None,
            actions: Vec::new(),
        }
    }

    /// Begins an action.
    pub(super) fn begin(&mut self, kind: ActionKind, target: &str, files: &[String]) {
        self.begun += 1;
        let summary = self.run.summary();
        self.under_way = Some(UnderWay {
            kind,
            target: target.to_owned(),
            began: self.clock.elapsed(),
            usage: summary.usage,
            cost_usd: summary.cost_usd,
        });
        self.book.report(Event::ActionStarted {
            action: self.begun,
            kind,
            target: target.to_owned(),
            files: files.to_vec(),
        });
    }

    /// Says something about the action under way.
    pub(super) fn say(&self, text: &str) {
        let text = text.to_owned();
        self.book.report(Event::Noted { text });
    }

    /// Ends the action.
    pub(super) fn end(&mut self, outcome: ActionOutcome, text: &str, facts: Facts<'_>) {
        let Some(under_way) = self.under_way.take() else {
            return;
        };
        let after = self.run.summary();
        let lasted = self.clock.elapsed().saturating_sub(under_way.began);
        let end = ActionEnd {
            action: self.begun,
            kind: under_way.kind,
            target: under_way.target,
            outcome,
            summary: text.to_owned(),
            commit_sha: facts.commit.map(str::to_owned),
            work: facts.work.map(str::to_owned),
            failure_kind: facts.failure,
            usage: after.usage.map(|usage| usage.since(under_way.usage)),
            cost_usd: after
                .cost_usd
                .map(|cost| cost - under_way.cost_usd.unwrap_or(0.0)),
            duration_ms: u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
        };
        self.actions.push(document(&end));
        self.book.report(Event::ActionFinished(end));
    }

    pub(super) fn actions(self) -> Vec<Value> {
        self.actions
    }
}

fn document(end: &ActionEnd) -> Value {
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
