//! What a run takes in of what came of its actions, the provider's limit above
//! all.

use piton_loop::deciding::memory::Outcome;
use piton_loop::deciding::stop::Stop;
use piton_loop::work::Piece;

use super::driver::{Driver, Looked};
use super::ending::Ending;
use super::finisher::Acted;
use super::job::Job;
use super::notify::Cause;
use super::provider;

impl Driver<'_> {
    /// Takes in what came of an action.
    pub(super) fn remember(&mut self, job: Option<Job<'_>>, acted: Acted) -> Looked {
        match acted {
            Acted::Again | Acted::HeldBack => Looked::On,
            Acted::CutShort(budget) => Looked::Over(Ending::Decided(Stop::Budget(budget))),
            Acted::Stopped => Looked::Over(Ending::Interrupted),
            Acted::NoAgent {
                message,
                signed_out,
            } => Looked::Over(Ending::NoAgent {
                message,
                signed_out,
            }),
            Acted::Did(tried, outcome) => {
                let outcome = self.with_quota(job, outcome);
                self.memory.remember(&tried, &outcome);
                self.spend(&tried);
                Looked::On
            }
        }
    }

    /// Notes what the provider said of its limit, for this run and the next.
    fn with_quota(&mut self, job: Option<Job<'_>>, outcome: Outcome) -> Outcome {
        let floor = self.finisher.floor;
        match outcome {
            Outcome::OutOfQuota { until } => {
                let waits = self.memory.quota_waits();
                let said = provider::believed(floor, until);
                let until = said.or_else(|| match self.memory.limit_of_this_round() {
                    Some(known) => known,
                    None => provider::back_off(floor, self.course, waits),
                });
                provider::note(floor, until);
                if waits == 0 {
                    self.notifier.tell(&Cause::LimitReached { until: said });
                }
                if let Some(Job {
                    piece: piece @ Piece::Source(_),
                    ..
                }) = job
                {
                    self.owed.push(piece);
                }
                Outcome::OutOfQuota { until }
            }
            Outcome::Landed => {
                provider::forget(floor);
                Outcome::Landed
            }
            other @ (Outcome::Waits { .. }
            | Outcome::Unchanged
            | Outcome::Failed { .. }
            | Outcome::PutOff { .. }) => other,
        }
    }

    /// Returns what is to be begun again, where a run would end for want of
    /// something to do.
    pub(super) fn owed_instead(&mut self, stop: &Stop) -> Option<Piece> {
        match stop {
            Stop::TargetsUsedUp | Stop::NothingEligible { .. } | Stop::WaitsForPeople { .. } => {
                self.owed.pop()
            }
            Stop::CountReached { .. }
            | Stop::WaitsToLand
            | Stop::Failures { .. }
            | Stop::OutOfQuota { .. }
            | Stop::Budget(_) => None,
        }
    }
}
