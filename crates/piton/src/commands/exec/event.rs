//! An event of carrying a plan out: found by the work folder, written there
//! first, then sent.

use jiff::Timestamp;
use piton_backend::folder::{
    Checkout, CheckoutError, Event, Folder, Looked, PlanRef, RunState, find_folder, write_state,
};
use piton_backend::store::{PlanId, Provider};
use piton_base::{Clock, StateDir, on_one_line};
use serde_json::Value as Json;

use super::report::Report;
use crate::context::Context;
use crate::stored::{Happened, StoredPlace, Undelivered, branch, in_actions, user, with_reader};

/// A state that would be written.
pub(super) type State = Option<(Scene, Event, Option<String>)>;

/// Why an event did not get as far as the backend.
#[derive(Debug)]
pub(super) enum Trouble {
    NoReference(String),
    NoContext(String),
    StateNotWritten(String),
    Unsent(Undelivered),
}

/// Where an event happens.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) checkout: Checkout,
    pub(super) folder: Folder,
    pub(super) branch: Option<String>,
    pub(super) now: Timestamp,
    pub(super) user: String,
    pub(super) remote: bool,
}

impl Scene {
    /// Looks around the working directory.
    pub(super) fn find(context: &Context) -> Result<Self, Trouble> {
        let checkout = Checkout::around(&context.disk, &context.directory).map_err(|error| {
            Trouble::NoContext(match error {
                CheckoutError::None(_) => error.to_string(),
                error => on_one_line(&error),
            })
        })?;
        let branch = branch(&context.environment, Some(&checkout));
        let folder = find_folder(
            &context.disk,
            &checkout,
            &context.directory,
            branch.as_deref(),
        )
        .map_err(|error| Trouble::NoReference(error.to_string()))?;
        match &folder.looked {
            Looked::Plan(_) | Looked::WithoutId => {}
            Looked::Nothing => {
                return Err(Trouble::NoReference(format!(
                    "no plan reference found: {} has no plan-ref.json and no issue.json \
                     (.impl/issue.json)",
                    folder.path.display()
                )));
            }
            Looked::Unreadable { file, why } => {
                return Err(Trouble::NoReference(format!(
                    "no plan reference found: {}/{file} cannot be used: {why}",
                    folder.path.display()
                )));
            }
        }
        Ok(Self {
            checkout,
            folder,
            branch,
            now: context.clock.now(),
            user: user(context),
            remote: in_actions(&context.environment),
        })
    }

    /// Returns what the work folder is told.
    pub(super) fn state(&self, event: Event, session: Option<&str>) -> RunState {
        RunState {
            event,
            at: self.now,
            session: session.map(str::to_owned),
            user: self.user.clone(),
        }
    }

    /// Writes what happened into the work folder.
    pub(super) fn write_state(
        &self,
        context: &Context,
        event: Event,
        session: Option<&str>,
    ) -> Result<(), Trouble> {
        write_state(
            &context.disk,
            &StateDir::of(&self.checkout.common_dir).work(),
            &self.folder.path,
            &self.state(event, session),
        )
        .map_err(|error| Trouble::StateNotWritten(on_one_line(&error)))
    }

    /// Returns the fields that say what happened.
    pub(super) fn fields(&self, event: Event, session: Option<&str>) -> Vec<(String, Json)> {
        Happened {
            at: self.now,
            event,
            session,
            user: &self.user,
            remote: self.remote,
        }
        .fields()
    }

    /// Decides what the plan is told of an event.
    pub(super) fn report(
        &self,
        context: &Context,
        place: &StoredPlace,
        event: Event,
        session: Option<&str>,
    ) -> Result<Report, Trouble> {
        let (plan, provider) = self.plan(context, place)?;
        Ok(Report {
            provider,
            ..Report::of(plan, self.fields(event, session)).in_session(session)
        })
    }

    /// Reads the settings.
    pub(super) fn place(&self, context: &Context) -> Result<StoredPlace, Trouble> {
        StoredPlace::over(context, self.checkout.clone())
            .map_err(|error| Trouble::NoContext(error.on_one_line()))
    }

    /// Returns the plan that is meant. A reference that was made before the
    /// plan had an id leaves the branch to tell.
    pub(super) fn plan(
        &self,
        context: &Context,
        place: &StoredPlace,
    ) -> Result<(PlanId, Option<Provider>), Trouble> {
        match &self.folder.looked {
            Looked::Plan(reference) => {
                let plan = reference
                    .id
                    .parse()
                    .map_err(|error| Trouble::NoReference(format!("{error}")))?;
                Ok((plan, provider(reference)))
            }
            Looked::WithoutId | Looked::Nothing | Looked::Unreadable { .. } => {
                let provider = Provider::GithubDraftPr;
                let branch = self.branch.as_deref().unwrap_or_default();
                let found = with_reader(context, place, provider, |backend| {
                    backend.plan_of_branch(branch)
                })
                .map_err(|error| Trouble::NoContext(error.on_one_line()))?;
                match found {
                    Ok(Some(plan)) => Ok((plan, Some(provider))),
                    Ok(None) => Err(Trouble::NoReference(format!(
                        "the reference has no id, and the branch `{branch}` has no pull request"
                    ))),
                    Err(error) => Err(Trouble::Unsent(Undelivered::Refused {
                        message: on_one_line(&error),
                        reason: error.reason(),
                        queued: false,
                    })),
                }
            }
        }
    }
}

/// Returns the provider that a reference names, if it is one that we know.
fn provider(reference: &PlanRef) -> Option<Provider> {
    Provider::of_name(&reference.provider)
}
