//! What a plan does about each of the two gists.

use std::collections::BTreeMap;

use piton_github::RepoName;
use piton_github::operation::ForgeOp;
use piton_github::operation::{CreateGist, EditGist, GIST_ID, GistChange, KeepGist};
use piton_plan::{Handle, Operation, PlanBuilder, Slot};

use super::error::CreateError;
use super::facts::{Candidate, GistFound};
use super::kind::Kind;
use crate::collect::badges::badge;
use crate::collect::badges_as_captured;
use crate::ordered::Json;
use crate::state::{archive_index, fresh};

/// A gist in a plan: its id, and the action that creates it, if one does.
pub(super) struct Bound {
    pub(super) id: Slot<String>,
    pub(super) action: Option<Handle>,
    /// What is changed of one that is there.
    pub(super) edits: Vec<Handle>,
}

/// Decides about one gist: never a second one, and no history is touched.
pub(super) fn plan<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    kind: Kind,
    found: &GistFound,
    repository: &RepoName,
) -> Result<Bound, CreateError> {
    let candidate = match found {
        GistFound::None => return Ok(create(builder, kind, repository, &[])),
        GistFound::Unwanted(besides) => return Ok(create(builder, kind, repository, besides)),
        GistFound::One(candidate) => candidate,
        GistFound::Several(candidates) => {
            return Err(CreateError::Disagree {
                kind,
                candidates: candidates
                    .iter()
                    .map(|one| (one.id.clone(), one.named))
                    .collect(),
            });
        }
    };
    ours(kind, candidate)?;
    let mut edits = Vec::new();
    let missing = missing_files(kind, candidate, repository);
    let edit = |change, description: Option<String>, files| EditGist {
        name: kind.name().to_owned(),
        change,
        id: Slot::Known(candidate.id.clone()),
        description,
        files,
        revision: None,
    };
    if !missing.is_empty() {
        edits.push(edit(GistChange::Repair, None, missing));
    }
    let description = kind.description(repository);
    if candidate.description != description {
        edits.push(edit(GistChange::Rename, Some(description), BTreeMap::new()));
    }
    if edits.is_empty() {
        builder.add(O::from(ForgeOp::KeepGist(KeepGist {
            name: kind.name().to_owned(),
            id: candidate.id.clone(),
            why: format!("named by {}", candidate.named),
        })));
    }
    let mut added: Vec<Handle> = Vec::new();
    for edit in edits {
        let handle = builder.add(O::from(ForgeOp::EditGist(edit)));
        if let Some(before) = added.last() {
            builder.depend(&handle, before);
        }
        added.push(handle);
    }
    Ok(Bound {
        id: Slot::Known(candidate.id.clone()),
        action: None,
        edits: added,
    })
}

/// Creates a gist beside those that are not wanted.
fn create<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    kind: Kind,
    repository: &RepoName,
    besides: &[String],
) -> Bound {
    let handle = builder.add(O::from(ForgeOp::CreateGist(CreateGist {
        name: kind.name().to_owned(),
        description: kind.description(repository),
        public: kind == Kind::Badge,
        files: files_of(kind, repository),
        besides: besides.to_vec(),
    })));
    Bound {
        id: Slot::After(handle.output(&GIST_ID)),
        action: Some(handle),
        edits: Vec::new(),
    }
}

/// Returns the files that a gist lacks: its badges, as the state has them.
fn missing_files(
    kind: Kind,
    candidate: &Candidate,
    repository: &RepoName,
) -> BTreeMap<String, String> {
    if kind == Kind::Archive {
        return BTreeMap::new();
    }
    let there = |name: &str| candidate.files.get(name).copied().unwrap_or(false);
    let mut files = files_of(kind, repository);
    let known = candidate.state.as_ref().and_then(badges_as_captured);
    for (name, file) in known.into_iter().flatten() {
        files.insert(name, file.pretty());
    }
    files.retain(|name, _| name != "state.json" && !there(name));
    files
}

/// Refuses a gist that is none of ours, or whose history cannot be read.
fn ours(kind: Kind, candidate: &Candidate) -> Result<(), CreateError> {
    if !candidate.files.keys().any(|file| kind.signs(file)) {
        return Err(CreateError::NotOurs {
            id: candidate.id.clone(),
            by: candidate.named,
            lacks: match kind {
                Kind::Badge => "state.json",
                Kind::Archive => "archive.json",
            },
        });
    }
    if kind == Kind::Badge && candidate.files.get("state.json") == Some(&false) {
        return Err(CreateError::Damaged {
            id: candidate.id.clone(),
        });
    }
    Ok(())
}

/// What a new gist of a kind holds.
fn files_of(kind: Kind, repository: &RepoName) -> BTreeMap<String, String> {
    match kind {
        Kind::Badge => {
            let mut files: BTreeMap<String, String> = ["installs", "downloads", "clones", "views"]
                .into_iter()
                .map(|label| badge(label, "0".to_owned()))
                .map(|(name, file)| (name, file.pretty()))
                .collect();
            files.insert("state.json".to_owned(), Json::from(fresh()).pretty());
            files
        }
        Kind::Archive => {
            let index = Json::from(archive_index(&repository.to_string())).pretty();
            BTreeMap::from([("archive.json".to_owned(), index)])
        }
    }
}
