//! Places, prompts, taste, effort.

use std::path::Path;

use piton_base::Effort;
use piton_durable::DiskRead;
use piton_loop::effort::{EffortBudget, EffortResolution};
use piton_loop::planning::brief::Briefing;
use piton_loop::planning::decide::{
    StepDecision, StepOptions, StepRefusal, call_role, next_step, step_of,
};
use piton_loop::planning::site::Site as PlanningSite;
use piton_loop::planning::snapshot::Snapshot;
use piton_loop::prompts::PromptSet;
use piton_loop::taste::Taste;
use piton_migration::planning::Step;
use piton_migration::slug::Slug;

use super::taste;
use crate::agents;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};

/// Who says how much effort a call gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskedEffort {
    /// The settings, or what the step is worth.
    Default,
    /// Taking up feedback asks for the same tier everywhere.
    Refine,
}

/// Everything a planning step is decided with, besides the migration.
#[derive(Debug)]
pub(crate) struct PlanningContext {
    pub(crate) site: PlanningSite,
    pub(crate) prompts: PromptSet,
    pub(crate) taste: Taste,
    pub(crate) budget: EffortBudget,
    pub(crate) prefix: String,
}

impl PlanningContext {
    pub(crate) fn set(context: &Context, place: &Place) -> Result<Self, CommandError> {
        Self::set_below(context, place, place.top())
    }

    /// The same with the repository's texts from below another directory than
    /// the top of the working tree.
    pub(crate) fn set_below(
        context: &Context,
        place: &Place,
        root: &Path,
    ) -> Result<Self, CommandError> {
        let settings = &place.settings;
        let prompts = PromptSet::load(&context.disk, &root.join(settings.prompts()))
            .or_usage("could not use the prompt templates")?;
        let taste = Taste::load(&context.disk, &taste::paths_below(context, place, root))
            .or_usage("could not use the taste")?;
        Ok(Self {
            site: place.planning_site()?,
            prompts,
            taste,
            budget: agents::budget(settings)?,
            prefix: settings.commit_prefix().to_owned(),
        })
    }

    /// Resolves the effort of a step's call.
    pub(crate) fn effort(&self, place: &Place, asked: AskedEffort, step: Step) -> EffortResolution {
        match asked {
            AskedEffort::Default => {
                let role = call_role(step);
                let configured = place.settings.text(&format!("effort.roles.{role}"));
                let set = configured.and_then(|tier| tier.parse().ok());
                self.budget.for_step(step, set)
            }
            AskedEffort::Refine => self.budget.for_role(Effort::High, "taking up feedback"),
        }
    }

    /// Decides the next step of a migration.
    pub(crate) fn next_step(
        &self,
        disk: &dyn DiskRead,
        place: &Place,
        slug: &Slug,
        effort: AskedEffort,
        answers_by_schema: bool,
    ) -> Result<StepDecision, StepRefusal> {
        // The model depends on the role, and the role on where planning stands.
        let snapshot = Snapshot::read(disk, &self.site, slug)?;
        let step = step_of(&snapshot)?;
        let options = StepOptions {
            briefing: Briefing {
                prompts: &self.prompts,
                taste: &self.taste.text,
                budget: self.budget,
                validation: place.settings.validation_command(),
                answer_by_schema: answers_by_schema,
            },
            effort: self.effort(place, effort, step),
            model: agents::model(&place.settings, call_role(step).as_str()),
            commit_prefix: &self.prefix,
        };
        next_step(disk, &place.repository, &self.site, snapshot, &options)
    }
}

/// Loads the templates in force here.
pub(crate) fn prompts(context: &Context) -> Result<PromptSet, CommandError> {
    let disk: &dyn DiskRead = &context.disk;
    let loaded = match context.place_if_any()? {
        Some(place) => PromptSet::load(disk, &place.top().join(place.settings.prompts())),
        None => PromptSet::built_in(),
    };
    loaded.or_usage("could not use the prompts")
}
