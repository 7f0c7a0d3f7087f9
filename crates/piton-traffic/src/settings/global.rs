//! The user's list of tracked repositories.

use piton_github::RepoName;

use super::file::{SettingsError, parse, text, written};
use crate::ordered::{Json, Object};
use crate::provision::Kind;

/// The list, with everything in it that we do not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Global {
    object: Object,
}

/// What the list says of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub badge_gist_id: Option<String>,
    pub archive_gist_id: Option<String>,
    pub repo_dir: Option<String>,
    pub display_name: Option<String>,
    pub created: Option<String>,
}

impl Entry {
    /// Returns the id of one of the two gists.
    pub(crate) fn gist(&self, kind: Kind) -> Option<String> {
        match kind {
            Kind::Badge => self.badge_gist_id.clone(),
            Kind::Archive => self.archive_gist_id.clone(),
        }
    }
}

impl Global {
    pub fn parse(bytes: &[u8]) -> Result<Self, SettingsError> {
        let object = parse(bytes)?;
        let wrong = |value: &Json| SettingsError::Field {
            field: "repos".to_owned(),
            expected: "an object by OWNER/REPO",
            found: value.pretty(),
        };
        if let Some(repos) = object.get("repos") {
            let repos = repos.object().ok_or_else(|| wrong(repos))?;
            for (_, entry) in repos.iter() {
                let entry = entry.object().ok_or_else(|| wrong(entry))?;
                read(entry)?;
            }
        }
        Ok(Self { object })
    }

    /// Returns the repositories, in the order of the file.
    pub fn all(&self) -> Vec<(String, Entry)> {
        let repos = self
            .object
            .object("repos")
            .into_iter()
            .flat_map(Object::iter);
        repos
            .filter_map(|(name, entry)| Some((name.to_owned(), read(entry.object()?).ok()?)))
            .collect()
    }

    pub fn entry(&self, repository: &RepoName) -> Option<Entry> {
        let name = repository.to_string();
        self.all()
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
            .map(|(_, entry)| entry)
    }

    /// Sets what is given of one repository; the rest stays.
    #[must_use]
    pub(crate) fn with(&self, repository: &RepoName, entry: &Entry) -> Self {
        let mut object = self.object.clone();
        if object.get("version").is_none() {
            object.set("version", 1);
        }
        let repos = object.object_mut("repos");
        let name = repository.to_string();
        let known = repos
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name));
        let name = known.map_or(name, |(known, _)| known.to_owned());
        let place = repos.object_mut(&name);
        for (field, value) in [
            ("badge_gist_id", &entry.badge_gist_id),
            ("archive_gist_id", &entry.archive_gist_id),
            ("repo_dir", &entry.repo_dir),
            ("display_name", &entry.display_name),
            ("created", &entry.created),
        ] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                place.set(field, value);
            }
        }
        Self { object }
    }

    /// Returns the list without one repository; the rest stays.
    #[must_use]
    pub(crate) fn without(&self, repository: &RepoName) -> Self {
        let mut object = self.object.clone();
        let name = repository.to_string();
        object
            .object_mut("repos")
            .retain(|known| !known.eq_ignore_ascii_case(&name));
        Self { object }
    }

    pub(crate) fn written(&self) -> String {
        written(&self.object)
    }
}

fn read(entry: &Object) -> Result<Entry, SettingsError> {
    Ok(Entry {
        badge_gist_id: text(entry, "badge_gist_id")?,
        archive_gist_id: text(entry, "archive_gist_id")?,
        repo_dir: text(entry, "repo_dir")?,
        display_name: text(entry, "display_name")?,
        created: text(entry, "created")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_merged_and_all_others_are_kept() {
        let text = br#"{"version": 1, "mine": true, "repos": {"a/b": {"x": 1}, "Acme/Widget": {"created": "2020-01-01", "note": "n"}}}"#;
        let global = Global::parse(text).unwrap();
        let repository = "acme/widget".parse().unwrap();
        let entry = Entry {
            badge_gist_id: Some("b".to_owned()),
            created: Some(String::new()),
            ..Entry::default()
        };
        let merged = global.with(&repository, &entry);
        let found = merged.entry(&repository).unwrap();
        assert_eq!(found.badge_gist_id.as_deref(), Some("b"));
        assert_eq!(found.created.as_deref(), Some("2020-01-01"));
        let text = merged.written();
        for kept in [
            "\"mine\": true",
            "\"x\": 1",
            "\"note\": \"n\"",
            "\"Acme/Widget\"",
        ] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        assert!(Global::parse(br#"{"repos": []}"#).is_err());
    }
}
