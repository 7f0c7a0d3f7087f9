//! Gists: created once, changed where they differ.

use std::collections::BTreeMap;

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Output, OutputRef, Perform, Slot, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::gists::{self, Gist};
use crate::error::found;
use crate::forge::ForgeRead;

pub const GIST_ID: Output<String> = Output::new("id");
pub(crate) const GIST_URL: Output<String> = Output::new("url");

/// Creates a gist. Its description is its mark: no other gist has it, but those
/// that are passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateGist {
    /// What it is called in plans, such as `badge`.
    pub name: String,
    pub description: String,
    pub public: bool,
    pub files: BTreeMap<String, String>,
    /// Gists of that description that were there before and do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub besides: Vec<String>,
}

fn done(gist: Gist) -> Done {
    Done::saying(format!("gist {}", gist.id))
        .with(&GIST_ID, gist.id)
        .with(&GIST_URL, gist.html_url)
}

impl Operation for CreateGist {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("gist", Verb::Create, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        let kind = if self.public {
            "a public"
        } else {
            "an unlisted"
        };
        let names: Vec<&str> = self.files.keys().map(String::as_str).collect();
        Description::new(format!("{kind} gist `{}`", self.description))
            .premise("no gist of that description")
            .expects(format!(
                "{kind} gist of that description with {}",
                names.join(", ")
            ))
            .detail(1, "files", names.join(", "))
            .detail(2, "request", "POST /gists")
    }

    fn produces(&self) -> &'static [&'static str] {
        &["id", "url"]
    }
}

impl Observe<CreateGist> for ForgeWorld<'_> {
    fn observe(&self, op: &CreateGist, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let Some(listed) = by_description(forge, op)? else {
                return Ok(Observation::pending("no gist of that description", ()));
            };
            let gist = gists::get(forge, &listed.id)?;
            let missing: Vec<&str> = op
                .files
                .keys()
                .filter(|name| !gist.files.contains_key(*name))
                .map(String::as_str)
                .collect();
            if gist.public != op.public {
                let found = if gist.public {
                    "a public one"
                } else {
                    "an unlisted one"
                };
                return Ok(Observation::changed("no gist of that description", found));
            }
            if !missing.is_empty() {
                let found = format!("gist {} without {}", gist.id, missing.join(", "));
                return Ok(Observation::changed("all of its files", found));
            }
            Ok(Observation::Already {
                outputs: done(gist).outputs,
            })
        })
    }
}

/// Finds the gist of a description among one's own.
fn by_description(forge: &dyn ForgeRead, op: &CreateGist) -> Result<Option<Gist>, Failure> {
    let same = |gist: &Gist| {
        gist.description.as_deref() == Some(&op.description) && !op.besides.contains(&gist.id)
    };
    Ok(crate::pages::first(gists::list(forge), same)?)
}

impl Perform<CreateGist> for ForgePerformer<'_> {
    fn perform(&self, op: &CreateGist, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let new = gists::NewGist {
            description: op.description.clone(),
            public: op.public,
            files: op.files.clone(),
        };
        Ok(done(gists::create(self.forge, &new)?))
    }
}

/// Why a gist is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GistChange {
    /// Files that are missing are added.
    Repair,
    /// Its description is brought to the form of today.
    Rename,
    /// Its content is new.
    Update,
}

/// Changes a gist: its description, some of its files, all in one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditGist {
    pub name: String,
    pub change: GistChange,
    pub id: Slot<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// The revision that it was decided on, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl Operation for EditGist {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = match self.change {
            GistChange::Repair => Verb::Repair,
            GistChange::Rename => Verb::Rename,
            GistChange::Update => Verb::Update,
        };
        Key::new("gist", verb, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        let names: Vec<&str> = self.files.keys().map(String::as_str).collect();
        let line = match self.change {
            GistChange::Repair => format!("add {} to gist {}", names.join(", "), self.id),
            GistChange::Rename => {
                let description = self.description.as_deref().unwrap_or_default();
                format!("describe gist {} as `{description}`", self.id)
            }
            GistChange::Update => format!("write {} to gist {}", names.join(", "), self.id),
        };
        let mut shown = Description::new(line);
        if let Some(revision) = &self.revision {
            shown = shown.premise(format!("revision {revision}"));
        }
        for (name, text) in &self.files {
            shown = shown
                .detail(1, name.clone(), format!("{} bytes", text.len()))
                .detail(3, name.clone(), text.clone());
        }
        shown
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.id.uses().into_iter().collect()
    }
}

impl Observe<EditGist> for ForgeWorld<'_> {
    fn observe(&self, op: &EditGist, given: &Given<'_>, moment: Moment) -> Looked {
        let id = given.value(&op.id)?;
        self.settled(moment, |forge| {
            let gist = gists::get(forge, &id)?;
            let described = op.description.as_deref();
            let mut same =
                described.is_none_or(|wanted| gist.description.as_deref() == Some(wanted));
            for (name, wanted) in &op.files {
                same = same
                    && gists::content(forge, &gist, name)?.as_deref() == Some(wanted.as_bytes());
            }
            if same {
                return Ok(Observation::already());
            }
            let newest = gist
                .history
                .first()
                .map(|revision| revision.version.as_str());
            Ok(match (op.revision.as_deref(), newest) {
                (Some(decided), Some(newest)) if decided != newest => Observation::changed(
                    format!("revision {decided}"),
                    format!("revision {newest}"),
                ),
                _ => Observation::pending(format!("gist {id}"), ()),
            })
        })
    }
}

impl Perform<EditGist> for ForgePerformer<'_> {
    fn perform(&self, op: &EditGist, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let id = given.value(&op.id)?;
        let edit = gists::Edit {
            description: op.description.clone(),
            files: op.files.clone(),
        };
        gists::edit(self.forge, &id, &edit)?;
        Ok(Done::default())
    }
}

/// Leaves a gist as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepGist {
    pub name: String,
    pub id: String,
    pub why: String,
}

impl Operation for KeepGist {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("gist", Verb::Skip, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("gist {}, {}", self.id, self.why)).expects("the gist is there")
    }
}

impl Observe<KeepGist> for ForgeWorld<'_> {
    fn observe(&self, op: &KeepGist, _: &Given<'_>, _: Moment) -> Looked {
        Ok(match found(gists::get(self.forge, &op.id))? {
            Some(_) => Observation::already(),
            None => Observation::changed("the gist is there", "it is gone"),
        })
    }
}

impl Perform<KeepGist> for ForgePerformer<'_> {
    fn perform(&self, _: &KeepGist, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        Ok(Done::default())
    }
}
