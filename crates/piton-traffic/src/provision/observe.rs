//! Looking at GitHub, with the reading half alone.

use std::collections::BTreeMap;

use piton_github::endpoints::{
    actions, contents, gists, people, repository, secrets, site, variables,
};
use piton_github::{ForgeError, ForgeRead, RepoName, found};

use super::facts::{Candidate, Facts, GistFound, SecretFound, SiteFound, Source};
use super::kind::Kind;
use super::wishes::{Gists, Wishes};
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};
use crate::ordered::Json;
use crate::settings::{Global, Project};
use crate::templates::WORKFLOW_PATH;

/// Why nothing can be decided.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error("gist {id}, named by {by}, is none of yours: it is {owner}'s")]
    NotYours {
        id: String,
        by: &'static str,
        owner: String,
    },
    #[error("gist {id}, named by the flag, was not found")]
    NoSuchGist { id: String },
}

/// Looks at everything that deciding needs.
pub fn observe(
    forge: &dyn ForgeRead,
    wishes: &Wishes,
    project: Project,
    global: Global,
    today: &str,
) -> Result<Facts, ObserveError> {
    let login = people::me(forge)?.login;
    let repository = found(repository::get(forge, &wishes.repository))?;
    // A repository that moved is known by its new name.
    let name = repository
        .as_ref()
        .map_or(&wishes.repository, |found| &found.full_name);
    let there = repository.is_some();
    let both = |forge| -> Result<[Option<String>; 2], ForgeError> {
        Ok([BADGE_VARIABLE, ARCHIVE_VARIABLE]
            .map(|variable| {
                found(variables::get(forge, name, variable))
                    .map(|found| found.map(|found| found.value))
            })
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
            .try_into()
            .unwrap_or_default())
    };
    let variables = if there { allowed(both(forge))? } else { None };
    let secret = if there {
        match allowed(found(secrets::get(forge, name, &wishes.secret)))? {
            None => SecretFound::Unknown,
            Some(None) => SecretFound::Absent,
            Some(Some(secret)) => SecretFound::Present {
                set: secret.updated_at,
            },
        }
    } else {
        SecretFound::Unknown
    };
    let site = if there {
        match allowed(found(site::get(forge, name)))? {
            None => SiteFound::Unknown,
            Some(None) => SiteFound::Off,
            Some(Some(site)) => SiteFound::On(site.source),
        }
    } else {
        SiteFound::Unknown
    };
    let workflows = if there {
        let all: Result<Vec<_>, _> = actions::list(forge, name)
            .map(|one| one.map(|one| one.name))
            .collect();
        allowed(all)?
    } else {
        None
    };
    let deployed = there
        && allowed(found(contents::sha(forge, name, WORKFLOW_PATH, None)))?
            .flatten()
            .is_some();
    let mine = gists::list(forge).collect::<Result<Vec<_>, _>>()?;
    let search = Search {
        forge,
        login: &login,
        wishes,
        name,
        project: &project,
        global: &global,
        variables: variables.as_ref(),
        mine: &mine,
    };
    Ok(Facts {
        badge: search.find(Kind::Badge)?,
        archive: search.find(Kind::Archive)?,
        login,
        repository,
        variables,
        secret,
        site,
        workflows,
        deployed,
        project,
        global,
        today: today.to_owned(),
    })
}

/// What the token may not look at is not known.
pub(crate) fn allowed<T>(result: Result<T, ForgeError>) -> Result<Option<T>, ForgeError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ForgeError::NoPermission { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

struct Search<'a> {
    forge: &'a dyn ForgeRead,
    login: &'a str,
    wishes: &'a Wishes,
    name: &'a RepoName,
    project: &'a Project,
    global: &'a Global,
    variables: Option<&'a [Option<String>; 2]>,
    mine: &'a [gists::Gist],
}

