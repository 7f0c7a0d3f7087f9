//! What is asked of an agent for a phase, and what must hold of its work.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::write_atomic;
use piton_git::slot::{Changes, Slot};
use piton_migration::consistency::{self, Mode, first_error};
use piton_migration::manifest::{MANIFEST_FILE, MigrationState};
use piton_migration::own::OWN_FILE;

use super::attempts::{Finished, Job};
use super::failure::WorkFailure;
use super::message::Trailers;
use super::prepared::Prepared;
use super::shop::Shop;
use super::territory;
use crate::clock::local_stamp;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::planning::accept::is_reserved_path;
use crate::prompts::{PromptError, RetryBrief, WorkAbout};

impl Job for Prepared {
    fn role(&self) -> CallRole {
        CallRole::PhaseExecute
    }

    fn validation_role(&self) -> CallRole {
        CallRole::PhaseValidation
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn phase_reached(&self) -> &str {
        &self.phase.name
    }

    fn slug(&self) -> Option<&str> {
        Some(self.live.slug.as_str())
    }

    fn effort(&self) -> &EffortResolution {
        &self.effort
    }

    fn bears_failing_agents(&self) -> bool {
        false
    }

    fn prompt(
        &self,
        shop: &Shop<'_>,
        retry: Option<RetryBrief<'_>>,
    ) -> Result<String, PromptError> {
        let (path, summary) = (self.path(), self.summary());
        shop.prompt(WorkAbout::Phase(self.brief(&path, &summary)), retry)
    }

    /// What the agent did to the plan and its phases stays; the manifest and
    /// the planning record are piton's, and become what the phase makes of them.
    fn finish(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<Finished, WorkFailure> {
        let role = self.role();
        let refused = |story: String| WorkFailure::again(role, FailureKind::PhaseFailed, story);
        let own_dir = Path::new(&self.relative);
        territory::refuse_strays(shop, slot, changes, Some(own_dir)).map_err(refused)?;
        self.restore(shop, slot, changes)
            .map_err(|error| refused(piton_base::on_one_line(&*error)))?;
        let mut own = self.live.own.clone();
        own.clear_deferral();
        let MigrationState::Ready(ready) = MigrationState::from(self.live.manifest.clone()) else {
            return Err(refused("the migration is not ready".to_owned()));
        };
        let manifest = ready
            .complete_open_phase(local_stamp(shop.clock))
            .map_err(|error| refused(error.to_string()))?
            .into_manifest();
        let dir = self.site.live(&self.live.slug);
        let put = |name: &str, bytes: &[u8]| {
            write_atomic(shop.disk, &dir.join(name), bytes, 0o644)
                .map_err(|error| refused(piton_base::on_one_line(&error)))
        };
        put(MANIFEST_FILE, &manifest.encode())?;
        let mut written = vec![own_dir.join(MANIFEST_FILE)];
        if own != self.live.own {
            put(OWN_FILE, &own.encode())?;
            written.push(own_dir.join(OWN_FILE));
        }
        let mode = if manifest.open_phase().is_some() {
            Mode::ExecutionGate
        } else {
            Mode::Doctor
        };
        let findings = consistency::check(shop.disk, &dir, &self.live.slug, mode);
        match first_error(&findings) {
            Some(finding) => Err(refused(format!(
                "the agent left the migration inconsistent: {finding}"
            ))),
            None => Ok(Finished::With(written)),
        }
    }

    fn subject(&self, shop: &Shop<'_>) -> String {
        crate::commit::phase_subject(shop.prefix, self.live.slug.as_str(), &self.reference)
    }

    fn fallback(&self) -> String {
        format!("Phase {} of {} is done.", self.phase.name, self.live.slug)
    }

    fn trailers(&self) -> Trailers {
        Trailers {
            migration: Some(self.live.slug.to_string()),
            phase: Some(self.reference.clone()),
            ..Trailers::default()
        }
    }

    fn next_step(&self) -> String {
        format!(
            "Look at the phase's document in {}, and at what is quoted here; then run `piton run` again, or `piton migration wake {}` first where it was put off.",
            self.path(),
            self.live.slug
        )
    }
}

impl Prepared {
    /// Puts the manifest and everything below `.planning/` back.
    fn restore(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let own = PathBuf::from(&self.relative);
        for change in &changes.0 {
            let Ok(below) = change.path.strip_prefix(&own) else {
                continue;
            };
            let below = below.to_string_lossy();
            if !is_reserved_path(&below) {
                continue;
            }
            let path = slot.dir().join(&change.path);
            match self.live.contents.get(&below) {
                Some(bytes) => write_atomic(shop.disk, &path, bytes, 0o644)?,
                None => shop.disk.remove_file(&path)?,
            }
        }
        Ok(())
    }
}
