//! What the original accepts and a person should know.

use std::path::Path;

use piton_durable::{DiskRead, Entry, Kind};

use super::code::Code;
use super::finding::Finding;
use super::mode::Mode;
use super::names::kind_of;
use crate::manifest::{MANIFEST_FILE, Manifest, Status};
use crate::stamp::RawStamp;
use crate::text::strip;

/// Looks at a migration whose manifest could be read.
pub(super) fn advise(
    disk: &dyn DiskRead,
    dir: &Path,
    entries: &[Entry],
    manifest: &Manifest,
) -> Vec<Finding> {
    let mut advice = Advice {
        dir,
        findings: Vec::new(),
    };
    advice.stamps(manifest);
    advice.phases(manifest);
    if manifest.status().is_executing()
        && kind_of(entries, "plan.md") == Some(Kind::File)
        && let Ok(Some(stat)) = disk.stat(&dir.join("plan.md"))
        && stat.len == 0
    {
        advice.add(Code::EmptyPlan, "plan.md", "plan.md is empty");
    }
    advice.entries(entries, "");
    advice.findings
}

/// Tells what in a listing of `below` can be neither published nor named.
pub(super) fn advise_entries(dir: &Path, entries: &[Entry], below: &str) -> Vec<Finding> {
    let mut advice = Advice {
        dir,
        findings: Vec::new(),
    };
    advice.entries(entries, below);
    advice.findings
}

struct Advice<'a> {
    dir: &'a Path,
    findings: Vec<Finding>,
}

impl Advice<'_> {
    fn add(&mut self, code: Code, file: &str, message: impl Into<String>) {
        let path = self.dir.join(file);
        self.findings
            .push(Finding::new(Mode::Doctor, code, path, message));
    }

    fn stamps(&mut self, manifest: &Manifest) {
        let stamps: [(&str, Option<&RawStamp>); 4] = [
            ("created_at", Some(manifest.created_at())),
            ("last_touch", Some(manifest.last_touch())),
            ("wake_up_on", manifest.wake_up_on()),
            ("cooldown_until", manifest.cooldown_until()),
        ];
        for (field, stamp) in stamps {
            if let Some(Err(error)) = stamp.map(RawStamp::instant) {
                let message = format!("field `{field}`: {error}");
                self.add(Code::InvalidTimestamp, MANIFEST_FILE, message);
            }
        }
    }

    fn phases(&mut self, manifest: &Manifest) {
        for phase in manifest.phases().iter() {
            if strip(&phase.precondition).is_empty() {
                let message = format!("phase `{}` states no precondition", phase.name);
                self.add(Code::EmptyPhasePrecondition, MANIFEST_FILE, message);
            }
        }
        if manifest.status().is_executing()
            && let Some((_, phase)) = manifest.current_phase()
            && phase.done
        {
            let message = format!("the current phase `{}` is done already", phase.name);
            self.add(Code::CurrentPhaseDone, MANIFEST_FILE, message);
        }
        let open = manifest.phases().iter().filter(|phase| !phase.done).count();
        if manifest.status() == Status::Done && open > 0 {
            let message = format!("the migration is done, and {open} of its phases are not");
            self.add(Code::DoneWithUnfinishedPhases, MANIFEST_FILE, message);
        }
    }

    fn entries(&mut self, entries: &[Entry], below: &str) {
        for entry in entries {
            let path = self.dir.join(below).join(&entry.name);
            let mut add = |code, message: &str| {
                let finding = Finding::new(Mode::Doctor, code, path.clone(), message);
                self.findings.push(finding);
            };
            match entry.kind {
                Kind::Symlink => add(Code::UnpublishableEntry, "a link; publishing refuses links"),
                Kind::Other => add(
                    Code::UnpublishableEntry,
                    "not a regular file; publishing refuses it",
                ),
                Kind::File | Kind::Dir => {}
            }
            if entry.name.to_str().is_none() {
                add(Code::NameNotUtf8, "the name is not UTF-8");
            }
        }
    }
}
