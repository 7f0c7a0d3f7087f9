//! Power cuts while a local plan is made or changed: at every write the plan is
//! wholly old or wholly new, and the same call again brings it to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piton_backend::store::local::{Layout, LocalBackend};
use piton_backend::store::{Backend, BackendError, BackendRead, PlanId, PlanQuery, State};
use piton_base::SystemClock;
use piton_durable::{Disk, tree};
use piton_testkit::sim::{Budget, CrashReport, every_crash};
use piton_testkit::{SimDisk, TapDisk, input_output};

use crate::backends::{change, new_plan};

fn on<T>(disk: &dyn Disk, behaviour: impl FnOnce(&LocalBackend<'_>) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    let clock = SystemClock::default();
    behaviour(&LocalBackend {
        disk,
        clock: &clock,
        layout: Layout {
            root: "/r/plans".into(),
        },
        lock: dir.path().join("lock"),
        scratch: "/r/unfinished".into(),
        user: "octo".to_owned(),
    })
}

fn empty() -> SimDisk {
    let disk = SimDisk::new();
    disk.put_dir("/r");
    disk
}

/// Nothing but plans lies where people work: whoever commits all there is would
/// commit the rest with it.
fn nothing_unfinished(disk: &SimDisk, point: &dyn std::fmt::Display) {
    let nodes = tree::walk(disk, "/r/plans".as_ref()).unwrap();
    for node in nodes.iter().flat_map(|tree| &tree.nodes) {
        assert!(
            !node.path.split('/').any(|part| part.starts_with('.')),
            "{point}: {}",
            node.path
        );
    }
}

#[test]
fn a_plan_is_made_wholly_or_not_at_all() {
    let report = every_crash(
        &empty(),
        Budget::default(),
        |disk| {
            let _ = on(disk, |backend| backend.create(&new_plan("a")));
        },
        |disk, point| {
            nothing_unfinished(disk, &point);
            on(disk, |backend| {
                let plans = backend.list(&PlanQuery::default()).expect("readable").plans;
                assert!(
                    plans.len() == 1 || !point.is_end(),
                    "{point}: it was acknowledged"
                );
                for plan in &plans {
                    assert!(plan.header().is_ok(), "{point}");
                    assert!(backend.text(plan).unwrap().is_some(), "{point}");
                }
                let again = backend.create(&new_plan("a")).expect("again");
                let plans = backend.list(&PlanQuery::default()).unwrap().plans;
                assert_eq!(plans.len(), 1, "{point}: never doubled");
                assert_eq!(plans[0].id, again.id);
            });
        },
    );
    assert!(report.points > 5, "{report}");
}

/// Does one change of a plan under power cuts. `state` says where the plan
/// stands, and must be what it was before or what it is afterwards.
fn check<S: PartialEq + std::fmt::Debug>(
    change: impl Fn(&LocalBackend<'_>, &PlanId) -> Result<(), BackendError>,
    state: impl Fn(&LocalBackend<'_>, &PlanId) -> S,
) -> CrashReport {
    let start = empty();
    let id = on(&start, |backend| backend.create(&new_plan("a")).unwrap().id);
    let before = on(&start, |backend| state(backend, &id));
    let whole = start.fork();
    on(&whole, |backend| change(backend, &id)).expect("the change");
    let after = on(&whole, |backend| state(backend, &id));
    assert_ne!(before, after);
    let report = every_crash(
        &start,
        Budget::default(),
        |disk| {
            let _ = on(disk, |backend| change(backend, &id));
        },
        |disk, point| {
            nothing_unfinished(disk, &point);
            on(disk, |backend| {
                let found = state(backend, &id);
                assert!(
                    found == after || (found == before && !point.is_end()),
                    "{point}: {found:?}"
                );
                change(backend, &id).expect("again");
                assert_eq!(state(backend, &id), after, "{point}");
            });
        },
    );
    assert!(report.points > 2, "{report}");
    report
}

#[test]
fn every_change_is_there_wholly_or_not_at_all() {
    let field = |backend: &LocalBackend<'_>, id: &PlanId| {
        let document = backend.document(id).unwrap().unwrap();
        let header = document.header().unwrap();
        header.text("branch_name").map(str::to_owned)
    };
    let text = |backend: &LocalBackend<'_>, id: &PlanId| {
        let document = backend.document(id).unwrap().unwrap();
        backend.text(&document).unwrap()
    };
    let comments = |backend: &LocalBackend<'_>, id: &PlanId| {
        let all = backend.comments(id).unwrap().unwrap();
        all.into_iter()
            .map(|comment| comment.body)
            .collect::<Vec<_>>()
    };
    let mut report = CrashReport::default();
    report += check(
        |backend, id| {
            let set = change("k", r#"{"branch_name": "b"}"#);
            backend.update_metadata(id, &set).map(drop)
        },
        field,
    );
    report += check(
        |backend, id| backend.replace_text(id, "# New\n\nx", None).map(drop),
        text,
    );
    report += check(
        |backend, id| backend.add_comment(id, "hello", Some("k")).map(drop),
        comments,
    );
    report += check(
        |backend, id| backend.set_comment(id, "k", "hello").map(drop),
        comments,
    );
    report += check(
        |backend, id| backend.close(id),
        |backend, id| backend.document(id).unwrap().unwrap().state == State::Closed,
    );
    println!("{report}");
}

#[test]
fn a_plan_that_the_disk_does_not_show_is_not_made_a_second_time() {
    let disk = empty();
    let made = on(&disk, |backend| backend.create(&new_plan("a"))).unwrap();
    let failing = TapDisk::looking(disk.clone(), |path| {
        if path.ends_with("plan.json") {
            return Err(input_output());
        }
        Ok(())
    });
    let again = on(&failing, |backend| backend.create(&new_plan("a")));
    assert!(again.is_err(), "{again:?}");
    let again = on(&disk, |backend| backend.create(&new_plan("a"))).unwrap();
    assert_eq!(again.id, made.id);
    let plans = on(&disk, |backend| backend.list(&PlanQuery::default()))
        .unwrap()
        .plans;
    assert_eq!(plans.len(), 1);
}

#[test]
fn a_list_reads_each_plan_once_and_names_those_that_it_cannot_read() {
    let disk = empty();
    let broken = on(&disk, |backend| backend.create(&new_plan("a"))).unwrap();
    let sound = on(&disk, |backend| backend.create(&new_plan("b"))).unwrap();
    let record = format!("/r/plans/{}/plan.json", broken.id);
    disk.put(&record, "{");
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looks);
    let watched = TapDisk::looking(disk, move |path| {
        if path.ends_with("plan.json") {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    let listing = on(&watched, |backend| backend.list(&PlanQuery::default())).unwrap();
    assert_eq!(listing.plans[0].id, sound.id);
    let [(id, error)] = &listing.unreadable[..] else {
        panic!("{:?}", listing.unreadable);
    };
    assert_eq!(id, &broken.id);
    assert!(error.to_string().contains("plan.json"), "{error}");
    assert_eq!(looks.load(Ordering::SeqCst), 2);
}
