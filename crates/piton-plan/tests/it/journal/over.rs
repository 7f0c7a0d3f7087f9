//! Journals of runs that are over: listed, and removed.

use std::path::Path;

use piton_base::Stop;
use piton_durable::DiskRead;
use piton_plan::journal::{self, JournalError, Status};
use piton_plan::{
    Admission, ApplyError, Draft, Interaction, Jobs, Plan, PlanBuilder, SavedPlan, admit, prepare,
};
use piton_testkit::SimDisk;

use crate::journal::{DIR, NOW, dir, id, lock, run_journaled};
use crate::toy::{Toy, Ways, World, make, plan_of, run_ready, set, told};

fn saved(plan: &Plan<Toy>) -> SavedPlan<Toy> {
    SavedPlan {
        id: id(1),
        created: NOW,
        plan: plan.clone(),
    }
}

#[test]
fn a_plan_is_applied_once_only() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[])]);
    let saved = saved(&plan);
    let world = World::default();
    let admitted = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap();
    assert!(matches!(admitted, Admission::First));
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW).unwrap();
    let refused = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap_err();
    assert!(matches!(refused, ApplyError::Unfinished { id: begun } if begun == id(1)));
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    let refused = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap_err();
    assert!(matches!(refused, ApplyError::Applied { .. }));
    let again = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW);
    assert!(matches!(again, Err(JournalError::Exists { .. })));
}

#[test]
fn a_plan_that_failed_for_good_is_applied_again_as_long_as_it_is_not_stale() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[])]);
    let saved = saved(&plan);
    let world = World::default();
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW).unwrap();
    let failing = World::failing(&["a"]);
    let report = run_ready(&ready, &failing, &Ways::default(), &writer, &Stop::new());
    writer.end_for_good(&report, NOW).unwrap();
    let admitted = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap();
    let Admission::Anew(found) = admitted else {
        panic!("{admitted:?}")
    };
    let unattended = Interaction::Unattended;
    let (ready, writer) =
        journal::anew(&disk, dir(), &held, &found, &plan, unattended, NOW).unwrap();
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    assert_eq!(told(&report), ["a ok"]);
    let refused = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap_err();
    assert!(matches!(refused, ApplyError::Applied { .. }));
}

#[test]
fn a_list_shows_what_a_whole_reading_shows_and_reads_no_whole_journal_that_is_over() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("create \"left_out\":");
    for number in 0..500 {
        builder.add(make(&format!("thing-{number:060}")));
    }
    let failing = format!("thing-{:060}", 7);
    let world = World::failing(&[&failing]);
    run_journaled(&disk, &held, &builder.build().unwrap(), &world);
    let shown = journal::load(&disk, dir(), id(1)).unwrap().begun();
    assert_eq!((shown.actions, shown.settled), (500, 499));
    // What lies between the ends is not looked at: damage there shows it.
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    let mut bytes = disk.read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] = 0xff;
    disk.put(&file, bytes);
    assert!(journal::load(&disk, dir(), id(1)).is_err());
    let listed = journal::list(&disk, dir()).unwrap();
    assert_eq!(listed[0].journal.as_ref().unwrap(), &shown);
}

#[test]
fn a_run_that_failed_for_good_is_over_and_is_not_carried_on() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[])]);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap();
    let world = World::failing(&["a"]);
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end_for_good(&report, NOW).unwrap();
    let journal = journal::load(&disk, dir(), id(1)).unwrap();
    assert_eq!(journal.status(), Status::Failed);
    assert!(matches!(
        journal::pick(&disk, dir(), None),
        Err(JournalError::NothingToResume)
    ));
    let refused = journal::resume(
        &disk,
        dir(),
        &held,
        &journal,
        &plan,
        Interaction::Unattended,
        NOW,
    );
    let Err(journal::ResumeError::Journal(error)) = refused else {
        panic!("{refused:?}");
    };
    let hint = error.hint().unwrap();
    assert!(hint.contains("run its command again"), "{hint}");
}

#[test]
fn a_journal_with_something_to_go_on_with_is_said_to_be_open() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    run_journaled(
        &disk,
        &held,
        &plan_of(&[("a", &[])]),
        &World::failing(&["a"]),
    );
    let stored = journal::stored(&disk, dir()).unwrap();
    assert!(stored[0].open);
    assert_eq!(stored[0].command.as_deref(), Some("test"));
    assert_eq!(stored[0].begun, Some(NOW));
    assert!(journal::is_there(&disk, dir(), id(1)).unwrap());
    assert!(!journal::is_there(&disk, dir(), id(2)).unwrap());
}

#[test]
fn a_bell_is_not_rung_again_when_a_plan_that_failed_for_good_is_applied_again() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("test");
    let bell = builder.add(Toy::Ring {
        key: "bell".to_owned(),
    });
    builder.add_draft(Draft::new(set("a", 1)).needs(&bell));
    let plan = builder.build().unwrap();
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap();
    let (world, ways) = (World::failing(&["a"]), Ways::default());
    let report = run_ready(&ready, &world, &ways, &writer, &Stop::new());
    writer.end_for_good(&report, NOW).unwrap();
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let nobody = Interaction::Unattended;
    let (ready, writer) = journal::anew(&disk, dir(), &held, &found, &plan, nobody, NOW).unwrap();
    let world = World::default();
    let report = run_ready(&ready, &world, &ways, &writer, &Stop::new());
    assert_eq!(told(&report)[0], "bell failed: conflict");
    assert_eq!(world.performed(), [""; 0]);
}

#[test]
fn a_journal_is_removed_with_all_that_lies_beside_it_unless_somebody_is_at_it() {
    use piton_durable::{Disk as _, Holder, Lock, RealDisk};

    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let holder = Holder {
        pid: 1,
        host: "here".into(),
        since: NOW,
        what: "a test".into(),
    };
    let at = |ending: &str| dir.join(format!("{}{ending}", id(1)));
    let held = Lock::at(at(".lock"))
        .acquire(&holder, std::time::Duration::ZERO)
        .unwrap();
    let plan = plan_of(&[("a", &[])]);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&RealDisk, dir, &held, id(1), &ready, "", NOW).unwrap();
    let (world, ways) = (World::default(), Ways::default());
    let report = run_ready(&ready, &world, &ways, &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    piton_durable::create_dirs(&RealDisk, &at(".backups")).unwrap();
    let copy = at(".backups").join("old");
    piton_durable::write_atomic(&RealDisk, &copy, b"was here", 0o600).unwrap();
    let stored = journal::stored(&RealDisk, dir).unwrap();
    let bytes = std::fs::metadata(at(".jsonl")).unwrap().len() + "was here".len() as u64;
    assert!(stored[0].held && !stored[0].open);
    assert_eq!(stored[0].bytes, bytes);
    assert!(journal::remove(&RealDisk, dir, id(1), &holder).is_err());
    assert!(at(".jsonl").exists());
    drop(held);
    assert!(!journal::stored(&RealDisk, dir).unwrap()[0].held);
    // A link to itself: nobody can tell whether it is held.
    RealDisk.rename(&at(".lock"), &at(".mine")).unwrap();
    std::os::unix::fs::symlink(at(".lock"), at(".lock")).unwrap();
    assert!(journal::is_held(dir, id(1)));
    RealDisk.rename(&at(".mine"), &at(".lock")).unwrap();
    journal::remove(&RealDisk, dir, id(1), &holder).unwrap();
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 0);
    journal::remove(&RealDisk, dir, id(1), &holder).unwrap();
}
