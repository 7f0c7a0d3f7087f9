//! From a survey to repairs.

use std::path::Path;

use super::action::{Action, LeftAlone, Repair, Repairs};
use super::survey::{Holder, Leftover, Survey, SurveyedMigration};
use crate::consistency::{Code, Finding};
use crate::live::TRANSACTIONS_DIR;
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::own::OWN_FILE;
use crate::planning::STATE_FILE;

/// Decides what to do, in the order in which to do it.
pub fn decide(survey: &Survey) -> Repairs {
    let mut repairs = Repairs::default();
    let publishing = survey
        .lock
        .as_ref()
        .is_some_and(|lock| lock.holder == Holder::Running);
    if publishing {
        // What looks left over may be in use: everything stays as it is until
        // the publish is over.
        for finding in &survey.findings {
            let advice = "a publish is running; try again when it is over";
            repairs.leave(TRANSACTIONS_DIR, finding, advice);
        }
    } else {
        for leftover in &survey.leftovers {
            repairs.leftover(leftover);
        }
        if let Some(lock) = &survey.lock {
            let why = lock.pid.map_or_else(
                || "nobody is known to hold the lock".to_owned(),
                |pid| format!("process {pid}, which held the lock, is gone"),
            );
            repairs.add(
                Action::Remove {
                    path: lock.path.clone(),
                },
                why,
            );
        }
        let broken_root = survey
            .findings
            .iter()
            .filter(|finding| finding.code == Code::TransactionRootInvalid);
        for finding in broken_root {
            let path = finding.path.clone();
            let why = "its name belongs to the directory that publishes work in";
            repairs.add(Action::SetAside { path }, why);
        }
    }
    for migration in &survey.migrations {
        repairs.migration(migration);
    }
    repairs
}

impl Repairs {
    fn add(&mut self, action: Action, why: impl Into<String>) {
        let why = why.into();
        self.repairs.push(Repair { action, why });
    }

    fn leave(&mut self, subject: &str, finding: &Finding, advice: &str) {
        self.left_alone.push(LeftAlone {
            subject: subject.to_owned(),
            code: finding.code,
            path: finding.path.clone(),
            advice: advice.to_owned(),
        });
    }

    fn leftover(&mut self, leftover: &Leftover) {
        let whole = leftover.path.clone();
        if leftover.foreign {
            let why = "it holds something that no publish puts there";
            return self.add(Action::SetAside { path: whole }, why);
        }
        let Some(rollback) = &leftover.rollback else {
            return if leftover.failed {
                let why = "it holds a candidate that was found wanting; kept as evidence";
                self.add(Action::SetAside { path: whole }, why);
            } else {
                let why = "its publish stopped before anything went live";
                self.add(Action::Remove { path: whole }, why);
            };
        };
        let Some(owner) = &rollback.owner else {
            let why = "it holds an old migration whose manifest cannot be read";
            return self.add(Action::SetAside { path: whole }, why);
        };
        let restore = Action::Restore {
            slug: owner.slug.clone(),
            from: rollback.path.clone(),
            to: owner.live.clone(),
        };
        if !owner.live_exists {
            let why = format!("a publish of {} stopped while nothing was live", owner.slug);
            self.add(restore, why);
        } else if !owner.live_sound && owner.part_sound {
            let path = owner.live.clone();
            let why = format!("a publish made {} live and it is broken", owner.slug);
            self.add(Action::SetAside { path }, why);
            self.add(restore, "it is the version before, and it is sound");
        } else {
            let why = format!(
                "a publish of {} went through; this is the version before, which git has too",
                owner.slug
            );
            return self.add(Action::Remove { path: whole }, why);
        }
        if leftover.failed {
            let why = "what is left of it is a candidate that was found wanting";
            self.add(Action::SetAside { path: whole }, why);
        } else {
            let why = "nothing of it is needed any more";
            self.add(Action::Remove { path: whole }, why);
        }
    }

    fn migration(&mut self, migration: &SurveyedMigration) {
        let mut manifest: Option<(Manifest, Vec<String>)> = None;
        for finding in &migration.examination.findings {
            let known = migration.examination.manifest.as_ref().ok();
            match finding.code {
                Code::ManifestSlugMismatch | Code::InvalidCurrentPhase | Code::CurrentPhaseDone => {
                    let Some(known) = known else { continue };
                    match mended(
                        manifest.as_ref().map_or(known, |(it, _)| it),
                        finding,
                        migration,
                    ) {
                        Some((mended, why)) => {
                            let reasons = manifest.map_or_else(Vec::new, |(_, reasons)| reasons);
                            manifest = Some((mended, [reasons, vec![why]].concat()));
                        }
                        None => self.leave(
                            migration.slug.as_str(),
                            finding,
                            "every phase is done; set the status to done",
                        ),
                    }
                }
                Code::StageReferenceMoved => self.rehome(migration),
                Code::OwnDataInvalid => {
                    let path = migration.dir.join(OWN_FILE);
                    self.add(Action::SetAside { path }, finding.message.clone());
                }
                code => self.leave(migration.slug.as_str(), finding, code.remedy()),
            }
        }
        if let Some((mended, reasons)) = manifest {
            let action = write(migration, MANIFEST_FILE, mended.encode());
            self.add(action, reasons.join("; "));
        }
    }

    fn rehome(&mut self, migration: &SurveyedMigration) {
        if let Some(Ok(loaded)) = &migration.examination.state {
            let state = loaded.state.clone().rehomed(&migration.home);
            let why = "its references point at where the migrations directory was before";
            self.add(write(migration, STATE_FILE, state.encode()), why);
        }
    }
}

fn write(migration: &SurveyedMigration, file: &str, bytes: Vec<u8>) -> Action {
    Action::Write {
        slug: migration.slug.clone(),
        path: migration.dir.join(Path::new(file)),
        bytes,
    }
}

fn mended(
    manifest: &Manifest,
    finding: &Finding,
    migration: &SurveyedMigration,
) -> Option<(Manifest, String)> {
    let manifest = manifest.clone();
    if finding.code == Code::ManifestSlugMismatch {
        let why = format!("the directory is named {}", migration.slug);
        return Some((manifest.renamed(migration.slug.as_str()), why));
    }
    let moved = manifest.with_cursor_on_first_open_phase();
    let why = moved
        .current_phase()
        .map(|(_, phase)| format!("{} is the first phase that is not done", phase.name))?;
    Some((moved, why))
}
