//! Arranging what the fake holds, as somebody who uses GitHub would.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;

use super::world::{CommitObject, Gist, Issue, PullSide, Repo, Workflow, World};

impl World {
    /// One repository, `acme/widget`, with a branch `main`.
    pub fn new(now: Timestamp) -> Self {
        let mut world = Self {
            login: "octo-dev".to_owned(),
            gist_cut: 1_000_000,
            run_details: true,
            next: 3_900_000_000,
            ..Self::default()
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
            default_branch: "main".to_owned(),
            created_at: now,
            public_key: ("key-1".to_owned(), String::new()),
            ..Self::default()
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

    pub fn files(&self, commit: &str) -> BTreeMap<String, String> {
        let tree = self.commits.get(commit).map(|commit| &commit.tree);
        tree.and_then(|tree| self.trees.get(tree))
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn branch_files(&self, branch: &str) -> BTreeMap<String, String> {
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
