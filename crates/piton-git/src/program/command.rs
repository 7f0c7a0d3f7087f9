//! One call of the `git` program, being put together.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use piton_seal::{Real, Request, Seal};

use crate::GitError;

/// Where the program is, where that was said.
static PLACE: OnceLock<PathBuf> = OnceLock::new();

/// Says where the git program is. Without it each start looks through `PATH`,
/// which costs a system call a folder. What was said first stays.
pub fn is_at(program: &Path) {
    if program.is_absolute() {
        let _ = PLACE.set(program.to_owned());
    }
}

/// Variables that would point git at another repository, as they do when piton
/// is started from a hook, at other settings than the repository's, or would
/// change what a path means.
const REDIRECTING: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// What makes a git write survive a power cut. By default a commit syncs
/// neither its objects' directory entries nor the reference it moves.
const DURABLE: [&str; 4] = ["-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync"];

/// The same for a git whose index nobody needs after it: the objects that it
/// writes are in the user's repository, and the index is made again after a
/// power cut.
const DURABLE_BUT_THE_INDEX: [&str; 4] = [
    "-c",
    "core.fsync=objects,reference,derived-metadata,-index",
    "-c",
    "core.fsyncMethod=fsync",
];

/// What keeps git from running anything that a repository names.
const NOTHING_ELSE_RUNS: [&str; 6] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "maintenance.auto=false",
];

/// Variables that would let something outside a slot's own directory decide
/// what is in it.
const BEYOND_THE_DIRECTORY: [&str; 7] = [
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_ATTR_SOURCE",
];

/// How long a sealed git may take: a filter that hangs must not hang piton.
const SEALED_LIMIT: Duration = Duration::from_secs(15 * 60);

/// One call of the program, being put together.
#[derive(Debug)]
pub(crate) struct GitCommand {
    pub(super) command: Command,
    pub(super) shown: String,
    pub(super) dir: PathBuf,
    /// How long a sealed one may take: strangers' programs run in it.
    pub(super) limit: Option<Duration>,
}

impl GitCommand {
    /// A call that reads: it takes no locks and refreshes nothing.
    pub(crate) fn reading(dir: &Path) -> Self {
        let mut this = Self::new(dir);
        this.command.env("GIT_OPTIONAL_LOCKS", "0");
        this
    }

    /// A call that writes durably.
    pub(crate) fn writing(dir: &Path) -> Self {
        let mut this = Self::new(dir);
        this.command.args(DURABLE);
        this
    }

    /// The same with an index that nobody else sees, and that need not last.
    pub(crate) fn building(dir: &Path, index: &Path) -> Self {
        let mut this = Self::new(dir);
        this.command.args(DURABLE_BUT_THE_INDEX);
        this.index(index)
    }

    /// A call that reads, in a repository whose settings somebody may have
    /// tampered with: nothing runs that could be left out.
    pub(crate) fn watching(dir: &Path) -> Self {
        let mut this = Self::reading(dir);
        this.command.args(NOTHING_ELSE_RUNS);
        this
    }

    /// A durable write to the user's repository that is piton's own business:
    /// no hook of the user's has a word in it.
    pub(crate) fn quietly(dir: &Path) -> Self {
        let mut this = Self::writing(dir);
        this.command.args(NOTHING_ELSE_RUNS);
        this
    }

    /// A call that looks at the files of a slot. git's own directory is `own`,
    /// which no agent can reach; nobody's hooks, settings or monitors run.
    pub(crate) fn in_slot(own: &Path, tree: &Path) -> Self {
        let mut this = Self::new(tree);
        for name in BEYOND_THE_DIRECTORY {
            this.command.env_remove(name);
        }
        this.command
            .env("GIT_DIR", own)
            .env("GIT_WORK_TREE", tree)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .args(NOTHING_ELSE_RUNS);
        this
    }

    /// Lets this git, and whatever it runs, do no more than `request` says. It
    /// knows `environment` and `more` besides what it was given so far, has a
    /// process group of its own, and is ended when it takes too long.
    pub(crate) fn sealed<'e>(
        mut self,
        request: &Request,
        environment: impl Iterator<Item = (&'e OsString, &'e OsString)>,
        more: &[(OsString, OsString)],
    ) -> Result<Self, GitError> {
        let own = self.command.get_envs();
        let own: Vec<(OsString, Option<OsString>)> = own
            .map(|(name, value)| (name.to_owned(), value.map(OsStr::to_owned)))
            .collect();
        self.command.env_clear().envs(environment);
        self.command
            .envs(more.iter().map(|(name, value)| (name, value)));
        for (name, value) in own {
            match value {
                Some(value) => self.command.env(name, value),
                None => self.command.env_remove(name),
            };
        }
        let seal = Seal::decide(request, &Real).and_then(|seal| seal.prepare());
        seal.map_err(|error| self.spawn_error(io::Error::other(error)))?
            .apply(&mut self.command);
        self.command.process_group(0);
        self.limit = Some(SEALED_LIMIT);
        Ok(self)
    }

    /// Sets a variable for this call.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    #[expect(clippy::disallowed_methods, reason = "this is git's one room")]
    fn new(dir: &Path) -> Self {
        let mut command = match PLACE.get() {
            Some(place) => Command::new(place),
            None => Command::new("git"),
        };
        command.arg0("git");
        command
            .current_dir(dir)
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "true")
            .stdin(Stdio::null());
        for name in REDIRECTING {
            command.env_remove(name);
        }
        Self {
            command,
            shown: "git".to_owned(),
            dir: dir.to_owned(),
            limit: None,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, args: I) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// Adds `--` and the paths, each taken literally: a file called `*` or
    /// `:(top)` names itself only.
    pub(crate) fn paths<P: AsRef<Path>>(mut self, paths: &[P]) -> Self {
        self.command.env("GIT_LITERAL_PATHSPECS", "1");
        self.shown.push_str(" --");
        self.command.arg("--");
        for path in paths {
            self.shown.push(' ');
            self.shown.push_str(&path.as_ref().to_string_lossy());
            self.command.arg(path.as_ref());
        }
        self
    }

    /// Works on this index instead of the user's.
    pub(crate) fn index(mut self, index: &Path) -> Self {
        self.command.env("GIT_INDEX_FILE", index);
        self
    }

    /// Gives the process a file to hold open for as long as it lives. It is its
    /// standard input, which git's own children do not get.
    pub(crate) fn holding(mut self, file: std::fs::File) -> Self {
        self.command.stdin(Stdio::from(file));
        self
    }

    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn spawn_error(&self, source: io::Error) -> GitError {
        if source.kind() == io::ErrorKind::NotFound && self.dir.is_dir() {
            GitError::NoGit(source)
        } else {
            GitError::Spawn {
                command: self.shown.clone(),
                source,
            }
        }
    }
}
