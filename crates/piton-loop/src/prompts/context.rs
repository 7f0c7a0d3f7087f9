//! What templates may speak of.

use piton_migration::planning::Step;
use serde::Serialize;

/// Everything that the prompt of a planning step carries.
#[derive(Clone, Debug, Serialize)]
pub struct PlanningPrompt<'a> {
    pub slug: &'a str,
    pub target: TargetBrief<'a>,
    /// The migration's directory below the top of the repository, which is
    /// where it is in the agent's slot too.
    pub live: &'a str,
    pub effort: EffortBrief,
    pub taste: &'a str,
    /// What the caller adds: where a target came from, what a person said.
    pub notes: Vec<Note>,
    /// The command that validates every phase, where one is configured.
    pub validation: Option<&'a str>,
    /// Whether the agent is held to a JSON schema.
    pub answer_by_schema: bool,
    #[serde(skip)]
    pub step: Step,
    #[serde(flatten)]
    pub material: Material,
}

/// The texts that one step is given besides. Templates see every name in every
/// prompt, so that a misspelt one is an error and a missing one can be asked
/// about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Material {
    pub plan: String,
    pub approaches: Vec<ApproachText>,
    pub choice: Option<Quoted>,
    /// The file of the chosen approach, below the migration's directory, where
    /// the choice names one.
    pub choice_file: Option<String>,
    /// What came up before,
    pub findings: Option<Quoted>,
    pub feedback: Option<String>,
    /// and what the last revision said about it.
    pub answers: Option<Quoted>,
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
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    pub title: &'static str,
    pub label: &'static str,
    pub text: String,
}

/// A text with where it is kept.
#[derive(Clone, Debug, Serialize)]
pub struct Quoted {
    pub reference: String,
    pub text: String,
}

/// One approach, titled by its file's stem.
#[derive(Clone, Debug, Serialize)]
pub struct ApproachText {
    pub name: String,
    pub text: String,
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
