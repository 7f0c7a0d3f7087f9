//! Running the `git` program.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use piton_base::Stop;
use piton_seal::{Real, Request, Seal};
use rustix::process::{Pid, Signal};

use crate::{GitError, descendants};

/// Variables that would point git at another repository, as they do when piton
/// is started from a hook.
const REDIRECTING: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_LITERAL_PATHSPECS",
];

/// What makes a git write survive a power cut. By default a commit syncs
/// neither its objects' directory entries nor the reference it moves.
const DURABLE: [&str; 4] = ["-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync"];

/// The same for a git whose index nobody needs after it: the objects that it
/// writes are in the user's repository, and the index is made anew after a
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
const BEYOND_THE_DIRECTORY: [&str; 8] = [
    "GIT_CONFIG",
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
    command: Command,
    shown: String,
    dir: PathBuf,
    /// How long a sealed one may take: strangers' programs run in it.
    limit: Option<Duration>,
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
        let mut command = Command::new("git");
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

    /// Runs it and returns its standard output; a failure is an error.
    pub(crate) fn run(self) -> Result<Vec<u8>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(None)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failure(shown, &dir, &output))
        }
    }

    /// Runs it as [`Self::run`] does. A git that cannot look into a directory
    /// goes on without it and ends well; here that is a failure.
    pub(crate) fn run_seeing_all(self) -> Result<Vec<u8>, GitError> {
        self.run_seeing(|_| true)
    }

    /// The same, but for directories that belong to somebody else: they lie in
    /// many working trees, and nobody here looks into them.
    pub(crate) fn run_seeing_all_of_ours(self) -> Result<Vec<u8>, GitError> {
        self.run_seeing(|said| !said.contains("Permission denied"))
    }

    fn run_seeing(self, counts: fn(&str) -> bool) -> Result<Vec<u8>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(None)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let missed = |line: &&str| line.contains("could not open directory") && counts(line);
        match said.lines().find(missed) {
            Some(line) if output.status.success() => Err(GitError::Failed {
                command: shown,
                stderr: line.to_owned(),
            }),
            None if output.status.success() => Ok(output.stdout),
            Some(_) | None => Err(failure(shown, &dir, &output)),
        }
    }

    /// Runs it with `input` on its standard input; a failure is an error.
    pub(crate) fn run_with(self, input: &[u8]) -> Result<Vec<u8>, GitError> {
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        let output = self.output(Some(input))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(failure(shown, &dir, &output))
        }
    }

    /// The same, ended when it takes too long. What it prints has to be short.
    pub(crate) fn run_within(
        mut self,
        input: &[u8],
        limit: Option<Duration>,
        stop: &Stop,
    ) -> Result<Vec<u8>, GitError> {
        let Some(limit) = limit else {
            return self.run_with(input);
        };
        let (shown, dir) = (self.shown.clone(), self.dir.clone());
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        let ended = (|| {
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input)?;
            }
            let started = Instant::now();
            while child.try_wait()?.is_none() {
                // A program that asks nobody for a passphrase has nothing to wake
                // us by.
                if stop.wait(Duration::from_millis(10)) || started.elapsed() >= limit {
                    let started_by_it = descendants::of(child.id());
                    child.kill()?;
                    child.wait()?;
                    descendants::kill(&started_by_it);
                    return Ok(None);
                }
            }
            child.wait_with_output().map(Some)
        })();
        match ended {
            Ok(Some(output)) if output.status.success() => Ok(output.stdout),
            Ok(Some(output)) => Err(failure(shown, &dir, &output)),
            Ok(None) => Err(GitError::Failed {
                command: shown,
                stderr: if stop.requested() {
                    "it was interrupted".to_owned()
                } else {
                    format!("it did not end within {} s", limit.as_secs())
                },
            }),
            Err(source) => Err(GitError::Spawn {
                command: shown,
                source,
            }),
        }
    }

    /// Starts one that answers what it is asked, again and again.
    pub(crate) fn start(mut self) -> Result<(Child, ChildStdin, ChildStdout), GitError> {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok((child, input, output)),
            _ => Err(self.spawn_error(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Runs it and returns the one line it printed.
    pub(crate) fn line(self) -> Result<String, GitError> {
        let command = self.shown.clone();
        let stdout = self.run()?;
        match String::from_utf8(stdout) {
            Ok(text) => Ok(text.trim_end_matches('\n').to_owned()),
            Err(_) => Err(GitError::Unreadable {
                command,
                what: "it is not UTF-8".to_owned(),
            }),
        }
    }

    /// Runs it with `input` on its standard input, whatever it exits with.
    pub(crate) fn output(mut self, input: Option<&[u8]>) -> Result<Output, GitError> {
        if input.is_some() {
            self.command.stdin(Stdio::piped());
        }
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let spawned = self
            .command
            .spawn()
            .map_err(|source| self.spawn_error(source))?;
        let watch = self.limit.map(|limit| Watch::over(spawned.id(), limit));
        let ended = wait(spawned, input).map_err(|source| self.spawn_error(source));
        if watch.is_some_and(Watch::end) {
            return Err(GitError::Failed {
                command: self.shown,
                stderr: format!("it did not end within {} s", SEALED_LIMIT.as_secs()),
            });
        }
        ended
    }

    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    fn spawn_error(&self, source: io::Error) -> GitError {
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

/// Ends a process group that takes too long.
struct Watch {
    over: mpsc::Sender<()>,
    thread: JoinHandle<bool>,
}

impl Watch {
    fn over(leader: u32, limit: Duration) -> Self {
        let (over, waits) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let late = waits.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            let group = i32::try_from(leader).ok().and_then(Pid::from_raw);
            if let (true, Some(group)) = (late, group) {
                let _ = rustix::process::kill_process_group(group, Signal::KILL);
            }
            late
        });
        Self { over, thread }
    }

    /// Returns whether it took too long.
    fn end(self) -> bool {
        let Self { over, thread } = self;
        drop(over);
        thread.join().unwrap_or(false)
    }
}

fn wait(mut child: std::process::Child, input: Option<&[u8]>) -> io::Result<Output> {
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // What git prints before it has read its input fits into a pipe.
        match stdin.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => drop(stdin),
        }
    }
    child.wait_with_output()
}

/// Turns a failed call into the error that its words tell.
pub(crate) fn failure(command: String, dir: &Path, output: &Output) -> GitError {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if let Some(lock) = lock_named_in(&stderr) {
        GitError::Locked { lock }
    } else if stderr.contains("cannot lock ref") && stderr.contains("but expected") {
        GitError::Moved { what: stderr }
    } else if stderr.contains("Please tell me who you are")
        || stderr.contains("empty ident name")
        || stderr.contains("unable to auto-detect email")
    {
        GitError::NoIdentity
    } else if stderr.contains("not a git repository") {
        GitError::NotARepository {
            dir: dir.to_owned(),
        }
    } else if stderr.contains("must be run in a work tree") {
        GitError::Bare {
            dir: dir.to_owned(),
        }
    } else {
        GitError::Failed { command, stderr }
    }
}

/// `fatal: Unable to create '/x/.git/index.lock': File exists.`
fn lock_named_in(stderr: &str) -> Option<PathBuf> {
    let (_, rest) = stderr.split_once("Unable to create '")?;
    let (path, rest) = rest.split_once('\'')?;
    (Path::new(path).extension().is_some_and(|ext| ext == "lock") && rest.contains("File exists"))
        .then(|| PathBuf::from(path))
}
