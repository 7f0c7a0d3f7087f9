//! Publishing on the simulated disk: every crash, every loss.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_durable::atomic::is_leftover;
use piton_durable::transaction::{
    AroundHooks, CommitFailure, CommitIntent, CommitState, Committer, Deed, HookMoment, Recovered,
    Request, recover, stage,
};
use piton_durable::{Disk, DiskRead, Site, Token, TransactionError, TreeDigest, write_atomic};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, CrashReport, Leaf, every_crash};

const LIVE: &str = "/repo/migrations/rework";
const CANDIDATE: &str = "/work/rework";
const COMMITTED: &str = "/repo/.git/committed";

fn site() -> Site {
    Site {
        root: "/repo".into(),
        state: "/repo/.git/piton".into(),
        worktree: "main".into(),
        beside: "/repo/migrations/__transactions__".into(),
    }
}

fn token() -> Token {
    Token::fresh(Timestamp::from_second(1_800_000_000).unwrap(), 77)
}

/// Version control in one file: the digest of what was committed last.
#[derive(Debug)]
struct SimCommitter {
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
enum Commit {
    No,
    Yes,
    Refused,
}

#[derive(Clone, Copy, Debug)]
struct Scene {
    first: bool,
    exchange: bool,
    far_state: bool,
    commit: Commit,
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

