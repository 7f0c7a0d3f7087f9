//! Many writers of one plan, and a GitHub that fails: nothing that was
//! acknowledged is lost, and nothing is there twice.

use std::collections::BTreeMap;
use std::time::Duration;

use piton_backend::log::LogPage;
use piton_backend::store::forge::Medium;
use piton_backend::store::{Backend, BackendRead, PlanId};
use piton_testkit::forge::{FIELDS, FakeGitHub, Fault, FaultKind};

use crate::backends::{change, fake, new_plan, with_forge};

const WRITERS: usize = FIELDS.len();
const UPDATES: usize = 12;

fn check(place: Medium, faults: bool) {
    let fake = fake();
    let mut plan = None;
    with_forge(&fake, place, "maker", |backend| {
        plan = Some(backend.create(&new_plan("a")).unwrap().id);
    });
    let id = plan.unwrap();
    if faults {
        set_faults(&fake);
    }
    let acknowledged: Vec<BTreeMap<String, String>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (fake, id) = (&fake, &id);
                scope.spawn(move || write(fake, place, writer, id))
            })
            .collect();
        writers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    fake.clear_faults();
    let told: usize = acknowledged.iter().map(BTreeMap::len).sum();
    println!("{place:?}: {told} of {} acknowledged", WRITERS * UPDATES);
    assert!(told > WRITERS * UPDATES / 2, "{told}");

    with_forge(&fake, place, "reader", |backend| {
        let document = backend.document(&id).unwrap().unwrap();
        let header = document.header().unwrap();
        for (writer, told) in acknowledged.iter().enumerate() {
            let newest = told.iter().max_by_key(|(key, _)| number(key)).unwrap().1;
            let has = header.text(FIELDS[writer]);
            // What was not acknowledged may be there all the same.
            let later = has.is_some_and(|has| number(has) >= number(newest));
            assert!(later, "{}: {has:?}, told {newest}", FIELDS[writer]);
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for comment in backend.comments(&id).unwrap().unwrap() {
            for entry in LogPage::read(&comment.body)
                .into_iter()
                .flat_map(|p| p.entries)
            {
                *seen.entry(entry.key).or_default() += 1;
            }
        }
        for key in acknowledged.iter().flat_map(BTreeMap::keys) {
            assert_eq!(seen.get(key), Some(&1), "{key}");
        }
        assert!(backend.lacks(&document).unwrap().is_empty());
        let text = backend.text(&document).unwrap().unwrap();
        assert_eq!(text.trim(), new_plan("a").text);
    });
}

/// Returns the number at the end of a key or a value.
fn number(text: &str) -> usize {
    text.rsplit('-').next().unwrap().parse().unwrap()
}

/// Sets the writer's field again and again; returns the keys and values that
/// were acknowledged.
fn write(fake: &FakeGitHub, place: Medium, writer: usize, id: &PlanId) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    with_forge(fake, place, &format!("clone-{writer}"), |backend| {
        for update in 0..UPDATES {
            let key = format!("key-{writer}-{update}");
            let value = format!("value-{writer}-{update}");
            let patch = format!(
                r#"{{"{}": "{value}", "branch_name": "shared-{writer}-{update}"}}"#,
                FIELDS[writer]
            );
            if backend.update_metadata(id, &change(&key, &patch)).is_ok() {
                told.insert(key, value);
            }
        }
    });
    told
}

fn set_faults(fake: &FakeGitHub) {
    for fault in [
        Fault::new("PATCH", "/issues/", FaultKind::StatusAfter(502)).every(23),
        Fault::new("POST", "/comments", FaultKind::StatusAfter(502)).every(3),
        Fault::new("PATCH", "", FaultKind::Drop).every(31),
        Fault::new("", "", FaultKind::DropAfter).every(41),
        Fault::new("", "", FaultKind::Status(500, "{}")).every(37),
        Fault::new("GET", "", FaultKind::Slow(Duration::from_millis(5))).every(11),
        Fault::new("GET", "", FaultKind::Stale(2)).every(29),
    ] {
        fake.fault(fault);
    }
}

#[test]
fn eight_writers_lose_nothing_in_an_issue() {
    check(Medium::Issue, false);
}

#[test]
fn eight_writers_lose_nothing_in_a_pull_request() {
    check(Medium::DraftPull, false);
}

#[test]
fn eight_writers_lose_nothing_in_an_issue_while_github_fails() {
    check(Medium::Issue, true);
}

#[test]
fn eight_writers_lose_nothing_in_a_pull_request_while_github_fails() {
    check(Medium::DraftPull, true);
}
