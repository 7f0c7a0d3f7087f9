//! Publishing in real repositories.

use std::fs;
use std::time::Duration;

use piton_durable::platform::RealProcesses;
use piton_durable::{Holder, Lock, LockError, RealDisk, TreeDigest};
use piton_git::{GitRead, Repository};
use piton_migration::live::LiveDir;
use piton_migration::publish::{Cause, Gate, Held, Leftovers, OsGate, PublishEnv, Publisher};
use piton_testkit::PlainDisk;

use super::world::{World, now};
use crate::publish::refused::blocked;

#[test]
fn a_candidate_becomes_live_and_is_committed_alone() {
    for plain in [false, true] {
        let world = World::with("rework", "old");
        world.repo.write("src/lib.rs", "// being edited");
        world.repo.write("staged.txt", "staged by hand");
        world.repo.git(&["add", "staged.txt"]);
        let request = world.request("rework", "new");
        let published = world.visit(
            if plain {
                &PlainDisk(RealDisk)
            } else {
                &RealDisk
            },
            Duration::ZERO,
            |publisher| publisher.publish(&request).unwrap(),
        );
        assert_eq!(published.digest, world.digest("rework"));
        assert!(world.repo.read("migrations/rework/plan.md").contains("new"));
        assert_eq!(
            world.repo.subjects(),
            ["plan rework", "a migration", "start"]
        );
        assert_eq!(world.repo.status(), "A  staged.txt\n?? src/\n");
        assert_eq!(
            published.commit.as_deref(),
            Some(world.repo.git(&["rev-parse", "HEAD"]).trim())
        );
        world.assert_tidy();
    }
}

#[test]
fn a_first_publish_makes_the_migrations_directory() {
    let world = World::new();
    let request = world.request("rework", "new");
    assert_eq!(request.base, TreeDigest::missing());
    let published = world.publish(&request).unwrap();
    assert_eq!(published.unclean, None);
    assert_eq!(world.repo.subjects(), ["plan rework", "start"]);
    assert_eq!(world.repo.status(), "");
    world.assert_tidy();
}

#[test]
fn a_hook_that_spoils_the_migration_undoes_the_publish() {
    let world = World::with("rework", "old");
    let hook = "#!/bin/sh\nrm migrations/rework/plan.md\ngit add -A migrations\n";
    world.repo.hook("pre-commit", hook);
    let before = world.digest("rework");
    let request = world.request("rework", "new");
    let refusal = world.publish(&request).unwrap_err();
    let told = "a hook changed the migration, and it is not consistent any more: there is no \
                plan.md";
    assert!(refusal.to_string().contains(told), "{refusal}");
    assert_eq!(world.digest("rework"), before);
    assert_eq!(world.repo.subjects()[0], "a migration");
    world.assert_tidy();
}

#[test]
fn publishing_again_and_again_works() {
    let world = World::new();
    for round in 0..5 {
        let request = world.request("rework", &format!("round {round}"));
        world.publish(&request).unwrap();
    }
    assert_eq!(world.repo.subjects().len(), 6);
    world.assert_tidy();
}

#[test]
fn a_migrations_directory_that_git_ignores_is_committed_all_the_same() {
    let world = World::new();
    world.repo.write(".gitignore", "/migrations/\n");
    world.repo.commit_all("ignore");
    for round in 0..3 {
        let request = world.request("rework", &format!("round {round}"));
        let published = world.publish(&request).unwrap();
        assert!(published.commit.is_some());
    }
    // Committed all the same, each time.
    assert_eq!(world.repo.subjects()[3..], ["ignore", "start"]);
    assert_eq!(world.repo.status(), "");
    let request = world.request("rework", "another");
    world
        .repo
        .write("migrations/rework/plan.md", "edited by hand");
    let refusal = blocked(world.publish(&request));
    assert!(matches!(refusal.cause, Cause::Dirty { .. }));
    assert_eq!(
        world.repo.read("migrations/rework/plan.md"),
        "edited by hand"
    );
}

#[test]
fn a_hook_that_refuses_the_commit_undoes_the_publish_and_keeps_the_candidate() {
    let world = World::with("rework", "old");
    world.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n",
    );
    let before = world.digest("rework");
    let request = world.request("rework", "new");
    let refusal = world.publish(&request).unwrap_err();
    let text = refusal.to_string();
    assert!(text.contains("not on a Friday"), "{text}");
    let kept = refusal.kept.clone().unwrap();
    assert!(
        text.contains(&format!(
            "; what was not published is kept in {}",
            kept.display()
        )),
        "{text}"
    );
    assert!(kept.starts_with(world.root().join(".git/piton/failures")));
    assert!(
        fs::read_to_string(kept.join("plan.md"))
            .unwrap()
            .contains("new")
    );
    assert_eq!(world.digest("rework"), before);
    assert_eq!(world.repo.status(), "");
    world.assert_tidy();
}

#[test]
fn what_a_hook_changed_is_part_of_what_was_published() {
    let world = World::with("rework", "old");
    world.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho 'from a hook' >> migrations/rework/plan.md\ngit add migrations\n",
    );
    let request = world.request("rework", "new");
    let candidate = TreeDigest::of(&RealDisk, &request.workspace).unwrap();
    let published = world.publish(&request).unwrap();
    assert!(
        world
            .repo
            .read("migrations/rework/plan.md")
            .ends_with("from a hook\n")
    );
    assert_eq!(published.digest, world.digest("rework"));
    assert_ne!(published.digest, candidate);
    assert_eq!(world.repo.status(), "");
    world.assert_tidy();
}