    fn disk(self) -> SimDisk {
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

    fn committer(self, disk: &SimDisk) -> SimCommitter {
        SimCommitter {
            disk: disk.clone(),
            hook_says_no: self.commit == Commit::Refused,
        }
    }

    fn request(self, disk: &SimDisk) -> Request {
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

    fn recover(self, disk: &SimDisk) -> Result<Vec<Recovered>, TransactionError> {
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
fn an_operation_that_fails_leaves_live_whole_and_the_next_command_settles_the_rest() {
    let mut tried = 0;
    for kind in [
        std::io::ErrorKind::StorageFull,
        std::io::ErrorKind::ReadOnlyFilesystem,
        std::io::ErrorKind::Other,
    ] {
        for scene in Scene::all() {
            let ends = Ends::of(scene);
            for lasting in [false, true] {
                for at in 1.. {
                    let disk = scene.disk();
                    if lasting {
                        disk.fail_from(at, kind);
                    } else {
                        disk.fail_at(at, kind);
                    }
                    let before = disk.ops();
                    let told = scene.publish(&disk);
                    let reached = disk.ops() - before >= at;
                    disk.calm();
                    scene.recover(&disk).unwrap();
                    // Both ends are right for one that could not be undone, or
                    // whose old tree could not be removed.
                    ends.check(scene, &disk, told.ok(), &format!("{kind} at {at}"));
                    tried += 1;
                    if !reached {
                        break;
                    }
                }
            }
        }
    }
    println!("failing operations tried: {tried}");
}

#[test]
fn a_failed_publish_that_says_so_without_reserve_has_changed_nothing() {
    for scene in Scene::all() {
        let ends = Ends::of(scene);
        for at in 1..60 {
            let disk = scene.disk();
            disk.fail_at(at, std::io::ErrorKind::StorageFull);
            let Ok(staged) = stage(&disk, &site(), token(), scene.request(&disk)) else {
                assert_eq!(disk.snapshot(LIVE), ends.old);
                continue;
            };
            match staged.replace(&disk) {
                Ok(replaced) => drop(replaced),
                Err(TransactionError::Unsettled { .. }) => {}
                Err(_) => assert_eq!(disk.snapshot(LIVE), ends.old, "{scene:?} {at}"),
            }
        }
    }
}

const PLAIN: Scene = Scene {
    first: false,
    exchange: true,
    far_state: false,
    commit: Commit::No,
};

#[test]
fn a_stale_base_is_refused_with_both_digests_and_changes_nothing() {
    let disk = PLAIN.disk();
    let request = PLAIN.request(&disk);
    disk.put(format!("{LIVE}/plan.md"), "edited by hand");
    let before = disk.snapshot("/");
    let error = stage(&disk, &site(), token(), request.clone()).unwrap_err();
    let found = TreeDigest::of(&disk, Path::new(LIVE)).unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "publish migrations/rework over what has changed since: it was built from {}, \
             and {found} is live now",
            request.base
        )
    );
    assert_eq!(disk.snapshot("/"), before);
}

#[test]
fn an_edit_between_staging_and_publishing_is_not_lost() {
    let disk = PLAIN.disk();
    let staged = stage(&disk, &site(), token(), PLAIN.request(&disk)).unwrap();
    disk.put(format!("{LIVE}/plan.md"), "edited by hand");
    let error = staged.replace(&disk).unwrap_err();
    assert!(
        matches!(error, TransactionError::StaleBase { .. }),
        "{error}"
    );
    assert_eq!(
        disk.read(&Path::new(LIVE).join("plan.md")).unwrap(),
        b"edited by hand"
    );
}

#[test]
fn an_edit_after_a_crash_is_left_alone_and_both_versions_are_kept() {
    for exchange in [true, false] {
        let scene = Scene { exchange, ..PLAIN };
        let disk = scene.disk();
        let staged = stage(&disk, &site(), token(), scene.request(&disk)).unwrap();
        // The process dies here, with the new tree live.
        drop(staged.replace(&disk).unwrap());
        disk.put(format!("{LIVE}/plan.md"), "edited by hand");
        let recovered = scene.recover(&disk).unwrap();
        let [Recovered::Publish { deeds, .. }] = recovered.as_slice() else {
            panic!("{recovered:?}");
        };
        let [Deed::Kept { path }, Deed::LeftAlone { .. }] = deeds.as_slice() else {
            panic!("{deeds:?}");
        };
        assert_eq!(disk.read(&path.join("plan.md")).unwrap(), b"old plan");
        assert_eq!(
            disk.read(&Path::new(LIVE).join("plan.md")).unwrap(),
            b"edited by hand"
        );
        assert_eq!(scene.recover(&disk).unwrap(), []);
    }
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
          committed it, the new version stands"
        ]
    );
}

#[test]
fn a_refused_commit_puts_the_old_version_back_and_keeps_the_new_one() {
    let scene = Scene {
        commit: Commit::Refused,
        ..PLAIN
    };
    let disk = scene.disk();
    let staged = stage(&disk, &site(), token(), scene.request(&disk)).unwrap();
    let mut replaced = staged.replace(&disk).unwrap();
    let error = replaced.commit(&disk, &scene.committer(&disk)).unwrap_err();
    let undone = replaced.undo(&disk, &error.to_string()).unwrap();
    let [kept] = undone.kept.as_slice() else {
        panic!("{undone:?}");
    };
    assert!(kept.starts_with("/repo/.git/piton/failures"));
    assert_eq!(disk.snapshot(kept), disk.snapshot(CANDIDATE));
}

#[test]
fn a_record_that_cannot_be_read_is_kept_and_one_from_the_future_left_alone() {
    let disk = PLAIN.disk();
    let transactions = "/repo/.git/piton/transactions";
    disk.put(
        format!("{transactions}/broken/intent.json"),
        "{\"version\":1,",
    );
    disk.put(
        format!("{transactions}/future/intent.json"),
        "{\"version\":3,\"new\":\"things\"}",
    );
    disk.put(
        format!("{transactions}/broken/trees/staged/rework/plan.md"),
        "x",
    );
    let recovered = PLAIN.recover(&disk).unwrap();
    assert!(matches!(
        recovered.as_slice(),
        [
            Recovered::Unreadable { .. },
            Recovered::Newer { version: 3, .. }
        ]
    ));
    assert_eq!(
        disk.read(Path::new(
            "/repo/.git/piton/failures/broken/trees/staged/rework/plan.md"
        ))
        .unwrap(),
        b"x"
    );
    assert!(
        disk.stat(Path::new(&format!("{transactions}/future/intent.json")))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_record_cannot_name_a_place_outside_the_worktree() {
    for live in [
        "../outside",
        "/etc",
        "a/../../b",
        "migrations/.git/x",
        ".GIT/x",
        "",
    ] {
        assert!(live.parse::<piton_durable::LivePath>().is_err(), "{live}");
    }
}

/// Puts a record there that nobody but a forger would write.
fn forged(live: &str, paths: &str) -> String {
    let digest = TreeDigest::missing();
    format!(
        r#"{{"version":1,"worktree":"main","live":"{live}","trees":"state","base":"{digest}",
        "new":"{digest}","operation":"x","step":"prepared",
        "commit":{{"message":"m","paths":["{paths}"],"branch":"main"}}}}"#
    )
}

#[test]
fn a_forged_record_commits_and_moves_nothing_outside_the_migrations_directory() {
    for (live, paths) in [
        ("src/main.rs", "src/main.rs"),
        ("migrations/rework", "src/main.rs"),
        ("migrations/a/b", "migrations/a/b"),
        ("migrations/__transactions__", "migrations/__transactions__"),
        ("migrations", "migrations"),
    ] {
        let disk = PLAIN.disk();
        let before = disk.read(Path::new(COMMITTED)).unwrap();
        let record = "/repo/.git/piton/transactions/x/intent.json";
        disk.put(record, forged(live, paths));
        let recovered = PLAIN.recover(&disk).unwrap();
        assert!(
            matches!(recovered.as_slice(), [Recovered::Unreadable { .. }]),
            "{live}: {recovered:?}"
        );
        assert_eq!(disk.read(Path::new(COMMITTED)).unwrap(), before);
    }
}

#[test]
fn what_is_no_regular_file_is_no_record_and_stops_nobody() {
    let disk = PLAIN.disk();
    disk.put_symlink("/repo/.git/piton/transactions/x/intent.json", "/dev/zero");
    let recovered = PLAIN.recover(&disk).unwrap();
    assert!(matches!(
        recovered.as_slice(),
        [Recovered::Unreadable { .. }]
    ));
    assert_eq!(PLAIN.recover(&disk).unwrap(), []);
}

/// A hook that mends what it finds, in the middle of which the power fails.
#[derive(Debug)]
struct Mending {
    disk: SimDisk,
    to: &'static str,
    dies: bool,
}

impl Committer for Mending {
    fn state(&self, _: &CommitIntent) -> Result<CommitState, CommitFailure> {
        let live = TreeDigest::of(&self.disk, Path::new(LIVE)).unwrap();
        let committed = self.disk.read(Path::new(COMMITTED)).unwrap();
        Ok(if committed == live.as_str().as_bytes() {
            CommitState::Done
        } else {
            CommitState::Wanted
        })
    }

