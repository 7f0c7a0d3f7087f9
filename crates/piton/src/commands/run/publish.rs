//! Publishing a planning step of a migration that is in no commit.

use piton_loop::deciding::memory::Outcome;
use piton_loop::runs::ActionOutcome as Ended;
use piton_migration::slug::Slug;

use super::finisher::Finisher;
use super::job::Job;
use crate::error::Exit;
use crate::migrations::PlannedStep;
use crate::planned::PlanArgs;
use crate::workshop::{Facts, Teller};

impl Finisher<'_> {
    /// A step of a migration that is in no commit is published as
    /// `piton migration step` publishes it.
    pub(super) fn publish(&self, teller: &mut Teller<'_>, job: &Job<'_>) -> Outcome {
        let Some(slug) = job.piece.slug() else {
            return Outcome::Unchanged;
        };
        let outcome = self.step(slug);
        let (word, text) = match &outcome {
            Outcome::Landed => (Ended::Landed, "the step is published".to_owned()),
            Outcome::OutOfQuota { .. } => (
                Ended::OutOfQuota,
                "the provider's limit is reached".to_owned(),
            ),
            Outcome::Failed { reason, .. } => (Ended::Failed, format!("failed: {reason}")),
            Outcome::Waits { .. } | Outcome::Unchanged | Outcome::PutOff { .. } => {
                (Ended::Unchanged, "nothing was done".to_owned())
            }
        };
        teller.end(&job.told, word, &text, Facts::default());
        outcome
    }

    fn step(&self, slug: &Slug) -> Outcome {
        let args = PlanArgs::plain();
        let step = PlannedStep::of(self.floor.context, self.floor.place, slug, &args);
        match step.carry_out_claimed(false) {
            Ok(Exit::Done) => Outcome::Landed,
            Ok(Exit::LimitReached) => Outcome::OutOfQuota { until: None },
            Ok(exit) => Outcome::Failed {
                reason: format!("the planning step ended with exit code {}", exit.code()),
                until: None,
            },
            Err(error) => Outcome::Failed {
                reason: error.text().trim().to_owned(),
                until: None,
            },
        }
    }
}
