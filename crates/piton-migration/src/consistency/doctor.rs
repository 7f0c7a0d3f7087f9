//! The doctor: everything there is to say about a migration, or about all.

use std::path::Path;

use piton_durable::{DiskRead, DiskResult};

use super::check::check_directory;
use super::code::Code;
use super::finding::{Finding, has_errors};
use super::mode::Mode;
use super::names::kind_of;
use super::{planning, transactions};
use crate::json::DecodeError;
use crate::live::{LiveDir, TRANSACTIONS_DIR};
use crate::load::LoadError;
use crate::manifest::Manifest;
use crate::planning::{LoadedState, StateLoadError};
use crate::slug::Slug;

/// A migration with all that was found out about it.
#[derive(Debug)]
pub struct Examination {
    pub manifest: Result<Manifest, LoadError<DecodeError>>,
    /// `None` where there is no record and none is needed.
    pub state: Option<Result<LoadedState, StateLoadError>>,
    pub findings: Vec<Finding>,
}

/// Examines one migration.
pub fn examine(disk: &dyn DiskRead, live: &LiveDir, slug: &Slug) -> Examination {
    let dir = live.migration(slug);
    let checked = check_directory(disk, &dir, slug, Mode::Doctor);
    let mut findings = checked.findings;
    let mut state = None;
    if let Ok(manifest) = &checked.manifest {
        let there = kind_of(&checked.entries, ".planning").is_some();
        let home = live.home(slug);
        let (loaded, more) = planning::examine(disk, &dir, &home, manifest.status(), there);
        state = loaded;
        insert_before_own(&mut findings, more);
    }
    Examination {
        manifest: checked.manifest,
        state,
        findings,
    }
}

/// Keeps the original's findings before piton's own.
fn insert_before_own(findings: &mut Vec<Finding>, more: Vec<Finding>) {
    findings.extend(more);
    findings.sort_by_key(|finding| finding.code.is_own());
}

/// What the doctor says about one subject.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// The slug; or, for what publishes left behind, the name of their
    /// directory.
    pub subject: String,
    pub findings: Vec<Finding>,
}

impl Report {
    /// Tells whether anything blocks.
    pub fn has_errors(&self) -> bool {
        has_errors(&self.findings)
    }
}

/// Examines every migration in name order, then what publishes left behind.
/// Subjects without findings are left out.
pub fn examine_all(disk: &dyn DiskRead, live: &LiveDir) -> DiskResult<Vec<Report>> {
    let contents = live.contents(disk)?;
    let mut reports: Vec<_> = contents
        .slugs
        .iter()
        .map(|slug| Report {
            subject: slug.to_string(),
            findings: examine(disk, live, slug).findings,
        })
        .collect();
    for name in &contents.unnameable {
        reports.push(Report {
            subject: Path::new(name).display().to_string(),
            findings: vec![Finding::new(
                Mode::Doctor,
                Code::NameNotUtf8,
                live.path().join(name),
                "the directory's name is not UTF-8, so it is not a migration",
            )],
        });
    }
    if let Some(kind) = contents.transactions {
        reports.push(Report {
            subject: TRANSACTIONS_DIR.to_owned(),
            findings: transactions::examine(disk, live, kind),
        });
    }
    reports.retain(|report| !report.findings.is_empty());
    Ok(reports)
}
