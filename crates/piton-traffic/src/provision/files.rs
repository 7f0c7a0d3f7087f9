//! The files in the repository: rendered first, then compared.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_plan::files::{Content, DecideError, FileOp, How, Wanted, ask_about, decide};
use piton_plan::{ConflictMode, Draft, Handle, Input, Operation, PlanBuilder, Slot};

use super::settle::Names;
use crate::dashboard::{Page, Source, favicon, render};
use crate::install::Install;
use crate::templates::{
    DASHBOARD_PATH, Deployed, ICON_PATH, Named, README_PATH, Trigger, WORKFLOW_PATH, readme,
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

/// Decides about the four files and adds them to a plan.
pub fn plan_init<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    disk: &dyn DiskRead,
    root: &Path,
    filling: &Filling<'_>,
    mode: ConflictMode,
) -> Result<Vec<(&'static str, Handle)>, Vec<DecideError>> {
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
        // What nobody changed since it was deployed is ours to bring up to date.
        let is = disk
            .read(&root.join(path))
            .map_or(Deployed::Theirs, |bytes| recognise(path, &bytes));
        let mode = match is {
            Deployed::PristineOriginal | Deployed::Current | Deployed::Older => {
                ConflictMode::Overwrite
            }
            Deployed::Edited | Deployed::Theirs => mode,
        };
        match decide(disk, root, &wanted, mode) {
            Ok(operation) => decided.push((path, operation)),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
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
        (path, builder.add_draft(draft))
    };
    Ok(decided.into_iter().map(add).collect())
}
