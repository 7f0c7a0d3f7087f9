//! A repository on this machine.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use piton_durable::transaction::AroundHooks;

use crate::commit::Hooks;
use crate::objects::{Object, ObjectKind, Objects};
use crate::program::GitCommand;
use crate::slot::held::HeldRef;
use crate::{
    Cleared, CommitId, Committed, Git, GitError, GitRead, IgnoreRule, StatusEntry, Tip, UnderWay,
    Worktree, commit, head, ignore, landing, loose, plain, status, undertaking, worktree,
};

/// A working tree and the repository behind it.
#[derive(Clone, Debug)]
pub struct Repository {
    top: PathBuf,
    common_dir: PathBuf,
    /// The worktree's own part of it.
    git_dir: PathBuf,
    around: AroundCommits,
    /// Its objects, read by one git for all that hold this.
    objects: Arc<Objects>,
}

/// Who runs the user's hooks around the commits that piton makes here.
#[derive(Clone, Debug, Default)]
enum AroundCommits {
    /// The commit itself, as `git commit` does.
    #[default]
    Here,
    /// Whoever wants the commit, somewhere else. What the settings say is asked
    /// once for both.
    Elsewhere(Arc<OnceLock<Hooks>>),
}

impl Repository {
    /// Finds the repository that `dir` is in.
    pub fn find(dir: &Path) -> Result<Self, GitError> {
        if let Some((top, git_dir)) = plain::at_top(dir) {
            return Ok(Self {
                top,
                common_dir: git_dir.clone(),
                objects: Arc::new(Objects::of(&git_dir, &git_dir)),
                git_dir,
                around: AroundCommits::default(),
            });
        }
        let bytes = GitCommand::reading(dir)
            .args([
                "rev-parse",
                "--path-format=absolute",
                "--git-common-dir",
                "--git-dir",
                "--show-toplevel",
            ])
            .run()?;
        let mut lines = bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty());
        let (Some(common), Some(own), Some(top)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(GitError::Bare {
                dir: dir.to_owned(),
            });
        };
        let path = |line: &[u8]| PathBuf::from(OsString::from_vec(line.to_vec()));
        let (git_dir, common_dir) = (path(own), path(common));
        Ok(Self {
            top: path(top),
            around: AroundCommits::default(),
            objects: Arc::new(Objects::of(&git_dir, &common_dir)),
            git_dir,
            common_dir,
        })
    }

    /// Returns the repository such that its commits run no hooks: they ran
    /// elsewhere, or run nowhere.
    #[must_use]
    pub fn without_hooks(&self) -> Self {
        Self {
            around: AroundCommits::Elsewhere(Arc::default()),
            ..self.clone()
        }
    }

    /// Returns the hooks that are to run here around a commit.
    pub(crate) fn hooks_here(&self) -> Result<Hooks, GitError> {
        let found = self.hooks()?;
        Ok(match self.around {
            AroundCommits::Here => found,
            AroundCommits::Elsewhere(_) => found.without_any(),
        })
    }

    /// Returns the user's hooks, whoever runs them.
    pub(crate) fn hooks(&self) -> Result<Hooks, GitError> {
        let AroundCommits::Elsewhere(found) = &self.around else {
            return Hooks::find(self);
        };
        if let Some(found) = found.get() {
            return Ok(found.clone());
        }
        let hooks = Hooks::find(self)?;
        Ok(found.get_or_init(|| hooks).clone())
    }

    pub(crate) fn common(&self) -> &Path {
        &self.common_dir
    }

    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Returns a file as the commit at HEAD has it; `None` where it has none.
    pub fn file_at_head(&self, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        match self.head()? {
            Some(commit) => self.file_at(&commit, path),
            None => Ok(None),
        }
    }

    /// Returns what a file was in the newest commits that changed it, newest
    /// first.
    pub fn file_versions(&self, path: &Path, most: usize) -> Vec<Vec<u8>> {
        let log = GitCommand::reading(&self.top)
            .args(["log", "--format=%H", &format!("--max-count={most}"), "--"])
            .arg(path);
        let Ok(listed) = log.run() else {
            return Vec::new();
        };
        let listed = String::from_utf8_lossy(&listed);
        let versions = listed.lines().filter_map(|commit| {
            let found = self.objects.read(&format!("{commit}:{}", path.to_str()?));
            blob(found.ok()??)
        });
        versions.collect()
    }

    /// Returns the paths below `scope` that the index shows otherwise than HEAD.
    pub(crate) fn staged(&self, scope: &[&Path]) -> Result<Vec<PathBuf>, GitError> {
        let stdout = GitCommand::reading(&self.top)
            .args(["diff", "--cached", "--name-only", "--no-renames", "-z"])
            .paths(scope)
            .run()?;
        Ok(names(&stdout))
    }

    pub(crate) fn commit_id(command: GitCommand) -> Result<CommitId, GitError> {
        let shown = command.shown().to_owned();
        command
            .line()?
            .parse()
            .map_err(|error| GitError::Unreadable {
                command: shown,
                what: format!("{error}"),
            })
    }
}

impl GitRead for Repository {
    fn top(&self) -> &Path {
        &self.top
    }

    fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    fn head(&self) -> Result<Option<CommitId>, GitError> {
        if let Some(tip) = head::read(&self.git_dir, &self.common_dir) {
            return Ok(tip.commit);
        }
        let command =
            GitCommand::reading(&self.top).args(["rev-parse", "--verify", "--quiet", "HEAD"]);
        match Self::commit_id(command) {
            Ok(id) => Ok(Some(id)),
            Err(GitError::Failed { stderr, .. }) if stderr.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn branch(&self) -> Result<Option<String>, GitError> {
        match GitCommand::reading(&self.top)
            .args(["symbolic-ref", "--quiet", "--short", "HEAD"])
            .line()
        {
            Ok(name) => Ok(Some(name)),
            Err(GitError::Failed { stderr, .. }) if stderr.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn tip(&self) -> Result<Tip, GitError> {
        if let Some(tip) = head::read(&self.git_dir, &self.common_dir) {
            return Ok(tip);
        }
        let command = GitCommand::reading(&self.top).args(["symbolic-ref", "--quiet", "HEAD"]);
        let reference = match command.line() {
            Ok(name) => Some(name),
            Err(GitError::Failed { stderr, .. }) if stderr.is_empty() => None,
            Err(error) => return Err(error),
        };
        Ok(Tip {
            reference,
            commit: self.head()?,
        })
    }

    fn under_way(&self) -> Option<UnderWay> {
        UnderWay::look(&self.git_dir)
    }

    fn contains(&self, later: &CommitId, earlier: &CommitId) -> Result<bool, GitError> {
        if later == earlier {
            return Ok(true);
        }
        let command = GitCommand::reading(&self.top)
            .args(["merge-base", "--is-ancestor"])
            .args([earlier.as_str(), later.as_str()]);
        let shown = command.shown().to_owned();
        let output = command.output(None)?;
        match output.status.code() {
            Some(0) => Ok(true),
            // The commit may be gone altogether.
            Some(1 | 128) => Ok(false),
            _ => Err(crate::program::failure(shown, &self.top, &output)),
        }
    }

    fn is_anything_left(&self) -> bool {
        undertaking::is_anything_left(&self.common_dir)
    }

    fn status(&self, scope: &[&Path], with_ignored: bool) -> Result<Vec<StatusEntry>, GitError> {
        status::read(self, scope, with_ignored)
    }

    fn committed(&self, below: &Path) -> Option<Committed> {
        Committed::below(self, below)
    }

    fn ignored_by(&self, path: &Path) -> Result<Option<IgnoreRule>, GitError> {
        ignore::rule_for(&self.top, path)
    }

    fn tracked_files(&self) -> Result<Vec<PathBuf>, GitError> {
        let stdout = GitCommand::reading(&self.top)
            .args(["ls-files", "-z"])
            .run()?;
        Ok(names(&stdout))
    }

    fn remote_url(&self, name: &str) -> Result<Option<String>, GitError> {
        if let Some(url) = plain::remote_url(&self.common_dir, name) {
            return Ok(Some(url));
        }
        let key = format!("remote.{name}.url");
        match GitCommand::reading(&self.top)
            .args(["config", "--get", &key])
            .line()
        {
            Ok(url) => Ok(Some(url)),
            Err(GitError::Failed { stderr, .. }) if stderr.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn message(&self, commit: &CommitId) -> Result<String, GitError> {
        let found = self.objects.read(commit.as_str())?;
        if let Some(text) = found.as_ref().and_then(message_in) {
            return Ok(text.trim_end_matches('\n').to_owned());
        }
        GitCommand::reading(&self.top)
            .args(["show", "--no-patch", "--format=%B", commit.as_str()])
            .line()
    }

    fn refs(&self) -> Result<Vec<(String, CommitId)>, GitError> {
        if let Some(refs) = loose::all(&self.git_dir, &self.common_dir) {
            return Ok(refs);
        }
        let command = GitCommand::reading(&self.top).args([
            "for-each-ref",
            "--sort=refname",
            "--format=%(objectname) %(refname)",
        ]);
        let shown = command.shown().to_owned();
        let text = command.line()?;
        text.lines()
            .map(|line| {
                let unreadable = || GitError::Unreadable {
                    command: shown.clone(),
                    what: format!("line {line:?}"),
                };
                let (id, name) = line.split_once(' ').ok_or_else(unreadable)?;
                Ok((name.to_owned(), id.parse().map_err(|_| unreadable())?))
            })
            .collect()
    }

    fn worktrees(&self) -> Result<Vec<Worktree>, GitError> {
        worktree::list(&self.top)
    }
}

impl Git for Repository {
    fn commit_on(
        &self,
        tip: &Tip,
        paths: &[&Path],
        message: &str,
        around: AroundHooks<'_>,
    ) -> Result<Option<CommitId>, GitError> {
        commit::exactly(self, tip, paths, message, around)
    }

    fn release(&self, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
        landing::release(self, name, commit)
    }

    fn recover(&self) -> Result<Vec<Cleared>, GitError> {
        undertaking::recover(self)
    }
}

/// Returns what a file holds.
fn blob(object: Object) -> Option<Vec<u8>> {
    (object.kind == ObjectKind::Blob).then_some(object.bytes)
}

/// Returns the message in a commit; `None` where git has to turn it into UTF-8.
fn message_in(commit: &Object) -> Option<&str> {
    let text = std::str::from_utf8(&commit.bytes).ok()?;
    let (head, message) = text.split_once("\n\n")?;
    let plain = commit.kind == ObjectKind::Commit
        && !head.lines().any(|line| line.starts_with("encoding "));
    plain.then_some(message)
}

/// Reads what git printed with `-z`.
fn names(stdout: &[u8]) -> Vec<PathBuf> {
    stdout
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(OsString::from_vec(name.to_vec())))
        .collect()
}
