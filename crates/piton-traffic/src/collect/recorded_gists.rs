//! The two gists of a recording: as it gives them, then as its runs leave them.

use std::collections::BTreeMap;

use super::outcome::{Outcome, StateRead, Target};
use super::recorded_part::{InvalidRecording, field, objects};
use crate::ordered::{Json, Object};

/// The gists as the runs so far left them.
pub(super) struct Gists {
    pub(super) badge: String,
    pub(super) archive: String,
    pub(super) state: StateRead,
    pub(super) archived: Option<BTreeMap<String, Json>>,
    /// Earlier states, where the recording has them.
    pub(super) past: Vec<Object>,
}

impl Gists {
    pub(super) fn of(input: &Object) -> Result<Self, InvalidRecording> {
        let id = |name: &str, default: &str| match input.get(name) {
            None => Ok(default.to_owned()),
            Some(Json::Text(id)) => Ok(id.clone()),
            Some(Json::Null) => Ok(String::new()),
            Some(_) => Err(field(name, "is not text")),
        };
        for name in ["gist", "archive"] {
            objects(input, name)?;
        }
        let state = input.get("initial_state").or_else(|| input.get("state"));
        let revisions = input
            .object("gist")
            .and_then(|gist| match gist.get("revisions") {
                Some(Json::List(list)) => i64::try_from(list.len()).ok(),
                other => other.and_then(Json::int),
            })
            .and_then(|count| u64::try_from(count).ok());
        let state = match (input.text("rawState"), state) {
            (Some(raw), _) => match Json::parse(raw.as_bytes()) {
                Ok(Json::Object(state)) => StateRead::Read(state),
                Ok(_) => StateRead::Damaged("it is not an object".to_owned()),
                Err(error) => StateRead::Damaged(error.to_string()),
            },
            (None, Some(Json::Object(state))) => StateRead::Read(state.clone()),
            (None, None | Some(Json::Null)) => StateRead::Missing { revisions },
            (None, Some(_)) => StateRead::Damaged("it is not an object".to_owned()),
        };
        Ok(Self {
            badge: id("gistId", "BADGE")?,
            archive: id("archiveGistId", "ARCH")?,
            state,
            archived: archive_of(input.get("archive")),
            past: past_of(input),
        })
    }

    pub(super) fn keep(&mut self, outcome: &Outcome) {
        for write in &outcome.writes {
            let Target::Gist(id) = &write.target else {
                continue;
            };
            if *id == self.archive && *id != self.badge {
                let archived = self.archived.get_or_insert_default();
                archived.extend(write.files.iter().cloned());
            } else if let Some((_, Json::Object(state))) =
                write.files.iter().find(|(name, _)| name == "state.json")
            {
                self.state = StateRead::Read(state.clone());
            }
        }
    }
}

/// The states of earlier revisions: as they are, or in the form of a gist.
fn past_of(input: &Object) -> Vec<Object> {
    let revisions = input.object("gist").map(|gist| gist.list("revisions"));
    let state = |one: &Object| -> Option<Object> {
        if one.get("dailyHistory").is_some() {
            return Some(one.clone());
        }
        let file = one
            .get("state")
            .or_else(|| one.object("files")?.get("state.json"))?;
        let file = match file.get("content") {
            Some(content) => content,
            None => file,
        };
        match file {
            Json::Object(state) => Some(state.clone()),
            Json::Text(text) => Json::parse(text.as_bytes()).ok()?.object().cloned(),
            _ => None,
        }
    };
    let all = revisions.unwrap_or_default().iter();
    all.filter_map(Json::object).filter_map(state).collect()
}

/// The files of the archive gist: by name, or wrapped as a gist has them.
fn archive_of(value: Option<&Json>) -> Option<BTreeMap<String, Json>> {
    let Some(value) = value.filter(|value| **value != Json::Null) else {
        return Some(BTreeMap::new());
    };
    if value.get("__error").is_some() {
        return None;
    }
    let object = value.object()?;
    let files = object.object("files").unwrap_or(object);
    let content = |file: &Json| match file {
        Json::Text(text) => Json::parse(text.as_bytes()).ok(),
        Json::Object(object) if object.text("content").is_some() => {
            Json::parse(object.text("content")?.as_bytes()).ok()
        }
        other => Some(other.clone()),
    };
    files
        .iter()
        .map(|(name, file)| Some((name.to_owned(), content(file)?)))
        .collect()
}
