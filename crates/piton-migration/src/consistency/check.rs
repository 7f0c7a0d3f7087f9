//! The checks, in the order of their findings.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Entry, Kind, follow};

use super::advice;
use super::code::Code;
use super::finding::Finding;
use super::mode::Mode;
use super::names::kind_of;
use super::phase_file::{PhaseFile, look_up};
use crate::json::DecodeError;
use crate::live::load_manifest;
use crate::load::LoadError;
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::phase::{DocName, Heading, has_heading};
use crate::slug::Slug;
use crate::text::with_newlines;

/// No phase document is read beyond this size.
const MAX_PHASE_DOC: u64 = 16 << 20;
/// A phase document larger than this is worth a word.
const LARGE_PHASE_DOC: usize = 256 << 10;
const PLAN_FILE: &str = "plan.md";

/// Checks the migration `slug` whose files are in `dir`, which may be its
/// live directory or any copy of it.
pub fn check(disk: &dyn DiskRead, dir: &Path, slug: &Slug, mode: Mode) -> Vec<Finding> {
    check_directory(disk, dir, slug, mode).findings
}

/// The same where the manifest was read already.
pub fn check_with(
    disk: &dyn DiskRead,
    dir: &Path,
    slug: &Slug,
    mode: Mode,
    manifest: &Manifest,
) -> Vec<Finding> {
    let mut check = Check::new(disk, dir, mode);
    check.directory(manifest, slug);
    check.findings
}

/// What a check came across on its way.
pub(super) struct Checked {
    pub(super) findings: Vec<Finding>,
    pub(super) entries: Vec<Entry>,
    pub(super) manifest: Result<Manifest, LoadError<DecodeError>>,
}

pub(super) fn check_directory(disk: &dyn DiskRead, dir: &Path, slug: &Slug, mode: Mode) -> Checked {
    let mut check = Check::new(disk, dir, mode);
    let manifest = load_manifest(disk, dir);
    match &manifest {
        Err(error) => check.unusable_manifest(error),
        Ok(manifest) => check.directory(manifest, slug),
    }
    Checked {
        findings: check.findings,
        entries: check.entries,
        manifest,
    }
}

