//! What holds for every plan and every world.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::journal::{carry_on, id, lock, run_journaled};
use crate::toy::{ID, Still, Toy, Ways, World, make, run_with, set};
use jiff::Timestamp;
use piton_base::Stop;
use piton_durable::DiskRead;
use piton_plan::render::{Heading, Style, text};
use piton_plan::{
    Draft, ErrorPolicy, Event, Fault, Handle, Interaction, Jobs, Operation, Outcome, Plan,
    PlanBuilder, PlanFaults, Progress, Run, SkipReason, Slot, journal, prepare, verify,
};
use piton_testkit::SimDisk;
use piton_testkit::sim::Budget;
use proptest::prelude::*;

/// Dependencies by position, each towards another position.
#[derive(Clone, Debug)]
struct Shape {
    count: usize,
    edges: BTreeSet<(usize, usize)>,
}

fn shapes(acyclic: bool) -> impl Strategy<Value = Shape> {
    (1..14_usize).prop_flat_map(move |count| {
        let edge = (0..count, 0..count);
        let ranks = Just((0..count).collect::<Vec<_>>()).prop_shuffle();
        (prop::collection::btree_set(edge, 0..=2 * count), ranks).prop_map(
            move |(mut edges, ranks)| {
                edges.retain(|(from, to)| !acyclic || ranks[*from] > ranks[*to]);
                Shape { count, edges }
            },
        )
    })
}

fn build(shape: &Shape) -> Result<Plan<Toy>, PlanFaults> {
    let mut builder = PlanBuilder::new("random");
    let handles: Vec<Handle> = (0..shape.count)
        .map(|at| builder.add(set(&at.to_string(), 1)))
        .collect();
    for (from, to) in &shape.edges {
        builder.depend(&handles[*from], &handles[*to]);
    }
    builder.build()
}

fn position(id: &piton_plan::ActionId) -> usize {
    id.target().parse().unwrap()
}

/// The order by its definition, as slowly as that is.
fn slow_order(shape: &Shape) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let free = |at: &usize, order: &Vec<usize>| {
        let mut needs = shape.edges.iter().filter(|(from, _)| from == at);
        !order.contains(at) && needs.all(|(_, to)| order.contains(to))
    };
    while let Some(next) = (0..shape.count).find(|at| free(at, &order)) {
        order.push(next);
    }
    order
}

/// What somebody wants the world to be.
#[derive(Clone, Debug)]
enum Want {
    Number(u64),
    Fresh,
    CopyOf(u8),
    Nothing,
}

fn worlds() -> impl Strategy<Value = (BTreeMap<String, u64>, Vec<Want>)> {
    let want = prop_oneof![
        (0..4_u64).prop_map(Want::Number),
        Just(Want::Fresh),
        any::<u8>().prop_map(Want::CopyOf),
        Just(Want::Nothing),
    ];
    let now = prop::collection::btree_map((0..8_u8).prop_map(|n| n.to_string()), 0..4_u64, 0..8);
    (now, prop::collection::vec(want, 0..8))
}

/// Decides from what is there and what is wanted, and changes nothing.
fn decide(now: &BTreeMap<String, u64>, wanted: &[Want]) -> Plan<Toy> {
    let mut builder = PlanBuilder::new("arrange");
    let mut fresh: Vec<(String, Handle)> = Vec::new();
    for (at, want) in wanted.iter().enumerate() {
        if matches!(want, Want::Fresh) && !now.contains_key(&at.to_string()) {
            fresh.push((at.to_string(), builder.add(make(&at.to_string()))));
        }
    }
    let mut put = |key: String, value: Slot<u64>| {
        let was = now.get(&key).copied();
        if let (Some(was), Slot::Known(value)) = (was, &value)
            && was == *value
        {
            let value = *value;
            builder.add(Toy::Keep { key, value });
        } else {
            builder.add(Toy::Set { key, value, was });
        }
    };
    for (at, want) in wanted.iter().enumerate() {
        let key = at.to_string();
        match want {
            Want::Number(number) => put(key, Slot::Known(*number)),
            Want::Fresh | Want::Nothing => {}
            Want::CopyOf(which) => {
                let sources: Vec<usize> = (0..wanted.len())
                    .filter(|at| matches!(wanted[*at], Want::Fresh))
                    .collect();
                let Some(source) = sources.get(usize::from(*which) % sources.len().max(1)) else {
                    continue;
                };
                let source = source.to_string();
                let handle = fresh.iter().find(|(key, _)| *key == source);
                let value = match (now.get(&source), handle) {
                    (Some(known), _) => Slot::Known(*known),
                    (None, Some((_, handle))) => Slot::After(handle.output(&ID)),
                    (None, None) => continue,
                };
                put(key, value);
            }
        }
    }
    for (at, want) in wanted.iter().enumerate() {
        let key = at.to_string();
        if let (Want::Nothing, Some(was)) = (want, now.get(&key)) {
            builder.add_draft(Draft::new(Toy::Remove { key, was: *was }));
        }
    }
    builder.build().unwrap()
}

