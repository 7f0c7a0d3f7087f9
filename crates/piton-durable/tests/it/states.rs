//! Recovery from every state that a transaction can be found in, those that no
//! crash leads to included: people and programs meddle.

use std::path::Path;

use piton_durable::transaction::{
    AroundHooks, CommitFailure, CommitIntent, CommitState, Committer, recover,
};
use piton_durable::{DiskRead, Site, TreeDigest};
use piton_testkit::SimDisk;

const LIVE: &str = "/repo/migrations/rework";
const TRANSACTION: &str = "/repo/.git/piton/transactions/one";
const FAILURES: &str = "/repo/.git/piton/failures";

/// What may stand in one of the three places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Missing,
    Base,
    New,
    Edited,
    Strange,
}

const THINGS: [Thing; 5] = [
    Thing::Missing,
    Thing::Base,
    Thing::New,
    Thing::Edited,
    Thing::Strange,
];

impl Thing {
    fn put(self, disk: &SimDisk, at: &str, who: &str) {
        match self {
            Thing::Missing => {}
            Thing::Base => disk.put(format!("{at}/plan.md"), "base"),
            Thing::New => disk.put(format!("{at}/plan.md"), "new"),
            Thing::Edited => disk.put(format!("{at}/plan.md"), format!("edited in {who}")),
            Thing::Strange => {
                disk.put(format!("{at}/plan.md"), format!("strange in {who}"));
                disk.put_symlink(format!("{at}/link"), "/nowhere");
            }
        }
    }
}

fn digest(thing: Thing) -> TreeDigest {
    let disk = SimDisk::new();
    thing.put(&disk, "/tree", "");
    TreeDigest::of(&disk, Path::new("/tree")).unwrap()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Commit {
    Unwanted,
    Done,
    Wanted,
    Misplaced,
    Refused,
}

#[derive(Debug)]
struct Told {
    commit: Commit,
    made: std::cell::Cell<bool>,
}

impl Committer for Told {
    fn state(&self, _: &CommitIntent) -> Result<CommitState, CommitFailure> {
        Ok(match self.commit {
            Commit::Done | Commit::Unwanted => CommitState::Done,
            Commit::Wanted if self.made.get() => CommitState::Done,
            Commit::Wanted | Commit::Refused => CommitState::Wanted,
            Commit::Misplaced => CommitState::Misplaced("another branch".into()),
        })
    }

    fn commit(
        &self,
        _: &CommitIntent,
        _: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure> {
        if self.commit == Commit::Refused {
            return Err(CommitFailure::Refused("no".into()));
        }
        self.made.set(true);
        Ok(None)
    }
}

/// One way to find a transaction.
#[derive(Clone, Copy, Debug)]
struct Case {
    first: bool,
    undoing: bool,
    exchange: bool,
    commit: Commit,
    live: Thing,
    staged: Thing,
    aside: Thing,
}

impl Case {
    fn disk(self) -> SimDisk {
        let mut disk = SimDisk::new();
        if !self.exchange {
            disk = disk.without_exchange();
        }
        disk.put_dir("/repo/migrations");
        self.live.put(&disk, LIVE, "live");
        self.staged.put(
            &disk,
            &format!("{TRANSACTION}/trees/staged/rework"),
            "staged",
        );
        self.aside
            .put(&disk, &format!("{TRANSACTION}/trees/aside/rework"), "aside");
        let base = if self.first {
            Thing::Missing
        } else {
            Thing::Base
        };
        let mut intent = serde_json::json!({
            "version": 1,
            "worktree": "main",
            "live": "migrations/rework",
            "trees": "state",
            "base": digest(base),
            "new": digest(Thing::New),
            "operation": "expand",
            "commit": null,
            "step": "prepared",
        });
        if self.undoing {
            intent["step"] = "undoing".into();
            intent["reason"] = "a test".into();
        }
        if self.commit != Commit::Unwanted {
            intent["commit"] = serde_json::json!({
                "message": "plan", "paths": ["migrations/rework"], "branch": "main",
            });
        }
        disk.put(format!("{TRANSACTION}/intent.json"), intent.to_string());
        disk
    }

    fn check(self) {
        let disk = self.disk();
        let site = Site {
            root: "/repo".into(),
            state: "/repo/.git/piton".into(),
            worktree: "main".into(),
            beside: "/repo/migrations/__transactions__".into(),
        };
        let told = Told {
            commit: self.commit,
            made: std::cell::Cell::new(false),
        };
        let recovered =
            recover(&disk, &site, &told).unwrap_or_else(|error| panic!("{self:?}: {error:?}"));
        assert_eq!(recovered.len(), 1, "{self:?}");
        assert_eq!(recover(&disk, &site, &told).unwrap(), [], "{self:?}");

        // What is neither the old tree nor the new one is somewhere still.
        let survivors: Vec<Vec<u8>> = [LIVE, FAILURES]
            .iter()
            .flat_map(|root| disk.snapshot(root))
            .filter_map(|(_, leaf)| match leaf {
                piton_testkit::sim::Leaf::File { bytes, .. } => Some(bytes),
                _ => None,
            })
            .collect();
        for (thing, who) in [
            (self.live, "live"),
            (self.staged, "staged"),
            (self.aside, "aside"),
        ] {
            let text = match thing {
                Thing::Edited => format!("edited in {who}"),
                Thing::Strange => format!("strange in {who}"),
                Thing::Missing | Thing::Base | Thing::New => continue,
            };
            assert!(
                survivors.contains(&text.clone().into_bytes()),
                "{self:?}: {text} is lost"
            );
        }
        let live = disk.read(&Path::new(LIVE).join("plan.md")).ok();
        match self.live {
            // An edit is never touched.
            Thing::Edited => assert_eq!(live.unwrap(), b"edited in live", "{self:?}"),
            Thing::Strange => assert_eq!(live.unwrap(), b"strange in live", "{self:?}"),
            // Nothing that could be live is missing.
            Thing::Missing if !self.first => {
                let known = [self.staged, self.aside];
                let possible = known.contains(&Thing::Base)
                    || (known.contains(&Thing::New)
                        && !self.undoing
                        && self.commit != Commit::Misplaced);
                assert!(!possible || live.is_some(), "{self:?}: nothing is live");
            }
            Thing::Missing | Thing::Base | Thing::New => {}
        }
    }
}

#[test]
fn recovery_ends_and_loses_nothing_whatever_it_finds() {
    let mut count = 0;
    for first in [false, true] {
        for undoing in [false, true] {
            for exchange in [false, true] {
                for commit in [
                    Commit::Unwanted,
                    Commit::Done,
                    Commit::Wanted,
                    Commit::Misplaced,
                    Commit::Refused,
                ] {
                    for live in THINGS {
                        for staged in THINGS {
                            for aside in THINGS {
                                let case = Case {
                                    first,
                                    undoing,
                                    exchange,
                                    commit,
                                    live,
                                    staged,
                                    aside,
                                };
                                case.check();
                                count += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    println!("{count} states");
}
