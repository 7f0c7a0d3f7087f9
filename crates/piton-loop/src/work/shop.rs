//! All that work takes, and what comes of it.

use std::fmt::Debug;

use jiff::Timestamp;
use piton_agent::{Agent, CallRole, Limits};
use piton_base::{Clock, Effort, Stop};
use piton_durable::{Disk, Holder};
use piton_git::Repository;
use piton_migration::secret::Secret;

use super::accepted::Accepted;
use super::allowance::Allowance;
use super::failure::{End, Halt, WorkFailure};
use super::landings::Landings;
use crate::dilution;
use crate::effort::EffortBudget;
use crate::planning::site::Site;
use crate::prompts::{PromptError, PromptSet, RetryBrief, WorkAbout, WorkPrompt};
use crate::sanitize::sanitize;
use crate::slots::SlotSettings;
use crate::validation::{ValidationCommand, Validator};

/// What the settings say of calls in a role.
pub trait Models: Debug + Sync {
    /// Names the model for a role, where the settings name one.
    fn model(&self, role: CallRole) -> Option<String>;

    /// Returns the effort for a role, where the settings set one.
    fn effort(&self, _role: CallRole) -> Option<Effort> {
        None
    }
}

/// The workshop of one run: read once at its start, the same for every action.
#[derive(Clone)]
pub struct Shop<'a> {
    pub disk: &'a dyn Disk,
    pub repository: &'a Repository,
    pub clock: &'a dyn Clock,
    pub site: &'a Site,
    pub slots: &'a SlotSettings,
    pub agent: &'a dyn Agent,
    pub limits: Limits,
    /// What the run may still spend.
    pub allowance: &'a Allowance<'a>,
    /// What the run brought to branches.
    pub landings: &'a Landings,
    pub stop: &'a Stop,
    pub holder: Holder,
    pub prompts: &'a PromptSet,
    pub taste: &'a str,
    pub budget: EffortBudget,
    pub models: &'a dyn Models,
    pub validator: Validator<'a>,
    /// What becomes of work that weakens the tests.
    pub dilution: dilution::Policy,
    /// What no agent may write down.
    pub secrets: &'a [Secret],
    /// The start of the subjects of all commits.
    pub prefix: &'a str,
    /// How many tries one piece of work has.
    pub tries: u32,
    /// What the user puts in place of a refactor's mission.
    pub mission: Option<&'a str>,
    /// What the user puts in place of the words for a second try.
    pub amendment: Option<&'a str>,
}

impl Shop<'_> {
    /// Returns the top of the user's tree, as texts name it.
    pub(super) fn root(&self) -> String {
        self.site.root().display().to_string()
    }

    /// Returns a text on one line, without machine paths.
    pub(super) fn sanitized(&self, text: &str) -> Option<String> {
        sanitize(text, &self.root())
    }

    /// Returns the command that validates work.
    pub(super) fn validation(&self) -> Option<&str> {
        self.validator.command.map(ValidationCommand::as_str)
    }

    /// Puts into words what an agent is asked.
    pub(super) fn prompt(
        &self,
        about: WorkAbout<'_>,
        retry: Option<RetryBrief<'_>>,
    ) -> Result<String, PromptError> {
        self.prompts.work(&WorkPrompt {
            migrations: self.site.migrations(),
            taste: self.taste,
            validation: self.validation(),
            retry,
            amendment: self.amendment,
            about,
        })
    }
}

impl Debug for Shop<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop")
            .field("site", self.site)
            .field("agent", &self.agent.name())
            .finish_non_exhaustive()
    }
}

/// What came of one piece of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Worked {
    Accepted(Accepted),
    /// The migration is in no commit, so there is nothing to work from.
    NotCommitted,
    /// The agent found nothing worth changing.
    Unchanged {
        reason: String,
    },
    /// It is not the time; the note about it is to land.
    PutOff {
        reason: String,
        until: Option<Timestamp>,
        waits_for_person: bool,
        note: Accepted,
    },
    /// It failed; the note about it, if there is one, is to land.
    Failed {
        failure: WorkFailure,
        until: Option<Timestamp>,
        note: Option<Accepted>,
    },
    Ended(End),
}

impl From<Halt> for Worked {
    /// Where nothing is noted of it.
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Failed(failure) => Self::Failed {
                failure: *failure,
                until: None,
                note: None,
            },
            Halt::Ended(end) => Self::Ended(end),
        }
    }
}