impl Search<'_> {
    fn find(&self, kind: Kind) -> Result<GistFound, ObserveError> {
        let flag = match kind {
            Kind::Badge => &self.wishes.badge_gist,
            Kind::Archive => &self.wishes.archive_gist,
        };
        if let Some(id) = flag {
            let candidate = self.candidate(id, Source::Flag)?;
            return match candidate {
                Some(candidate) => Ok(GistFound::One(candidate)),
                None => Err(ObserveError::NoSuchGist { id: id.clone() }),
            };
        }
        let described = kind.description(self.name);
        let same = |gist: &&gists::Gist| gist.description.as_ref() == Some(&described);
        let same = self.mine.iter().filter(same).map(|gist| gist.id.clone());
        match &self.wishes.gists {
            Gists::Found => {}
            Gists::New => return Ok(GistFound::Unwanted(same.collect())),
            Gists::NewBeside(before) => {
                let made = same.clone().find(|id| !before.contains(id));
                let made = made
                    .map(|id| self.candidate(&id, Source::Journal))
                    .transpose()?;
                return Ok(match made.flatten() {
                    Some(candidate) => GistFound::One(candidate),
                    None => GistFound::Unwanted(same.collect()),
                });
            }
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for (id, named) in self.named(kind) {
            if candidates.iter().any(|known| known.id == id) {
                continue;
            }
            candidates.extend(self.candidate(&id, named)?);
        }
        Ok(match candidates.len() {
            0 => GistFound::None,
            1 => GistFound::One(candidates.remove(0)),
            _ => GistFound::Several(candidates),
        })
    }

    /// Every id that is named somewhere, the nearest place first.
    fn named(&self, kind: Kind) -> Vec<(String, Source)> {
        let mut named = Vec::new();
        let ours = self
            .project
            .repository()
            .is_some_and(|known| known.same(self.name) || known.same(&self.wishes.repository));
        if ours {
            named.extend(
                self.project
                    .get(kind.field())
                    .map(|id| (id, Source::Configuration)),
            );
        }
        if let Some(entry) = self
            .global
            .entry(self.name)
            .or_else(|| self.global.entry(&self.wishes.repository))
        {
            let id = match kind {
                Kind::Badge => entry.badge_gist_id,
                Kind::Archive => entry.archive_gist_id,
            };
            named.extend(id.map(|id| (id, Source::Configuration)));
        }
        let at = match kind {
            Kind::Badge => 0,
            Kind::Archive => 1,
        };
        let variable = self.variables.and_then(|both| both[at].clone());
        named.extend(
            variable
                .filter(|id| !id.is_empty())
                .map(|id| (id, Source::Variable)),
        );
        let described = self.mine.iter().filter(|gist| {
            let description = gist.description.as_deref().unwrap_or_default();
            kind.describes(description, &[self.name, &self.wishes.repository])
                && gist.files.keys().any(|file| kind.signs(file))
        });
        named.extend(described.map(|gist| (gist.id.clone(), Source::Description)));
        named
    }

    fn candidate(&self, id: &str, named: Source) -> Result<Option<Candidate>, ObserveError> {
        let Some(gist) = found(gists::get(self.forge, id))? else {
            return Ok(None);
        };
        let owner = gist
            .owner
            .as_ref()
            .map_or_else(String::new, |owner| owner.login.clone());
        if !owner.eq_ignore_ascii_case(self.login) {
            return Err(ObserveError::NotYours {
                id: id.to_owned(),
                by: named.word(),
                owner,
            });
        }
        let mut files = BTreeMap::new();
        let mut state = None;
        for name in gist.files.keys() {
            let content = gists::content(self.forge, &gist, name)?.unwrap_or_default();
            let json = Json::parse(&content);
            files.insert(name.clone(), json.is_ok());
            if let (Ok(Json::Object(found)), "state.json") = (json, name.as_str()) {
                state = Some(found);
            }
        }
        Ok(Some(Candidate {
            id: gist.id,
            named,
            description: gist.description.unwrap_or_default(),
            public: gist.public,
            owner,
            files,
            state,
        }))
    }
}
