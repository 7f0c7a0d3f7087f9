//! One plan for everything that setting up takes.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_github::endpoints::site::Source;
use piton_github::operation::{
    Dispatch, EnableSite, ForgeOp, KeepSecret, SECRET_FLAG, SetSecret, SetVariable,
};
use piton_plan::files::{Content, DecideError, FileOp, How, Was};
use piton_plan::{
    Draft, Handle, Input, InputKind, Operation, Otherwise, Plan, PlanBuilder, PlanFaults,
};

use super::facts::{Facts, SecretFound, SiteFound};
use super::files::{Filling, content, marks, plan_init};
use super::gists::{self, Kind};
use super::settle::{Names, SettleError};
use super::wishes::{TokenFrom, Wishes};
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};
use crate::operation::{CheckToken, SettingsFile, StoreToken, TrafficOp};
use crate::settings::{Entry, PROJECT_FILE, Set};
use crate::templates::WORKFLOW_PATH;

/// Why no plan can be made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error(
        "two {kind} gists are named: {}; say which with {flag} ID",
        named_by(candidates)
    )]
    Disagree {
        kind: &'static str,
        flag: &'static str,
        /// Each id, with what names it.
        candidates: Vec<(String, &'static str)>,
    },
    #[error("gist {id}, named by {by}, is no gist of tracking: it lacks {lacks}")]
    NotOurs {
        id: String,
        by: &'static str,
        lacks: &'static str,
    },
    #[error(
        "state.json of gist {id} is no JSON; `piton traffic backfill --source gist-history` restores it"
    )]
    Damaged { id: String },
    #[error("how the workflow installs piton is not set: set `ci.install` or `traffic.install`")]
    NoInstall,
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Files(Vec<DecideError>),
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    #[error("the plan has faults")]
    Faults(#[source] PlanFaults),
}

fn named_by(candidates: &[(String, &'static str)]) -> String {
    let each = candidates.iter().map(|(id, by)| format!("{id} (by {by})"));
    each.collect::<Vec<_>>().join(", ")
}

/// Where files are written.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub disk: &'a dyn DiskRead,
    /// The top of the repository's working tree.
    pub root: &'a Path,
    /// The user's list: the folder that it is below, and its name from there.
    pub list: (&'a Path, &'a RepoPath),
}

/// Decides everything. A dry run and a real run call this very function.
pub fn plan_create<O>(
    wishes: &Wishes,
    facts: &Facts,
    place: Place<'_>,
) -> Result<Plan<O>, CreateError>
where
    O: Operation + From<FileOp> + From<ForgeOp> + From<TrafficOp>,
{
    let names = Names::settle(wishes, facts)?;
    let install = match (&wishes.install, wishes.parts.files) {
        (None, true) => return Err(CreateError::NoInstall),
        (install, _) => install.as_ref(),
    };
    let mut builder = PlanBuilder::new("traffic create");
    warn(&mut builder, wishes, facts, &names);
    builder.note("repository", names.repository.to_string());
    builder.note("login", facts.login.as_str());

    let token = plan_check(&mut builder, wishes, facts, &names);
    let badge = gists::plan(&mut builder, Kind::Badge, &facts.badge, &names.repository)?;
    let archive = gists::plan(
        &mut builder,
        Kind::Archive,
        &facts.archive,
        &names.repository,
    )?;
    let mut before_run: Vec<Handle> = Vec::new();
    if wishes.parts.variables && facts.repository.is_some() {
        let was = facts.variables.clone().unwrap_or_default();
        for (name, value, was) in [
            (BADGE_VARIABLE, &badge.id, &was[0]),
            (ARCHIVE_VARIABLE, &archive.id, &was[1]),
        ] {
            let set = SetVariable {
                repository: names.repository.clone(),
                name: name.to_owned(),
                value: value.clone(),
                was: was.clone(),
            };
            let replaces = was.is_some() && value.known() != was.as_ref();
            let mut draft = Draft::new(O::from(ForgeOp::SetVariable(set)));
            if replaces && !wishes.force {
                draft = draft.input(Input {
                    question: format!("{name} names another gist; replace it?"),
                    flag: "--force".to_owned(),
                    kind: InputKind::Confirm,
                    otherwise: Otherwise::Fail,
                });
            }
            before_run.push(builder.add_draft(draft));
        }
        before_run.extend(plan_secret(
            &mut builder,
            wishes,
            facts,
            &names,
            token.as_ref(),
        ));
    }

    let created: Vec<&Handle> = [&badge.action, &archive.action]
        .into_iter()
        .flatten()
        .collect();
    let mut before_settings: Vec<Handle> = created.iter().map(|handle| (*handle).clone()).collect();
    if let (true, Some(install)) = (wishes.parts.files, install) {
        let filling = Filling {
            names: &names,
            login: &facts.login,
            secret: &wishes.secret,
            install,
            badge: &badge.id,
            archive: &archive.id,
        };
        let files = plan_init(
            &mut builder,
            place.disk,
            place.root,
            &filling,
            wishes.on_conflict,
        )
        .map_err(CreateError::Files)?;
        for (path, handle) in files {
            if path == WORKFLOW_PATH {
                // A repository never holds a collector without gists.
                for gist in &created {
                    builder.depend(&handle, gist);
                }
            }
            before_settings.push(handle);
        }
    }

    let (badge_mark, archive_mark) = marks();
    let project = facts.project.with(&Set {
        repository: &names.repository,
        created: &names.created,
        display_name: &names.display_name,
        badge: badge_mark,
        archive: archive_mark,
        ci_workflows: &names.ci_workflows,
    });
    let project = content(&project.written(), &badge.id, &archive.id);
    let file = put(
        place.disk,
        place.root,
        &project_file()?,
        project,
        "what is tracked here",
    )?;
    let written = builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
        target: PROJECT_FILE.to_owned(),
        list: false,
        file,
    })));
    for handle in &before_settings {
        builder.depend(&written, handle);
    }
    let global = facts.global.with(
        &names.repository,
        &Entry {
            badge_gist_id: Some(badge_mark.to_owned()),
            archive_gist_id: Some(archive_mark.to_owned()),
            repo_dir: Some(place.root.display().to_string()),
            display_name: Some(names.display_name.clone()),
            created: Some(names.created.clone()),
        },
    );
    let global = content(&global.written(), &badge.id, &archive.id);
    let file = put(
        place.disk,
        place.list.0,
        place.list.1,
        global,
        "the list of what you track",
    )?;
    let registered = builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
        target: names.repository.to_string(),
        list: true,
        file: file.outside(place.list.0.to_owned()),
    })));
    builder.depend(&registered, &written);

    if wishes.parts.pages {
        plan_site(&mut builder, facts, &names);
    }
    if wishes.parts.run && facts.deployed {
        let run = builder.add(O::from(ForgeOp::Dispatch(Dispatch {
            repository: names.repository.clone(),
            workflow: "traffic-badges.yml".to_owned(),
            reference: names.branch.clone(),
            inputs: std::collections::BTreeMap::new(),
        })));
        for handle in &before_run {
            builder.depend(&run, handle);
        }
    }
    builder.build().map_err(CreateError::Faults)
}

