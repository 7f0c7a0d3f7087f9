//! The files in the repository: rendered first, then compared.

use std::collections::BTreeMap;
use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_github::{InvalidRepoName, RepoName};
use piton_plan::files::{Content, DecideError, FileOp, How, Wanted, ask_about, decide};
use piton_plan::{ConflictMode, Draft, Handle, Input, Operation, PlanBuilder, Slot};

use super::settle::Names;
use super::wishes::OnConflict;
use crate::dashboard::{Page, Source, favicon, render};
use crate::install::Install;
use crate::templates::{
    DASHBOARD_PATH, Deployed, ICON_PATH, Named, README_PATH, Trigger, WORKFLOW_PATH, merge, readme,
    recognise, workflow,
};

/// Stand for the ids of the gists while a file is rendered; whatever follows
/// from an id is a text with the id in it.
const BADGE: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
const ARCHIVE: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// What the files are filled with.
#[derive(Clone, Debug)]
pub struct Filling<'a> {
    pub names: &'a Names,
    pub login: &'a str,
    pub secret: &'a str,
    pub install: &'a Install,
    pub badge: &'a Slot<String>,
    pub archive: &'a Slot<String>,
}

/// Placeholders, for files that somebody else fills in.
#[derive(Debug)]
pub(super) struct Raw {
    names: Names,
    badge: Slot<String>,
    archive: Slot<String>,
}

impl Raw {
    pub(super) fn new(names: &Names) -> Result<Self, InvalidRepoName> {
        Ok(Self {
            names: Names {
                repository: RepoName::new("OWNER", "REPO")?,
                display_name: "PLACEHOLDER".to_owned(),
                created: "2025-01-01".to_owned(),
                ..names.clone()
            },
            badge: Slot::Known("GISTID".to_owned()),
            archive: Slot::Known("ARCHIVEID".to_owned()),
        })
    }

    pub(super) fn instead_of<'a>(&'a self, filled: &Filling<'a>) -> Filling<'a> {
        Filling {
            names: &self.names,
            login: "USER",
            secret: filled.secret,
            install: filled.install,
            badge: &self.badge,
            archive: &self.archive,
        }
    }
}

/// The ids in a text, as the plan knows them.
pub(super) fn content(text: &str, badge: &Slot<String>, archive: &Slot<String>) -> Content {
    let mut pieces: Vec<Slot<String>> = Vec::new();
    let mut rest = text;
    loop {
        let next = [(BADGE, badge), (ARCHIVE, archive)]
            .into_iter()
            .filter_map(|(mark, slot)| Some((rest.find(mark)?, mark, slot)))
            .min_by_key(|(at, _, _)| *at);
        let Some((at, mark, slot)) = next else { break };
        pieces.push(Slot::Known(rest[..at].to_owned()));
        pieces.push(slot.clone());
        rest = &rest[at + mark.len()..];
    }
    pieces.push(Slot::Known(rest.to_owned()));
    let known: Option<String> = pieces
        .iter()
        .map(|piece| piece.known().map(String::as_str))
        .collect();
    known.map_or(Content::Pieces(pieces), Content::Text)
}

/// The marks of the ids, for texts that are rendered elsewhere.
pub(super) const fn marks() -> (&'static str, &'static str) {
    (BADGE, ARCHIVE)
}

fn rendered(filling: &Filling<'_>) -> Vec<(&'static str, &'static str, Content)> {
    let names = filling.names;
    let (owner, name) = (names.repository.owner(), names.repository.name());
    let source = Source {
        title: names.display_name.clone(),
        gist_raw_base: format!(
            "https://gist.githubusercontent.com/{}/{BADGE}/raw",
            filling.login
        ),
        archive_gist_id: ARCHIVE.to_owned(),
        owner: owner.to_owned(),
        name: name.to_owned(),
        created: names.created.clone(),
    };
    let page = render(&Page {
        source: &source,
        others: &[],
        held: None,
    });
    let notes = readme(&Named {
        owner,
        repo: name,
        title: &names.display_name,
        login: filling.login,
        badge: BADGE,
        archive: ARCHIVE,
    });
    let trigger = Trigger {
        branch: &names.branch,
        schedule: &names.schedule,
        ci_workflows: &names.ci_workflows,
        secret: filling.secret,
        install: filling.install,
    };
    let filled = |text: &str| content(text, filling.badge, filling.archive);
    vec![
        (
            WORKFLOW_PATH,
            "the workflow that collects",
            Content::Text(workflow(&trigger)),
        ),
        (DASHBOARD_PATH, "the dashboard", filled(&page)),
        (README_PATH, "notes for visitors", filled(&notes)),
        (
            ICON_PATH,
            "the dashboard's icon",
            Content::Text(favicon().to_owned()),
        ),
    ]
}

