//! Putting one step into words for an agent.

use piton_migration::planning::Step;

use super::products::{self, PLAN_FILE};
use super::site::Site;
use super::snapshot::Snapshot;
use crate::effort::EffortBudget;
use crate::prompts::{
    ApproachText, EffortBrief, Note, PlanningPrompt, PromptError, PromptSet, Quoted, Settled,
    StepPrompt, TargetBrief,
};
use crate::replies::chosen_approach;

/// What every prompt of a run shares.
#[derive(Clone, Copy, Debug)]
pub struct Briefing<'a> {
    pub prompts: &'a PromptSet,
    pub taste: &'a str,
    pub budget: EffortBudget,
    /// The command that validates every phase, where one is configured.
    pub validation: Option<&'a str>,
    pub answer_by_schema: bool,
}

impl Briefing<'_> {
    /// Returns the prompt of `step`. It names no place of this machine, so it
    /// is the same wherever the call is made.
    pub fn prompt(&self, site: &Site, base: &Snapshot, step: Step) -> Result<String, PromptError> {
        let material = Material::gather(site, base, step);
        let live = site.relative(&base.slug);
        let target = base.own.target.as_ref();
        self.prompts.planning(&PlanningPrompt {
            slug: base.slug.as_str(),
            target: TargetBrief {
                description: base.state.target(),
                files: target.map_or_else(Vec::new, |target| {
                    target.files.iter().map(String::as_str).collect()
                }),
                scoping: target.and_then(|target| target.scope.as_deref()),
            },
            live: &live,
            effort: EffortBrief {
                default: self.budget.default_tier().as_str(),
                max: self.budget.max().as_str(),
            },
            taste: self.taste,
            notes: material.notes(step),
            validation: self.validation,
            answer_by_schema: self.answer_by_schema,
            step: material.step(step),
        })
    }
}

/// The texts that a step is given, taken from the accepted state alone.
#[derive(Debug, Default)]
struct Material {
    plan: String,
    approaches: Vec<(String, String)>,
    choice: Option<(String, String)>,
    findings: Option<(String, String)>,
    feedback: Option<String>,
    /// What the last revision said about the points that it was given.
    answers: Option<(String, String)>,
}

impl Material {
    fn gather(site: &Site, base: &Snapshot, step: Step) -> Self {
        let plan = base.contents.text(PLAN_FILE).unwrap_or_default();
        let feedback = base.unheard_feedback();
        match step {
            Step::Approaches => Self {
                feedback,
                ..Self::default()
            },
            Step::PickBest => Self {
                approaches: products::approaches(&base.contents),
                feedback,
                ..Self::default()
            },
            Step::Expand => Self {
                approaches: products::approaches(&base.contents),
                choice: base.stage(site, Step::PickBest),
                feedback,
                ..Self::default()
            },
            Step::Review => Self {
                plan,
                feedback,
                ..Self::default()
            },
            Step::Revise => Self {
                plan,
                findings: findings(site, base),
                feedback,
                ..Self::default()
            },
            Step::Review2 => Self {
                plan,
                findings: findings(site, base),
                // The revision before has taken it up; whether it did so well
                // is what this review is about.
                feedback: feedback.or_else(|| latest_feedback_of_reopening(base)),
                answers: base.stage(site, Step::Revise),
                ..Self::default()
            },
            Step::FinalReview => Self {
                plan,
                findings: findings(site, base),
                feedback: feedback.or_else(|| latest_feedback_of_reopening(base)),
                answers: base.stage(site, Step::Revise),
                ..Self::default()
            },
        }
    }

    fn step(&self, step: Step) -> StepPrompt<'_> {
        let findings = self.findings.as_ref().map(quoted);
        let feedback = self.feedback.as_deref();
        match step {
            Step::Approaches => StepPrompt::Approaches,
            Step::PickBest => StepPrompt::PickBest {
                approaches: self
                    .approaches
                    .iter()
                    .map(|(name, text)| ApproachText { name, text })
                    .collect(),
            },
            Step::Expand => StepPrompt::Expand {
                choice: self.choice.as_ref().map_or(
                    Quoted {
                        reference: "the choice",
                        text: "",
                    },
                    quoted,
                ),
                choice_file: self.choice_file(),
            },
            Step::Review => StepPrompt::Review { plan: &self.plan },
            Step::Revise => StepPrompt::Revise {
                plan: &self.plan,
                findings,
                feedback,
            },
            Step::Review2 => StepPrompt::Review2 {
                plan: &self.plan,
                settled: self.settled(),
            },
            Step::FinalReview => StepPrompt::FinalReview {
                plan: &self.plan,
                settled: self.settled(),
            },
        }
    }

    fn settled(&self) -> Settled<'_> {
        Settled {
            findings: self.findings.as_ref().map(quoted),
            feedback: self.feedback.as_deref(),
            answers: self.answers.as_ref().map(quoted),
        }
    }

    /// The file of the approach that the choice names.
    fn choice_file(&self) -> Option<String> {
        let (_, text) = self.choice.as_ref()?;
        let names: Vec<&str> = self
            .approaches
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let name = chosen_approach(text, &names).ok()??;
        Some(format!("approaches/{name}.md"))
    }

    /// Feedback that has no place of its own in a step's prompt.
    fn notes(&self, step: Step) -> Vec<Note<'_>> {
        match (step, self.feedback.as_deref()) {
            (Step::Revise | Step::Review2 | Step::FinalReview, _) | (_, None) => Vec::new(),
            (_, Some(text)) => vec![Note {
                title: "What a person said about it, which outweighs everything else",
                label: "feedback",
                text,
            }],
        }
    }
}

fn quoted(text: &(String, String)) -> Quoted<'_> {
    Quoted {
        reference: &text.0,
        text: &text.1,
    }
}

/// The findings that are being worked on: those that a person was asked about,
/// else those of the review that the planning record names.
pub(super) fn findings(site: &Site, base: &Snapshot) -> Option<(String, String)> {
    if let Some(note) = base.open_findings() {
        return Some((format!("findings of {}", note.step), note.text.clone()));
    }
    let reference = base.state.position().findings()?;
    Some((reference.to_owned(), base.referenced(site, reference)?))
}

fn latest_feedback_of_reopening(base: &Snapshot) -> Option<String> {
    use piton_migration::planning::Position;
    let reopened = matches!(
        base.state.position(),
        Position::Review2 { findings: None } | Position::FinalReview { findings: None }
    );
    if reopened {
        base.state.feedback().last().map(|one| one.text.clone())
    } else {
        None
    }
}
