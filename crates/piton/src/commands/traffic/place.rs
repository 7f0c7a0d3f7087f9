//! Which repository is meant, and what is known about it on this machine.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_durable::DiskRead as _;
use piton_git::GitRead as _;
use piton_github::RepoName;
use piton_traffic::settings::{GLOBAL_FILE, Global, PROJECT_FILE, Project, SettingsError};

use crate::context::{Context, Place};
use crate::error::CommandError;

/// Options that say what is meant.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Repository")]
pub(crate) struct MeantArgs {
    /// Whose repository it is on GitHub
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,

    /// What the repository is called on GitHub
    #[arg(long, value_name = "NAME")]
    repo: Option<String>,

    /// The user's list of tracked repositories; default ~/.ghtraf/config.json
    #[arg(long, value_name = "PATH")]
    ghtraf_config: Option<PathBuf>,
}

/// What is known before GitHub is asked.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) repository: Option<RepoName>,
    pub(super) project: Project,
    pub(super) global: Global,
    /// The folder below which the list lies.
    pub(super) home: PathBuf,
}

impl Known {
    /// Reads the layers: flags, environment, the file in the repository, the
    /// user's list, the remote.
    pub(super) fn read(
        context: &Context,
        place: &Place,
        args: &MeantArgs,
    ) -> Result<Self, CommandError> {
        let home = home(context, args)?;
        let file = place.top().join(PROJECT_FILE);
        let project = parsed(context, &file, Project::parse)?.unwrap_or_default();
        let list = home.join(GLOBAL_FILE);
        let global = parsed(context, &list, Global::parse)?.unwrap_or_default();
        let variable = |name| context.environment.get(name).map(str::to_owned);
        let known = project
            .repository()
            .or_else(|| by_directory(&global, place.top()));
        let remote = place
            .repository
            .remote_url("origin")
            .ok()
            .flatten()
            .and_then(|address| RepoName::from_remote(&address, "github.com"));
        let known = known.or(remote);
        let owner = args.owner.clone().or_else(|| variable("GHTRAF_OWNER"));
        let repo = args.repo.clone().or_else(|| variable("GHTRAF_REPO"));
        let repository = match (owner, repo) {
            (None, None) => known,
            (owner, repo) => {
                let owner = owner.or_else(|| known.as_ref().map(|known| known.owner().to_owned()));
                let repo = repo.or_else(|| known.as_ref().map(|known| known.name().to_owned()));
                match (owner, repo) {
                    (Some(owner), Some(repo)) => {
                        Some(RepoName::new(&owner, &repo).map_err(|error| {
                            CommandError::usage("could not use --owner and --repo").because(error)
                        })?)
                    }
                    _ => None,
                }
            }
        };
        Ok(Self {
            repository,
            project,
            global,
            home,
        })
    }

    pub(super) fn named(&self) -> Result<RepoName, CommandError> {
        self.repository.clone().ok_or_else(|| {
            CommandError::usage("could not tell which repository on GitHub is meant")
                .hint("name it with --owner OWNER --repo NAME")
        })
    }
}

fn home(context: &Context, args: &MeantArgs) -> Result<PathBuf, CommandError> {
    if let Some(list) = &args.ghtraf_config {
        let list = context.directory.join(list);
        return match list
            .to_str()
            .and_then(|list| list.strip_suffix(GLOBAL_FILE))
        {
            Some(home) => Ok(PathBuf::from(home)),
            None => Err(CommandError::usage(format!(
                "--ghtraf-config must end in {GLOBAL_FILE}"
            ))),
        };
    }
    context.environment.home().ok_or_else(|| {
        CommandError::usage("could not tell where the list of tracked repositories lies")
            .hint("set HOME, or name the list with --ghtraf-config")
    })
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
fn parsed<T>(
    context: &Context,
    file: &Path,
    parse: impl Fn(&[u8]) -> Result<T, SettingsError>,
) -> Result<Option<T>, CommandError> {
    let could_not = || CommandError::usage(format!("could not use {}", file.display()));
    let there = context
        .disk
        .stat(file)
        .map_err(|error| could_not().because(error))?;
    if there.is_none() {
        return Ok(None);
    }
    let bytes = context
        .disk
        .read(file)
        .map_err(|error| could_not().because(error))?;
    parse(&bytes).map(Some).map_err(|error| {
        could_not()
            .because(error)
            .hint("mend the file; it was left as it is")
    })
}
