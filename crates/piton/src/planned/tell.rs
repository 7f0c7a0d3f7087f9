//! How a plan went, as it is told.

use piton_loop::operation::LoopOp;
use piton_plan::render;
use piton_plan::{Plan, PlanId, Report, Verification};
use serde_json::{Value, json};

use super::Site;
use super::exit::{exit_of, failed};
use super::show::{level_of, plan_json};
use crate::error::{Attempt as _, CommandError, Exit};
use crate::operation::Op;
use crate::output::{Channel, local_time};
use crate::world::Made;

/// A plan, and what came of it.
pub(super) struct Went<'a> {
    pub(super) id: PlanId,
    pub(super) plan: &'a Plan<Op>,
    pub(super) report: &'a Report,
    pub(super) verification: Option<&'a Verification>,
    pub(super) made: &'a Made,
}

impl Site<'_> {
    /// Tells it, and returns the exit code that it comes to.
    pub(super) fn tell(&self, went: &Went<'_>) -> Result<Exit, CommandError> {
        let (report, verification) = (went.report, went.verification);
        let exit = self.exit(report, verification);
        let out = &self.context.out;
        if out.json_wanted() {
            self.tell_json(went)?;
            return Ok(exit);
        }
        let level = level_of(out.verbosity().threshold(Channel::Plan));
        let text = render::receipts(&report.receipts, level, self.style());
        if level > -4 {
            out.prose(&text);
        }
        if let Some(lost) = &report.journal {
            out.error(&format!("error: could not keep the journal: {}\n", lost.0));
        }
        if let Some(verification) = verification {
            let level = level_of(out.verbosity().threshold(Channel::Verify));
            let text = render::deviations(verification, level, self.style());
            if !text.is_empty() && level > -4 {
                out.prose(&text);
            }
        }
        if let Some(hint) = way_on(exit, went) {
            out.hint(&hint);
        }
        Ok(exit)
    }

    fn tell_json(&self, went: &Went<'_>) -> Result<(), CommandError> {
        let (report, verification) = (went.report, went.verification);
        let out = &self.context.out;
        out.json(plan_json(
            went.plan,
            out.verbosity().threshold(Channel::Plan),
        )?);
        out.amend(
            render::run_document(&report.receipts, verification)
                .or_internal("could not show the run")?,
        );
        let deviations: Vec<Value> = verification
            .iter()
            .flat_map(|verification| verification.deviations())
            .map(|d| json!({ "action": d.action, "expected": d.expected, "found": d.found }))
            .collect();
        let verified = report.is_success() && verification.is_some_and(Verification::is_clean);
        out.amend(json!({
            "dry_run": false,
            "run": went.made.run.as_ref().map(ToString::to_string),
            "commit": went.made.commit,
            "verified": verified,
            "deviations": deviations,
            "journal": went.id.to_string(),
        }));
        if let Some(error) = failure_json(report) {
            out.failure(error);
        }
        Ok(())
    }

    /// What was cut off is not what failed.
    fn exit(&self, report: &Report, verification: Option<&Verification>) -> Exit {
        if self.context.stop.requested() && !report.is_success() {
            Exit::Interrupted
        } else {
            exit_of(report, verification)
        }
    }
}

/// Returns what a person can do next.
fn way_on(exit: Exit, went: &Went<'_>) -> Option<String> {
    match exit {
        Exit::Done => None,
        Exit::Deviation => {
            Some("something else may be changing the same things; run the command again".to_owned())
        }
        Exit::Interrupted if calls_an_agent(went.plan) => {
            Some("nothing was lost; run the command again".to_owned())
        }
        Exit::Interrupted => Some(format!(
            "`piton journal resume {}` does the rest",
            short(went.id)
        )),
        Exit::Failed
        | Exit::Usage
        | Exit::WaitsForPerson
        | Exit::Authentication
        | Exit::StalePlan
        | Exit::ValidationRed
        | Exit::LimitReached
        | Exit::ChangesPending => {
            // A call is made again from what was accepted; there is nothing to
            // carry on.
            let failure = failed(went.report).map(|(_, failure)| failure);
            if let Some(until) = failure.and_then(|failure| failure.until) {
                let at = local_time(until);
                Some(format!(
                    "nothing was lost; run the command again after {at}, or with another agent (--with)"
                ))
            } else if calls_an_agent(went.plan) {
                let has_hint = failure.is_some_and(|failure| failure.hint.is_some());
                (!has_hint).then(|| "nothing was lost; run the command again".to_owned())
            } else {
                Some(format!(
                    "correct the cause, then `piton journal resume {}` does the rest",
                    short(went.id)
                ))
            }
        }
    }
}

/// Returns the first failure in the form of an error.
fn failure_json(report: &Report) -> Option<Value> {
    let (action, failure) = failed(report)?;
    Some(json!({
        "kind": failure.kind.as_str(),
        "message": failure.message,
        "causes": [],
        "hints": failure.hint.iter().collect::<Vec<_>>(),
        "until": failure.until,
        "record": failure.record,
        "action": action,
    }))
}

impl Site<'_> {
    /// Whether what failed is decided again by its command: a call is made from
    /// what was accepted by then, and there is nothing to carry on.
    pub(super) fn is_over(&self, plan: &Plan<Op>, report: &Report) -> bool {
        !report.is_success() && !self.context.stop.requested() && calls_an_agent(plan)
    }
}

fn calls_an_agent(plan: &Plan<Op>) -> bool {
    plan.actions()
        .iter()
        .any(|action| matches!(action.operation(), Op::Loop(LoopOp::Call(_))))
}

/// The first part of an id that tells it from others made at other times.
pub(crate) fn short(id: PlanId) -> String {
    id.to_string().chars().take(13).collect()
}
