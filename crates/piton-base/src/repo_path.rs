//! A path inside the repository.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A path relative to the root of the repository, with `/` on every system. It
/// cannot name anything outside the root, nor anything of git's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RepoPath(String);

/// Why a text is no path inside the repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a path inside the repository: {why}", text.escape_debug())]
pub struct InvalidRepoPath {
    text: String,
    why: &'static str,
}

impl RepoPath {
    /// Returns the parts between the slashes; there is at least one.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }

    pub fn join(&self, below: &str) -> Result<Self, InvalidRepoPath> {
        format!("{self}/{below}").parse()
    }

    /// Returns the path with a number before the extension: `a_001.md`.
    #[must_use]
    pub fn numbered(&self, number: u16) -> Self {
        let (dir, name) = match self.0.rsplit_once('/') {
            Some((dir, name)) => (Some(dir), name),
            None => (None, self.0.as_str()),
        };
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, Some(extension)),
            Some(_) | None => (name, None),
        };
        let dir = dir.map_or_else(String::new, |dir| format!("{dir}/"));
        let extension = extension.map_or_else(String::new, |extension| format!(".{extension}"));
        Self(format!("{dir}{stem}_{number:03}{extension}"))
    }
}

impl FromStr for RepoPath {
    type Err = InvalidRepoPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match problem(text) {
            None => Ok(Self(text.to_owned())),
            Some(why) => Err(InvalidRepoPath {
                text: text.chars().take(200).collect(),
                why,
            }),
        }
    }
}

fn problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.starts_with('/') || text.as_bytes().get(1) == Some(&b':') {
        return Some("it is absolute");
    }
    if text.contains('\\') {
        return Some("it contains a backslash; use `/`");
    }
    if text.contains(char::is_control) {
        return Some("it contains a control character");
    }
    text.split('/').find_map(|part| match part {
        "" => Some("a part of it is empty"),
        "." | ".." => Some("a part of it is `.` or `..`"),
        part if is_reserved_name(part) => Some("a part of it is `.git`"),
        _ => None,
    })
}

/// Tells whether a name is git's own: whether some file system takes it for
/// `.git`. Case may not matter, dots and spaces at the end may be dropped, and
/// so may marks that cannot be seen; `git~1` is its short name.
pub fn is_reserved_name(part: &str) -> bool {
    let seen: String = part
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
        .collect();
    let name = seen.split(':').next().unwrap_or_default();
    let name = name.trim_end_matches(['.', ' ']);
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case("git~1")
}

crate::through_text!(RepoPath);
crate::holds_text!(RepoPath);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_and_nothing_of_git_has_a_path() {
        for bad in [
            "",
            "/a",
            "c:/a",
            "a\\b",
            "a\nb",
            "a//b",
            "a/",
            "./a",
            "a/../b",
            ".git",
            "a/.GIT/b",
            ".git /x",
            "git~1/x",
            ".g\u{200c}it",
            ".git.",
            ".git:stream",
        ] {
            assert!(bad.parse::<RepoPath>().is_err(), "{bad:?}");
        }
        for good in ["a", "a/b.md", ".gitignore", "git~2", "a b", "..a"] {
            assert_eq!(good.parse::<RepoPath>().unwrap().as_str(), good);
        }
    }
}
