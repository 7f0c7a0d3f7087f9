//! Making commits without a working tree.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use piton_base::Stop;

use crate::ids::InvalidCommitId;
use crate::program::GitCommand;
use crate::{CommitId, GitError, Repository};

/// How long a signing program may take. It may ask for a passphrase that nobody
/// is there to type.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TreeId(CommitId);

impl TreeId {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for TreeId {
    type Err = InvalidCommitId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for TreeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a commit comes to on top of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    Clean(TreeId),
    /// Both changed the same places.
    Conflict,
}

/// Applies what `commit` changed since `base` to `onto`, in git's objects
/// alone.
pub fn merge_onto(
    repository: &Repository,
    base: &CommitId,
    commit: &CommitId,
    onto: &CommitId,
) -> Result<Merged, GitError> {
    let command = GitCommand::quietly(repository.top())
        .args(["merge-tree", "--write-tree", "--no-messages"])
        .arg(format!("--merge-base={base}"))
        .arg(onto.as_str())
        .arg(commit.as_str());
    let shown = command.shown().to_owned();
    let Some(stdout) = command.found(None)? else {
        return Ok(Merged::Conflict);
    };
    let text = String::from_utf8_lossy(&stdout);
    let tree = text.lines().next().unwrap_or_default().parse();
    tree.map(Merged::Clean)
        .map_err(|error| GitError::Unreadable {
            command: shown,
            what: format!("{error}"),
        })
}

/// Makes a commit of a tree, by the user's name, signed if the user signs.
pub fn commit_tree(
    repository: &Repository,
    tree: &TreeId,
    parent: &CommitId,
    message: &str,
    stop: &Stop,
) -> Result<CommitId, GitError> {
    let signs = wants_signatures(repository)?;
    let mut command = GitCommand::quietly(repository.top()).args(["commit-tree", "-F", "-"]);
    if signs {
        command = command.arg("-S");
    }
    let command = command.args(["-p", parent.as_str()]).arg(tree.as_str());
    let shown = command.shown().to_owned();
    let stdout = command.run_within(message.as_bytes(), signs.then_some(PATIENCE), stop)?;
    String::from_utf8_lossy(&stdout)
        .trim()
        .parse()
        .map_err(|error| GitError::Unreadable {
            command: shown,
            what: format!("{error}"),
        })
}

/// Whether the user's commits are signed.
fn wants_signatures(repository: &Repository) -> Result<bool, GitError> {
    let asked = GitCommand::reading(repository.top())
        .args(["config", "--type=bool", "--get", "commit.gpgsign"])
        .found(None)?;
    Ok(asked.is_some_and(|value| value.trim_ascii_end() == b"true"))
}

pub fn tree_of(repository: &Repository, commit: &CommitId) -> Result<TreeId, GitError> {
    let found = repository.objects().read(&format!("{commit}^{{tree}}"))?;
    let id = found.and_then(|tree| tree.id.parse().ok());
    id.ok_or_else(|| GitError::Unreadable {
        command: "git cat-file --batch".to_owned(),
        what: format!("{commit} has no tree"),
    })
}

/// Returns the commit that another one was made on.
pub fn parent_of(repository: &Repository, commit: &CommitId) -> Result<CommitId, GitError> {
    let command = GitCommand::reading(repository.top())
        .args(["rev-parse", "--verify"])
        .arg(format!("{commit}^"));
    command.parsed()
}

/// Tells what changed from one commit to what is checked out, a line a file.
pub fn difference(repository: &Repository, from: &CommitId) -> Result<String, GitError> {
    GitCommand::reading(repository.top())
        .args(["diff", "--stat", "--no-ext-diff", "--no-color"])
        .arg(from.as_str())
        .arg("HEAD")
        .line()
}

/// Returns how many lines commits added and removed, each against its parent.
pub fn lines_of(repository: &Repository, commits: &[&str]) -> Result<u64, GitError> {
    if commits.is_empty() {
        return Ok(0);
    }
    let stdout = GitCommand::reading(repository.top())
        .args([
            "show",
            "--numstat",
            "--format=",
            "--no-ext-diff",
            "--no-textconv",
        ])
        .args(commits)
        .run()?;
    let count = |field: Option<&str>| field.and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
    Ok(String::from_utf8_lossy(&stdout)
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            count(fields.next()) + count(fields.next())
        })
        .sum())
}

/// Whether a path is another one in two commits. What cannot be told counts as
/// another one.
pub fn differs(
    repository: &Repository,
    one: &CommitId,
    other: &CommitId,
    path: &str,
) -> Result<bool, GitError> {
    let output = GitCommand::reading(repository.top())
        .args(["diff-tree", "--quiet", "-r", "--no-ext-diff"])
        .args([one.as_str(), other.as_str()])
        .paths(&[path])
        .output(None)?;
    Ok(!output.status.success())
}
