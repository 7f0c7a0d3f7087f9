//! What the fake holds. Tests arrange it, and look at it afterwards.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct World {
    /// By name in lower case.
    pub repos: BTreeMap<String, Repo>,
    pub gists: BTreeMap<String, Gist>,
    /// Former names in lower case, and what they became.
    pub renamed: BTreeMap<String, String>,
    /// Known tokens. Others are `login`'s and may do everything, unless they
    /// begin with `bad`.
    pub tokens: BTreeMap<String, Rights>,
    pub login: String,
    /// Files of gists beyond this size come cut off.
    pub gist_cut: usize,
    /// Whether a dispatch tells the run that it started.
    pub run_details: bool,
    pub(super) next: u64,
}

/// What a token may do.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    pub login: String,
    /// Everything, or these families only.
    pub permissions: Option<BTreeMap<&'static str, Right>>,
    /// As GitHub writes it: `2026-12-25 10:00:00 UTC`.
    pub expires: Option<String>,
    /// Whether it is the token of a job.
    pub bot: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Read,
    Write,
}

#[derive(Clone, Debug)]
pub struct Repo {
    pub id: u64,
    pub full_name: String,
    pub private: bool,
    pub fork: bool,
    pub default_branch: String,
    pub created_at: Timestamp,
    pub stars: Vec<Timestamp>,
    pub forks: u64,
    pub issues: BTreeMap<u64, Issue>,
    pub deleted: Vec<u64>,
    pub comments: BTreeMap<u64, Comment>,
    /// The versions of those that were edited, oldest first.
    pub(super) comment_versions: BTreeMap<u64, Vec<(String, Timestamp, String)>>,
    /// By name in lower case: name, colour, description.
    pub labels: BTreeMap<String, (String, String, String)>,
    /// Full names of references, and commits.
    pub refs: BTreeMap<String, String>,
    pub(super) trees: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) commits: BTreeMap<String, CommitObject>,
    pub workflows: BTreeMap<String, Workflow>,
    pub runs: BTreeMap<u64, Run>,
    pub variables: BTreeMap<String, String>,
    /// The sealed texts, by name.
    pub secrets: BTreeMap<String, String>,
    /// The id and the key, in base64, that secrets are sealed with.
    pub public_key: (String, String),
    /// `clones`, `views`, `referrers`, `paths`, as GitHub gives them.
    pub traffic: BTreeMap<String, Vec<Value>>,
    pub releases: Vec<Release>,
    /// Branch and folder of the site.
    pub pages: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct CommitObject {
    pub(super) message: String,
    pub(super) tree: String,
    pub(super) parents: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Issue {
    pub title: String,
    pub body: String,
    pub open: bool,
    pub state_reason: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub user: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub pull: Option<PullSide>,
    /// Who wrote the body, and what: oldest first.
    pub versions: Vec<(String, Timestamp, String)>,
}

/// What makes an issue a pull request.
#[derive(Clone, Debug)]
pub struct PullSide {
    pub head: String,
    pub base: String,
    pub draft: bool,
    pub merged: bool,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub issue: u64,
    pub body: String,
    pub user: String,
    pub association: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Workflow {
    pub id: u64,
    pub name: String,
    pub state: String,
    /// How a run is called: `${{ inputs.NAME }}` is filled in.
    pub run_name: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub name: String,
    pub title: String,
    pub workflow_id: u64,
    pub path: String,
    pub event: String,
    pub branch: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub created_at: Timestamp,
    pub attempt: u64,
    pub jobs: Vec<Job>,
    /// The workflows that were called: where they lie, and their commit.
    pub referenced: Vec<(String, String)>,
    pub inputs: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default)]
pub struct Job {
    pub name: String,
    pub attempt: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub conclusion: String,
}

#[derive(Clone, Debug)]
pub struct Release {
    pub tag: String,
    pub draft: bool,
    /// Id, name, downloads.
    pub assets: Vec<(u64, String, u64)>,
}

#[derive(Clone, Debug)]
pub struct Gist {
    pub description: String,
    pub public: bool,
    pub owner: String,
    pub files: BTreeMap<String, String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub revisions: u64,
    /// The files of earlier revisions, by their number, with the moment.
    pub past: BTreeMap<u64, (Timestamp, BTreeMap<String, String>)>,
}

impl World {
    /// One repository, `acme/widget`, with a branch `main`.
    pub fn new(now: Timestamp) -> Self {
        let mut world = Self {
            repos: BTreeMap::new(),
            gists: BTreeMap::new(),
            renamed: BTreeMap::new(),
            tokens: BTreeMap::new(),
            login: "octo-dev".to_owned(),
            gist_cut: 1_000_000,
            run_details: true,
            next: 3_900_000_000,
        };
        world.add_repo("acme/widget", now);
        world
    }

    pub fn next_id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn add_repo(&mut self, full_name: &str, now: Timestamp) -> &mut Repo {
        let id = self.next_id();
        let mut repo = Repo::new(id, full_name, now);
        repo.commit_files("main", "first", &[("README.md", "# fake\n")]);
        let key = full_name.to_lowercase();
        self.repos.entry(key).or_insert(repo)
    }

    /// Returns the repository of that name.
    pub fn repo(&mut self, full_name: &str) -> &mut Repo {
        self.repos
            .get_mut(&full_name.to_lowercase())
            .expect("the fake has that repository")
    }

    pub fn add_gist(
        &mut self,
        description: &str,
        public: bool,
        files: &[(&str, &str)],
        now: Timestamp,
    ) -> String {
        let id = format!("{:032x}", self.next_id());
        let gist = Gist {
            description: description.to_owned(),
            public,
            owner: self.login.clone(),
            files: files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect(),
            created_at: now,
            updated_at: now,
            revisions: 1,
            past: BTreeMap::new(),
        };
        self.gists.insert(id.clone(), gist);
        id
    }
}

impl Repo {
    fn new(id: u64, full_name: &str, now: Timestamp) -> Self {
        Self {
            id,
            full_name: full_name.to_owned(),
            private: false,
            fork: false,
            default_branch: "main".to_owned(),
            created_at: now,
            stars: Vec::new(),
            forks: 0,
            issues: BTreeMap::new(),
            deleted: Vec::new(),
            comments: BTreeMap::new(),
            comment_versions: BTreeMap::new(),
            labels: BTreeMap::new(),
            refs: BTreeMap::new(),
            trees: BTreeMap::new(),
            commits: BTreeMap::new(),
            workflows: BTreeMap::new(),
            runs: BTreeMap::new(),
            variables: BTreeMap::new(),
            secrets: BTreeMap::new(),
            public_key: ("key-1".to_owned(), String::new()),
            traffic: BTreeMap::new(),
            releases: Vec::new(),
            pages: None,
        }
    }

    /// Adds the workflow by which plans are carried out.
    pub fn add_workflow_of_plans(&mut self) {
        let run_name = "piton plan ${{ inputs.plan }} ${{ inputs.distinct_id }}";
        let workflow = Workflow {
            id: 77,
            name: "piton plan".to_owned(),
            state: "active".to_owned(),
            run_name: Some(run_name.to_owned()),
        };
        self.workflows.insert("piton-plan.yml".to_owned(), workflow);
    }

    /// Opens an issue and returns its number.
    pub fn add_issue(
        &mut self,
        title: &str,
        body: &str,
        labels: &[&str],
        user: &str,
        now: Timestamp,
    ) -> u64 {
        let last = self.issues.keys().chain(&self.deleted).max();
        let number = last.map_or(1, |last| last + 1);
        for label in labels {
            self.label(label);
        }
        self.issues.insert(
            number,
            Issue {
                title: title.to_owned(),
                body: body.to_owned(),
                open: true,
                state_reason: None,
                labels: labels.iter().map(|label| (*label).to_owned()).collect(),
                assignees: Vec::new(),
                user: user.to_owned(),
                created_at: now,
                updated_at: now,
                pull: None,
                versions: vec![(user.to_owned(), now, body.to_owned())],
            },
        );
        number
    }

    /// Opens a draft pull request from a branch of its own.
    pub fn add_pull(&mut self, title: &str, body: &str, branch: &str, now: Timestamp) -> u64 {
        self.commit_files(branch, "work", &[(&format!(".fake/{branch}"), "work")]);
        let number = self.add_issue(title, body, &[], "octo-dev", now);
        let base = self.default_branch.clone();
        if let Some(issue) = self.issues.get_mut(&number) {
            issue.pull = Some(PullSide {
                head: branch.to_owned(),
                base,
                draft: true,
                merged: false,
            });
        }
        number
    }

    pub fn label(&mut self, name: &str) {
        self.labels
            .entry(name.to_lowercase())
            .or_insert_with(|| (name.to_owned(), "ededed".to_owned(), String::new()));
    }

    /// Changes the body of an issue, as somebody else.
    pub fn edit_body(&mut self, number: u64, user: &str, body: &str, now: Timestamp) {
        let issue = self
            .issues
            .get_mut(&number)
            .expect("the fake has that issue");
        body.clone_into(&mut issue.body);
        issue.updated_at = now;
        issue.versions.push((user.to_owned(), now, body.to_owned()));
    }

    /// Has somebody edit a comment.
    pub fn edit_comment(&mut self, id: u64, user: &str, body: &str, now: Timestamp) {
        let comment = self
            .comments
            .get_mut(&id)
            .expect("the fake has that comment");
        let versions = self.comment_versions.entry(id).or_default();
        if versions.is_empty() {
            let first = (
                comment.user.clone(),
                comment.created_at,
                comment.body.clone(),
            );
            versions.push(first);
        }
        versions.push((user.to_owned(), now, body.to_owned()));
        body.clone_into(&mut comment.body);
        comment.updated_at = now;
    }

    /// Commits files onto a branch, which begins at the default branch.
    pub fn commit_files(&mut self, branch: &str, message: &str, files: &[(&str, &str)]) -> String {
        let name = format!("refs/heads/{branch}");
        let trunk = format!("refs/heads/{}", self.default_branch);
        let parent = self
            .refs
            .get(&name)
            .or_else(|| self.refs.get(&trunk))
            .cloned();
        let mut all = parent
            .as_deref()
            .map(|parent| self.files(parent))
            .unwrap_or_default();
        for (path, text) in files {
            all.insert((*path).to_owned(), (*text).to_owned());
        }
        let tree = self.put_tree(all);
        let commit = self.put_commit(message, &tree, parent.into_iter().collect());
        self.refs.insert(name, commit.clone());
        commit
    }

    /// Returns the files of a commit.
    pub fn files(&self, commit: &str) -> BTreeMap<String, String> {
        let tree = self.commits.get(commit).map(|commit| &commit.tree);
        tree.and_then(|tree| self.trees.get(tree))
            .cloned()
            .unwrap_or_default()
    }

    /// Returns the files of a branch.
    pub fn branch_files(&self, branch: &str) -> BTreeMap<String, String> {
        let commit = self.refs.get(&format!("refs/heads/{branch}"));
        commit.map(|commit| self.files(commit)).unwrap_or_default()
    }

    pub(super) fn put_tree(&mut self, files: BTreeMap<String, String>) -> String {
        let sha = sha(&files);
        self.trees.insert(sha.clone(), files);
        sha
    }

    pub(super) fn put_commit(&mut self, message: &str, tree: &str, parents: Vec<String>) -> String {
        let sha = sha(&(message, tree, &parents, self.commits.len()));
        self.commits.insert(
            sha.clone(),
            CommitObject {
                message: message.to_owned(),
                tree: tree.to_owned(),
                parents,
            },
        );
        sha
    }

    pub(super) fn descends(&self, commit: &str, from: &str) -> bool {
        let mut todo = vec![commit.to_owned()];
        while let Some(one) = todo.pop() {
            if one == from {
                return true;
            }
            if let Some(commit) = self.commits.get(&one) {
                todo.extend(commit.parents.iter().cloned());
            }
        }
        false
    }
}

/// Forty hexadecimal digits that follow from a value.
pub(super) fn sha(value: &impl Hash) -> String {
    let mut out = String::new();
    for salt in 0_u8..3 {
        let mut hasher = DefaultHasher::new();
        (salt, value).hash(&mut hasher);
        let _ = write!(out, "{:016x}", hasher.finish());
    }
    out.truncate(40);
    out
}
