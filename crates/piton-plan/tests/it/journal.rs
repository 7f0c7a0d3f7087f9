//! The record of a run, and carrying on from it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files::{path, plan as plan_files, wanted};
use crate::toy::{ID, Still, Toy, Ways, World, make, plan_of, run_ready, set, told};
use jiff::Timestamp;
use piton_base::Stop;
use piton_durable::{Disk, DiskRead, Holder, Lock, LockGuard};
use piton_plan::files::{FileOp, FilePerformer, FileWorld, sweep};
use piton_plan::journal::{self, JournalError, Status};
use piton_plan::{
    ActionId, ApplyError, Ask, AskError, ConflictMode, Draft, Input, InputKind, Interaction, Jobs,
    Otherwise, Plan, PlanBuilder, PlanId, Quiet, Record, Reply, Run, SavedPlan, SecretText, Slot,
    admit, prepare,
};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

const DIR: &str = "/git/piton/journals";
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) fn id(seed: u8) -> PlanId {
    let time = Timestamp::from_second(1_700_000_000 + i64::from(seed)).unwrap();
    PlanId::new(time, [seed; 10])
}

fn dir() -> &'static Path {
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
    let ready = prepare(plan, Interaction::Unattended).unwrap();
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

fn cascade() -> Plan<Toy> {
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
fn wherever_the_power_goes_the_run_is_finished_and_nothing_is_made_twice() {
    // The world outlives the crash; only the journal is on the disk.
    let (_dir, held) = lock();
    let plan = cascade();
    let world = std::cell::RefCell::new(World::default());
    let report = every_crash(
        &SimDisk::new(),
        Budget::default(),
        |disk| {
            *world.borrow_mut() = World::default();
            run_journaled(disk, &held, &plan, &world.borrow());
        },
        |disk, point| {
            // Each disk that may be found gets a world of its own.
            let world = World {
                numbers: world.borrow().numbers().into(),
                made: world.borrow().numbers().len().into(),
                ..World::default()
            };
            carry_on(disk, &held, &plan, &world);
            let numbers = world.numbers();
            assert_eq!(numbers.len(), 4, "{point}");
            assert_eq!(numbers["badge-id"], numbers["badge"], "{point}");
            assert_eq!(numbers["archive-id"], numbers["archive"], "{point}");
            assert!(
                numbers.values().all(|id| *id < 1_000_002),
                "{point}: made twice"
            );
            let journal = journal::load(disk, dir(), id(1)).unwrap();
            assert_eq!(journal.status(), Status::Finished, "{point}");
        },
    );
    assert!(report.points > 10);
}

#[test]
fn wherever_the_power_goes_files_end_as_the_plan_says_and_old_ones_are_kept() {
    let (_dir, held) = lock();
    let root = Path::new("/repo");
    let start = SimDisk::new();
    start.put("/repo/docs/old.md", "old\n");
    start.put("/repo/gone.md", "gone\n");
    start.put_dir("/git");
    let files = [
        wanted("docs/old.md", "new\n"),
        wanted("new/deep.md", "deep\n"),
    ];
    let decided = plan_files(&start, &files, ConflictMode::Overwrite).unwrap();
    let mut builder = PlanBuilder::new("create");
    for action in decided.actions() {
        builder.add(action.operation().clone());
    }
    builder.add(FileOp::Delete {
        path: path("gone.md"),
        was: piton_base::Digest::of(b"gone\n"),
        why: "not wanted".to_owned(),
    });
    let plan = builder.build().unwrap();
    let backups = PathBuf::from("/git/backups");
    let run = |disk: &dyn Disk, ready: &piton_plan::Ready<'_, FileOp>, record: &dyn Record| {
        Run {
            id: crate::toy::plan_id(),
            world: &FileWorld {
                disk,
                root: Some(root),
            },
            performer: &FilePerformer {
                disk,
                root: Some(root),
                backups: &backups,
                gate: &piton_plan::Alone,
            },
            progress: &Quiet,
            clock: &Still,
            record,
            stop: &Stop::new(),
            policy: piton_plan::ErrorPolicy::FailFast,
            jobs: Jobs::default(),
        }
        .perform(ready)
    };
    let begin = |disk: &dyn Disk| {
        let ready = prepare(&plan, Interaction::Unattended).unwrap();
        if let Ok(writer) = journal::begin(disk, dir(), &held, id(1), &ready, "piton 0", NOW) {
            let report = run(disk, &ready, &writer);
            let _ = writer.end(&report, NOW);
        }
    };
    let report = every_crash(
        &start,
        Budget {
            outcomes: 16,
            ..Budget::default()
        },
        |disk| begin(disk),
        |disk, point| {
            let before = |at: &str| disk.read(Path::new(at)).ok();
            let whole = [Some(b"old\n".to_vec()), Some(b"new\n".to_vec())];
            assert!(
                whole.contains(&before("/repo/docs/old.md")),
                "{point}: torn"
            );
            match journal::find(disk, dir(), id(1)).unwrap() {
                None => begin(disk),
                Some(found) if found.status() == Status::Finished => {}
                Some(found) => {
                    let read: Plan<FileOp> = found.plan().unwrap();
                    let operations = read.actions().iter().map(piton_plan::Action::operation);
                    sweep(disk, root, operations).unwrap();
                    let nobody = Interaction::Unattended;
                    let (ready, writer) =
                        journal::resume(disk, dir(), &held, &found, &read, nobody, NOW).unwrap();
                    let report = run(disk, &ready, &writer);
                    assert!(report.is_success(), "{point}: {:?}", report.receipts);
                    writer.end(&report, NOW).unwrap();
                }
            }
            assert_eq!(before("/repo/docs/old.md").unwrap(), b"new\n", "{point}");
            assert_eq!(before("/repo/new/deep.md").unwrap(), b"deep\n", "{point}");
            assert_eq!(before("/repo/gone.md"), None, "{point}");
            assert_eq!(
                disk.list(&root.join("docs")).unwrap().len(),
                1,
                "{point}: a leftover"
            );
            assert_eq!(
                before("/git/backups/docs/old.md").unwrap(),
                b"old\n",
                "{point}"
            );
            assert_eq!(
                before("/git/backups/gone.md").unwrap(),
                b"gone\n",
                "{point}"
            );
        },
    );
    assert!(report.points > 20);
}

