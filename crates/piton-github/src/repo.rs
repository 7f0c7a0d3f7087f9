//! The name of a repository: `OWNER/NAME`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `OWNER/NAME`, as GitHub allows it. Two names are the same without regard to
/// upper and lower case, which [`RepoName::same`] compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RepoName {
    owner: String,
    name: String,
}

/// Why a text names no repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no repository: expected OWNER/NAME, of letters, digits, `-`, `_` and `.`")]
pub struct InvalidRepoName {
    text: String,
}

impl RepoName {
    pub fn new(owner: &str, name: &str) -> Result<Self, InvalidRepoName> {
        let owner_fits = !owner.is_empty()
            && owner.len() <= 100
            && owner.starts_with(|c: char| c.is_ascii_alphanumeric())
            && owner
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let name_fits = !name.is_empty()
            && name.len() <= 100
            && name != "."
            && name != ".."
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if owner_fits && name_fits {
            Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            })
        } else {
            Err(InvalidRepoName {
                text: format!("{owner}/{name}"),
            })
        }
    }

    /// Finds the repository in the address of a remote on `host`: an HTTPS or
    /// SSH address, or git's short form `git@host:owner/name.git`.
    pub fn from_remote(address: &str, host: &str) -> Option<Self> {
        let address = address.trim();
        let rest = match address.split_once("://") {
            Some((scheme, rest)) => {
                if !matches!(scheme, "https" | "http" | "ssh" | "git" | "git+ssh") {
                    return None;
                }
                let (place, path) = rest.split_once('/')?;
                (place, path)
            }
            None => address.split_once(':')?,
        };
        let (place, path) = rest;
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let place = place.split_once(':').map_or(place, |(place, _)| place);
        // GitHub serves SSH on port 443 under a name of its own.
        let same = place.eq_ignore_ascii_case(host)
            || place.eq_ignore_ascii_case(&format!("ssh.{host}"))
            || place.eq_ignore_ascii_case(&format!("www.{host}"));
        if !same {
            return None;
        }
        let path = path.trim_matches('/');
        let (owner, name) = path.strip_suffix(".git").unwrap_or(path).split_once('/')?;
        Self::new(owner, name).ok()
    }

    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether both are the same repository to GitHub.
    pub fn same(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl FromStr for RepoName {
    type Err = InvalidRepoName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (owner, name) = text.split_once('/').ok_or_else(|| InvalidRepoName {
            text: text.to_owned(),
        })?;
        Self::new(owner, name).map_err(|_| InvalidRepoName {
            text: text.to_owned(),
        })
    }
}

piton_base::through_text!(RepoName);

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(address: &str) -> Option<String> {
        RepoName::from_remote(address, "github.com").map(|name| name.to_string())
    }

    #[test]
    fn a_remote_names_its_repository_in_every_form_that_git_takes() {
        for address in [
            "https://github.com/acme/widget",
            "https://github.com/acme/widget.git",
            "https://x-access-token:abc@github.com/acme/widget.git/",
            "git@github.com:acme/widget.git",
            "ssh://git@github.com/acme/widget.git",
            "ssh://git@ssh.github.com:443/acme/widget.git",
            "https://GitHub.com/acme/widget",
        ] {
            assert_eq!(remote(address).as_deref(), Some("acme/widget"), "{address}");
        }
    }

    #[test]
    fn a_remote_elsewhere_names_none() {
        for address in [
            "https://gitlab.com/acme/widget",
            "https://github.com.evil.example/acme/widget",
            "/srv/git/widget.git",
            "../widget",
            "https://github.com/acme",
            "https://github.com/acme/widget/extra",
            "file://github.com/acme/widget",
            "",
        ] {
            assert_eq!(remote(address), None, "{address}");
        }
    }

    #[test]
    fn a_name_with_anything_else_in_it_is_refused_and_quoted() {
        for text in [
            "acme", "acme/", "/widget", "acme/..", "a b/c", "a/b/c", "a/b?x", "-a/b",
        ] {
            let refused = text.parse::<RepoName>().unwrap_err().to_string();
            assert!(refused.contains(&format!("`{text}`")), "{refused}");
        }
        assert!("a.b/c".parse::<RepoName>().is_err());
        assert!("EMU_user/c.d".parse::<RepoName>().is_ok());
    }
}
