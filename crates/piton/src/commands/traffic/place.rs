//! Which repository is meant, and what is known about it on this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use piton_base::RepoPath;
use piton_durable::DiskRead as _;
use piton_git::GitRead as _;
use piton_github::RepoName;
use piton_traffic::provision::{Destination, Said};
use piton_traffic::settings::{
    Entry, GLOBAL_FILE, Global, PROJECT_FILE, Project, SettingsError, is_gist_id,
};
use piton_traffic::survey::{LocalState, local_files};
use piton_traffic::templates::{Deployed, recognise};

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::terminal::Terminal;

/// How many commits of a file are looked through for what piton wrote.
const VERSIONS: usize = 20;

/// Options that say what is meant.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Repository")]
pub(crate) struct MeantArgs {
    /// Whose repository it is on GitHub
    #[arg(long, value_name = "NAME")]
    pub(super) owner: Option<String>,

    /// What the repository is called on GitHub; OWNER/NAME says both
    #[arg(long, value_name = "NAME")]
    pub(super) repo: Option<String>,

    /// Its checkout; default: the one around here
    #[arg(long, value_name = "DIR")]
    pub(super) repo_dir: Option<PathBuf>,

    /// The user's list of tracked repositories; default ~/.ghtraf/config.json
    #[arg(long, value_name = "PATH")]
    pub(super) ghtraf_config: Option<PathBuf>,
}

/// The user's list, as a file below a folder.
#[derive(Clone, Debug)]
pub(super) struct ListFile {
    pub(super) root: PathBuf,
    pub(super) name: RepoPath,
}

impl ListFile {
    pub(super) fn path(&self) -> PathBuf {
        self.name.under(&self.root)
    }
}

/// What is known before GitHub is asked.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) repository: Option<RepoName>,
    /// `None` where there is no such file.
    pub(super) project: Option<Project>,
    pub(super) global: Global,
    pub(super) list: ListFile,
    pub(super) said: Said,
}

impl Known {
    /// Reads the layers: flags, environment, the file in the repository, the
    /// user's list, the remote. Somebody who is there is asked for the rest.
    pub(super) fn read(
        context: &Context,
        place: Option<&Place>,
        args: &MeantArgs,
    ) -> Result<Self, CommandError> {
        Self::read_in(context, place.map(Place::top), place, args)
    }

    /// The same in a folder that may be no checkout.
    pub(super) fn read_in(
        context: &Context,
        top: Option<&Path>,
        place: Option<&Place>,
        args: &MeantArgs,
    ) -> Result<Self, CommandError> {
        let list = list_file(context, args)?;
        let project = match top {
            Some(top) => parsed(context, &top.join(PROJECT_FILE), Project::parse)?,
            None => None,
        };
        let global = parsed(context, &list.path(), Global::parse)?.unwrap_or_default();
        let variable = |name: &str| context.environment.get(name).map(str::to_owned);
        let mut told = Told { context };
        // Asking git costs a process; what is said in full needs no remote.
        let said = args.repo.as_deref().is_some_and(|repo| repo.contains('/'))
            || (args.owner.is_some() && args.repo.is_some());
        let remote = place.filter(|_| !said).and_then(remote);
        let named = project.as_ref().and_then(Project::repository);
        if let (Some(named), Some(remote)) = (&named, &remote)
            && !named.same(remote)
        {
            context.out.warn(&format!(
                "{PROJECT_FILE} names {named}, but the remote `origin` is {remote}; {PROJECT_FILE} counts"
            ));
        }
        let listed = top.and_then(|top| by_directory(&global, top));
        let flag = split(args.owner.clone(), args.repo.clone(), "--repo")?;
        let environment = split(
            variable("GHTRAF_OWNER"),
            variable("GHTRAF_REPO"),
            "GHTRAF_REPO",
        )?;
        let repository = told.repository(&[
            ("flag", flag),
            ("environment", environment),
            (PROJECT_FILE, pair(named.as_ref())),
            ("user's list", pair(listed.as_ref())),
            ("remote `origin`", pair(remote.as_ref())),
        ])?;
        let entry = repository.as_ref().and_then(|name| global.entry(name));
        let entry = entry.unwrap_or_default();
        let said = read_said(context, &mut told, project.as_ref(), &entry)?;
        Ok(Self {
            repository,
            project,
            global,
            list,
            said,
        })
    }

