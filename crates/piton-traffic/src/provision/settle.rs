//! Names, dates and the rest, out of what was said and what is known.

use piton_github::RepoName;

use super::facts::Facts;
use super::wishes::Wishes;
use crate::settings::is_date;
use crate::templates::default_schedule;

/// What the files are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// As GitHub calls it now.
    pub repository: RepoName,
    pub display_name: String,
    pub created: String,
    pub ci_workflows: Vec<String>,
    pub branch: String,
    pub schedule: String,
}

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    #[error("`{0}` is not a day of the calendar: expected YYYY-MM-DD")]
    Date(String),
    #[error("`{0}` is not a branch name")]
    Branch(String),
    #[error("`{0}` is not a cron line: expected five fields")]
    Schedule(String),
    #[error("a display name is one line of at most 100 characters")]
    DisplayName,
    #[error("`{0}` is not a secret name: expected capitals, digits and `_`")]
    Secret(String),
    #[error("`{0}` is not a workflow name")]
    Workflow(String),
}

impl Names {
    /// Settles each: what was said, then what is known, then what follows.
    pub(crate) fn settle(wishes: &Wishes, facts: &Facts) -> Result<Self, SettleError> {
        let known = facts.repository.as_ref();
        let repository = known
            .map_or(&wishes.repository, |known| &known.full_name)
            .clone();
        let same = facts
            .project
            .repository()
            .is_some_and(|name| name.same(&repository) || name.same(&wishes.repository));
        let entry = facts.global.entry(&repository).unwrap_or_default();
        let from_project = |field: &str| facts.project.get(field).filter(|_| same);
        let created = wishes
            .said
            .created
            .clone()
            .or_else(|| from_project("created"))
            .or(entry.created)
            .or_else(|| known.map(|known| known.created_at.to_string()[..10].to_owned()))
            .unwrap_or_else(|| facts.today.clone());
        if !is_date(&created) {
            return Err(SettleError::Date(created));
        }
        let known_ci = facts.project.ci_workflows().ok().flatten().filter(|_| same);
        let ci_workflows = wishes.ci_workflows.clone().or(known_ci).unwrap_or_default();
        let names = Self {
            display_name: wishes
                .said
                .display_name
                .clone()
                .or_else(|| from_project("display_name"))
                .or(entry.display_name)
                .unwrap_or_else(|| display_name(repository.name())),
            created,
            ci_workflows,
            branch: wishes
                .branch
                .clone()
                .or_else(|| known.map(|known| known.default_branch.clone()))
                .unwrap_or_else(|| "main".to_owned()),
            schedule: wishes
                .schedule
                .clone()
                .unwrap_or_else(|| default_schedule(&repository.to_string())),
            repository,
        };
        names.check(&wishes.secret)?;
        Ok(names)
    }

    /// Refuses what could mean something else in a file.
    pub fn check(&self, secret: &str) -> Result<(), SettleError> {
        let name = &self.display_name;
        if name.trim().is_empty()
            || name.chars().count() > 100
            || name.chars().any(char::is_control)
        {
            return Err(SettleError::DisplayName);
        }
        let odd = |name: &&String| name.trim().is_empty() || name.chars().any(char::is_control);
        if let Some(name) = self.ci_workflows.iter().find(odd) {
            return Err(SettleError::Workflow(name.clone()));
        }
        if !is_branch(&self.branch) {
            return Err(SettleError::Branch(self.branch.clone()));
        }
        if !is_cron(&self.schedule) {
            return Err(SettleError::Schedule(self.schedule.clone()));
        }
        if !is_secret(secret) {
            return Err(SettleError::Secret(secret.to_owned()));
        }
        Ok(())
    }
}

/// A repository's name as people would write it.
pub fn display_name(name: &str) -> String {
    let words = name
        .split(['-', '_'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut chars = word.chars();
            let first = chars
                .next()
                .map(|c| c.to_uppercase().to_string())
                .unwrap_or_default();
            format!("{first}{}", chars.as_str())
        });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a text can be the name of a branch.
pub fn is_branch(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['-', '/'])
        && !name.ends_with(['/', '.'])
        && !name.contains("..")
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./+".contains(&b))
}

/// Whether a text can be a cron line.
pub fn is_cron(line: &str) -> bool {
    let fields: Vec<&str> = line.split(' ').collect();
    fields.len() == 5
        && fields.iter().all(|field| {
            !field.is_empty()
                && field
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"*,-/".contains(&b))
        })
}

/// Whether a text can be the name of a secret.
pub fn is_secret(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && !name.starts_with("GITHUB_")
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_follows_from_the_repositorys() {
        assert_eq!(
            display_name("claude-session_backup"),
            "Claude Session Backup"
        );
        assert_eq!(display_name("--"), "");
    }

    #[test]
    fn values_that_could_mean_something_else_in_a_file_are_refused() {
        assert!(
            is_branch("release/1.x")
                && !is_branch("a b")
                && !is_branch("a\"b")
                && !is_branch("..")
                && !is_branch("")
        );
        assert!(
            is_cron("7 3,15 * * *")
                && !is_cron("7 3 * *")
                && !is_cron("7 3 * * *\n")
                && !is_cron("a\" b c d e")
        );
        assert!(
            is_secret("TRAFFIC_GIST_TOKEN")
                && !is_secret("a")
                && !is_secret("GITHUB_X")
                && !is_secret("A }} B")
        );
    }
}
