//! Publishing on the simulated disk: every crash, every loss.

mod between;
mod evidence;
mod failing;
mod records;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_durable::atomic::is_leftover;
use piton_durable::transaction::{
    AroundHooks, CommitFailure, CommitIntent, CommitState, Committer, Recovered, Request, recover,
    stage,
};
use piton_durable::{DiskRead, Site, Token, TransactionError, TreeDigest, write_atomic};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, CrashReport, Leaf, every_crash};

use crate::transaction::between::PLAIN;

pub(crate) const LIVE: &str = "/repo/migrations/rework";

pub(crate) const CANDIDATE: &str = "/work/rework";

pub(crate) const COMMITTED: &str = "/repo/.git/committed";

pub(crate) fn site() -> Site {
    Site {
        root: "/repo".into(),
        state: "/repo/.git/piton".into(),
        worktree: "main".into(),
        beside: "/repo/migrations/__transactions__".into(),
    }
}

pub(crate) fn token() -> Token {
    Token::fresh(Timestamp::from_second(1_800_000_000).unwrap(), 77)
}

/// Version control in one file: the digest of what was committed last.
#[derive(Debug)]
pub(crate) struct SimCommitter {
    disk: SimDisk,
    hook_says_no: bool,
}

impl SimCommitter {
    fn live(&self) -> String {
        TreeDigest::of(&self.disk, Path::new(LIVE))
            .unwrap_or_else(|_| TreeDigest::missing())
            .to_string()
    }
}

impl Committer for SimCommitter {
    fn state(&self, _: &CommitIntent) -> Result<CommitState, CommitFailure> {
        let committed = self.disk.read(Path::new(COMMITTED)).unwrap_or_default();
        Ok(if committed == self.live().as_bytes() {
            CommitState::Done
        } else {
            CommitState::Wanted
        })
    }

    fn commit(
        &self,
        _: &CommitIntent,
        _: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure> {
        if self.hook_says_no {
            return Err(CommitFailure::Refused("the hook says no".into()));
        }
        let digest = self.live();
        write_atomic(&self.disk, Path::new(COMMITTED), digest.as_bytes(), 0o644).map_err(
            |error| CommitFailure::NotNow {
                reason: error.to_string(),
                source: None,
            },
        )?;
        Ok(Some(digest))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    No,
    Yes,
    Refused,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) first: bool,
    pub(crate) exchange: bool,
    pub(crate) far_state: bool,
    pub(crate) commit: Commit,
}

impl Scene {
    fn all() -> Vec<Scene> {
        let mut scenes = Vec::new();
        for first in [false, true] {
            for exchange in [true, false] {
                for far_state in [false, true] {
                    for commit in [Commit::No, Commit::Yes, Commit::Refused] {
                        scenes.push(Scene {
                            first,
                            exchange,
                            far_state,
                            commit,
                        });
                    }
                }
            }
        }
        scenes
    }

    pub(crate) fn disk(self) -> SimDisk {
        let mut disk = SimDisk::new();
        if !self.exchange {
            disk = disk.without_exchange();
        }
        disk.put_dir("/repo/.git");
        if self.far_state {
            disk.mount("/repo/.git", 2);
        }
        if !self.first {
            disk.put(format!("{LIVE}/plan.md"), "old plan");
            disk.put_mode(format!("{LIVE}/.planning/state.json"), "{\"old\":1}", 0o600);
        }
        let digest = TreeDigest::of(&disk, Path::new(LIVE)).unwrap();
        disk.put(COMMITTED, digest.as_str());
        disk.put(format!("{CANDIDATE}/plan.md"), "new plan, longer");
        disk.put_mode(
            format!("{CANDIDATE}/.planning/state.json"),
            "{\"new\":1}",
            0o600,
        );
        disk
    }

    pub(crate) fn committer(self, disk: &SimDisk) -> SimCommitter {
        SimCommitter {
            disk: disk.clone(),
            hook_says_no: self.commit == Commit::Refused,
        }
    }

    pub(crate) fn request(self, disk: &SimDisk) -> Request {
        let live = "migrations/rework".parse().unwrap();
        Request {
            commit: (self.commit != Commit::No).then(|| CommitIntent {
                message: "plan rework".into(),
                paths: vec!["migrations/rework".parse().unwrap()],
                branch: Some("main".into()),
                tip: None,
            }),
            live,
            candidate: CANDIDATE.into(),
            base: TreeDigest::of(disk, Path::new(LIVE)).unwrap_or_else(|_| TreeDigest::missing()),
            operation: "expand".into(),
        }
    }

    /// Publishes the way the publisher does; says whether it was acknowledged.
    fn publish(self, disk: &SimDisk) -> Result<bool, TransactionError> {
        let staged = stage(disk, &site(), token(), self.request(disk))?;
        let mut replaced = staged.replace(disk)?;
        match replaced.commit(disk, &self.committer(disk)) {
            Ok(_) => {
                replaced.finish(disk)?;
                Ok(true)
            }
            Err(error) => {
                replaced.undo(disk, &error.to_string())?;
                Ok(false)
            }
        }
    }

