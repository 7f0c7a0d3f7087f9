//! Everything a run works with, read once at its start.

use std::path::PathBuf;
use std::sync::Arc;

use piton_agent::{Agent, CallRole, Host};
use piton_base::Effort;
use piton_durable::Holder;
use piton_git::GitRead as _;
use piton_loop::dilution;
use piton_loop::operation::{AgentChoice, secrets_of};
use piton_loop::slots::SlotSettings;
use piton_loop::validation::{Policy, ValidationCommand, Validator};
use piton_loop::work::{Allowance, Landings, Models, Shop};
use piton_migration::secret::Secret;
use piton_seal::CacheSet;

use super::args::WorkArgs;
use super::texts;
use crate::agents;
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::planning::PlanningContext;

/// What a run was set up with. Nothing of it changes while the run lasts.
#[derive(Debug)]
pub(crate) struct Floor<'a> {
    pub(crate) context: &'a Context,
    pub(crate) place: &'a Place,
    pub(crate) planning: PlanningContext,
    pub(crate) slots: SlotSettings,
    pub(crate) chosen: AgentChoice,
    pub(crate) agent: Arc<dyn Agent>,
    pub(crate) command: Option<ValidationCommand>,
    policy: Policy,
    pub(super) host: Host,
    models: SettledModels,
    notes: PathBuf,
    holder: Holder,
    tries: u32,
    mission: Option<String>,
    amendment: Option<String>,
    pub(crate) route: Option<bool>,
    dilution: dilution::Policy,
    secrets: Vec<Secret>,
    landings: Landings,
}

impl<'a> Floor<'a> {
    pub(crate) fn set(
        context: &'a Context,
        place: &'a Place,
        work: &WorkArgs,
        tries: u32,
    ) -> Result<Self, CommandError> {
        let settings = &place.settings;
        let planning = texts::planning_context(context, place, place.repository.head()?.as_ref())?;
        let chosen = agents::chosen(settings, &context.directory, place.top());
        let slots = crate::agents::slots::settings(context, place)?;
        let agent = agents::agent(&chosen, context, settings, &place.state(), &slots.terms)?;
        let command = settings
            .validation_command()
            .map(ValidationCommand::read)
            .transpose()
            .or_usage("could not use `validation-command`")?
            .flatten();
        Ok(Self {
            slots,
            policy: policy(settings),
            host: Host::new(context.environment.raw()).with_directory(place.top()),
            models: SettledModels(settings.clone()),
            notes: place.state().calls(),
            holder: context.holder("a run"),
            route: settings.run_route(),
            dilution: settings.validation_dilution(),
            secrets: secrets_of(&Host::new(context.environment.raw())),
            mission: work.mission(context)?,
            amendment: work.amendment(context)?,
            landings: Landings::default(),
            context,
            place,
            planning,
            chosen,
            agent,
            command,
            tries,
        })
    }

    /// Returns the workshop of this run.
    pub(crate) fn shop<'s>(&'s self, allowance: &'s Allowance<'s>) -> Shop<'s> {
        let context = self.context;
        Shop {
            disk: &context.disk,
            repository: &self.place.repository,
            clock: &context.clock,
            site: &self.planning.site,
            slots: &self.slots,
            agent: &*self.agent,
            limits: self.chosen.limits(),
            allowance,
            landings: &self.landings,
            stop: &context.stop,
            holder: self.holder.clone(),
            prompts: &self.planning.prompts,
            taste: &self.planning.taste.text,
            budget: self.planning.budget,
            models: &self.models,
            validator: Validator {
                disk: &context.disk,
                clock: &context.clock,
                stop: &context.stop,
                host: &self.host,
                command: self.command.as_ref(),
                policy: self.policy,
                notes: &self.notes,
                terms: &self.slots.terms,
                caches: CacheSet::default(),
            },
            dilution: self.dilution,
            secrets: &self.secrets,
            prefix: &self.planning.prefix,
            tries: self.tries,
            mission: self.mission.as_deref(),
            amendment: self.amendment.as_deref(),
        }
    }
}

/// The models that the settings name.
#[derive(Debug)]
struct SettledModels(Settings);

impl Models for SettledModels {
    fn model(&self, role: CallRole) -> Option<String> {
        agents::model(&self.0, role.as_str())
    }

    fn effort(&self, role: CallRole) -> Option<Effort> {
        let tier = self.0.text(&format!("effort.roles.{role}"))?;
        tier.parse().ok()
    }
}

fn policy(settings: &Settings) -> Policy {
    Policy {
        attempts: u32::try_from(settings.validation_attempts()).unwrap_or(u32::MAX),
        flaky: settings.validation_flaky(),
        idle: settings.validation_idle_limit(),
        deadline: settings.validation_deadline(),
    }
}
