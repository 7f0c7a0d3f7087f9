//! Looking at GitHub, with the reading half alone.

use std::collections::BTreeMap;

use piton_github::endpoints::{contents, gists, people, repository};
use piton_github::{ForgeError, ForgeRead, RepoName, found};

use super::asked::Asked;
use super::facts::{Candidate, Facts, GistFound};
use super::kind::Kind;
use super::wishes::{Gists, Wishes};
use crate::ordered::Json;
use crate::settings::{Global, Project};
use crate::templates::WORKFLOW_PATH;

/// Why nothing can be decided.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error("gist {id}, named by {by}, is not yours: it belongs to {owner}")]
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
    let asked = Asked { forge, name, there };
    let variables = asked.variables()?;
    let secret = asked.secret(&wishes.secret)?;
    let (site, _) = asked.site()?;
    let workflows = asked.workflows()?;
    let deployed = asked
        .ask(|forge, name| found(contents::sha(forge, name, WORKFLOW_PATH, None)))?
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
            Kind::Badge => &self.wishes.said.badge_gist,
            Kind::Archive => &self.wishes.said.archive_gist,
        };
        if let Some(id) = flag {
            let candidate = self.candidate(id, "the flag")?;
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
                    .map(|id| self.candidate(&id, "the run that was cut off"))
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
    fn named(&self, kind: Kind) -> Vec<(String, &'static str)> {
        let names = [self.name, &self.wishes.repository];
        let mut named = Vec::new();
        let project = self.project.repository();
        if project.is_some_and(|known| names.iter().any(|name| known.same(name))) {
            let id = self.project.get(kind.field());
            named.extend(id.map(|id| (id, "the configuration")));
        }
        let entry = names.into_iter().find_map(|name| self.global.entry(name));
        let listed = entry.and_then(|entry| entry.gist(kind));
        named.extend(listed.map(|id| (id, "the configuration")));
        let variable = self.variables.and_then(|both| both[kind.index()].clone());
        let variable = variable.filter(|id| !id.is_empty());
        named.extend(variable.map(|id| (id, "the repository's variable")));
        let ours = self.mine.iter().filter(|gist| kind.is_of(gist, &names));
        named.extend(ours.map(|gist| (gist.id.clone(), "its description")));
        named
    }

    fn candidate(&self, id: &str, named: &'static str) -> Result<Option<Candidate>, ObserveError> {
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
                by: named,
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
