//! The half that changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use piton_agent::{Agent, Host};
use piton_base::{Report, StateDir};
use piton_durable::Lock;
use piton_github::operation::{ForgePerformer, Secrets};
use piton_github::{ForgeRead, InvalidToken};
use piton_loop::operation::{AgentChoice, Agents, Lands, LoopPerformer, secrets_of};
use piton_loop::planning::sweep::sweep;
use piton_loop::planning::waiting::Waiting;
use piton_loop::runs::RunId;
use piton_loop::slots::SlotSettings;
use piton_migration::operation::{MigrationEvent, MigrationPerformer};
use piton_migration::secret::Secret;
use piton_plan::files::{FilePerformer, backups_dir};
use piton_plan::{Done, Failure, FailureKind, Gate, Held, PlanId, SecretRef, SecretText};
use piton_traffic::operation::{TrafficPerformer, TryToken};

use super::Reading;
use super::examining::Examining;
use super::reading::Here;
use crate::agents;
use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::operation::{Op, Seen};
use crate::workshop::held_step;

/// How long an action waits for another piton to finish what it is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does what an operation says, and nothing else.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    pub(super) context: &'a Context,
    pub(super) reading: &'a Reading<'a>,
    pub(super) state: &'a StateDir,
    backups: PathBuf,
    secrets: Vec<Secret>,
    examining: Examining<'a>,
    /// The commit that was made last.
    commit: Mutex<Option<String>>,
}

/// What came of performing, by the names that others use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made {
    pub(crate) run: Option<RunId>,
    pub(crate) commit: Option<String>,
}

impl<'a> Writing<'a> {
    pub(crate) fn new(
        context: &'a Context,
        reading: &'a Reading<'a>,
        state: &'a StateDir,
        journals: &Path,
        id: PlanId,
    ) -> Self {
        Self {
            context,
            reading,
            state,
            backups: backups_dir(journals, id),
            secrets: secrets_of(&Host::new(context.environment.raw())),
            examining: Examining::new(context, reading),
            commit: Mutex::default(),
        }
    }

    /// Returns the run that was recorded, and the commit that was made last.
    pub(crate) fn made(&self) -> Made {
        Made {
            run: self.context.book.id(),
            commit: self.last_commit().clone(),
        }
    }

    fn last_commit(&self) -> MutexGuard<'_, Option<String>> {
        self.commit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the halves of all families are got alike"
    )]
    fn files(&self) -> Result<FilePerformer<'_>, Failure> {
        Ok(FilePerformer {
            disk: &self.context.disk,
            root: self.reading.root(),
            backups: &self.backups,
            gate: self,
        })
    }

    fn migrations(&self) -> Result<MigrationPerformer<'_>, Failure> {
        let here = self.reading.here()?;
        Ok(MigrationPerformer {
            disk: &self.context.disk,
            git: &here.place.repository,
            live: here.publishing.live(),
            publisher: here.publishing.publisher(),
            hooks: self,
            state: self.state,
            backups: &self.backups,
            gate: self,
            report: self,
            settled: self.reading.settled(),
            secrets: &self.secrets,
        })
    }

    fn forge(&self) -> Result<ForgePerformer<'_>, Failure> {
        Ok(ForgePerformer {
            forge: self.reading.github()?,
            secrets: self,
            patience: self.reading.patience(),
        })
    }

    fn traffic(&self) -> Result<TrafficPerformer<'_>, Failure> {
        Ok(TrafficPerformer {
            forge: self.forge().ok(),
            files: self.files()?,
            with_token: self,
            examine: &self.examining,
        })
    }

    fn the_loop(&self) -> Result<LoopPerformer<'_, 'static>, Failure> {
        let here = self.reading.here()?;
        Ok(LoopPerformer {
            disk: &self.context.disk,
            git: &here.place.repository,
            clock: &self.context.clock,
            site: here.site()?,
            agents: self,
            lands: self,
            stop: &self.context.stop,
            holder: self.context.holder("calling an agent"),
            book: &self.context.book,
            secrets: &self.secrets,
        })
    }
}

piton_plan::delegate_world!(Perform<Op> for Writing<'_>, Seen:
    File(files),
    Migration(migrations),
    Loop(the_loop),
    Backend,
    Forge(forge),
    Traffic(traffic),
);

impl Secrets for Writing<'_> {
    fn secret(&self, named: &SecretRef) -> Option<SecretText> {
        let SecretRef::Env(name) = named;
        let value = self.context.environment.get(name)?;
        Some(SecretText::new(value.to_owned()))
    }
}

impl TryToken for Writing<'_> {
    fn forge(&self, token: &SecretText) -> Result<Box<dyn ForgeRead>, Failure> {
        let input = |error: String| Failure::new(FailureKind::Input, error);
        let token = token.reveal().parse();
        let token = token.map_err(|error: InvalidToken| input(error.to_string()))?;
        let client = self.reading.github()?.signed_in_with(token);
        Ok(Box::new(client))
    }
}

impl Gate for Writing<'_> {
    /// Takes the one lock of this clone, for as long as one action takes.
    fn enter(&self, what: &str) -> Result<Box<dyn Held>, Failure> {
        let guard = Lock::at(self.state.lock())
            .acquire(&self.context.holder(what), PATIENCE)
            .map_err(Failure::io)?;
        Ok(Box::new(guard))
    }
}

impl Agents for Writing<'_> {
    fn agent(&self, choice: &AgentChoice) -> Result<Arc<dyn Agent>, Failure> {
        let told = |error: CommandError| Failure::new(FailureKind::Input, error.text().trim());
        let place = self.vetted()?;
        let terms = crate::agents::slots::settings(self.context, &place)
            .map_err(told)?
            .terms;
        agents::tell_terms(choice, self.context, &terms);
        agents::agent(choice, self.context, &place.settings, self.state, &terms).map_err(told)
    }

    fn slots(&self) -> Result<SlotSettings, Failure> {
        crate::agents::slots::settings(self.context, &self.vetted()?)
            .map_err(|error| Failure::new(FailureKind::Input, error.text().trim()))
    }
}

impl Lands for Writing<'_> {
    fn land(&self, held: &str) -> Result<Done, Failure> {
        held_step::land(self.context, &self.vetted()?, held)
    }
}

impl Writing<'_> {
    /// The place where programs run that settings name.
    fn vetted(&self) -> Result<Place, Failure> {
        self.context
            .vetted(self.reading.here()?.place.clone())
            .map_err(|error| Failure::new(FailureKind::Input, error.text().trim()))
    }
}

impl Report<MigrationEvent> for Writing<'_> {
    fn report(&self, event: MigrationEvent) {
        // What else waited was made from what was live before. Where an answer
        // that waited was published, no call has swept.
        if let MigrationEvent::Committed { commit, .. } = &event {
            *self.last_commit() = Some(commit.clone());
        } else if let MigrationEvent::Published {
            slug, on, commit, ..
        } = &event
        {
            if let Some(commit) = commit {
                *self.last_commit() = Some(commit.clone());
            }
            if let Ok(site) = self.reading.here().and_then(Here::site) {
                let _ = Waiting::forget(&self.context.disk, site, slug, on.as_ref());
                let _ = sweep(&self.context.disk, site);
            }
        }
        self.context.book.report(event);
    }
}
