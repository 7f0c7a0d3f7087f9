//! Looking at a whole set-up, with the reading halves alone.

use std::collections::BTreeMap;
use std::path::Path;

use piton_durable::DiskRead;
use piton_github::endpoints::{actions, contents, gists, people, repository, runs};
use piton_github::{ForgeError, ForgeRead, RepoName, found};

use super::seen::{
    FileSeen, GistSeen, GistState, LocalFile, LocalState, PageSeen, Survey, WorkflowState,
};
use crate::collect::Moment;
use crate::ordered::Json;
use crate::provision::{Asked, Kind};
use crate::settings::{Entry, Project};
use crate::templates::{
    DASHBOARD_PATH, ICON_PATH, README_PATH, WORKFLOW_FILE, WORKFLOW_PATH, recognise, secret_in,
};

/// How many of the newest runs are looked at.
const RUNS: usize = 5;

/// What is looked at, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub repository: &'a RepoName,
    pub project: Option<&'a Project>,
    pub entry: Option<&'a Entry>,
    /// The gists that are named for this run alone.
    pub named: [Option<&'a str>; 2],
    /// The name of the secret, where it is said.
    pub secret: Option<&'a str>,
    pub checkout: Option<(&'a dyn DiskRead, &'a Path)>,
    /// Whether only what everybody may see is asked for.
    pub offline: bool,
    /// Whether the published dashboard is looked at too.
    pub page: bool,
}

/// Looks at everything.
pub fn survey(
    forge: &dyn ForgeRead,
    subject: &Subject<'_>,
    now: Moment,
) -> Result<Survey, ForgeError> {
    let me = (!subject.offline).then(|| people::me(forge));
    let login = me.transpose()?.map(|me| me.login);
    let on_github = found(repository::get(forge, subject.repository))?;
    // A repository that moved is known by its new name.
    let name = on_github
        .as_ref()
        .map_or(subject.repository, |seen| &seen.full_name)
        .clone();
    let there = on_github.is_some();
    let name = &name;
    let public = Asked { forge, name, there };
    let signed = Asked {
        there: there && !subject.offline,
        ..public
    };
    let variables = signed.variables()?;
    let deployed = deployed(public)?;
    let files = subject
        .checkout
        .map(|(disk, root)| local_files(disk, root))
        .unwrap_or_default();
    let secret = secret_name(subject, deployed.as_deref(), &files);
    let is_set = signed.secret(&secret)?;
    let (site, address) = signed.site()?;
    let published = match address.filter(|_| subject.page) {
        Some(address) => page(forge, &address),
        None => PageSeen::NotAsked,
    };
    let (workflow, runs) = workflow(public)?;
    let look = Look {
        forge,
        subject,
        name,
        variables: variables.as_ref(),
    };
    Ok(Survey {
        workflows: public.workflows()?,
        badge: look.gist(Kind::Badge)?,
        archive: look.gist(Kind::Archive)?,
        now,
        on_github,
        project: subject.project.cloned(),
        entry: subject.entry.cloned(),
        login,
        variables,
        secret: (secret, is_set),
        workflow,
        runs,
        deployed,
        site,
        published,
        files,
        repository: name.clone(),
    })
}