/// How files are treated that are there already.
#[derive(Clone, Copy, Debug)]
pub struct Treat<'a> {
    /// What happens to those that somebody edited.
    pub(crate) edited: OnConflict,
    /// What edited ones were before, by their paths.
    pub(crate) earlier: &'a BTreeMap<String, String>,
    /// Whether this brings files up to date, and leaves alone those whose
    /// template is that of today.
    pub(crate) upgrades: bool,
}

impl<'a> Treat<'a> {
    pub fn new(edited: OnConflict, earlier: &'a BTreeMap<String, String>) -> Self {
        Self {
            edited,
            earlier,
            upgrades: false,
        }
    }
}

/// Decides about one file. What nobody changed since it was written is ours to
/// bring up to date; what somebody edited is merged, where that can be done.
fn one(
    disk: &dyn DiskRead,
    root: &Path,
    path: &str,
    mut wanted: Wanted,
    treat: Treat<'_>,
) -> Result<FileOp, DecideError> {
    let found = disk.read(&root.join(path)).ok();
    let is = found.as_deref().map(|bytes| recognise(path, bytes));
    let mode = match is {
        Some(Deployed::PristineOriginal | Deployed::Current | Deployed::Older) => {
            ConflictMode::Overwrite
        }
        None | Some(Deployed::Theirs) => treat.edited.mode,
        Some(Deployed::Edited) => {
            let edited = String::from_utf8_lossy(found.as_deref().unwrap_or_default());
            match merged(path, &edited, &wanted, treat) {
                Some(text) if text == edited && treat.upgrades => {
                    return Ok(FileOp::Keep {
                        path: wanted.path,
                        was: piton_base::Digest::of(edited.as_bytes()),
                        conflict: None,
                        why: "you edited it, and its template is current".to_owned(),
                    });
                }
                Some(text) if text != edited && treat.edited.mode != ConflictMode::Overwrite => {
                    wanted.content = Content::Text(text);
                    "your changes are kept".clone_into(&mut wanted.why);
                    ConflictMode::Overwrite
                }
                Some(_) | None => treat.edited.mode,
            }
        }
    };
    let mut decided = decide(disk, root, &wanted, mode)?;
    if let FileOp::Put { how, .. } = &mut decided
        && *how == How::Overwrite
        && treat.upgrades
    {
        *how = How::Upgrade;
    }
    if let FileOp::Keep { conflict, why, .. } = &mut decided
        && *conflict == Some(ConflictMode::Skip)
        && mode == ConflictMode::Skip
    {
        *why = format!("differs; {}", treat.edited.because);
    }
    Ok(decided)
}

/// Merges an edited file with the new one. Without an earlier one there is
/// nothing to merge from, unless the new one is what it was made from.
fn merged(path: &str, edited: &str, wanted: &Wanted, treat: Treat<'_>) -> Option<String> {
    let new = String::from_utf8(wanted.content.known()?).ok()?;
    // An edited file bears the seal of the one that it was made from.
    merge(treat.earlier.get(path)?, edited, &new)
}

/// One of the four files, as it stands in a plan.
#[derive(Debug)]
pub struct PlannedFile {
    pub(crate) path: &'static str,
    pub(crate) handle: Handle,
    /// Whether somebody is asked about it. A no is an answer and no failure:
    /// nothing waits for such a file.
    pub(crate) asks: bool,
}

/// Decides about the four files and adds them to a plan.
pub fn plan_init<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    disk: &dyn DiskRead,
    root: &Path,
    filling: &Filling<'_>,
    treat: Treat<'_>,
) -> Result<Vec<PlannedFile>, Vec<DecideError>> {
    let mut decided = Vec::new();
    let mut errors = Vec::new();
    for (path, why, content) in rendered(filling) {
        let Ok(at) = path.parse::<RepoPath>() else {
            continue;
        };
        let wanted = Wanted {
            content,
            mode: 0o644,
            how: How::Copy,
            modified: None,
            why: why.to_owned(),
            path: at,
        };
        match one(disk, root, path, wanted, treat) {
            Ok(operation) => decided.push((path, operation)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for (path, operation) in &decided {
        if let FileOp::Keep { conflict, .. } = operation
            && conflict.is_some()
        {
            builder.warn(format!(
                "{path} differs from what would be written, and is kept"
            ));
        }
    }
    let add = |(path, operation): (&'static str, FileOp)| {
        let asks = matches!(&operation, FileOp::Put { how: How::Ask, .. });
        let mut draft = Draft::new(O::from(operation));
        if asks {
            draft = draft.input(Input {
                question: format!("{path} differs from what would be written"),
                ..ask_about()
            });
        }
        PlannedFile {
            path,
            handle: builder.add_draft(draft),
            asks,
        }
    };
    Ok(decided.into_iter().map(add).collect())
}