/// A journal in which the bell was about to ring when the power went.
fn in_the_middle(repeatable: bool) -> (SimDisk, Plan<Toy>) {
    let disk = SimDisk::new();
    let (_dir, held) = lock();
    let mut builder = PlanBuilder::new("ring");
    builder.add(Toy::Ring {
        key: "bell".to_owned(),
        repeatable,
    });
    let plan = builder.build().unwrap();
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW).unwrap();
    writer.intent(plan.actions()[0].id(), NOW).unwrap();
    drop(writer);
    (disk, plan)
}

#[test]
fn what_was_under_way_and_leaves_no_trace_is_done_again_only_if_that_is_harmless() {
    let (_dir, held) = lock();
    for repeatable in [true, false] {
        let (disk, plan) = in_the_middle(repeatable);
        let found = journal::load(&disk, dir(), id(1)).unwrap();
        let unattended = Interaction::Unattended;
        let (ready, writer) =
            journal::resume(&disk, dir(), &held, &found, &plan, unattended, NOW).unwrap();
        let world = World::default();
        let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
        if repeatable {
            assert_eq!(told(&report), ["bell ok"]);
        } else {
            assert_eq!(told(&report), ["bell failed: conflict"]);
            assert!(world.performed().is_empty());
        }
    }
}

#[test]
fn a_plan_is_applied_once_only() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[])]);
    let saved = SavedPlan {
        id: id(1),
        created: NOW,
        plan: plan.clone(),
    };
    let world = World::default();
    admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap();
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
    let writer = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW).unwrap();
    let refused = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap_err();
    assert!(
        refused
            .to_string()
            .ends_with(&format!("`piton journal resume {}`", id(1)))
    );
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    writer.end(&report, NOW).unwrap();
    let refused = admit(&saved, &disk, dir(), &world, Jobs::default()).unwrap_err();
    assert!(matches!(refused, ApplyError::Applied { .. }));
    let again = journal::begin(&disk, dir(), &held, id(1), &ready, "piton 0", NOW);
    assert!(matches!(again, Err(JournalError::Exists { .. })));
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
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
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
    for missing in ["", "zzz", "../../etc"] {
        assert!(matches!(
            pick(Some(missing)),
            Err(JournalError::NotFound { .. })
        ));
    }
}

struct Tells(Vec<Reply>);

impl Ask for Tells {
    fn ask(&mut self, _: &ActionId, _: &Input) -> Result<Reply, AskError> {
        Ok(self.0.remove(0))
    }
}

