//! What templates may speak of.

use serde::Serialize;

use super::PromptRole;

/// Everything that the prompt of a planning step carries.
#[derive(Clone, Debug)]
pub struct PlanningPrompt<'a> {
    pub slug: &'a str,
    pub target: TargetBrief<'a>,
    /// The migration's directory below the top of the repository, which is
    /// where it is in the agent's slot too.
    pub live: &'a str,
    pub effort: EffortBrief,
    pub taste: &'a str,
    /// What the caller adds: where a target came from, what a person said.
    pub notes: Vec<Note<'a>>,
    /// The command that validates every phase, where one is configured.
    pub validation: Option<&'a str>,
    /// Whether the agent is held to a JSON schema.
    pub answer_by_schema: bool,
    pub step: StepPrompt<'a>,
}

/// What one step is given besides.
#[derive(Clone, Debug)]
pub enum StepPrompt<'a> {
    Approaches,
    PickBest {
        approaches: Vec<ApproachText<'a>>,
    },
    Expand {
        choice: Quoted<'a>,
        /// The file of the chosen approach, below the migration's directory,
        /// where the choice names one.
        choice_file: Option<String>,
    },
    Review {
        plan: &'a str,
    },
    Revise {
        plan: &'a str,
        findings: Option<Quoted<'a>>,
        feedback: Option<&'a str>,
    },
    Review2 {
        plan: &'a str,
        settled: Settled<'a>,
    },
    FinalReview {
        plan: &'a str,
        settled: Settled<'a>,
    },
}

/// What came up before, and what a revision said about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settled<'a> {
    pub findings: Option<Quoted<'a>>,
    pub feedback: Option<&'a str>,
    pub answers: Option<Quoted<'a>>,
}

/// What a migration is for.
#[derive(Clone, Debug, Serialize)]
pub struct TargetBrief<'a> {
    pub description: &'a str,
    pub files: Vec<&'a str>,
    pub scoping: Option<&'a str>,
}

/// The run's effort limits.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct EffortBrief {
    pub default: &'static str,
    pub max: &'static str,
}

/// A passage that the caller adds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Note<'a> {
    pub title: &'a str,
    pub label: &'a str,
    pub text: &'a str,
}

/// A text with where it is kept.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Quoted<'a> {
    pub reference: &'a str,
    pub text: &'a str,
}

/// One approach, titled by its file's stem.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ApproachText<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// Everything that the prompt of a review by a person carries.
#[derive(Clone, Debug, Serialize)]
pub struct HumanReviewPrompt<'a> {
    pub slug: &'a str,
    pub repository: &'a str,
    pub workspace: &'a str,
    pub live: &'a str,
    /// Why the migration waits, word for word.
    pub reason: &'a str,
    /// Status, cursor and phases, a line each.
    pub manifest: &'a str,
    pub manifest_path: &'a str,
    pub plan_path: Option<&'a str>,
    pub phase_path: Option<&'a str>,
    pub validation: Option<&'a str>,
    pub taste: &'a str,
}

/// Everything that the prompts about taste carry.
#[derive(Clone, Debug, Serialize)]
pub struct TastePrompt<'a> {
    pub path: &'a str,
    pub done_path: &'a str,
    pub existing: Option<&'a str>,
    pub version: u32,
}

impl StepPrompt<'_> {
    pub fn role(&self) -> PromptRole {
        match self {
            Self::Approaches => PromptRole::Approaches,
            Self::PickBest { .. } => PromptRole::PickBest,
            Self::Expand { .. } => PromptRole::Expand,
            Self::Review { .. } => PromptRole::Review,
            Self::Revise { .. } => PromptRole::Revise,
            Self::Review2 { .. } => PromptRole::Review2,
            Self::FinalReview { .. } => PromptRole::FinalReview,
        }
    }
}

/// The flat form that templates see: every name is there in every prompt, so
/// that a misspelt one is an error and a missing one can be asked about.
#[derive(Debug, Default, Serialize)]
pub(super) struct PlanningContext<'a> {
    slug: &'a str,
    target: Option<&'a TargetBrief<'a>>,
    live: &'a str,
    effort: Option<EffortBrief>,
    taste: &'a str,
    notes: &'a [Note<'a>],
    validation: Option<&'a str>,
    answer_by_schema: bool,
    approaches: &'a [ApproachText<'a>],
    choice: Option<Quoted<'a>>,
    choice_file: Option<&'a str>,
    plan: &'a str,
    findings: Option<Quoted<'a>>,
    feedback: Option<&'a str>,
    answers: Option<Quoted<'a>>,
}

impl<'a> PlanningPrompt<'a> {
    pub(super) fn context(&'a self) -> PlanningContext<'a> {
        let mut context = PlanningContext {
            slug: self.slug,
            target: Some(&self.target),
            live: self.live,
            effort: Some(self.effort),
            taste: self.taste,
            notes: &self.notes,
            validation: self.validation,
            answer_by_schema: self.answer_by_schema,
            ..PlanningContext::default()
        };
        match &self.step {
            StepPrompt::Approaches => {}
            StepPrompt::PickBest { approaches } => context.approaches = approaches,
            StepPrompt::Expand {
                choice,
                choice_file,
            } => {
                context.choice = Some(*choice);
                context.choice_file = choice_file.as_deref();
            }
            StepPrompt::Review { plan } => context.plan = plan,
            StepPrompt::Revise {
                plan,
                findings,
                feedback,
            } => {
                context.plan = plan;
                context.findings = *findings;
                context.feedback = *feedback;
            }
            StepPrompt::Review2 { plan, settled } | StepPrompt::FinalReview { plan, settled } => {
                context.plan = plan;
                context.findings = settled.findings;
                context.feedback = settled.feedback;
                context.answers = settled.answers;
            }
        }
        context
    }
}
