//! The worlds in which publishing is tried.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use piton_durable::platform::{ProcessState, Processes, RealProcesses};
use piton_durable::transaction::AroundHooks;
use piton_durable::{Disk, DiskRead, LockError, RealDisk, TreeDigest, write_atomic};
use piton_git::slot::held::HeldRef;
use piton_git::{
    Change, CommitId, Git, GitError, GitRead, IgnoreRule, Repository, StatusEntry, Tip, Worktree,
};
use piton_migration::consistency::Mode;
use piton_migration::live::LiveDir;
use piton_migration::publish::{
    Gate, Held, OsGate, PublishEnv, PublishRefusal, PublishRequest, Published, Publisher,
};
use piton_migration::slug::Slug;
use piton_testkit::{ScratchRepo, SimDisk};

/// The files of a migration that is fit for every mode.
pub(crate) fn files(slug: &str, text: &str) -> Vec<(String, String)> {
    let manifest = serde_json::json!({
        "awaiting_human_review": false,
        "cooldown_until": null,
        "created_at": "2026-04-15T22:49:51.000+00:00",
        "current_phase": "one",
        "human_review_reason": null,
        "last_touch": "2026-04-15T22:49:51.000+00:00",
        "name": slug,
        "phases": [{
            "done": false,
            "effort_reason": null,
            "file": "phase-1-one.md",
            "name": "one",
            "precondition": "none",
            "required_effort": null,
        }],
        "status": "ready",
        "wake_up_on": null,
    });
    let manifest = serde_json::to_string_pretty(&manifest).unwrap() + "\n";
    let phase = format!("# One\n\n## Precondition\n\nnone\n\n## Definition of Done\n\n{text}\n");
    vec![
        ("manifest.json".into(), manifest),
        ("plan.md".into(), format!("# Plan\n\n{text}\n")),
        ("phase-1-one.md".into(), phase),
        ("notes/deep/more.md".into(), text.repeat(3)),
    ]
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// A real repository, and a directory for workspaces outside it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) repo: ScratchRepo,
    pub(crate) work: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        World::below(&std::env::temp_dir())
    }

    /// Makes a world in memory where the system offers that. To a process that
    /// is killed it is a disk like any other, and its syncs cost nothing.
    pub(crate) fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            World::below(memory)
        } else {
            World::new()
        }
    }

    fn below(parent: &Path) -> Self {
        World {
            repo: ScratchRepo::new_in(parent),
            work: tempfile::tempdir_in(parent).unwrap(),
        }
    }

    pub(crate) fn with(slug: &str, text: &str) -> Self {
        World::new().holding(slug, text)
    }

    /// Adds a migration, committed.
    pub(crate) fn holding(self, slug: &str, text: &str) -> Self {
        let world = self;
        for (path, content) in files(slug, text) {
            world
                .repo
                .write(&format!("migrations/{slug}/{path}"), &content);
        }
        world.repo.commit_all("a migration");
        world
    }

    pub(crate) fn root(&self) -> &Path {
        self.repo.path()
    }

    pub(crate) fn candidate(&self, slug: &str, text: &str) -> PathBuf {
        candidate(self.work.path(), slug, text)
    }

    pub(crate) fn digest(&self, slug: &str) -> TreeDigest {
        TreeDigest::of(&RealDisk, &self.root().join("migrations").join(slug)).unwrap()
    }

    pub(crate) fn request(&self, slug: &str, text: &str) -> PublishRequest {
        request(slug, self.candidate(slug, text), self.digest(slug))
    }

    pub(crate) fn publish(
        &self,
        request: &PublishRequest,
    ) -> Result<Published, Box<PublishRefusal>> {
        self.visit(&RealDisk, Duration::ZERO, |publisher| {
            publisher.publish(request)
        })
    }

    pub(crate) fn recover(&self) -> Vec<String> {
        self.visit(&RealDisk, Duration::ZERO, |publisher| {
            let notices = publisher.recover().unwrap();
            notices.iter().map(ToString::to_string).collect()
        })
    }

    pub(crate) fn visit<T>(
        &self,
        disk: &dyn Disk,
        patience: Duration,
        visit: impl FnOnce(&Publisher<'_>) -> T,
    ) -> T {
        visit_at(self.root(), disk, patience, visit)
    }

    /// Asserts that nothing is left of any publish.
    pub(crate) fn assert_tidy(&self) {
        assert!(!self.repo.exists("migrations/__transactions__"));
        let transactions = self.root().join(".git/piton/transactions");
        let left = RealDisk.list(&transactions).unwrap_or_default();
        assert_eq!(left, [], "transactions are left");
    }
}

