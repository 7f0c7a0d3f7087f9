//! One edit of a script, as its file tells it.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One change to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EditFields", into = "EditFields")]
pub struct Edit {
    pub base: Base,
    /// Relative, and without steps upwards.
    pub path: PathBuf,
    pub change: Change,
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// The directory that the call may write.
    #[default]
    Workspace,
    /// The directory that the call works in.
    Cwd,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Write(String),
    Append(String),
    Remove,
    /// A symbolic link with this target, for showing what is refused.
    Link(PathBuf),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditFields {
    #[serde(default)]
    base: Base,
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    write: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    append: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    remove: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<PathBuf>,
}

impl TryFrom<EditFields> for Edit {
    type Error = String;

    fn try_from(fields: EditFields) -> Result<Self, String> {
        let EditFields {
            base,
            path,
            write,
            append,
            remove,
            link,
        } = fields;
        let inside = |path: &Path| {
            path.components()
                .all(|part| matches!(part, Component::Normal(_)))
        };
        if path.as_os_str().is_empty() || !inside(&path) {
            return Err(format!(
                "path {} must be relative and without `..`",
                path.display()
            ));
        }
        let change = match (write, append, remove, link) {
            (Some(text), None, false, None) => Change::Write(text),
            (None, Some(text), false, None) => Change::Append(text),
            (None, None, true, None) => Change::Remove,
            (None, None, false, Some(target)) => Change::Link(target),
            _ => {
                return Err(format!(
                    "edit of {} needs one of write, append, remove = true, link",
                    path.display()
                ));
            }
        };
        Ok(Self { base, path, change })
    }
}

impl From<Edit> for EditFields {
    fn from(edit: Edit) -> Self {
        let Edit { base, path, change } = edit;
        let mut fields = Self {
            base,
            path,
            write: None,
            append: None,
            remove: false,
            link: None,
        };
        match change {
            Change::Write(text) => fields.write = Some(text),
            Change::Append(text) => fields.append = Some(text),
            Change::Remove => fields.remove = true,
            Change::Link(target) => fields.link = Some(target),
        }
        fields
    }
}