#[test]
fn a_held_lock_says_by_whom_since_when_and_for_what() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    let lock = Lock::at(world.root().join(".git/piton/lock"));
    let holder = Holder {
        pid: 4711,
        host: "here".into(),
        since: now(),
        what: "publish of another (review)".into(),
    };
    let held = lock.acquire(&holder, Duration::ZERO).unwrap();
    let refusal = blocked(world.publish(&request));
    let text = refusal.to_string();
    for part in [
        "process 4711 on here",
        &holder.since.to_string(),
        "publish of another (review)",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
    drop(held);
    world.publish(&request).unwrap();
}

#[test]
fn what_a_living_writer_has_begun_is_no_wreckage() {
    let world = World::with("rework", "old");
    let state = world.repo.path().join(".git/piton");
    fs::create_dir_all(state.join("transactions/begun")).unwrap();
    let holder = Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: now(),
        what: "a slow commit hook".into(),
    };
    let held = Lock::at(state.join("lock")).acquire(&holder, Duration::ZERO);
    let found = world.visit(&RealDisk, Duration::ZERO, |publisher| {
        (
            publisher.is_anything_left(),
            publisher.recover().unwrap().len(),
        )
    });
    assert_eq!(found, (false, 0));
    drop(held);
    let tidy = world.visit(&RealDisk, Duration::ZERO, |publisher| {
        !publisher.is_anything_left()
    });
    assert!(!tidy);
}

/// The gate as it is after a kill: whoever dies holds it, and lets go later.
#[derive(Debug)]
struct Dying(OsGate);

impl Gate for Dying {
    fn enter(&self, what: &str, since: jiff::Timestamp) -> Result<Box<dyn Held>, LockError> {
        self.0.enter(what, since)
    }
    fn patience(&self) -> Duration {
        self.0.patience()
    }
    fn is_taken(&self) -> bool {
        true
    }
    fn name(&self) -> String {
        self.0.name()
    }
}

#[test]
fn what_a_writer_left_that_takes_long_to_die_is_waited_for_and_recovered() {
    let world = World::with("rework", "old");
    let transactions = world.repo.path().join(".git/piton/transactions");
    fs::create_dir_all(transactions.join("begun")).unwrap();
    let git = Repository::find(world.root()).unwrap();
    let gate = Dying(OsGate::new(
        git.common_dir(),
        &RealProcesses,
        Duration::ZERO,
    ));
    let live = LiveDir::new(world.root(), "migrations");
    let publisher = Publisher::new(PublishEnv {
        disk: &RealDisk,
        git: &git,
        gate: &gate,
        processes: &RealProcesses,
        live: &live,
        now: now(),
    });
    assert_eq!(publisher.recover().unwrap().len(), 1);
    assert!(!transactions.join("begun").exists());
}

#[test]
fn a_linked_worktree_publishes_into_itself() {
    let world = World::with("rework", "old");
    let linked = world.work.path().join("linked");
    world.repo.git(&[
        "worktree",
        "add",
        "--quiet",
        "-b",
        "side",
        linked.to_str().unwrap(),
    ]);
    let linked = linked.canonicalize().unwrap();
    let base = TreeDigest::of(&RealDisk, &linked.join("migrations/rework")).unwrap();
    let request = super::world::request("rework", world.candidate("rework", "new"), base);
    super::world::visit_at(&linked, &RealDisk, Duration::ZERO, |publisher| {
        publisher.publish(&request).unwrap();
    });
    let plan = |root: &std::path::Path| {
        fs::read_to_string(root.join("migrations/rework/plan.md")).unwrap()
    };
    assert!(plan(&linked).contains("new"));
    assert!(plan(world.root()).contains("old"));
    assert_eq!(world.repo.status(), "");
    world.assert_tidy();
}

#[test]
fn a_branch_that_changed_after_a_crash_gets_no_commit() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    // Everything stops right after the exchange.
    let stopped = piton_testkit::TapDisk::new(RealDisk, {
        let exchanged = std::sync::atomic::AtomicBool::new(false);
        move |op| {
            use std::sync::atomic::Ordering::SeqCst;
            if exchanged.load(SeqCst) {
                return Err(std::io::Error::other("stopped"));
            }
            exchanged.store(op.verb == piton_testkit::Verb::Exchange, SeqCst);
            Ok(())
        }
    });
    world.visit(&stopped, Duration::ZERO, |publisher| {
        publisher.publish(&request).unwrap_err();
    });
    world.repo.git(&["checkout", "--quiet", "-b", "elsewhere"]);
    let lines = world.recover();
    // The original's lock is that of this very process, which lives, but has
    // left the operating system's.
    assert!(lines[0].contains("left the locked section"), "{lines:?}");
    assert!(lines[1].contains("not committed"), "{lines:?}");
    assert!(lines[1].contains("the branch elsewhere"), "{lines:?}");
    assert_eq!(lines.len(), 2, "{lines:?}");
    world.assert_tidy();
    assert_eq!(world.repo.subjects(), ["a migration", "start"]);
    assert!(world.repo.read("migrations/rework/plan.md").contains("new"));
}