    pub(crate) fn recover(self, disk: &SimDisk) -> Result<Vec<Recovered>, TransactionError> {
        recover(disk, &site(), &self.committer(disk))
    }
}

struct Ends {
    old: BTreeMap<PathBuf, Leaf>,
    new: BTreeMap<PathBuf, Leaf>,
}

impl Ends {
    fn of(scene: Scene) -> Self {
        let disk = scene.disk();
        Ends {
            old: disk.snapshot(LIVE),
            new: disk.snapshot(CANDIDATE),
        }
    }

    /// Checks a disk on which recovery came to its end.
    fn check(&self, scene: Scene, disk: &SimDisk, acknowledged: Option<bool>, context: &str) {
        let live = disk.snapshot(LIVE);
        let is_new = live == self.new;
        assert!(
            is_new || live == self.old,
            "{scene:?}, {context}: live is neither old nor new: {live:#?}"
        );
        if let Some(published) = acknowledged {
            assert_eq!(
                is_new, published,
                "{scene:?}, {context}: what was told is lost"
            );
        }
        if scene.commit == Commit::Refused {
            assert!(!is_new, "{scene:?}, {context}: a refused publish stands");
        }
        if scene.commit != Commit::No {
            assert_eq!(
                disk.read(Path::new(COMMITTED)).unwrap(),
                TreeDigest::of(disk, Path::new(LIVE))
                    .unwrap()
                    .as_str()
                    .as_bytes(),
                "{scene:?}, {context}: what is live is not what is committed"
            );
        }
        for path in disk.snapshot("/repo").keys() {
            let text = path.to_string_lossy();
            let leftover = path.file_name().is_some_and(is_leftover)
                || text.contains("__transactions__")
                || text.starts_with(".git/piton/transactions/");
            assert!(
                !leftover || text.starts_with(".git/.committed"),
                "{scene:?}, {context}: {text} is left"
            );
        }
        self.check_evidence(disk, &format!("{scene:?}, {context}"));
        let before = disk.snapshot("/");
        assert_eq!(scene.recover(disk).unwrap(), [], "{scene:?}, {context}");
        assert_eq!(
            disk.snapshot("/"),
            before,
            "a second recovery changes nothing"
        );
    }
}

impl Ends {
    /// Nothing is kept as evidence but the whole new tree of a publish that was
    /// undone: half-removed trees of a finished one would be noise.
    fn check_evidence(&self, disk: &SimDisk, context: &str) {
        let failures = Path::new("/repo/.git/piton/failures");
        for path in disk.snapshot(failures).keys() {
            let partial = path
                .file_name()
                .is_some_and(|name| name == ".piton-partial");
            if path.components().count() == 3 && !partial {
                assert!(
                    disk.snapshot(failures.join(path)) == self.new,
                    "{context}: a part of a tree is kept in {}",
                    path.display()
                );
            }
        }
    }
}

fn budget(outcomes: usize) -> Budget {
    Budget { outcomes, seed: 11 }
}

#[test]
fn a_crash_anywhere_in_a_publish_leaves_live_entirely_old_or_entirely_new() {
    let mut total = CrashReport::default();
    for scene in Scene::all() {
        let ends = Ends::of(scene);
        let told = std::cell::Cell::new(None);
        let report = every_crash(
            &scene.disk(),
            budget(48),
            |disk| told.set(scene.publish(disk).ok()),
            |disk, point| {
                scene
                    .recover(disk)
                    .unwrap_or_else(|error| panic!("{scene:?}, {point}: {error:?}"));
                ends.check(scene, disk, told.get(), &point.to_string());
            },
        );
        total += report;
    }
    println!("publishing, {} scenes: {total}", Scene::all().len());
    assert!(total.points > 500);
}

#[test]
fn a_crash_anywhere_in_a_recovery_changes_nothing_about_its_result() {
    let mut total = CrashReport::default();
    // A publish without a commit recovers in a part of the same steps.
    let scenes = Scene::all().into_iter();
    for scene in scenes.filter(|scene| scene.commit != Commit::No) {
        let ends = Ends::of(scene);
        let mut found = BTreeMap::new();
        every_crash(
            &scene.disk(),
            budget(3),
            |disk| drop(scene.publish(disk)),
            |disk, point| {
                found
                    .entry(disk.snapshot("/"))
                    .or_insert_with(|| (disk.fork(), point.to_string()));
            },
        );
        // Every second state will do: neighbours differ in little.
        for (disk, first) in found.into_values().step_by(2) {
            total += every_crash(
                &disk,
                budget(3),
                |disk| drop(scene.recover(disk)),
                |disk, point| {
                    scene
                        .recover(disk)
                        .unwrap_or_else(|error| panic!("{scene:?}, {first}, {point}: {error:?}"));
                    ends.check(scene, disk, None, &format!("{first}, then {point}"));
                },
            );
        }
    }
    println!("recovering: {total}");
    assert!(total.points > 1000);
}

#[test]
fn recovery_says_in_one_line_what_it_did() {
    let scene = Scene {
        commit: Commit::Yes,
        ..PLAIN
    };
    let disk = scene.disk();
    let staged = stage(&disk, &site(), token(), scene.request(&disk)).unwrap();
    drop(staged.replace(&disk).unwrap());
    let recovered = scene.recover(&disk).unwrap();
    let lines: Vec<String> = recovered.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "recovered the interrupted publish of migrations/rework (expand): \
          committed it, the new version is live"
        ]
    );
}