    /// Finds the checkout for a command that writes into it.
    pub(super) fn place_to_write(
        context: &Context,
        plan: &PlanArgs,
    ) -> Result<Place, CommandError> {
        let place = context.place_to_write(plan)?;
        let here = context.directory.canonicalize();
        let here = here.unwrap_or_else(|_| context.directory.clone());
        let top = place.top();
        if here != top && !context.disk_has(&top.join(PROJECT_FILE))? {
            let asked = context.interactive() && !plan.changes_nothing() && !context.global.yes;
            if asked {
                let question = format!(
                    "set up tracking in {}, the repository around here? [Y/n] ",
                    top.display()
                );
                let said = Terminal::new(&context.stop).line(&question)?;
                if matches!(said.trim().to_lowercase().as_str(), "n" | "no") {
                    return Err(CommandError::usage("this directory is not a repository")
                        .hint("`git init` makes one, or name one with --repo-dir"));
                }
            } else {
                let text = format!("works in {}, the repository around here", top.display());
                context.out.note(Channel::Setup, Level::INFO, &text);
            }
        }
        Ok(place)
    }

    /// Returns where files are written: into the checkout, and the user's list.
    pub(super) fn destination<'a>(
        &'a self,
        context: &'a Context,
        place: &'a Place,
        earlier: &'a BTreeMap<String, String>,
    ) -> Destination<'a> {
        Destination {
            disk: &context.disk,
            root: place.top(),
            list: (&self.list.root, &self.list.name),
            earlier,
        }
    }

    /// Returns what the file in the repository says, which may be nothing.
    pub(super) fn project(&self) -> Project {
        self.project.clone().unwrap_or_default()
    }

    pub(super) fn named(&self) -> Result<RepoName, CommandError> {
        self.repository.clone().ok_or_else(|| {
            CommandError::usage("could not find out which repository on GitHub is meant")
                .hint("name it with --repo OWNER/NAME")
        })
    }

    /// The same; somebody who is there is asked.
    pub(super) fn named_or_asked(&self, context: &Context) -> Result<RepoName, CommandError> {
        match self.asked(context)? {
            Some(repository) => Ok(repository),
            None => self.named(),
        }
    }

    /// Returns the repository, if it is known or somebody who is there says it.
    pub(super) fn asked(&self, context: &Context) -> Result<Option<RepoName>, CommandError> {
        if self.repository.is_some() || !context.interactive() {
            return Ok(self.repository.clone());
        }
        let line =
            Terminal::new(&context.stop).line("which repository on GitHub (OWNER/NAME)? ")?;
        if line.trim().is_empty() {
            return Ok(None);
        }
        let named = line.trim().parse().map(Some);
        named.or_usage("could not use the name of the repository")
    }
}

/// Reads what the environment says, and tells what counts.
fn read_said(
    context: &Context,
    told: &mut Told<'_>,
    project: Option<&Project>,
    entry: &Entry,
) -> Result<Said, CommandError> {
    let variable = |name: &str| {
        let name = format!("GHTRAF_{}", name.to_uppercase());
        context.environment.get(&name).map(str::to_owned)
    };
    let mut said = Said::default();
    let of_project = |field: &str| project.and_then(|project| project.get(field));
    for (name, listed, place) in [
        ("created", &entry.created, &mut said.created),
        ("display_name", &entry.display_name, &mut said.display_name),
        ("badge_gist_id", &entry.badge_gist_id, &mut said.badge_gist),
        (
            "archive_gist_id",
            &entry.archive_gist_id,
            &mut said.archive_gist,
        ),
    ] {
        *place = variable(name);
        let layers = [
            ("environment", &*place),
            (PROJECT_FILE, &of_project(name)),
            ("user's list", listed),
        ];
        told.first(name, layers.into_iter());
    }
    for (name, id) in [
        ("GHTRAF_BADGE_GIST_ID", &said.badge_gist),
        ("GHTRAF_ARCHIVE_GIST_ID", &said.archive_gist),
    ] {
        if let Some(id) = id.as_deref().filter(|id| !is_gist_id(id)) {
            return Err(not_an_id(name, id));
        }
    }
    Ok(said)
}

pub(super) fn not_an_id(name: &str, id: &str) -> CommandError {
    CommandError::usage(format!(
        "{name} `{id}` is not a gist id: expected 20 or 32 hexadecimal digits"
    ))
}

/// Tells where each value comes from, where that is asked for.
struct Told<'a> {
    context: &'a Context,
}

