//! One source target: a single commit, or nothing.

use piton_agent::CallRole;
use piton_git::slot::{Changes, Slot};

use super::attempts::{self, Finished, Job};
use super::evidence::{self, Subject};
use super::failure::{Halt, WorkFailure};
use super::route::{self, Routed};
use super::shop::{Shop, Worked};
use super::source_piece::SourcePiece;
use super::start::Start;
use super::territory;
use super::workplace;
use crate::effort::EffortResolution;
use crate::prompts::{PromptError, RetryBrief, WorkAbout};
use crate::runs::RunRecord;
use crate::targets::Target;

/// Carries out a refactor.
pub(super) fn carry_out(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    piece: &SourcePiece,
    start: &Start,
) -> Result<Worked, Halt> {
    let token = format!("{}-{:03}", run.id(), start.attempt);
    let role = CallRole::Refactor;
    let at = &workplace::laid_out(shop, run, start, &token, role)?;
    let effort = shop.budget.for_target(piece.target.effort);
    let (target, tree) = if piece.route {
        match route::of(at, piece, &effort) {
            Ok(Routed::CleanUp { target, tree }) => (target, tree),
            Ok(Routed::Migration(accepted)) => return Ok(Worked::Accepted(accepted)),
            Err(Halt::Failed(failure)) => {
                // The agent gave no usable answer.
                let failure = failure.last_word();
                let subject = Subject {
                    attempt: start.attempt,
                    retry: 1,
                    target: &piece.target.description,
                    phase_reached: failure.role.as_str(),
                    effort: &effort,
                    next_step: NEXT.to_owned(),
                };
                evidence::keep(shop, run, &subject, &failure);
                return Err(failure.into());
            }
            Err(halt @ Halt::Ended(_)) => return Err(halt),
        }
    } else {
        (piece.target.clone(), None)
    };
    let job = Refactor {
        piece,
        attempt: start.attempt,
        target,
        effort,
    };
    attempts::carry_out(at, &job, tree)
}

/// What a reader of a failure can do.
const NEXT: &str =
    "Run `piton run` again: it starts from the last commit. What is quoted here is evidence only.";

#[derive(Debug)]
struct Refactor<'a> {
    piece: &'a SourcePiece,
    attempt: u32,
    /// The target, as far as it was found to reach.
    target: Target,
    effort: EffortResolution,
}

impl Job for Refactor<'_> {
    fn label(&self) -> &str {
        &self.target.description
    }

    fn phase_reached(&self) -> &'static str {
        "refactor"
    }

    fn files(&self) -> &[String] {
        &self.piece.target.files
    }

    fn effort(&self) -> &EffortResolution {
        &self.effort
    }

    fn model(&self, shop: &Shop<'_>) -> Option<String> {
        let own = self.target.model.clone();
        own.or_else(|| shop.models.model(self.role()))
    }

    fn prompt(
        &self,
        shop: &Shop<'_>,
        retry: Option<RetryBrief<'_>>,
    ) -> Result<String, PromptError> {
        let about = WorkAbout::Refactor {
            attempt: self.attempt,
            target: self.piece.brief(&self.target),
            mission: shop.mission,
        };
        shop.prompt(about, retry)
    }

    fn finish(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<Finished, WorkFailure> {
        territory::refuse_strays(shop, slot, changes, None)
            .map_err(|story| territory::refusal(self.role(), story))?;
        Ok(if changes.is_empty() {
            Finished::Nothing
        } else {
            Finished::With(Vec::new())
        })
    }

    fn subject(&self, shop: &Shop<'_>) -> String {
        match &self.piece.subject {
            Some(subject) => format!("{}: {subject}", shop.prefix),
            None => crate::commit::refactor_subject(shop.prefix, &self.target.description),
        }
    }

    fn fallback(&self) -> String {
        format!("Clean-up of {}.", self.target.description)
    }

    fn next_step(&self) -> String {
        NEXT.to_owned()
    }
}
