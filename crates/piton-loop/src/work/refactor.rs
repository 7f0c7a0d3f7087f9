//! One source target: a single commit, or nothing.

use piton_agent::CallRole;
use piton_git::slot::{Changes, Slot};

pub use super::attempts::Start;
use super::attempts::{self, Finished, Job, Made};
use super::evidence::{self, Subject};
use super::failure::{Halt, WorkFailure};
use super::message::Trailers;
use super::piece::SourcePiece;
use super::route::{self, Routed};
use super::shop::{Shop, Worked};
use super::territory;
use super::workplace;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::prompts::{PromptError, RefactorPrompt, RetryBrief, TargetBrief, WorkPrompt};
use crate::runs::RunRecord;
use crate::targets::Target;
use crate::validation::ValidationCommand;

/// A target that is to be worked on.
#[derive(Clone, Debug)]
pub struct RefactorWork<'a> {
    pub piece: &'a SourcePiece,
    pub start: Start,
}

/// Carries out a refactor.
pub fn carry_out(shop: &Shop<'_>, run: &RunRecord<'_>, work: &RefactorWork<'_>) -> Worked {
    match begin(shop, run, work) {
        Ok(Made::Accepted(accepted)) => Worked::Accepted(accepted),
        Ok(Made::Unchanged { reason }) => Worked::Unchanged { reason },
        Err(halt) => Worked::of(halt),
    }
}

fn begin(shop: &Shop<'_>, run: &RunRecord<'_>, work: &RefactorWork<'_>) -> Result<Made, Halt> {
    let role = CallRole::Refactor;
    let token = format!("{}-{:03}", run.id(), work.start.attempt);
    let slot = workplace::laid_out(shop, run, &work.start.base, &token, role)?;
    let effort = shop.budget.for_target(work.piece.target.effort);
    let (target, tree) = if work.piece.route {
        match route::of(shop, run, &slot, work, &effort) {
            Ok(Routed::CleanUp { target, tree }) => (target, tree),
            Ok(Routed::Migration(accepted)) => return Ok(Made::Accepted(accepted)),
            Err(Halt::Failed(failure)) => return Err(unrouted(shop, run, work, &effort, *failure)),
            Err(halt) => return Err(halt),
        }
    } else {
        (work.piece.target.clone(), None)
    };
    let job = Refactor {
        work,
        target,
        effort,
    };
    attempts::carry_out(shop, run, &slot, &work.start, &job, tree)
}

/// Keeps what there is of a question that was not answered well.
fn unrouted(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    work: &RefactorWork<'_>,
    effort: &EffortResolution,
    failure: WorkFailure,
) -> Halt {
    let failure = failure.last_word();
    let subject = Subject {
        attempt: work.start.attempt,
        retry: 1,
        target: &work.piece.target.description,
        phase_reached: failure.role.as_str(),
        effort,
        next_step: NEXT,
    };
    evidence::keep(shop, run, &subject, &failure);
    failure.into()
}

/// What a reader of a failure can do.
const NEXT: &str =
    "Run `piton run` again: it starts from the last commit. What is quoted here is evidence only.";

#[derive(Debug)]
struct Refactor<'a> {
    work: &'a RefactorWork<'a>,
    /// The target, as far as it was found to reach.
    target: Target,
    effort: EffortResolution,
}

impl Job for Refactor<'_> {
    fn role(&self) -> CallRole {
        CallRole::Refactor
    }

    fn validation_role(&self) -> CallRole {
        CallRole::Validation
    }

    fn label(&self) -> &str {
        &self.target.description
    }

    fn phase_reached(&self) -> &'static str {
        "refactor"
    }

    fn slug(&self) -> Option<&str> {
        None
    }

    fn files(&self) -> &[String] {
        &self.work.piece.target.files
    }

    fn effort(&self) -> &EffortResolution {
        &self.effort
    }

    fn model(&self, shop: &Shop<'_>) -> Option<String> {
        let own = self.target.model.clone();
        own.or_else(|| shop.models.model(self.role()))
    }

    fn bears_failing_agents(&self) -> bool {
        true
    }

    fn prompt(
        &self,
        shop: &Shop<'_>,
        retry: Option<RetryBrief<'_>>,
    ) -> Result<String, PromptError> {
        let target = &self.target;
        shop.prompts.work(&WorkPrompt::Refactor(RefactorPrompt {
            attempt: self.work.start.attempt,
            target: TargetBrief {
                description: &target.description,
                files: target.files.iter().map(String::as_str).collect(),
                // What a target says of itself outweighs what the run says.
                scoping: target
                    .scoping
                    .as_deref()
                    .or(self.work.piece.scope.as_deref()),
            },
            migrations: shop.site.migrations(),
            taste: shop.taste,
            validation: shop.validator.command.map(ValidationCommand::as_str),
            retry,
            mission: shop.mission,
            amendment: shop.amendment,
        }))
    }

    fn finish(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<Finished, WorkFailure> {
        let strays = territory::strays(shop.site, changes, None);
        if strays.is_empty() {
            return Ok(if changes.is_empty() {
                Finished::Nothing
            } else {
                Finished::With(Vec::new())
            });
        }
        Err(WorkFailure::again(
            self.role(),
            FailureKind::AgentRequestedTransition,
            territory::refusal(shop, slot, &strays),
        ))
    }

    fn subject(&self, shop: &Shop<'_>) -> String {
        match &self.work.piece.subject {
            Some(subject) => format!("{}: {subject}", shop.prefix),
            None => crate::commit::refactor_subject(shop.prefix, &self.target.description),
        }
    }

    fn fallback(&self) -> String {
        format!("Clean-up of {}.", self.target.description)
    }

    fn trailers(&self) -> Trailers {
        Trailers::default()
    }

    fn next_step(&self) -> String {
        NEXT.to_owned()
    }
}
