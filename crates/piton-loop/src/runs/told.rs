//! Events in words: how grave each is, and one line about it.

use piton_agent::watchdog::EndReason;
use piton_plan::Outcome;

use super::Event;
use super::event::{CallScope, CallStatus};

piton_base::words! {
    /// How grave an event is, in the words of the record's format.
    pub(crate) enum Gravity: "a gravity" {
        Info = "INFO",
        Warn = "WARN",
    }
}

impl Event {
    pub(crate) fn gravity(&self) -> Gravity {
        match self {
            Self::CallFinished(end) if end.call_status == CallStatus::Failed => Gravity::Warn,
            Self::ValidationFinished { good: false, .. }
            | Self::StepFailed { .. }
            | Self::CallRetrying { .. }
            | Self::CallEnding { .. }
            | Self::Warned { .. } => Gravity::Warn,
            Self::PlanActionSettled { receipt }
                if matches!(receipt.outcome, Outcome::Failed(_)) =>
            {
                Gravity::Warn
            }
            Self::ArtifactsReady { .. }
            | Self::EffortBudgetConfigured { .. }
            | Self::RunStarted(_)
            | Self::RunFinished(_)
            | Self::ActionStarted { .. }
            | Self::ActionFinished(_)
            | Self::EffortResolved(_)
            | Self::CallStarted { .. }
            | Self::CallLaunched { .. }
            | Self::CallProgress { .. }
            | Self::CallPrinted { .. }
            | Self::CallFinished(_)
            | Self::ValidationStarted { .. }
            | Self::ValidationPrinted { .. }
            | Self::ValidationFinished { .. }
            | Self::PlanActionStarted { .. }
            | Self::PlanActionSettled { .. }
            | Self::Published { .. }
            | Self::Committed { .. }
            | Self::Recovered { .. }
            | Self::Noted { .. }
            | Self::Interrupted => Gravity::Info,
        }
    }

    /// Returns the event as one line for people. What comes from outside is in
    /// it as it came; whoever prints it cleans it.
    pub fn message(&self) -> String {
        match self {
            Self::ArtifactsReady { root } => format!("the record of this run is in {root}"),
            Self::EffortBudgetConfigured {
                default_effort,
                max_allowed_effort,
            } => format!("effort {default_effort} by default, {max_allowed_effort} at most"),
            Self::RunStarted(outset) => format!("{} with {}", outset.command, outset.agent),
            Self::RunFinished(end) => match &end.summary {
                Some(summary) => format!("ended: {summary}"),
                None => format!("ended: {}", end.status),
            },
            Self::ActionStarted { kind, target, .. } => format!("{kind} {target}"),
            Self::ActionFinished(end) => end.summary.clone(),
            Self::EffortResolved(scope) => {
                format!("{} gets effort {}", scope.call_role, scope.effort.effective)
            }
            Self::CallStarted { scope, agent, .. } => asks(agent, scope),
            Self::CallLaunched { arguments, .. } => {
                format!("runs {}", piton_agent::words::join(arguments))
            }
            Self::CallProgress { doing, .. } => match doing {
                Some(doing) => doing.clone(),
                None => "at work".to_owned(),
            },
            Self::CallPrinted { text, .. } | Self::ValidationPrinted { text, .. } => text.clone(),
            Self::CallRetrying { why, .. } => format!("the agent tries again: {why}"),
            Self::CallEnding { reason, .. } => format!("ending the agent: {}", because(*reason)),
            Self::CallFinished(end) => {
                let (role, status) = (&end.scope.call_role, end.call_status);
                format!("{role} {status}: {}", end.summary)
            }
            Self::ValidationStarted {
                commit, command, ..
            } => format!("validates {commit} with `{command}`"),
            Self::ValidationFinished {
                verdict,
                duration_ms,
                ..
            } => match duration_ms {
                Some(ms) => format!("{verdict} in {}.{} s", ms / 1000, ms % 1000 / 100),
                None => verdict.clone(),
            },
            Self::PlanActionStarted { plan_action } => format!("started {plan_action}"),
            Self::PlanActionSettled { receipt } => {
                format!("{} {}", receipt.outcome.word(), receipt.action)
            }
            Self::Published {
                target, step, next, ..
            } => match next.as_str() {
                "" => format!("{step} of {target} published"),
                next => format!("{step} of {target} published; next is {next}"),
            },
            Self::Committed { sha, subject, .. } => format!("{sha} {subject}"),
            Self::StepFailed {
                scope,
                step,
                summary,
                ..
            } => format!("{step} of {} failed: {summary}", scope.target),
            Self::Recovered { notice } => format!("recovered: {notice}"),
            Self::Noted { text } | Self::Warned { text } => text.clone(),
            Self::Interrupted => "interrupted".to_owned(),
        }
    }
}

fn asks(agent: &str, scope: &CallScope) -> String {
    let (role, effort) = (&scope.call_role, scope.effort.effective);
    let asks = format!("asks {agent} for {role}, at {effort} effort");
    match scope.retry {
        0 | 1 => asks,
        again => format!("{asks}, try {again}"),
    }
}

/// Returns why a program is ended, in words.
pub(crate) fn because(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Idle => "it is silent for too long",
        EndReason::Deadline => "its time is used up",
        EndReason::Hopeless => "it is not signed in and only tries again",
        EndReason::AfterResult => "it keeps running after its result",
        EndReason::Stopped => "piton was told to stop",
    }
}
