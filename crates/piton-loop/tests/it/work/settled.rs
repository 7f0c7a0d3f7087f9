//! Landings that a dead process left half done, and work that was let go.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use piton_durable::{Lock, LockError, RealDisk};
use piton_git::landing::{LandError, Recovered, Refusal};
use piton_loop::failures::FailureKind;
use piton_loop::work::accepted::HoldError;
use piton_loop::work::land::{BringError, Brought, bring, let_go, notes, settle};
use piton_loop::work::{Accepted, Shop};
use piton_testkit::TapDisk;

use super::{Scene, refactor_that_writes, taken};

/// Brings work with a process that is killed before the first write of which
/// `is_last` holds.
fn killed(
    scene: &Scene,
    work: &Accepted,
    is_last: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> BringError {
    let dead = AtomicBool::new(false);
    let disk = TapDisk::new(RealDisk, move |op| {
        if dead.load(Ordering::SeqCst) || is_last(&op.to_string()) {
            dead.store(true, Ordering::SeqCst);
            return Err(std::io::Error::other("killed"));
        }
        Ok(())
    });
    let brought = scene.with("", |shop, run| {
        let shop = Shop {
            disk: &disk,
            ..shop.clone()
        };
        bring(&shop, run, work)
    });
    brought.unwrap_err()
}

fn settled(scene: &Scene) -> Vec<Recovered> {
    let holder = crate::world::holder();
    settle(&RealDisk, &scene.repository(), &scene.state(), &holder).unwrap()
}

#[test]
fn a_landing_whose_process_died_among_the_files_is_put_back_and_lands_later() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let exchanged = AtomicBool::new(false);
    let error = killed(&scene, &work, move |op| {
        let before = exchanged.load(Ordering::SeqCst);
        exchanged.fetch_or(op.starts_with("Exchange"), Ordering::SeqCst);
        before
    });
    assert!(matches!(error, BringError::Land(_)), "{error}");
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n", "half landed");
    assert_eq!(
        settled(&scene),
        [Recovered::PutBack {
            commit: work.commit.clone(),
            left: Vec::new(),
            kept: None,
        }]
    );
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(fs::read_dir(notes(&scene.state())).unwrap().count(), 0);
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
}

#[test]
fn a_landing_whose_process_died_when_the_branch_had_moved_is_finished() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let branch = scene.scratch.path().join(".git/refs/heads/main");
    let commit = work.commit.clone();
    killed(&scene, &work, move |_| {
        fs::read_to_string(&branch).unwrap().trim() == commit.as_str()
    });
    let commit = work.commit.clone();
    assert_eq!(settled(&scene), [Recovered::Finished { commit }]);
    assert_eq!(scene.head(), work.commit);
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
    // It is held until somebody brings it once more, and is there already.
    assert_eq!(scene.unlanded().len(), 1);
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(scene.unlanded(), []);
    assert_eq!(scene.head(), work.commit);
}

#[test]
fn where_nothing_is_left_half_landed_nobody_waits_for_the_lock() {
    let scene = Scene::new();
    scene.bring(&taken(
        scene.refactor(&refactor_that_writes("better\n", "done")),
    ));
    let holder = crate::world::holder();
    let lock = Lock::at(scene.state().join("lock"));
    let _held = lock.acquire(&holder, Duration::ZERO).unwrap();
    assert_eq!(settled(&scene), []);
}

#[test]
fn work_that_was_let_go_is_told_of_with_its_commit_and_what_to_do() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let summary = scene.with("", |shop, run| {
        let kind = FailureKind::ValidationFailed;
        let story = format!("it is red in {}/src", scene.scratch.path().display());
        let_go(shop, run, &work, 3, kind, &story);
        run.summary()
    });
    let [attempt] = &summary.attempts[..] else {
        panic!("{:?}", summary.attempts);
    };
    let told = serde_json::to_value(attempt).unwrap();
    let at = told["reason_doc_path"].as_str().unwrap();
    assert_eq!(
        told,
        serde_json::json!({
            "attempt": 3,
            "target": "piton: random files",
            "retry": 1,
            "call_role": "validation",
            "phase_reached": "landing",
            "decision": "abandon",
            "retry_recommendation": "new-target",
            "failure_kind": "validation-failed",
            "failure_summary": "it is red in <repo>/src",
            "reason_doc_path": at,
            "commit_sha": null,
            "commit_phase": null,
            "requested_effort": "low",
            "effective_effort": "low",
            "max_allowed_effort": "xhigh",
            "effort_source": "default",
            "effort_capped": false,
            "effort_reason": null,
        })
    );
    let next = format!(
        "# Next step\n\nRun `piton run` again: it starts from the last commit. `git show {}` \
         shows what was given up, until git removes it.\n",
        work.commit.short()
    );
    let kept = fs::read_to_string(at).unwrap();
    assert!(kept.contains(&next), "{kept}");
}

#[test]
fn what_keeps_work_from_landing_comes_with_what_to_do_about_it() {
    let held = LockError::Held {
        path: "lock".into(),
        by: None,
    };
    let refused = LandError::Refused(Refusal::InTheMiddle { of: "a merge" });
    let told = |error: BringError| error.hint();
    assert_eq!(told(held.into()).unwrap(), "try again when it has finished");
    assert_eq!(
        told(refused.into()).unwrap(),
        "finish a merge or abort it; the work waits"
    );
    assert_eq!(told(HoldError::Name("..".to_owned()).into()), None);
}
