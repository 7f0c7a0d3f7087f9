//! What a run came to, put together from its events: the same for a run that
//! is over and for one that is read again later.

use std::path::Path;

use piton_durable::{DiskRead, LogError, log};

use super::{ActionEnd, Consumed, Event, Outset, Recorded, RunEnd, RunId};

/// The news of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    pub run: Option<RunId>,
    pub outset: Option<Outset>,
    pub end: Option<RunEnd>,
    /// What it took up, and what became of each.
    pub actions: Vec<ActionEnd>,
    /// Planning steps that were published: of what, which, what is next.
    pub steps: Vec<(String, String, String)>,
    /// Commits whose validation was red and then green: which, in what words.
    pub flaky: Vec<(String, String)>,
    pub calls: u32,
    pub consumed: Consumed,
}

impl Overview {
    /// Puts together what the record of a run holds. Lines that are not
    /// understood are passed over: a newer piton may have written them.
    pub fn read(disk: &dyn DiskRead, events: &Path) -> Result<Self, LogError> {
        let mut overview = Self::default();
        for line in log::read_lines(disk, events)?.lines {
            if let Ok(told) = serde_json::from_str(&line) {
                overview.take(told);
            }
        }
        Ok(overview)
    }

    /// Takes up what happened next.
    pub fn take(&mut self, told: Recorded) {
        self.run = told.run.or_else(|| self.run.take());
        match told.event {
            Event::RunStarted(outset) => {
                self.outset.get_or_insert(outset);
            }
            Event::RunFinished(end) => self.end = Some(end),
            Event::ActionFinished(end) => self.actions.push(end),
            Event::Published {
                target, step, next, ..
            } => self.steps.push((target, step, next)),
            Event::CallFinished(end) => {
                self.calls += 1;
                self.consumed.add(Consumed {
                    usage: end.usage,
                    cost_usd: end.cost_usd,
                });
            }
            Event::ValidationFinished {
                commit,
                verdict,
                flaky: true,
                ..
            } => self.flaky.push((commit, verdict)),
            Event::ArtifactsReady { .. }
            | Event::EffortBudgetConfigured { .. }
            | Event::ActionStarted { .. }
            | Event::EffortResolved(_)
            | Event::CallStarted { .. }
            | Event::CallLaunched { .. }
            | Event::CallProgress { .. }
            | Event::CallPrinted { .. }
            | Event::CallRetrying { .. }
            | Event::CallEnding { .. }
            | Event::ValidationStarted { .. }
            | Event::ValidationPrinted { .. }
            | Event::ValidationFinished { .. }
            | Event::PlanActionStarted { .. }
            | Event::PlanActionSettled { .. }
            | Event::Committed { .. }
            | Event::StepFailed { .. }
            | Event::Recovered { .. }
            | Event::Noted { .. }
            | Event::Warned { .. }
            | Event::Interrupted => {}
        }
    }
}
