//! `.ghtraf.json`, the truth about one tracked repository.

use piton_github::RepoName;

use super::file::{SettingsError, parse, text, written};
use crate::ordered::{Json, Object};

/// What the file says, with everything in it that we do not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    object: Object,
}

impl Project {
    pub fn parse(bytes: &[u8]) -> Result<Self, SettingsError> {
        let project = Self {
            object: parse(bytes)?,
        };
        for field in [
            "owner",
            "repo",
            "created",
            "display_name",
            "badge_gist_id",
            "archive_gist_id",
        ] {
            text(&project.object, field)?;
        }
        project.ci_workflows()?;
        Ok(project)
    }

    /// Returns the repository that it names.
    pub fn repository(&self) -> Option<RepoName> {
        RepoName::new(&self.get("owner")?, &self.get("repo")?).ok()
    }

    pub fn get(&self, field: &str) -> Option<String> {
        text(&self.object, field).ok().flatten()
    }

    pub fn ci_workflows(&self) -> Result<Option<Vec<String>>, SettingsError> {
        let Some(value) = self.object.get("ci_workflows") else {
            return Ok(None);
        };
        let names: Option<Vec<String>> = match value {
            Json::List(list) => list
                .iter()
                .map(|name| name.text().map(str::to_owned))
                .collect(),
            _ => None,
        };
        names.map(Some).ok_or_else(|| SettingsError::Field {
            field: "ci_workflows".to_owned(),
            expected: "a list of names",
            found: value.pretty(),
        })
    }

    /// Sets what tracking needs, in the order that the original writes; what is
    /// there already keeps its place, and the rest is left alone.
    #[must_use]
    pub(crate) fn with(&self, set: &Set<'_>) -> Self {
        let mut object = self.object.clone();
        for (field, value) in [
            ("owner", set.repository.owner()),
            ("repo", set.repository.name()),
            ("created", set.created),
            ("display_name", set.display_name),
            ("badge_gist_id", set.badge),
            ("archive_gist_id", set.archive),
            ("dashboard_dir", "docs/stats"),
        ] {
            object.set(field, value);
        }
        if object.get("schema_version").is_none() {
            object.set("schema_version", 1);
        }
        if !set.ci_workflows.is_empty() {
            let names = set
                .ci_workflows
                .iter()
                .map(|name| Json::from(name.as_str()));
            object.set("ci_workflows", names.collect::<Vec<_>>());
        }
        Self { object }
    }

    pub(crate) fn written(&self) -> String {
        written(&self.object)
    }
}

/// What tracking needs in the file.
#[derive(Clone, Debug)]
pub struct Set<'a> {
    pub(crate) repository: &'a RepoName,
    pub(crate) created: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) badge: &'a str,
    pub(crate) archive: &'a str,
    pub(crate) ci_workflows: &'a [String],
}

/// Whether a text is a day of the calendar.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a text can be the id of a gist.
pub fn is_gist_id(text: &str) -> bool {
    matches!(text.len(), 20 | 32) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'a>(repository: &'a RepoName, ci: &'a [String]) -> Set<'a> {
        Set {
            repository,
            created: "2026-01-02",
            display_name: "Widget",
            badge: "b",
            archive: "a",
            ci_workflows: ci,
        }
    }

    #[test]
    fn a_new_file_is_as_the_original_writes_it() {
        let repository = "acme/widget".parse().unwrap();
        let text = Project::default()
            .with(&set(&repository, &["CI".to_owned()]))
            .written();
        assert_eq!(
            text,
            "{\n  \"owner\": \"acme\",\n  \"repo\": \"widget\",\n  \"created\": \"2026-01-02\",\n  \"display_name\": \"Widget\",\n  \"badge_gist_id\": \"b\",\n  \"archive_gist_id\": \"a\",\n  \"dashboard_dir\": \"docs/stats\",\n  \"schema_version\": 1,\n  \"ci_workflows\": [\n    \"CI\"\n  ]\n}\n"
        );
    }

    #[test]
    fn what_is_not_known_stays_where_it_stands() {
        let project = Project::parse(
            br#"{"mine": [1], "repo": "old", "owner": "acme", "ci_workflows": ["X"]}"#,
        )
        .unwrap();
        assert_eq!(project.repository().unwrap().to_string(), "acme/old");
        let repository = "acme/widget".parse().unwrap();
        let text = project.with(&set(&repository, &[])).written();
        assert!(
            text.starts_with("{\n  \"mine\": [\n    1\n  ],\n  \"repo\": \"widget\""),
            "{text}"
        );
        assert!(
            text.contains("\"X\""),
            "names that nobody asked to change stay"
        );
    }

    #[test]
    fn a_malformed_file_is_told_with_line_and_column() {
        let refused = Project::parse(b"{\n  \"owner\": }").unwrap_err();
        assert_eq!(refused.to_string(), "line 2, column 12: expected value");
        let refused = Project::parse(br#"{"owner": 3}"#).unwrap_err();
        assert_eq!(refused.to_string(), "`owner` must be text, not 3");
        assert!(Project::parse(b"[]").is_err());
    }
}
