//! The look before a call, kept for whatever comes after a kill.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use piton_durable::{Holder, Lock, LockGuard, RealDisk};
use piton_git::View;
use piton_loop::guard::{Guard, KeptError, Leftover, Surroundings, clear_kept, is_anything_kept};
use piton_testkit::{TapDisk, input_output};

use super::Fixture;

fn holder() -> Holder {
    Holder {
        pid: 1,
        host: "here".into(),
        since: "2026-06-01T00:00:00Z".parse().unwrap(),
        what: "a call".into(),
    }
}

impl Fixture {
    fn guards(&self) -> PathBuf {
        self.repo.path().join(".git/piton/work/guards")
    }

    fn begin(&self, name: &str) -> Guard {
        let view = View::read(&self.git).unwrap();
        Guard::before(&RealDisk, &self.git, view, &Surroundings::default())
            .unwrap()
            .kept(&RealDisk, &self.guards(), name, &holder())
            .unwrap()
    }

    /// Begins a call whose piton is killed.
    fn cut_off(&self, name: &str) {
        drop(self.begin(name));
    }

    fn clear(&self) -> Result<Vec<Leftover>, KeptError> {
        let failures = self.repo.path().join(".git/piton/failures");
        clear_kept(&RealDisk, &self.git, &self.guards(), &failures, &holder())
    }

    fn is_anything_kept(&self) -> bool {
        is_anything_kept(&RealDisk, &self.guards())
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.guards()).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort_unstable();
        names
    }
}

#[test]
fn a_call_that_was_cut_off_is_compared_whatever_was_begun_since() {
    let place = Fixture::new();
    assert!(!place.is_anything_kept());
    place.cut_off("run");
    assert!(place.is_anything_kept());
    place.cut_off("later");
    place.repo.hook("post-commit", "#!/bin/sh\nevil\n");
    let found = place.clear().unwrap();
    // The first comparison clears it; the second finds it clear.
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(!place.repo.exists(".git/hooks/post-commit"));
    assert!(!place.is_anything_kept());
}

#[test]
fn a_call_that_was_cut_off_and_planted_nothing_is_not_worth_a_word() {
    let place = Fixture::new();
    place.cut_off("run");
    assert_eq!(place.clear().unwrap(), []);
    assert!(!place.is_anything_kept());
}

#[test]
fn what_a_newer_piton_kept_is_left_to_it() {
    let place = Fixture::new();
    place.cut_off("run");
    let record = place.guards().join("run.json");
    let text = fs::read_to_string(&record).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_ne!(newer, text);
    fs::write(&record, newer).unwrap();
    place.repo.hook("post-commit", "#!/bin/sh\n");
    let error = place.clear().unwrap_err();
    assert!(error.to_string().contains("run.json"), "{error}");
    assert!(record.exists());
}

/// Clears where the record cannot be read for this reason.
fn clear_without(place: &Fixture, why: fn() -> std::io::Error) -> Result<Vec<Leftover>, KeptError> {
    let disk = TapDisk::looking(RealDisk, move |path| {
        if path.ends_with("run.json") {
            return Err(why());
        }
        Ok(())
    });
    let failures = place.repo.path().join(".git/piton/failures");
    clear_kept(&disk, &place.git, &place.guards(), &failures, &holder())
}

#[test]
fn a_look_that_cannot_be_read_is_an_error_and_one_that_is_gone_was_compared_by_another() {
    let place = Fixture::new();
    place.cut_off("run");
    place.repo.hook("post-commit", "#!/bin/sh\n");
    let error = clear_without(&place, input_output).unwrap_err();
    assert!(error.to_string().contains("run.json"), "{error}");
    let gone = || std::io::ErrorKind::NotFound.into();
    assert_eq!(clear_without(&place, gone).unwrap(), []);
    assert_eq!(place.clear().unwrap().len(), 1, "nothing was forgotten");
}

/// Leaves what stays without a record: of the dead, and of one who is about to
/// write it and holds its lock.
fn litter(place: &Fixture) -> LockGuard {
    fs::create_dir_all(place.guards()).unwrap();
    let leave = |name: &str| fs::write(place.guards().join(name), "").unwrap();
    for name in [
        "dead.lock",
        "dead.lock.holder",
        ".dead.json.7-0.piton-tmp",
        ".bare.json.7-0.piton-tmp",
    ] {
        leave(name);
    }
    let lock = Lock::at(place.guards().join("alive.lock"));
    let alive = lock.acquire(&holder(), Duration::ZERO).unwrap();
    leave(".alive.json.7-0.piton-tmp");
    alive
}

const OF_THE_LIVING: [&str; 3] = [
    ".alive.json.7-0.piton-tmp",
    "alive.lock",
    "alive.lock.holder",
];

#[test]
fn leftovers_without_a_record_go_with_the_next_call_and_those_of_the_living_stay() {
    let place = Fixture::new();
    let _alive = litter(&place);
    let _call = place.begin("run");
    let of_the_call = ["run.json", "run.lock", "run.lock.holder"];
    assert_eq!(place.names(), [OF_THE_LIVING, of_the_call].concat());
}

#[test]
fn leftovers_without_a_record_go_with_whatever_looks_for_what_was_planted() {
    let place = Fixture::new();
    let alive = litter(&place);
    assert!(place.is_anything_kept());
    assert_eq!(place.clear().unwrap(), []);
    assert_eq!(place.names(), OF_THE_LIVING);
    drop(alive);
    assert_eq!(place.clear().unwrap(), []);
    assert_eq!(place.names(), [""; 0]);
    assert!(!place.is_anything_kept());
}
