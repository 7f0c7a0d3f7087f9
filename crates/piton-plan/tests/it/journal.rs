//! The record of a run, and carrying on from it.

mod answers;
mod over;
mod power;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use piton_base::Stop;
use piton_durable::{Disk, DiskRead, Holder, Lock, LockGuard, RealDisk, create_dirs, write_atomic};
use piton_plan::journal::{self, Journal, JournalError, Status};
use piton_plan::{Draft, Interaction, Plan, PlanBuilder, PlanId, Record, Slot, prepare};
use piton_testkit::sim::Budget;
use piton_testkit::{SimDisk, TapDisk, input_output};

use crate::toy::{ID, Toy, Ways, World, make, plan_of, run_ready, set, told};

pub(crate) const DIR: &str = "/git/piton/journals";

pub(crate) const NOW: Timestamp = Timestamp::constant(1_780_000_000, 0);

pub(crate) fn id(seed: u8) -> PlanId {
    let time = Timestamp::from_second(1_700_000_000 + i64::from(seed)).unwrap();
    PlanId::new(time, [seed; 10])
}

pub(crate) fn dir() -> &'static Path {
    Path::new(DIR)
}

/// A lock of the machine, since no disk can stand for one.
pub(crate) fn lock() -> (tempfile::TempDir, LockGuard) {
    let dir = tempfile::tempdir().unwrap();
    let holder = Holder {
        pid: 1,
        host: "here".to_owned(),
        since: NOW,
        what: "a test".to_owned(),
    };
    let guard = Lock::at(dir.path().join("lock"))
        .acquire(&holder, Duration::ZERO)
        .unwrap();
    (dir, guard)
}

/// Runs a plan with a journal; the run ends where the disk does.
pub(crate) fn run_journaled(disk: &dyn Disk, held: &LockGuard, plan: &Plan<Toy>, world: &World) {
    let ready = prepare(plan, &[], Interaction::Unattended).unwrap();
    let Ok(writer) = journal::begin(disk, dir(), held, id(1), &ready, "piton 0", NOW) else {
        return;
    };
    let report = run_ready(&ready, world, &Ways::default(), &writer, &Stop::new());
    if report.journal.is_none() {
        let _ = writer.end(&report, NOW);
    }
}

/// Carries on with whatever the journal says, or begins where it says nothing.
pub(crate) fn carry_on(disk: &dyn Disk, held: &LockGuard, plan: &Plan<Toy>, world: &World) {
    let Some(found) = journal::find(disk, dir(), id(1)).unwrap() else {
        run_journaled(disk, held, plan, world);
        return;
    };
    if found.status() == Status::Finished {
        return;
    }
    let read: Plan<Toy> = found.plan().unwrap();
    assert_eq!(read, *plan);
    let unattended = Interaction::Unattended;
    let (ready, writer) =
        journal::resume(disk, dir(), held, &found, &read, unattended, NOW).unwrap();
    let report = run_ready(&ready, world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
}

pub(crate) fn cascade() -> Plan<Toy> {
    let mut builder = PlanBuilder::new("create");
    let badge = builder.add(make("badge"));
    let archive = builder.add_draft(Draft::new(make("archive")).needs(&badge));
    builder.add(set("badge-id", Slot::After(badge.output(&ID))));
    builder.add(set("archive-id", Slot::After(archive.output(&ID))));
    builder.build().unwrap()
}

#[test]
fn a_run_is_written_down_and_found_again() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let (plan, world) = (cascade(), World::failing(&["archive-id"]));
    run_journaled(&disk, &held, &plan, &world);
    let journal = journal::load(&disk, dir(), id(1)).unwrap();
    assert_eq!(journal.at(), NOW);
    assert_eq!(journal.command(), "create");
    assert_eq!(journal.tool(), "piton 0");
    assert_eq!(journal.plan::<Toy>().unwrap(), plan);
    assert_eq!(journal.receipts().len(), 4);
    assert_eq!(journal.status(), Status::Incomplete { failed: 1, left: 0 });
    let listed = journal::list(&disk, dir()).unwrap();
    assert_eq!(listed.len(), 1);
    let begun = listed[0].journal.as_ref().unwrap();
    assert_eq!((begun.actions, begun.settled), (4, 3));
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    assert_eq!(disk.stat(&file).unwrap().unwrap().mode, 0o600);
}