fn changes(plan: &Plan<Toy>) -> Vec<String> {
    plan.in_order()
        .filter(|action| action.operation().key().verb.changes())
        .map(|action| action.id().to_string())
        .collect()
}

/// Stops a run after a number of actions were begun.
struct StopAfter<'s>(&'s Stop, AtomicUsize);

impl Progress for StopAfter<'_> {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::Started { .. }) && self.1.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.request();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_is_the_one_that_is_defined(shape in shapes(true)) {
        let plan = build(&shape).unwrap();
        let order: Vec<usize> = plan.in_order().map(|a| position(a.id())).collect();
        prop_assert_eq!(order, slow_order(&shape));
    }

    #[test]
    fn a_graph_is_refused_just_when_it_has_a_cycle_and_the_cycle_is_real(shape in shapes(false)) {
        let cyclic = slow_order(&shape).len() < shape.count;
        match build(&shape) {
            Ok(_) => prop_assert!(!cyclic),
            Err(faults) => {
                prop_assert!(cyclic);
                for fault in &faults.0 {
                    let path: Vec<usize> = match fault {
                        Fault::Cycle { path } => path.iter().map(position).collect(),
                        Fault::SelfDependency { action } => vec![position(action)],
                        other => panic!("{other}"),
                    };
                    for at in 0..path.len() {
                        let edge = (path[at], path[(at + 1) % path.len()]);
                        prop_assert!(shape.edges.contains(&edge), "{}", fault);
                    }
                }
            }
        }
    }

    #[test]
    fn a_plan_survives_being_written_and_read(shape in shapes(true)) {
        let plan = build(&shape).unwrap();
        let json = serde_json::to_string(&plan).unwrap();
        let back: Plan<Toy> = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&back, &plan);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }

    #[test]
    fn every_action_gets_one_receipt_and_only_causes_are_blamed(
        shape in shapes(true),
        fails in prop::collection::btree_set(0..14_usize, 0..4),
        jobs in 1..4_usize,
    ) {
        let plan = build(&shape).unwrap();
        let world = World {
            fails: fails.iter().map(ToString::to_string).collect(),
            ..World::default()
        };
        let ways = Ways { policy: ErrorPolicy::SkipDependents, jobs };
        let report = run_with(&plan, &world, &ways);
        let accounted: Vec<_> = report.receipts.iter().map(|r| &r.action).collect();
        let order: Vec<_> = plan.in_order().map(piton_plan::Action::id).collect();
        prop_assert_eq!(accounted, order);
        let mut bad = BTreeSet::new();
        for receipt in &report.receipts {
            let at = position(&receipt.action);
            let blamed: Vec<usize> = shape.edges.iter()
                .filter(|(from, to)| *from == at && bad.contains(to))
                .map(|(_, to)| *to)
                .collect();
            match &receipt.outcome {
                Outcome::Ok => prop_assert!(blamed.is_empty() && !fails.contains(&at)),
                Outcome::Failed(_) => {
                    prop_assert!(blamed.is_empty() && fails.contains(&at));
                    bad.insert(at);
                }
                Outcome::Skipped(SkipReason::Dependency { because }) => {
                    let because: Vec<usize> = because.iter().map(position).collect();
                    prop_assert_eq!(because, blamed);
                    bad.insert(at);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_rehearsal_and_the_real_run_agree_and_a_second_plan_is_empty(
        (now, wanted) in worlds(),
        jobs in 1..4_usize,
    ) {
        let plan = decide(&now, &wanted);
        prop_assert_eq!(&decide(&now, &wanted), &plan, "the same world, the same plan");
        let rehearsed = text(&plan, Heading::DryRun, 0, Style::default());
        let world = World::with(now);
        let report = run_with(&plan, &world, &Ways { jobs, ..Ways::default() });
        prop_assert!(report.is_success());
        let performed = world.performed();
        if jobs == 1 {
            prop_assert_eq!(&performed, &changes(&plan), "shown, and in that order");
        }
        let (mut was, mut will) = (performed, changes(&plan));
        was.sort_unstable();
        will.sort_unstable();
        prop_assert_eq!(was, will);
        for action in plan.actions() {
            prop_assert!(rehearsed.contains(action.id().target()));
        }
        prop_assert!(verify(crate::toy::plan_id(), &plan, &report.receipts, &world, Jobs::default()).is_clean());
        let second = decide(&world.numbers(), &wanted);
        prop_assert!(!second.has_changes(), "{:?}", changes(&second));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stopped_at_any_action_a_run_is_carried_on_to_the_same_world((now, wanted) in worlds()) {
        let (_dir, held) = lock();
        let plan = decide(&now, &wanted);
        let undisturbed = World::with(now.clone());
        run_with(&plan, &undisturbed, &Ways::default());
        for begun in 0..=changes(&plan).len() {
            let (disk, world, stop) = (SimDisk::new(), World::with(now.clone()), Stop::new());
            if begun == 0 {
                stop.request();
            }
            let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
            let dir = Path::new("/git/piton/journals");
            let time = Timestamp::UNIX_EPOCH;
            let writer = journal::begin(&disk, dir, &held, id(1), &ready, "", time).unwrap();
            let report = Run {
                id: crate::toy::plan_id(),
                world: &world,
                performer: &world,
                progress: &StopAfter(&stop, AtomicUsize::new(begun)),
                clock: &Still,
                record: &writer,
                stop: &stop,
                policy: ErrorPolicy::default(),
                jobs: Jobs::default(),
            }
            .perform(&ready);
            writer.end(&report, time).unwrap();
            drop(writer);
            prop_assert_eq!(world.performed().len(), begun);
            carry_on(&disk, &held, &plan, &world);
            prop_assert_eq!(world.numbers(), undisturbed.numbers(), "stopped after {}", begun);
            prop_assert_eq!(world.performed(), undisturbed.performed());
        }
    }

    #[test]
    fn killed_at_any_write_a_run_is_carried_on_to_the_same_world((now, wanted) in worlds()) {
        let (_dir, held) = lock();
        let plan = decide(&now, &wanted);
        let undisturbed = World::with(now.clone());
        run_with(&plan, &undisturbed, &Ways::default());
        for killed in 1.. {
            let (disk, world) = (SimDisk::new(), World::with(now.clone()));
            disk.crash_before(killed);
            run_journaled(&disk, &held, &plan, &world);
            if !disk.crashed() {
                break;
            }
            let budget = Budget { outcomes: 1, seed: killed as u64 };
            for disk in disk.after_crash(budget) {
                let world = World {
                    numbers: world.numbers().into(),
                    made: world.made.load(Ordering::SeqCst).into(),
                    ..World::default()
                };
                carry_on(&disk, &held, &plan, &world);
                prop_assert_eq!(world.numbers(), undisturbed.numbers(), "killed at {}", killed);
            }
        }
    }
}

/// Changes some bytes of a file, cuts it or repeats a piece of it.
fn spoil(bytes: &[u8], at: usize, with: &[u8], cut: Option<usize>) -> Vec<u8> {
    let mut spoiled = bytes.to_vec();
    let at = at % spoiled.len();
    let end = (at + with.len()).min(spoiled.len());
    spoiled.splice(at..end, with.iter().copied());
    if let Some(cut) = cut {
        spoiled.truncate(cut % spoiled.len());
    }
    spoiled
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_makes_the_reader_panic_and_no_edited_plan_is_taken(
        at in any::<usize>(),
        with in prop::collection::vec(any::<u8>(), 1..12),
        cut in prop::option::of(any::<usize>()),
    ) {
        let file = Path::new("/plan.json");
        let journals = Path::new("/journals");
        let (_dir, held) = lock();
        let disk = SimDisk::new();
        let plan = decide(&BTreeMap::new(), &[Want::Fresh, Want::CopyOf(0), Want::Number(2)]);
        piton_plan::saved::save(&disk, file, id(1), Timestamp::UNIX_EPOCH, &plan).unwrap();
        let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
        let time = Timestamp::UNIX_EPOCH;
        let writer = journal::begin(&disk, journals, &held, id(1), &ready, "", time).unwrap();
        crate::toy::run_ready(&ready, &World::default(), &Ways::default(), &writer, &Stop::new());
        let name = journals.join(format!("{}.jsonl", id(1)));
        let written = disk.read(file).unwrap();
        let spoiled = spoil(&written, at, &with, cut);
        let other = SimDisk::new();
        other.put(file, &spoiled);
        let loaded = piton_plan::saved::load::<Toy>(&other, file);
        prop_assert_eq!(loaded.is_ok(), spoiled == written);
        let other = SimDisk::new();
        other.put(&name, spoil(&disk.read(&name).unwrap(), at, &with, cut));
        if let Ok(Some(found)) = journal::find(&other, journals, id(1)) {
            let _ = (found.status(), found.receipts(), found.plan::<Toy>());
            let _ = piton_plan::render::journal(&found, 3, Style::default());
        }
    }

    #[test]
    fn what_is_taken_for_an_id_or_a_path_is_written_back_just_so(text in "[a-zA-Z:/.~ \\\\\u{0}-\u{1f}é]{0,12}") {
        if let Ok(id) = text.parse::<piton_plan::ActionId>() {
            prop_assert_eq!(id.to_string(), text.clone());
        }
        if let Ok(path) = text.parse::<piton_base::RepoPath>() {
            let under = path.under(Path::new("/repo"));
            prop_assert!(under.starts_with("/repo") && under != Path::new("/repo"));
            prop_assert!(under.components().all(|c| c.as_os_str() != ".." && c.as_os_str() != ".git"));
            prop_assert_eq!(path.to_string(), text);
        }
    }
}
