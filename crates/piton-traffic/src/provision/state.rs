//! Writing a state that was repaired: a copy first, then all of it at once.

use std::collections::BTreeMap;
use std::path::Path;

use piton_base::{Digest, RepoPath};
use piton_durable::DiskRead;
use piton_github::operation::{EditGist, ForgeOp, GistChange};
use piton_plan::files::{Content, FileOp, How, Was};
use piton_plan::{Handle, Operation, PlanBuilder, Slot};

use super::error::CreateError;
use crate::collect::{Mending, Step, badge_files};
use crate::operation::{Backup, StateStep, TrafficOp};
use crate::ordered::{Json, Object};

/// Where the state is, and its copies.
#[derive(Clone, Copy, Debug)]
pub struct StateGists<'a> {
    pub badge: &'a str,
    pub archive: Option<&'a str>,
    /// The revision that was read; another one means that somebody wrote.
    pub revision: Option<&'a str>,
    pub disk: &'a dyn DiskRead,
    /// The folder of piton's own state, below which copies are kept.
    pub copies: &'a Path,
}

/// Adds the steps of a mending and what writes it. Nothing is added where
/// nothing was repaired.
pub fn add_state<O>(
    builder: &mut PlanBuilder<O>,
    mending: &Mending,
    before: &Object,
    gists: StateGists<'_>,
) -> Result<Vec<Handle>, CreateError>
where
    O: Operation + From<ForgeOp> + From<TrafficOp>,
{
    for warning in &mending.warnings {
        builder.warn(warning.as_str());
    }
    if mending.steps.is_empty() {
        return Ok(Vec::new());
    }
    let backup = O::from(TrafficOp::Backup(Backup {
        target: "state".to_owned(),
        file: copy(before, gists)?,
    }));
    let backup = builder.add(backup);
    let mut writes = Vec::new();
    let notes = add_steps(builder, &mending.steps, &backup);
    let mut write = |name: &str, id: &str, files: BTreeMap<String, String>, revision| {
        let handle = builder.add(O::from(ForgeOp::EditGist(EditGist {
            name: name.to_owned(),
            change: GistChange::Update,
            id: Slot::Known(id.to_owned()),
            description: None,
            files,
            revision,
        })));
        builder.depend(&handle, &backup);
        for note in &notes {
            builder.depend(&handle, note);
        }
        writes.push(handle);
    };
    if let (Some(archive), false) = (gists.archive, mending.changed.is_empty()) {
        let files = mending.changed.iter();
        let files = files.map(|(name, file)| (name.clone(), file.pretty()));
        write("archive", archive, files.collect(), None);
    }
    if mending.state != *before {
        let mut files: BTreeMap<String, String> = badge_files(&mending.state, mending.now)
            .into_iter()
            .map(|(name, file)| (name, file.pretty()))
            .collect();
        let state = Json::from(mending.state.clone()).pretty();
        files.insert("state.json".to_owned(), state);
        let revision = gists.revision.map(str::to_owned);
        write("state", gists.badge, files, revision);
    }
    Ok(writes)
}

/// Adds what was repaired, for people: an action for each target.
fn add_steps<O: Operation + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    steps: &[Step],
    backup: &Handle,
) -> Vec<Handle> {
    let mut notes = Vec::new();
    for step in joined(steps) {
        let handle = builder.add(O::from(TrafficOp::Step(StateStep {
            kind: step.kind,
            target: step.target,
            line: step.line,
        })));
        builder.depend(&handle, backup);
        notes.push(handle);
    }
    notes
}

/// Steps of one target are one action.
fn joined(steps: &[Step]) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for step in steps {
        let (category, _) = StateStep::words(step.kind);
        let key = (category, step.target.as_str());
        if let Some(at) = known.get(&key) {
            all[*at].line.push_str("; ");
            all[*at].line.push_str(&step.line);
        } else {
            known.insert(key, all.len());
            all.push(step.clone());
        }
    }
    all
}

/// The copy of the state as it was. Its name follows from what it holds.
fn copy(before: &Object, gists: StateGists<'_>) -> Result<FileOp, CreateError> {
    let text = Json::from(before.clone()).pretty();
    let digest = Digest::of(text.as_bytes());
    let name = format!("traffic/state-{}.json", digest.short());
    let path: RepoPath = name
        .parse()
        .map_err(|_| CreateError::Unreadable(name.clone(), "its name".to_owned()))?;
    let there = gists.disk.read(&path.under(gists.copies)).ok();
    let file = match there {
        Some(bytes) if bytes == text.as_bytes() => FileOp::Keep {
            path,
            was: digest,
            conflict: None,
            why: "is kept already".to_owned(),
        },
        there => FileOp::Put {
            path,
            how: How::Create,
            content: Content::Text(text),
            mode: 0o600,
            was: there.map_or(Was::Absent, |bytes| Was::File(Digest::of(&bytes))),
            conflict: None,
            why: "the state as it was".to_owned(),
            beside: None,
            diff: None,
        },
    };
    Ok(file.outside(gists.copies.to_owned()))
}
