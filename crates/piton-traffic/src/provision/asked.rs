//! What looking and setting up both ask GitHub about a repository.

use piton_github::endpoints::{actions, secrets, site, variables};
use piton_github::{ForgeError, ForgeRead, RepoName, found};

use super::facts::{SecretFound, SiteFound};
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};

/// A repository that is asked about, if it is there for whoever asks.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) forge: &'a dyn ForgeRead,
    pub(crate) name: &'a RepoName,
    pub(crate) there: bool,
}

impl<'a> Asked<'a> {
    /// Asks one thing. It is not known where the repository is not there, or the
    /// token may not look.
    pub(crate) fn ask<T>(
        &self,
        ask: impl FnOnce(&'a dyn ForgeRead, &'a RepoName) -> Result<T, ForgeError>,
    ) -> Result<Option<T>, ForgeError> {
        if !self.there {
            return Ok(None);
        }
        match ask(self.forge, self.name) {
            Ok(value) => Ok(Some(value)),
            Err(ForgeError::NoPermission { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the values of the two variables.
    pub(crate) fn variables(&self) -> Result<Option<[Option<String>; 2]>, ForgeError> {
        self.ask(|forge, name| {
            let value = |variable| {
                let found = found(variables::get(forge, name, variable))?;
                Ok(found.map(|found| found.value))
            };
            Ok([value(BADGE_VARIABLE)?, value(ARCHIVE_VARIABLE)?])
        })
    }

    pub(crate) fn secret(&self, secret: &str) -> Result<SecretFound, ForgeError> {
        let secret = self.ask(|forge, name| found(secrets::get(forge, name, secret)))?;
        Ok(match secret {
            None => SecretFound::Unknown,
            Some(None) => SecretFound::Absent,
            Some(Some(secret)) => SecretFound::Present {
                set: secret.updated_at,
            },
        })
    }

    /// Returns what is known of the site, and where it is seen.
    pub(crate) fn site(&self) -> Result<(SiteFound, Option<String>), ForgeError> {
        let site = self.ask(|forge, name| found(site::get(forge, name)))?;
        Ok(match site {
            None => (SiteFound::Unknown, None),
            Some(None) => (SiteFound::Off, None),
            Some(Some(site)) => (SiteFound::On(site.source), site.html_url),
        })
    }

    /// Returns the names of the repository's workflows.
    pub(crate) fn workflows(&self) -> Result<Option<Vec<String>>, ForgeError> {
        self.ask(|forge, name| {
            actions::list(forge, name)
                .map(|one| Ok(one?.name))
                .collect()
        })
    }
}
