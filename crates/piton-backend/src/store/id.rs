//! The id of a plan, and the provider that keeps it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

/// The id of a plan: opaque, and always a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanId(String);

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not a plan id: ids are numbers like 42 or P42, addresses of issues, or names", .text.escape_debug())]
pub struct InvalidPlanId {
    pub(crate) text: String,
}

impl PlanId {
    /// Returns the number of an issue or a pull request.
    pub fn number(&self) -> Option<u64> {
        let is_number = self.0.bytes().all(|b| b.is_ascii_digit());
        is_number
            .then(|| self.0.parse().ok())
            .flatten()
            .filter(|number| *number > 0)
    }

    /// Returns the id as JSON: a number where it is one, else a text.
    pub fn to_json(&self) -> Json {
        self.number()
            .map_or_else(|| Json::from(self.0.as_str()), Json::from)
    }

    /// Reads what a person writes for a plan: `42`, `P42`, `#42`, the address
    /// of an issue or a pull request, or a name.
    pub fn from_words(text: &str) -> Result<Self, InvalidPlanId> {
        let text = text.trim();
        let digits = text.trim_start_matches('#');
        let digits = digits.strip_prefix(['P', 'p']).unwrap_or(digits);
        if let Some(number) = Self::of_digits(digits) {
            return Ok(number);
        }
        match text.strip_prefix("https://") {
            Some(address) => Self::from_address(address).ok_or_else(|| InvalidPlanId {
                text: text.to_owned(),
            }),
            None => text.parse(),
        }
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let trimmed = digits.trim_start_matches('0');
        let fits = !trimmed.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && trimmed.parse::<u64>().is_ok();
        fits.then(|| Self(trimmed.to_owned()))
    }

    /// Returns the host and the repository (`OWNER/NAME`) that an address names.
    pub fn home_of(text: &str) -> Option<(String, String)> {
        let address = text.trim().strip_prefix("https://")?;
        Self::from_address(address)?;
        let mut parts = address.split('/');
        let host = parts.next()?.to_owned();
        Some((host, format!("{}/{}", parts.next()?, parts.next()?)))
    }

    fn from_address(address: &str) -> Option<Self> {
        let mut parts = address.trim_end_matches('/').split('/');
        let (_host, owner, repository) = (parts.next()?, parts.next()?, parts.next()?);
        let (kind, number) = (parts.next()?, parts.next()?);
        let digits = number.split(['#', '?']).next()?;
        let fits = matches!(kind, "issues" | "pull")
            && parts.next().is_none()
            && !owner.is_empty()
            && !repository.is_empty();
        fits.then(|| Self::of_digits(digits)).flatten()
    }

    /// Returns the id that the name of a branch carries: `P42-…` or `42-…`.
    pub(crate) fn from_branch(branch: &str) -> Option<Self> {
        let rest = branch.strip_prefix(['P', 'p']).unwrap_or(branch);
        let (digits, _) = rest.split_once('-')?;
        Self::of_digits(digits)
    }
}

impl FromStr for PlanId {
    type Err = InvalidPlanId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=200).contains(&text.len())
            && !text.starts_with(['.', '-'])
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidPlanId {
            text: text.chars().take(80).collect(),
        })
    }
}

piton_base::through_text!(PlanId);

impl From<u64> for PlanId {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

piton_base::holds_text!(PlanId);

piton_base::words! {
    /// Who keeps plans.
    #[derive(Hash)]
    pub enum Provider: "a keeper of plans" {
        GithubIssue = "github-issue",
        GithubDraftPr = "github-draft-pr",
        Local = "local",
    }
}

impl Provider {
    /// Reads the name in a reference file.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut known = Self::ALL.iter().copied();
        known.find(|provider| provider.name() == name)
    }

    /// Returns the name that reference files hold.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GithubIssue => "github",
            Self::GithubDraftPr | Self::Local => self.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PlanId;

    #[test]
    fn people_name_a_plan_in_many_ways() {
        for (text, id) in [
            ("42", "42"),
            ("P42", "42"),
            ("p0042", "42"),
            ("#42", "42"),
            ("https://github.com/acme/app/issues/42", "42"),
            ("https://github.com/acme/app/pull/42/", "42"),
            ("https://github.com/acme/app/issues/42#issuecomment-1", "42"),
            ("add-cache", "add-cache"),
            ("PROJ-123", "PROJ-123"),
        ] {
            assert_eq!(PlanId::from_words(text).unwrap().as_str(), id, "{text}");
        }
        for text in [
            "",
            "..",
            "../x",
            "a/b",
            "https://github.com/a/b",
            "a b",
            "-x",
        ] {
            assert!(PlanId::from_words(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_branch_of_a_plan_begins_with_its_number() {
        let id = |branch| PlanId::from_branch(branch).map(|id| id.to_string());
        assert_eq!(id("P7041-add-cache-02-15-0938").as_deref(), Some("7041"));
        assert_eq!(id("7041-add").as_deref(), Some("7041"));
        assert_eq!(id("main"), None);
        assert_eq!(id("plnd/add-cache"), None);
    }
}