#[test]
fn answers_stand_when_a_run_is_carried_on_and_only_secrets_are_asked_for_again() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("test");
    for (key, kind) in [
        ("yes", InputKind::Confirm),
        ("no", InputKind::Confirm),
        ("token", InputKind::Secret),
    ] {
        builder.add_draft(Draft::new(set(key, 1)).input(Input {
            question: format!("{key}?"),
            flag: format!("--{key}"),
            kind,
            otherwise: Otherwise::Fail,
        }));
    }
    let plan = builder.build().unwrap();
    let secret = || Reply::Secret(SecretText::new("hunter2".to_owned()));
    let mut tells = Tells(vec![Reply::Yes, Reply::No, secret()]);
    let ready = prepare(&plan, Interaction::Terminal(&mut tells)).unwrap();
    assert!(!format!("{ready:?}").contains("hunter2"));
    drop(journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap());
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    let text = String::from_utf8(disk.read(&file).unwrap()).unwrap();
    assert!(!text.contains("hunter2"), "a secret was written down");
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let mut tells = Tells(vec![secret()]);
    let terminal = Interaction::Terminal(&mut tells);
    let (ready, writer) =
        journal::resume(&disk, dir(), &held, &found, &plan, terminal, NOW).unwrap();
    let report = run_ready(
        &ready,
        &World::default(),
        &Ways::default(),
        &writer,
        &Stop::new(),
    );
    assert_eq!(
        told(&report),
        ["yes ok", "no skipped: declined", "token ok"]
    );
    writer.end(&report, NOW).unwrap();
    let journal = journal::load(&disk, dir(), id(1)).unwrap();
    assert_eq!(
        journal.status(),
        Status::Finished,
        "what was declined is settled"
    );
}

#[test]
fn when_the_journal_cannot_be_written_nothing_more_is_begun() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[]), ("b", &[]), ("c", &["a"])]);
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
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
fn what_needs_a_declined_action_is_not_asked_about_when_a_run_is_carried_on() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("test");
    let asks = |key: &str, kind| {
        Draft::new(set(key, 1)).input(Input {
            question: format!("{key}?"),
            flag: format!("--{key}"),
            kind,
            otherwise: Otherwise::Fail,
        })
    };
    let declined = builder.add_draft(asks("declined", InputKind::Confirm));
    // A secret is never written down, so it would be asked for again.
    let _ = builder.add_draft(asks("needs-it", InputKind::Secret).needs(&declined));
    let plan = builder.build().unwrap();
    let mut tells = Tells(vec![Reply::No]);
    let ready = prepare(&plan, Interaction::Terminal(&mut tells)).unwrap();
    drop(journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap());
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let mut nobody = Tells(Vec::new());
    let terminal = Interaction::Terminal(&mut nobody);
    let resumed = journal::resume(&disk, dir(), &held, &found, &plan, terminal, NOW);
    let (ready, writer) = resumed.unwrap();
    let world = World::default();
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    assert!(world.performed().is_empty());
    assert_eq!(told(&report)[0], "declined skipped: declined");
}

#[test]
fn a_run_that_failed_for_good_is_over_and_is_not_carried_on() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let plan = plan_of(&[("a", &[])]);
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
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
    assert!(refused.unwrap_err().to_string().contains("run that again"));
}

#[test]
fn a_journal_is_removed_with_all_that_lies_beside_it_unless_somebody_is_at_it() {
    use piton_durable::{Holder, Lock, RealDisk};

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
    let ready = prepare(&plan, Interaction::Unattended).unwrap();
    let writer = journal::begin(&RealDisk, dir, &held, id(1), &ready, "", NOW).unwrap();
    let report = run_ready(
        &ready,
        &World::default(),
        &Ways::default(),
        &writer,
        &Stop::new(),
    );
    writer.end(&report, NOW).unwrap();
    piton_durable::create_dirs(&RealDisk, &at(".backups")).unwrap();
    let copy = at(".backups").join("old");
    piton_durable::write_atomic(&RealDisk, &copy, b"was here", 0o600).unwrap();
    let stored = journal::stored(&RealDisk, dir).unwrap();
    assert!(stored[0].held && !stored[0].open && stored[0].bytes > 100);
    assert!(journal::remove(&RealDisk, dir, id(1), &holder).is_err());
    assert!(at(".jsonl").exists());
    drop(held);
    journal::remove(&RealDisk, dir, id(1), &holder).unwrap();
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 0);
    journal::remove(&RealDisk, dir, id(1), &holder).unwrap();
}