#[test]
fn a_run_that_was_cut_off_is_carried_on_with_the_outputs_it_had() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = cascade();
    let world = World::failing(&["archive"]);
    run_journaled(&disk, &held, &plan, &world);
    assert!(!world.numbers().contains_key("archive-id"));
    let mended = World {
        numbers: world.numbers().into(),
        ..World::default()
    };
    carry_on(&disk, &held, &plan, &mended);
    assert_eq!(
        mended.performed(),
        ["toy:create:archive", "toy:set:archive-id"]
    );
    let numbers = mended.numbers();
    assert_eq!(numbers["archive-id"], numbers["archive"]);
    assert_eq!(numbers["badge-id"], numbers["badge"]);
    let journal = journal::load(&disk, dir(), id(1)).unwrap();
    assert_eq!(journal.status(), Status::Finished);
}

#[test]
fn what_was_done_before_a_run_is_carried_on_is_not_looked_at_again() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = cascade();
    let before = World::failing(&["archive"]);
    run_journaled(&disk, &held, &plan, &before);
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let nobody = Interaction::Unattended;
    let (ready, writer) = journal::resume(&disk, dir(), &held, &found, &plan, nobody, NOW).unwrap();
    let status = || journal::load(&disk, dir(), id(1)).unwrap().status();
    assert_eq!(status(), Status::Stopped, "a process is at it again");
    let world = World::with(before.numbers());
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    assert_eq!(told(&report)[0], "badge ok", "the receipt of the first run");
    let looks = world.looks.lock().unwrap();
    let looked_at: Vec<&str> = looks.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(looked_at, ["archive", "archive-id"]);
}

#[test]
fn what_was_under_way_and_leaves_no_trace_is_not_done_again_and_what_was_not_begun_is_done() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("ring");
    for key in ["first", "second"] {
        builder.add(Toy::Ring {
            key: key.to_owned(),
        });
    }
    let plan = builder.build().unwrap();
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap();
    writer.intent(plan.actions()[0].id(), NOW).unwrap();
    drop(writer);
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let nobody = Interaction::Unattended;
    let (ready, writer) = journal::resume(&disk, dir(), &held, &found, &plan, nobody, NOW).unwrap();
    let (world, ways) = (World::default(), Ways::default());
    let report = run_ready(&ready, &world, &ways, &writer, &Stop::new());
    assert_eq!(told(&report), ["first failed: conflict", "second ok"]);
}

#[test]
fn a_journal_keeps_what_looking_again_showed_and_what_was_closed() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let (plan, world) = (plan_of(&[("a", &[])]), World::default());
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let after_any_power_cut = |check: &dyn Fn(&Journal)| {
        for after in disk.after_crash(Budget::default()) {
            check(&journal::load(&after, dir(), id(1)).unwrap());
        }
    };
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap();
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    writer.close().unwrap();
    after_any_power_cut(&|journal| {
        assert_eq!(journal.status(), Status::Finished);
        assert_eq!(journal.verification(), None);
    });
    let jobs = piton_plan::Jobs::default();
    let verification = piton_plan::verify(id(1), &plan, &report.receipts, &world, jobs);
    writer.verified(&verification, NOW).unwrap();
    after_any_power_cut(&|journal| {
        assert_eq!(journal.verification(), Some(&verification));
    });
}

#[test]
fn a_torn_last_line_is_no_error_and_a_damaged_one_before_it_is() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    run_journaled(&disk, &held, &cascade(), &World::default());
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    let whole = disk.read(&file).unwrap();
    for cut in 1..whole.len() {
        let disk = SimDisk::new();
        disk.put(&file, &whole[..cut]);
        match journal::find(&disk, dir(), id(1)) {
            Ok(Some(journal)) => assert_eq!(journal.is_torn(), whole[cut - 1] != b'\n'),
            Ok(None) => assert!(!whole[..cut].contains(&b'\n')),
            Err(error) => panic!("cut at {cut}: {error}"),
        }
    }
    let text = String::from_utf8(whole).unwrap();
    let disk = SimDisk::new();
    disk.put(&file, "{\"journal\":2}\n");
    let error = journal::find(&disk, dir(), id(1)).unwrap_err();
    assert!(
        error.to_string().ends_with("is damaged in line 1"),
        "{error}"
    );
    for line in 0..text.lines().count() {
        let mut damaged: Vec<&str> = text.lines().collect();
        damaged[line] = "{\"nonsense\"";
        let disk = SimDisk::new();
        disk.put(&file, damaged.join("\n") + "\n");
        let error = journal::find(&disk, dir(), id(1)).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with(&format!("is damaged in line {}", line + 1))
        );
        // A list of what is over looks at the two ends of each.
        let is_seen = line == 0 || line + 1 == damaged.len();
        let listed = journal::list(&disk, dir()).unwrap();
        assert_eq!(listed[0].journal.is_err(), is_seen, "line {line}");
    }
}