struct Check<'a> {
    disk: &'a dyn DiskRead,
    dir: &'a Path,
    mode: Mode,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(disk: &'a dyn DiskRead, dir: &'a Path, mode: Mode) -> Self {
        Self {
            disk,
            dir,
            mode,
            entries: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn directory(&mut self, manifest: &Manifest, slug: &Slug) {
        match self.disk.list(self.dir) {
            Err(error) => {
                let message = format!("the directory cannot be listed: {error}");
                self.add(Code::InvalidManifest, MANIFEST_FILE, message);
            }
            Ok(entries) => {
                self.entries = entries;
                self.all(manifest, slug);
            }
        }
    }

    fn all(&mut self, manifest: &Manifest, slug: &Slug) {
        let executing = manifest.status().is_executing();
        let (wants_plan, wants_phases) = match self.mode {
            Mode::PlanningSnapshot => (false, false),
            Mode::ReadyPublish => (true, true),
            Mode::ExecutionGate => (executing, false),
            Mode::Doctor => (executing, executing),
        };
        if manifest.name() != slug.as_str() {
            self.add(
                Code::ManifestSlugMismatch,
                MANIFEST_FILE,
                format!(
                    "the manifest is named `{}` in the directory of `{slug}`",
                    manifest.name()
                ),
            );
        }
        let documents = self.phase_documents();
        if wants_plan {
            self.plan();
        }
        let files = self.phase_files(manifest);
        let mut large = Vec::new();
        if wants_phases {
            self.phase_list(manifest, &documents);
            large = self.sections(manifest, &files);
        }
        if self.mode == Mode::Doctor {
            self.findings
                .extend(advice::advise(self.disk, self.dir, &self.entries, manifest));
        }
        for path in large {
            let message = "a phase document above 256 KiB is too long for agents";
            self.add_at(Code::OversizedPhaseDoc, path, message);
        }
    }

    fn add(&mut self, code: Code, file: &str, message: impl Into<String>) {
        let path = self.dir.join(file);
        self.add_at(code, path, message);
    }

    fn add_at(&mut self, code: Code, path: PathBuf, message: impl Into<String>) {
        self.findings
            .push(Finding::new(self.mode, code, path, message));
    }

    fn unusable_manifest(&mut self, error: &LoadError<DecodeError>) {
        let code = if error.is_missing() {
            Code::MissingManifest
        } else {
            Code::InvalidManifest
        };
        self.add(code, MANIFEST_FILE, error.told());
    }

    /// Walks the phase documents and returns the names they have.
    fn phase_documents(&mut self) -> BTreeSet<String> {
        let entries = std::mem::take(&mut self.entries);
        let mut numbers = HashSet::new();
        let mut names = HashSet::new();
        for entry in &entries {
            let Some((file, doc)) = entry
                .name
                .to_str()
                .and_then(|file| Some((file, DocName::parse(file)?)))
            else {
                continue;
            };
            if !numbers.insert(doc.number) {
                let message = "another phase document has this number";
                self.add(Code::DuplicatePhaseDocIndex, file, message);
            }
            if !names.insert(doc.name) {
                let message = format!("another phase document is named `{}`", doc.name);
                self.add(Code::DuplicatePhaseDocName, file, message);
            }
        }
        let names = names.into_iter().map(str::to_owned).collect();
        self.entries = entries;
        names
    }

    fn plan(&mut self) {
        let there = match kind_of(&self.entries, PLAN_FILE) {
            None => false,
            // A link counts by where it leads; it is not read.
            Some(Kind::Symlink) => {
                follow(self.disk, &self.dir.join(PLAN_FILE)).is_ok_and(|end| end.kind.is_some())
            }
            Some(Kind::File | Kind::Dir | Kind::Other) => true,
        };
        if !there {
            self.add(Code::MissingPlan, PLAN_FILE, "there is no plan.md");
        }
    }

    /// Checks the references and returns the files that may be opened, one
    /// for each phase.
    fn phase_files(&mut self, manifest: &Manifest) -> Vec<Option<PathBuf>> {
        let mut files = Vec::with_capacity(manifest.phases().len());
        for phase in manifest.phases().iter() {
            let found = look_up(self.disk, self.dir, &self.entries, &phase.file);
            files.push(match found {
                PhaseFile::Usable(path) => Some(path),
                PhaseFile::Unusable {
                    code,
                    path,
                    problem,
                } => {
                    let message = format!(
                        "the file of phase `{}`, `{}`, {problem}",
                        phase.name, phase.file
                    );
                    self.add_at(code, path, message);
                    None
                }
            });
        }
        files
    }

    fn phase_list(&mut self, manifest: &Manifest, documents: &BTreeSet<String>) {
        if manifest.phases().is_empty() {
            let message = "the manifest lists no phases";
            self.add(Code::MissingManifestPhases, MANIFEST_FILE, message);
        } else if manifest.current_phase().is_none() {
            let message = "the cursor `current_phase` is on no phase";
            self.add(Code::InvalidCurrentPhase, MANIFEST_FILE, message);
        }
        for name in documents {
            if manifest.phases().find(name).is_none() {
                self.add(
                    Code::PhaseDocNotInManifest,
                    &format!("phase-*-{name}.md"),
                    format!("the manifest lists no phase `{name}`"),
                );
            }
        }
    }

    /// Looks for the required headings and returns the documents that are
    /// large.
    fn sections(&mut self, manifest: &Manifest, files: &[Option<PathBuf>]) -> Vec<PathBuf> {
        let mut large = Vec::new();
        for (phase, path) in manifest.phases().iter().zip(files) {
            let Some(path) = path else { continue };
            let bytes = match self.disk.read_at_most(path, MAX_PHASE_DOC) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    large.push(path.clone());
                    continue;
                }
                Err(error) => {
                    let message = format!("cannot be read: {error}");
                    self.add_at(Code::UnreadablePhaseDoc, path.clone(), message);
                    continue;
                }
            };
            if bytes.len() > LARGE_PHASE_DOC {
                large.push(path.clone());
            }
            let text = match std::str::from_utf8(&bytes) {
                Ok(text) => with_newlines(text),
                Err(error) => {
                    let message = format!("is not UTF-8: {error}");
                    self.add_at(Code::UnreadablePhaseDoc, path.clone(), message);
                    continue;
                }
            };
            for (heading, code) in [
                (Heading::Precondition, Code::MissingPhasePrecondition),
                (
                    Heading::DefinitionOfDone,
                    Code::MissingPhaseDefinitionOfDone,
                ),
            ] {
                if !has_heading(&text, heading) {
                    let message = format!(
                        "the document of phase `{}` has no heading `## {}`",
                        phase.name,
                        heading.as_str()
                    );
                    self.add_at(code, path.clone(), message);
                }
            }
        }
        large
    }
}
