//! Putting one step into words for an agent.

use piton_migration::contents::Contents;
use piton_migration::planning::{Position, Step};
use serde_json::Value;

use super::products::{self, PLAN_FILE};
use super::site::Site;
use super::snapshot::Snapshot;
use super::verdict::answer_schema;
use crate::effort::EffortBudget;
use crate::prompts::{
    ApproachText, EffortBrief, Material, Note, PlanningPrompt, PromptError, PromptSet, Quoted,
    TargetBrief,
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
    /// Whether the agent can be held to a schema.
    pub answer_by_schema: bool,
}

impl Briefing<'_> {
    /// Returns the prompt of `step`, and the schema that its answer is held to,
    /// if it is. The prompt names no place of this machine, so it is the same
    /// wherever the call is made.
    pub(crate) fn ask(
        &self,
        site: &Site,
        base: &Snapshot,
        step: Step,
    ) -> Result<(String, Option<Value>), PromptError> {
        let schema = (self.answer_by_schema)
            .then(|| answer_schema(step, &base.contents))
            .flatten();
        let live = site.relative(&base.slug);
        let target = base.own.target.as_ref();
        let mut material = material(site, base, step);
        let prompt = self.prompts.planning(&PlanningPrompt {
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
            notes: notes(step, &mut material.feedback),
            validation: self.validation,
            answer_by_schema: schema.is_some(),
            step,
            material,
        })?;
        Ok((prompt, schema))
    }
}

/// The texts that a step is given, taken from the accepted state alone.
fn material(site: &Site, base: &Snapshot, step: Step) -> Material {
    let contents = &base.contents;
    let plan = contents.text(PLAN_FILE).unwrap_or_default();
    let feedback = base.unheard_feedback();
    let stage = |step| Some(quoted(base.stage(site, step)?));
    match step {
        Step::Approaches => Material {
            feedback,
            ..Material::default()
        },
        Step::PickBest => Material {
            approaches: (products::approaches(contents).into_iter())
                .map(|(name, text)| ApproachText { name, text })
                .collect(),
            feedback,
            ..Material::default()
        },
        Step::Expand => {
            let choice = stage(Step::PickBest).unwrap_or_else(|| Quoted {
                reference: "the choice".to_owned(),
                text: String::new(),
            });
            Material {
                choice_file: choice_file(contents, &choice.text),
                choice: Some(choice),
                feedback,
                ..Material::default()
            }
        }
        Step::Review => Material {
            plan,
            feedback,
            ..Material::default()
        },
        Step::Revise => Material {
            plan,
            findings: findings(site, base).map(quoted),
            feedback,
            ..Material::default()
        },
        Step::Review2 | Step::FinalReview => Material {
            plan,
            findings: findings(site, base).map(quoted),
            // The revision before has taken it up; whether it did so well is
            // what this review is about.
            feedback: feedback.or_else(|| latest_feedback_of_reopening(base)),
            answers: stage(Step::Revise),
            ..Material::default()
        },
    }
}

/// The file of the approach that the choice names.
fn choice_file(contents: &Contents, choice: &str) -> Option<String> {
    let approaches = products::approaches(contents);
    let names: Vec<&str> = approaches.iter().map(|(name, _)| name.as_str()).collect();
    let name = chosen_approach(choice, &names).ok()??;
    Some(format!("approaches/{name}.md"))
}

/// Takes feedback that has no place of its own in a step's prompt.
fn notes(step: Step, feedback: &mut Option<String>) -> Vec<Note> {
    let text = match step {
        Step::Revise | Step::Review2 | Step::FinalReview => None,
        Step::Approaches | Step::PickBest | Step::Expand | Step::Review => feedback.take(),
    };
    let note = text.map(|text| Note {
        title: "What a person said about it, which outweighs everything else",
        label: "feedback",
        text,
    });
    note.into_iter().collect()
}

fn quoted((reference, text): (String, String)) -> Quoted {
    Quoted { reference, text }
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