/// Tries a token that is named, before anything stores it.
fn plan_check<O: Operation + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
) -> Option<Handle> {
    let TokenFrom::Variable(from) = &wishes.token else {
        return None;
    };
    if !wishes.parts.variables || facts.repository.is_none() || !stores(wishes, facts) {
        return None;
    }
    Some(builder.add(O::from(TrafficOp::CheckToken(CheckToken {
        repository: names.repository.clone(),
        secret: wishes.secret.clone(),
        from: from.clone(),
    }))))
}

/// Whether a token is to be stored: where there is none, or to replace it.
fn stores(wishes: &Wishes, facts: &Facts) -> bool {
    match facts.secret {
        SecretFound::Absent => true,
        SecretFound::Present { .. } | SecretFound::Unknown => wishes.rotate,
    }
}

fn plan_secret<O: Operation + From<ForgeOp> + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
    checked: Option<&Handle>,
) -> Option<Handle> {
    if !stores(wishes, facts) {
        if facts.secret == SecretFound::Unknown {
            builder.warn(format!(
                "the token may not see whether the secret {} is set",
                wishes.secret
            ));
            return None;
        }
        return Some(builder.add(O::from(ForgeOp::KeepSecret(KeepSecret {
            repository: names.repository.clone(),
            name: wishes.secret.clone(),
            why: "is set; nobody can read it, --rotate-token replaces it".to_owned(),
        }))));
    }
    let was = match facts.secret {
        SecretFound::Present { set } => set,
        SecretFound::Absent | SecretFound::Unknown => None,
    };
    let mut secret = SetSecret {
        repository: names.repository.clone(),
        name: wishes.secret.clone(),
        from: None,
        was,
    };
    match &wishes.token {
        TokenFrom::Variable(from) => {
            secret.from = Some(from.clone());
            let handle = builder.add(O::from(ForgeOp::SetSecret(secret)));
            if let Some(checked) = checked {
                builder.depend(&handle, checked);
            }
            Some(handle)
        }
        TokenFrom::Asked => {
            let question = format!("the token for {} (nothing leaves it to you)", secret.name);
            let draft = Draft::new(O::from(TrafficOp::StoreToken(StoreToken { secret })));
            Some(builder.add_draft(draft.input(Input {
                question,
                flag: SECRET_FLAG.to_owned(),
                kind: InputKind::Secret,
                // Whoever wants another token must give one.
                otherwise: if wishes.rotate {
                    Otherwise::Fail
                } else {
                    Otherwise::Skip
                },
            })))
        }
    }
}

