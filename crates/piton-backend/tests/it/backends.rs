//! The backends that the contract is tried on.

use std::path::Path;

use piton_backend::header::Patch;
use piton_backend::store::local::{Layout, LocalBackend};
use piton_backend::store::memory::MemoryBackend;
use piton_backend::store::{Backend, Change, NewPlan};
use piton_base::SystemClock;
use piton_durable::RealDisk;

/// Runs a behaviour on every backend, each empty.
pub(crate) fn each(behaviour: impl Fn(&dyn Backend)) {
    println!("memory");
    behaviour(&MemoryBackend::default());
    println!("local");
    let dir = tempfile::tempdir().unwrap();
    with_local(dir.path(), |backend| behaviour(backend));
}

pub(crate) fn with_local(dir: &Path, behaviour: impl FnOnce(&LocalBackend<'_>)) {
    let clock = SystemClock::default();
    behaviour(&LocalBackend {
        disk: &RealDisk,
        clock: &clock,
        layout: Layout {
            root: dir.join("plans"),
        },
        lock: dir.join("lock"),
        user: "octo".to_owned(),
    });
}

pub(crate) fn patch(json: &str) -> Patch {
    Patch::from_json(json).unwrap()
}

pub(crate) fn change(key: &str, json: &str) -> Change {
    Change {
        patch: patch(json),
        key: key.to_owned(),
    }
}

pub(crate) fn new_plan(key: &str) -> NewPlan {
    NewPlan {
        title: "Add a cache".to_owned(),
        text: "# Add a cache\n\n- [ ] one\n- [ ] two <details>x</details>".to_owned(),
        labels: vec!["team".to_owned()],
        fields: patch(r#"{"objective_issue": 7}"#),
        learn: false,
        summary: None,
        base: None,
        key: key.to_owned(),
    }
}
