//! From what is wrong to what to do.

use std::path::Path;

use super::action::{Action, LeftAlone, Repair, Repairs};
use super::survey::SurveyedMigration;
use crate::consistency::{Code, Finding};
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::own::OWN_FILE;
use crate::planning::STATE_FILE;

/// Decides what to do about each migration, in the order in which to do it.
pub fn decide(migrations: &[SurveyedMigration]) -> Repairs {
    let mut repairs = Repairs::default();
    for migration in migrations {
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
                    let slug = migration.slug.clone();
                    self.add(Action::SetAside { slug, path }, finding.message.clone());
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