/// Builds a candidate in a directory of its own, replacing an earlier one.
pub(crate) fn candidate(work: &Path, slug: &str, text: &str) -> PathBuf {
    let dir = work.join(slug);
    let _ = std::fs::remove_dir_all(&dir);
    for (path, content) in files(slug, text) {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    dir
}

pub(crate) fn request(slug_text: &str, workspace: PathBuf, base: TreeDigest) -> PublishRequest {
    PublishRequest {
        slug: slug(slug_text),
        workspace,
        base,
        mode: Mode::ReadyPublish,
        operation: "expand".into(),
        commit: Some(format!("plan {slug_text}")),
        tip: None,
    }
}

/// Opens the repository the way a command does, and lets `visit` publish.
pub(crate) fn visit_at<T>(
    root: &Path,
    disk: &dyn Disk,
    patience: Duration,
    visit: impl FnOnce(&Publisher<'_>) -> T,
) -> T {
    let git = Repository::find(root).unwrap();
    let gate = OsGate::new(git.common_dir(), &RealProcesses, patience);
    let live = LiveDir::new(root, "migrations");
    visit(&Publisher::new(PublishEnv {
        disk,
        git: &git,
        gate: &gate,
        processes: &RealProcesses,
        live: &live,
        now: now(),
    }))
}

/// A simulated world: the disk, and version control as one file on it.
#[derive(Debug)]
pub(crate) struct SimGit {
    pub(crate) disk: SimDisk,
    pub(crate) hook_says_no: bool,
}

pub(crate) const COMMITTED: &str = "/repo/.git/committed";
pub(crate) const LIVE: &str = "/repo/migrations/rework";

impl SimGit {
    fn live(&self) -> String {
        TreeDigest::of(&self.disk, Path::new(LIVE))
            .map_or_else(|_| "strange".into(), |digest| digest.to_string())
    }
}

impl GitRead for SimGit {
    fn top(&self) -> &Path {
        Path::new("/repo")
    }
    fn common_dir(&self) -> &Path {
        Path::new("/repo/.git")
    }
    fn head(&self) -> Result<Option<CommitId>, GitError> {
        Ok(None)
    }
    fn branch(&self) -> Result<Option<String>, GitError> {
        Ok(Some("main".into()))
    }
    fn status(&self, _: &[&Path], _: bool) -> Result<Vec<StatusEntry>, GitError> {
        let committed = self.disk.read(Path::new(COMMITTED)).unwrap_or_default();
        if committed == self.live().as_bytes() {
            return Ok(Vec::new());
        }
        Ok(vec![StatusEntry {
            path: "migrations/rework".into(),
            change: Change::Modified,
        }])
    }
    fn ignored_by(&self, _: &Path) -> Result<Option<IgnoreRule>, GitError> {
        Ok(None)
    }
    fn tracked_files(&self) -> Result<Vec<PathBuf>, GitError> {
        Ok(Vec::new())
    }
    fn remote_url(&self, _: &str) -> Result<Option<String>, GitError> {
        Ok(None)
    }
    fn message(&self, _: &CommitId) -> Result<String, GitError> {
        Ok(String::new())
    }
    fn refs(&self) -> Result<Vec<(String, CommitId)>, GitError> {
        Ok(Vec::new())
    }
    fn worktrees(&self) -> Result<Vec<Worktree>, GitError> {
        Ok(Vec::new())
    }
}

impl Git for SimGit {
    fn commit_on(
        &self,
        _: &Tip,
        paths: &[&Path],
        _: &str,
        _: AroundHooks<'_>,
    ) -> Result<Option<CommitId>, GitError> {
        assert_eq!(paths, [Path::new("migrations/rework")]);
        if self.hook_says_no {
            let output = "the hook says no".into();
            return Err(GitError::CommitRefused { output });
        }
        let digest = self.live();
        write_atomic(&self.disk, Path::new(COMMITTED), digest.as_bytes(), 0o644).map_err(
            |error| GitError::Failed {
                command: "git commit".into(),
                stderr: error.to_string(),
            },
        )?;
        Ok(Some(digest.parse().unwrap()))
    }

    fn hold(&self, name: &HeldRef, _: &CommitId) -> Result<(), GitError> {
        unreachable!("a publish holds nothing: {}", name.as_str())
    }

    fn release(&self, name: &HeldRef, _: &CommitId) -> Result<(), GitError> {
        unreachable!("a publish holds nothing: {}", name.as_str())
    }
}

/// The only process alive is the one with this id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Only(pub(super) u32);

impl Processes for Only {
    fn state(&self, pid: u32) -> ProcessState {
        if pid == self.0 {
            ProcessState::Running { started: None }
        } else {
            ProcessState::Gone
        }
    }
    fn boot_id(&self) -> Option<String> {
        None
    }
    fn host(&self) -> String {
        "here".into()
    }
    fn own_pid(&self) -> u32 {
        self.0
    }
}

/// A gate with nobody else about.
#[derive(Debug)]
pub(crate) struct OpenGate;

#[derive(Debug)]
struct Nothing;

impl Held for Nothing {}

impl Gate for OpenGate {
    fn enter(&self, _: &str, _: Timestamp) -> Result<Box<dyn Held>, LockError> {
        Ok(Box::new(Nothing))
    }
    fn patience(&self) -> Duration {
        Duration::ZERO
    }
    fn name(&self) -> String {
        "/repo/.git/piton/lock".into()
    }
}

/// Lets the process `pid` publish on a simulated disk, `later` seconds on.
pub(crate) fn visit_sim<T>(
    disk: &SimDisk,
    hook_says_no: bool,
    pid: u32,
    later: i64,
    visit: impl FnOnce(&Publisher<'_>) -> T,
) -> T {
    let git = SimGit {
        disk: disk.clone(),
        hook_says_no,
    };
    let live = LiveDir::new(Path::new("/repo"), "migrations");
    visit(&Publisher::new(PublishEnv {
        disk,
        git: &git,
        gate: &OpenGate,
        processes: &Only(pid),
        live: &live,
        now: Timestamp::from_second(1_800_000_000 + later).unwrap(),
    }))
}
