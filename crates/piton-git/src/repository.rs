//! A repository on this machine.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::hooks::Hooks;
use crate::objects::Objects;
use crate::program::{GitCommand, failure};
use crate::{CommitId, GitError, Tip, UnderWay, head, plain};

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
        let [common_dir, git_dir, top] = places(dir)?;
        if !plain::leads_to(&top, &git_dir) {
            return Err(GitError::TreeElsewhere { git_dir, top });
        }
        Ok(Self {
            top,
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
            return Hooks::find(&self.top, &self.common_dir);
        };
        if let Some(found) = found.get() {
            return Ok(found.clone());
        }
        let hooks = Hooks::find(&self.top, &self.common_dir)?;
        Ok(found.get_or_init(|| hooks).clone())
    }

    pub(crate) fn top(&self) -> &Path {
        &self.top
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

    /// Returns the commit that is checked out; `None` before the first one.
    pub(crate) fn head(&self) -> Result<Option<CommitId>, GitError> {
        if let Some(tip) = head::read(&self.git_dir, &self.common_dir) {
            return Ok(tip.commit);
        }
        let command =
            GitCommand::reading(&self.top).args(["rev-parse", "--verify", "--quiet", "HEAD"]);
        let shown = command.shown().to_owned();
        let id = command.found_line()?.map(|id| id.parse::<CommitId>());
        id.transpose().map_err(|error| GitError::Unreadable {
            command: shown,
            what: error.to_string(),
        })
    }

    /// Returns where HEAD points: branch and commit.
    pub(crate) fn tip(&self) -> Result<Tip, GitError> {
        if let Some(tip) = head::read(&self.git_dir, &self.common_dir) {
            return Ok(tip);
        }
        let command = GitCommand::reading(&self.top).args(["symbolic-ref", "--quiet", "HEAD"]);
        Ok(Tip {
            reference: command.found_line()?,
            commit: self.head()?,
        })
    }

    /// Returns what the user has begun in this worktree and not finished.
    pub(crate) fn under_way(&self) -> Result<Option<UnderWay>, GitError> {
        Ok(UnderWay::look(&self.git_dir)?)
    }

    /// Tells whether `later` is `earlier` or was built on it.
    pub(crate) fn contains(&self, later: &CommitId, earlier: &CommitId) -> Result<bool, GitError> {
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
            Some(1) => Ok(false),
            // The commit may be gone altogether.
            Some(128) if self.objects.read(earlier.as_str())?.is_none() => Ok(false),
            _ => Err(failure(shown, &self.top, &output)),
        }
    }

    /// Returns the paths below `scope` that the index shows otherwise than HEAD.
    pub(crate) fn staged(&self, scope: &[&Path]) -> Result<Vec<PathBuf>, GitError> {
        let stdout = GitCommand::reading(&self.top)
            .args(["diff", "--cached", "--name-only", "--no-renames", "-z"])
            .paths(scope)
            .run()?;
        Ok(names(&stdout))
    }
}

/// Asks git where the shared directory, the worktree's own and the top are.
fn places(dir: &Path) -> Result<[PathBuf; 3], GitError> {
    let wanted = ["--git-common-dir", "--git-dir", "--show-toplevel"];
    let asked = |wanted: &[&str]| {
        GitCommand::reading(dir)
            .args(["rev-parse", "--path-format=absolute"])
            .args(wanted)
            .run()
    };
    let path = |line: &[u8]| PathBuf::from(OsString::from_vec(line.to_vec()));
    let bytes = asked(&wanted)?;
    let lines: Vec<&[u8]> = bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    match *lines.as_slice() {
        [common, own, top] => Ok([common, own, top].map(path)),
        [] | [_] | [_, _] => Err(GitError::Bare {
            dir: dir.to_owned(),
        }),
        // A path with a line break in it: each answer is one path.
        _ => {
            let [common, own, top] = wanted.map(|one| asked(&[one]));
            let whole = |bytes: Vec<u8>| path(bytes.strip_suffix(b"\n").unwrap_or(&bytes));
            Ok([whole(common?), whole(own?), whole(top?)])
        }
    }
}

/// Reads what git printed with `-z`.
pub(crate) fn names(stdout: &[u8]) -> Vec<PathBuf> {
    stdout
        .split(|&byte| byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| PathBuf::from(OsString::from_vec(name.to_vec())))
        .collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests set the stage by hand")]
mod tests {
    use super::*;
    use piton_testkit::ScratchRepo;

    fn check(config: &str, plain: bool) {
        let repo = ScratchRepo::new();
        let file = repo.path().join(".git/config");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{before}{config}")).unwrap();
        assert_eq!(plain::at_top(repo.path()).is_some(), plain, "{config}");
        let found = Repository::find(repo.path()).unwrap();
        assert_eq!(found.top(), repo.path().canonicalize().unwrap());
    }

    #[test]
    fn what_is_plain_is_known_and_git_is_asked_about_the_rest() {
        check("", true);
        check(
            "# a word\n[remote \"origin\"]\n\turl = https://github.com/a/b.git\n",
            true,
        );
        check("[include]\n\tpath = other\n", false);
        check("[extensions]\n\tworktreeConfig = true\n", false);
        check("[alias]\n\tx = \"!true\"\n", false);
        check("[core]\n\tworktree = ..\n", false);
    }

    #[test]
    fn below_the_top_and_beside_a_repository_git_is_asked() {
        let repo = ScratchRepo::new();
        let below = repo.path().join("below");
        std::fs::create_dir(&below).unwrap();
        assert!(plain::at_top(&below).is_none());
        assert!(plain::at_top(&repo.path().join(".git")).is_none());
        assert!(plain::at_top(&repo.path().join("nowhere")).is_none());
        std::fs::write(repo.path().join(".git/HEAD"), "nonsense\n").unwrap();
        assert!(plain::at_top(repo.path()).is_none());
    }
}