#[test]
fn a_journal_of_a_newer_format_or_of_another_plan_is_refused() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    run_journaled(&disk, &held, &plan_of(&[("a", &[])]), &World::default());
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    let text = String::from_utf8(disk.read(&file).unwrap()).unwrap();
    let refusal = |text: &str, of| {
        let disk = SimDisk::new();
        disk.put(Path::new(DIR).join(format!("{of}.jsonl")), text);
        journal::find(&disk, dir(), of).unwrap_err()
    };
    let of_format = |format: u32| {
        let text = text.replace("\"journal\":2", &format!("\"journal\":{format}"));
        refusal(&text, id(1))
    };
    assert!(matches!(of_format(3), JournalError::Newer { found: 3, .. }));
    assert!(matches!(of_format(1), JournalError::Older { found: 1, .. }));
    assert!(matches!(
        refusal(&text, id(2)),
        JournalError::Misnamed { .. }
    ));
    let stranger = format!("{text}{{\"intent\":{{\"action\":\"toy:set:x\",\"at\":\"{NOW}\"}}}}\n");
    assert!(matches!(
        refusal(&stranger, id(1)),
        JournalError::Stranger { .. }
    ));
}

#[test]
fn the_beginning_of_an_id_will_do_and_the_latest_open_one_is_meant_by_default() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    assert!(matches!(
        journal::pick(&disk, dir(), None),
        Err(JournalError::NothingToResume)
    ));
    let plan = plan_of(&[("a", &[])]);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    for seed in [1, 2, 3] {
        let writer = journal::begin(&disk, dir(), &held, id(seed), &ready, "", NOW).unwrap();
        if seed == 3 {
            let world = World::default();
            let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
            writer.end(&report, NOW).unwrap();
        }
    }
    let pick = |wanted: Option<&str>| journal::pick(&disk, dir(), wanted);
    assert_eq!(pick(None).unwrap(), id(2));
    let whole = id(3).to_string();
    assert_eq!(pick(Some(&whole)).unwrap(), id(3));
    let common: String = id(1).to_string().chars().take(4).collect();
    assert!(matches!(
        pick(Some(&common)),
        Err(JournalError::Ambiguous { .. })
    ));
    let told = |wanted: &str| pick(Some(wanted)).unwrap_err().to_string();
    let all = [1, 2, 3].map(|seed| id(seed).to_string()).join(", ");
    assert_eq!(told(&common), format!("{common} fits 3 journals: {all}"));
    journal::begin(&disk, dir(), &held, id(4), &ready, "", NOW).unwrap();
    assert_eq!(told(&common), format!("{common} fits 4 journals: {all}, …"));
    for missing in ["", "zzz", "../../etc"] {
        assert!(matches!(
            pick(Some(missing)),
            Err(JournalError::NotFound { .. })
        ));
    }
}

#[test]
fn when_the_journal_cannot_be_written_nothing_more_is_begun() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[]), ("b", &[]), ("c", &["a"])]);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap();
    disk.fail_from(1, std::io::ErrorKind::StorageFull);
    let world = World::default();
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    assert!(report.journal.is_some());
    assert!(
        world.performed().is_empty(),
        "an intent must be durable first"
    );
    assert_eq!(
        told(&report),
        [
            "a failed: io",
            "b skipped: the journal could not be written",
            "c skipped by a"
        ]
    );
}

#[test]
fn what_is_no_journal_is_passed_over_and_a_place_that_cannot_be_listed_is_not() {
    let here = tempfile::tempdir().unwrap();
    let latest = || -> Result<Vec<PlanId>, JournalError> {
        journal::latest(&RealDisk, here.path(), 3)?
            .map(|found| Ok(found?.id()))
            .collect()
    };
    let file = |seed| here.path().join(format!("{}.jsonl", id(seed)));
    assert_eq!(latest().unwrap(), []);
    write_atomic(&RealDisk, &file(9), b"{}\n", 0o600).unwrap();
    write_atomic(&RealDisk, &file(8), b"\0", 0o600).unwrap();
    assert_eq!(latest().unwrap(), []);
    let unread = TapDisk::looking(RealDisk, |path| {
        if path.extension().is_some_and(|end| end == "jsonl") {
            return Err(input_output());
        }
        Ok(())
    });
    let mut found = journal::latest(&unread, here.path(), 3).unwrap();
    assert!(matches!(found.next(), Some(Err(_))), "the disk failed");
    // A link to itself: it is there, and nobody can open it.
    let inside = here.path().join("inside");
    std::os::unix::fs::symlink("inside", &inside).unwrap();
    assert!(journal::latest(&RealDisk, &inside, 3).is_err());
    create_dirs(&RealDisk, &file(7)).unwrap();
    assert_eq!(latest().unwrap(), [], "a directory is no journal");
}