impl Told<'_> {
    /// Returns the repository, of which each layer may say a half.
    fn repository(
        &mut self,
        layers: &[(&'static str, Halves)],
    ) -> Result<Option<RepoName>, CommandError> {
        let owner = self.first("owner", layers.iter().map(|(by, (owner, _))| (*by, owner)));
        let repo = self.first("repo", layers.iter().map(|(by, (_, repo))| (*by, repo)));
        let (Some(owner), Some(repo)) = (owner, repo) else {
            return Ok(None);
        };
        let name = RepoName::new(&owner, &repo);
        name.map(Some)
            .or_usage("could not use the name of the repository")
    }

    fn first<'v>(
        &mut self,
        name: &str,
        layers: impl Iterator<Item = (&'static str, &'v Option<String>)>,
    ) -> Option<String> {
        let mut set = layers.filter_map(|(by, value)| Some((by, value.clone()?)));
        let (by, value) = set.next()?;
        let text = format!("{name} = {value} ({by})");
        self.context
            .out
            .note(Channel::Config, Level::PAYLOAD, &text);
        Some(value)
    }
}

/// An owner and a name, as far as they are said.
type Halves = (Option<String>, Option<String>);

fn pair(name: Option<&RepoName>) -> Halves {
    (
        name.map(|name| name.owner().to_owned()),
        name.map(|name| name.name().to_owned()),
    )
}

/// `OWNER/NAME` where the name alone is expected says both.
fn split(owner: Option<String>, repo: Option<String>, name: &str) -> Result<Halves, CommandError> {
    let both = repo.as_deref().and_then(|repo| repo.split_once('/'));
    let Some((by_repo, rest)) = both else {
        return Ok((owner, repo));
    };
    if owner
        .as_deref()
        .is_some_and(|owner| !owner.eq_ignore_ascii_case(by_repo))
    {
        return Err(CommandError::usage(format!(
            "the owner is given twice: by its own name, and in {name} {by_repo}/{rest}"
        )));
    }
    Ok((Some(by_repo.to_owned()), Some(rest.to_owned())))
}

/// Returns the repository that the remote of a checkout is.
pub(super) fn remote(place: &Place) -> Option<RepoName> {
    let address = place.repository.remote_url("origin").ok().flatten()?;
    RepoName::from_remote(&address, "github.com")
}

pub(super) fn list_file(context: &Context, args: &MeantArgs) -> Result<ListFile, CommandError> {
    let named = args.ghtraf_config.clone();
    let named = named.or_else(|| context.environment.get("GHTRAF_CONFIG").map(PathBuf::from));
    if let Some(named) = named {
        let path = context.directory.join(&named);
        let name = path.file_name().and_then(|name| name.to_str());
        let parts = path.parent().zip(name.and_then(|name| name.parse().ok()));
        return match parts {
            Some((root, name)) => Ok(ListFile {
                root: root.to_owned(),
                name,
            }),
            None => Err(CommandError::usage(format!(
                "{} is not a file path",
                named.display()
            ))),
        };
    }
    let home = context.environment.home().ok_or_else(|| {
        CommandError::usage("could not find the list of tracked repositories")
            .hint("set HOME, or name the list with --ghtraf-config")
    })?;
    let name = GLOBAL_FILE.parse().or_usage("could not name the list")?;
    Ok(ListFile { root: home, name })
}

fn by_directory(global: &Global, top: &Path) -> Option<RepoName> {
    let top = top.to_str()?;
    let all = global.all();
    let (name, _) = all
        .iter()
        .find(|(_, entry)| entry.repo_dir.as_deref() == Some(top))?;
    name.parse().ok()
}

/// Reads a file that people edit; one that is damaged is told, never replaced.
pub(super) fn parsed<T>(
    context: &Context,
    file: &Path,
    parse: impl Fn(&[u8]) -> Result<T, SettingsError>,
) -> Result<Option<T>, CommandError> {
    let could_not = format!("could not use {}", file.display());
    if context.disk.stat(file).or_usage(&could_not)?.is_none() {
        return Ok(None);
    }
    let bytes = context.disk.read(file).or_usage(&could_not)?;
    let parsed = parse(&bytes).map(Some).or_usage(could_not);
    parsed.map_err(|error| error.hint("correct the file; it was left as it is"))
}

/// Returns what edited files were when they were written, as git has them.
pub(super) fn earlier(place: &Place) -> BTreeMap<String, String> {
    let mut earlier = BTreeMap::new();
    for file in local_files(&piton_durable::RealDisk, place.top()) {
        if file.is != LocalState::There(Deployed::Edited) {
            continue;
        }
        let versions = place
            .repository
            .file_versions(Path::new(file.path), VERSIONS);
        let whole = versions.into_iter().find(|bytes| {
            matches!(
                recognise(file.path, bytes),
                Deployed::Current | Deployed::Older
            )
        });
        if let Some(text) = whole.and_then(|bytes| String::from_utf8(bytes).ok()) {
            earlier.insert(file.path.to_owned(), text);
        }
    }
    earlier
}
