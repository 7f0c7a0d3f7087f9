//! What people and hooks do to what is being published.

use std::path::Path;

use piton_durable::transaction::{
    AroundHooks, CommitFailure, CommitIntent, CommitState, Committer, Deed, HookMoment, Recovered,
    recover, stage,
};
use piton_durable::{DiskRead, TransactionError, TreeDigest, tree};
use piton_testkit::{SimDisk, TapDisk, Verb};

use crate::transaction::{CANDIDATE, COMMITTED, Commit, LIVE, Scene, site, token};

pub(crate) const PLAIN: Scene = Scene {
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
            "migrations/rework has changed since: the new version was built from {}, \
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
fn an_edit_at_the_moment_of_the_exchange_is_not_lost() {
    for exchange in [true, false] {
        let scene = Scene { exchange, ..PLAIN };
        let disk = scene.disk();
        let staged = stage(&disk, &site(), token(), scene.request(&disk)).unwrap();
        let hand = disk.clone();
        let tap = TapDisk::new(disk.clone(), move |op| {
            if op.verb == Verb::Exchange {
                hand.put(format!("{LIVE}/plan.md"), "edited by hand");
            }
            Ok(())
        });
        let error = staged.replace(&tap).unwrap_err();
        assert!(
            matches!(error, TransactionError::StaleBase { .. }),
            "{error}"
        );
        assert_eq!(
            disk.read(&Path::new(LIVE).join("plan.md")).unwrap(),
            b"edited by hand"
        );
        assert_eq!(scene.recover(&disk).unwrap(), []);
    }
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

/// What makes a hook remove what it finds.
const GONE: &str = "gone";

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
        if self.to == GONE {
            tree::remove(&self.disk, Path::new(LIVE)).unwrap();
        } else if !self.to.is_empty() {
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
    for to in ["mended", "spoilt", GONE] {
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