fn plan_site<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    facts: &Facts,
    names: &Names,
) {
    let source = Source {
        branch: names.branch.clone(),
        path: "/docs".to_owned(),
    };
    let on = match &facts.site {
        SiteFound::Off => false,
        SiteFound::On(Some(found)) if *found == source => true,
        SiteFound::On(_) => {
            builder.warn("Pages is on from another place; the dashboard will not be at /stats/");
            return;
        }
        SiteFound::Unknown => {
            builder.warn("the token may not see whether Pages is on");
            return;
        }
    };
    builder.add(O::from(ForgeOp::EnableSite(EnableSite {
        repository: names.repository.clone(),
        target: names.repository.to_string(),
        source,
        on,
    })));
}

fn project_file() -> Result<RepoPath, CreateError> {
    PROJECT_FILE
        .parse()
        .map_err(|_| CreateError::Unreadable(PROJECT_FILE.to_owned(), "its name".to_owned()))
}

/// Gives a settings file its content, or keeps it where it has it.
fn put(
    disk: &dyn DiskRead,
    root: &Path,
    path: &RepoPath,
    content: Content,
    why: &str,
) -> Result<FileOp, CreateError> {
    let unreadable = |why: String| CreateError::Unreadable(path.to_string(), why);
    let full = path.under(root);
    let old = match disk
        .stat(&full)
        .map_err(|error| unreadable(error.to_string()))?
    {
        None => None,
        Some(_) => Some(
            disk.read(&full)
                .map_err(|error| unreadable(error.to_string()))?,
        ),
    };
    if let Some(old) = &old
        && content.known().as_deref() == Some(old)
    {
        return Ok(FileOp::Keep {
            path: path.clone(),
            was: piton_base::Digest::of(old),
            conflict: None,
            why: "says so already".to_owned(),
        });
    }
    Ok(FileOp::Put {
        path: path.clone(),
        how: if old.is_some() {
            How::Configure
        } else {
            How::Create
        },
        content,
        mode: 0o644,
        was: old
            .as_deref()
            .map_or(Was::Absent, |old| Was::File(piton_base::Digest::of(old))),
        conflict: None,
        why: why.to_owned(),
        beside: None,
        diff: None,
    })
}

/// What whoever sets this up should know beforehand.
fn warn<O: Operation>(builder: &mut PlanBuilder<O>, wishes: &Wishes, facts: &Facts, names: &Names) {
    let Some(repository) = &facts.repository else {
        builder.warn(format!(
            "{} was not found: its variables and its secret are left to you: \
             gh variable set {BADGE_VARIABLE}, gh variable set {ARCHIVE_VARIABLE}, gh secret set {}",
            wishes.repository, wishes.secret
        ));
        return;
    };
    if !repository.full_name.same(&wishes.repository) {
        builder.warn(format!(
            "{} is called {} now",
            wishes.repository, repository.full_name
        ));
    }
    if repository.default_branch != names.branch {
        builder.warn(format!(
            "pushes to {} collect, but the default branch is {}",
            names.branch, repository.default_branch
        ));
    }
    if repository.private {
        builder.warn("the repository is private, but the badge gist is public: its traffic numbers become public");
    }
    if repository.fork {
        builder.warn(
            "the repository is a fork: GitHub runs no schedules in forks until you switch them on",
        );
    }
    if let (Some(names), Some(there)) = (Some(&names.ci_workflows), &facts.workflows) {
        for name in names.iter().filter(|name| !there.contains(name)) {
            builder.warn(format!(
                "no workflow of the repository is called `{name}`; the name counts, not the name of the file"
            ));
        }
    }
    if facts.site == SiteFound::Off && !wishes.parts.pages {
        builder.warn("Pages is off: the dashboard is not served; --enable-pages switches it on");
    }
    if names.created > facts.today {
        builder.warn(format!("the repository's day {} lies ahead", names.created));
    } else if names.created.as_str() < &repository.created_at.to_string()[..10] {
        builder.warn(format!(
            "{} lies before the day on which the repository was created, {}",
            names.created,
            &repository.created_at.to_string()[..10]
        ));
    }
    if wishes.parts.variables && stores(wishes, facts) && wishes.token == TokenFrom::Asked {
        builder.warn("what the token may do is not known before it is tried");
    }
    if wishes.parts.run && !facts.deployed {
        builder.warn(
            "the workflow is not on the default branch yet: commit and push it, then start it",
        );
    }
}