    fn judge(&self, live: &Path) -> Result<(), String> {
        let plan = self.disk.read(&live.join("plan.md")).unwrap();
        if plan == b"spoilt" {
            return Err("it is spoilt".into());
        }
        Ok(())
    }

    fn commit(
        &self,
        _: &CommitIntent,
        around: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure> {
        around(HookMoment::Before)?;
        if !self.to.is_empty() {
            self.disk.put(format!("{LIVE}/plan.md"), self.to);
        }
        if self.dies {
            return Err(CommitFailure::NotNow {
                reason: "the power failed".into(),
                source: None,
            });
        }
        around(HookMoment::After)?;
        let live = TreeDigest::of(&self.disk, Path::new(LIVE)).unwrap();
        self.disk.put(COMMITTED, live.as_str());
        Ok(Some(live.to_string()))
    }
}

#[test]
fn what_a_hook_makes_of_a_publish_is_followed_or_undone_whether_or_not_it_is_killed() {
    for to in ["mended", "spoilt"] {
        for dies in [false, true] {
            let scene = Scene {
                commit: Commit::Yes,
                ..PLAIN
            };
            let disk = scene.disk();
            let hook = |to, dies| Mending {
                disk: disk.clone(),
                to,
                dies,
            };
            let mut replaced = stage(&disk, &site(), token(), scene.request(&disk))
                .unwrap()
                .replace(&disk)
                .unwrap();
            match replaced.commit(&disk, &hook(to, dies)) {
                Ok(_) => replaced.finish(&disk).unwrap(),
                Err(CommitFailure::Refused(reason)) => {
                    drop(replaced.undo(&disk, &reason).unwrap());
                }
                // Killed: whoever comes next has a hook that changes nothing.
                Err(CommitFailure::NotNow { .. }) => drop(replaced),
            }
            drop(recover(&disk, &site(), &hook("", false)).unwrap());
            let plan = disk.read(Path::new(&format!("{LIVE}/plan.md"))).unwrap();
            let expected = if to == "mended" { "mended" } else { "old plan" };
            assert_eq!(String::from_utf8(plan).unwrap(), expected, "{to} {dies}");
            let live = TreeDigest::of(&disk, Path::new(LIVE)).unwrap();
            let committed = disk.read(Path::new(COMMITTED)).unwrap();
            assert_eq!(committed, live.as_str().as_bytes(), "{to} {dies}");
            assert_eq!(recover(&disk, &site(), &hook("", false)).unwrap(), []);
        }
    }
}

#[test]
fn transactions_of_another_worktree_are_left_to_it() {
    let disk = PLAIN.disk();
    let other = Site {
        worktree: "other".into(),
        ..site()
    };
    let staged = stage(&disk, &other, token(), PLAIN.request(&disk)).unwrap();
    drop(staged.replace(&disk).unwrap());
    let before = disk.snapshot("/");
    assert_eq!(PLAIN.recover(&disk).unwrap(), []);
    assert_eq!(disk.snapshot("/"), before);
    let _: &dyn Disk = &disk;
}
