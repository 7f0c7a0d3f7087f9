//! The backends that the contract is tried on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use piton_backend::header::Patch;
use piton_backend::log::Writer;
use piton_backend::store::forge::{ForgeBackend, Medium, Writing};
use piton_backend::store::local::{Layout, LocalBackend};
use piton_backend::store::{Backend, Change, NewPlan};
use piton_base::SystemClock;
use piton_durable::RealDisk;
use piton_github::{Base, Client, ClientOptions, Patience};
use piton_testkit::forge::FakeGitHub;

/// Runs a behaviour on every backend, each empty.
pub(crate) fn each(behaviour: impl Fn(&dyn Backend)) {
    println!("local");
    let dir = tempfile::tempdir().unwrap();
    with_local(dir.path(), |backend| behaviour(backend));
    for place in [Medium::Issue, Medium::DraftPull] {
        println!("{place:?}");
        let fake = fake();
        with_forge(&fake, place, "clone-1", |backend| behaviour(backend));
        assert!(fake.violations().is_empty(), "{:?}", fake.violations());
    }
}

/// Returns a GitHub with one repository.
pub(crate) fn fake() -> FakeGitHub {
    FakeGitHub::with(|world| {
        world.add_repo("acme/app", Timestamp::now());
    })
}

/// Waits for nothing.
#[derive(Debug)]
struct Instant;

impl Patience for Instant {
    fn wait(&self, _: Duration) -> bool {
        false
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

pub(crate) fn client(fake: &FakeGitHub) -> Client {
    Client::new(ClientOptions {
        base: Base::new(fake.address(), None).unwrap(),
        token: Some("token-of-octo".parse().unwrap()),
        patience: Arc::new(Instant),
        limit: Duration::from_secs(10),
        now: Timestamp::now,
    })
}

pub(crate) fn with_forge(
    fake: &FakeGitHub,
    place: Medium,
    writer: &str,
    behaviour: impl FnOnce(&ForgeBackend<'_>),
) {
    let client = client(fake);
    let clock = SystemClock::default();
    behaviour(&ForgeBackend {
        forge: &client,
        repo: "acme/app".parse().unwrap(),
        place,
        writing: Writing::new(Writer::new(writer).unwrap(), &clock, None),
    });
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
        scratch: dir.join("unfinished"),
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
        waited: Duration::ZERO,
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
        since: None,
        key: key.to_owned(),
    }
}