/// Returns the workflow's file as it is in the repository.
fn deployed(asked: Asked<'_>) -> Result<Option<String>, ForgeError> {
    let read = asked.ask(|forge, name| found(contents::read(forge, name, WORKFLOW_PATH, None)))?;
    let bytes = read.flatten();
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Returns the workflow, and the newest of its runs.
fn workflow(asked: Asked<'_>) -> Result<(WorkflowState, Vec<runs::Run>), ForgeError> {
    let workflow = asked.ask(|forge, name| found(actions::get(forge, name, WORKFLOW_FILE)))?;
    Ok(match workflow {
        None => (WorkflowState::Unknown, Vec::new()),
        Some(None) => (WorkflowState::Missing, Vec::new()),
        Some(Some(workflow)) => (WorkflowState::Found(workflow), newest_runs(asked)?),
    })
}

fn newest_runs(asked: Asked<'_>) -> Result<Vec<runs::Run>, ForgeError> {
    let newest = asked.ask(|forge, name| {
        let newest = runs::of_workflow(forge, name, WORKFLOW_FILE, 5);
        newest.take(RUNS).collect()
    })?;
    Ok(newest.unwrap_or_default())
}

/// Returns the name of the secret: as it is said, or as the workflow has it.
fn secret_name(subject: &Subject<'_>, deployed: Option<&str>, files: &[LocalFile]) -> String {
    let local = files
        .iter()
        .find(|file| file.path == WORKFLOW_PATH)
        .map(|file| file.text.as_str());
    subject
        .secret
        .map(str::to_owned)
        .or_else(|| secret_in(deployed.or(local)?))
        .unwrap_or_else(|| crate::provision::SECRET.to_owned())
}

/// Looks at the dashboard below the address of a site.
fn page(forge: &dyn ForgeRead, site: &str) -> PageSeen {
    let address = format!("{}/stats/", site.trim_end_matches('/'));
    match forge.glance(&address) {
        Ok(bytes) => PageSeen::Read {
            address,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        },
        Err(ForgeError::NotFound { .. }) => PageSeen::Absent { address },
        Err(error) => PageSeen::Unreachable {
            address,
            why: match error {
                ForgeError::Transport { trouble, .. } => trouble.to_string(),
                error => error.to_string(),
            },
        },
    }
}

/// Reads the four files.
pub fn local_files(disk: &dyn DiskRead, root: &Path) -> Vec<LocalFile> {
    [WORKFLOW_PATH, DASHBOARD_PATH, README_PATH, ICON_PATH]
        .into_iter()
        .map(|path| {
            let (is, text) = match disk.read_if_there(&root.join(path)) {
                Ok(None) => (LocalState::Absent, String::new()),
                Err(error) => (LocalState::Unreadable(error.to_string()), String::new()),
                Ok(Some(bytes)) => (
                    LocalState::There(recognise(path, &bytes)),
                    String::from_utf8_lossy(&bytes).into_owned(),
                ),
            };
            LocalFile { path, is, text }
        })
        .collect()
}

struct Look<'a> {
    forge: &'a dyn ForgeRead,
    subject: &'a Subject<'a>,
    name: &'a RepoName,
    variables: Option<&'a [Option<String>; 2]>,
}

impl Look<'_> {
    /// Finds a gist: by what names it, and where nothing does by its
    /// description.
    fn gist(&self, kind: Kind) -> Result<GistState, ForgeError> {
        let Some((id, by)) = self.named(kind) else {
            return self.described(kind);
        };
        Ok(match found(gists::get(self.forge, &id)) {
            Ok(Some(gist)) => GistState::Found(Box::new(seen(self.forge, &gist, by))),
            Ok(None) => GistState::Gone { id, by },
            Err(error @ (ForgeError::NotSignedIn { .. } | ForgeError::Stopped { .. })) => {
                return Err(error);
            }
            Err(error) => GistState::Unreadable {
                id,
                why: error.to_string(),
            },
        })
    }

    fn named(&self, kind: Kind) -> Option<(String, &'static str)> {
        let at = kind.index();
        let project = self.subject.project;
        let flag = self.subject.named[at].map(str::to_owned);
        let listed = self.subject.entry.and_then(|entry| entry.gist(kind));
        let variable = self.variables.and_then(|both| both[at].clone());
        flag.map(|id| (id, "the flag"))
            .or_else(|| Some((project?.get(kind.field())?, "the configuration")))
            .or_else(|| Some((listed?, "the user's list")))
            .or_else(|| Some((variable?, "the repository's variable")))
            .filter(|(id, _)| !id.is_empty())
    }

    fn described(&self, kind: Kind) -> Result<GistState, ForgeError> {
        if self.subject.offline {
            return Ok(GistState::NotNamed);
        }
        let names = [self.name, self.subject.repository];
        for gist in gists::list(self.forge) {
            let gist = gist?;
            if kind.is_of(&gist, &names) {
                let gist = gists::get(self.forge, &gist.id)?;
                let seen = seen(self.forge, &gist, "its description");
                return Ok(GistState::Found(Box::new(seen)));
            }
        }
        Ok(GistState::NotNamed)
    }
}

/// Reads every file of a gist that is JSON by its name.
pub fn seen(forge: &dyn ForgeRead, gist: &gists::Gist, by: &'static str) -> GistSeen {
    let mut files = BTreeMap::new();
    for name in gist.files.keys() {
        let file = match gists::content(forge, gist, name) {
            Ok(bytes) => match Json::parse(&bytes.unwrap_or_default()) {
                Ok(json) => FileSeen::Json(json),
                Err(error) => FileSeen::Damaged(error.to_string()),
            },
            Err(error) => FileSeen::Cut(error.to_string()),
        };
        files.insert(name.clone(), file);
    }
    GistSeen {
        id: gist.id.clone(),
        by,
        description: gist.description.clone().unwrap_or_default(),
        public: gist.public,
        owner: gist
            .owner
            .as_ref()
            .map_or_else(String::new, |owner| owner.login.clone()),
        revision: gist.history.first().map(|newest| newest.version.clone()),
        files,
    }
}
