//! What ordering, performing and journaling cost beyond the least they could.
#![expect(clippy::print_stdout, reason = "a benchmark's table is its output")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use piton_base::{Clock, Stop};
use piton_durable::{Holder, Lock, RealDisk};
use piton_plan::{
    ActionId, Description, Done, Draft, ErrorPolicy, Failure, Given, Handle, Interaction, Jobs,
    Key, Moment, NoRecord, Observation, Observe, Operation, Perform, Plan, PlanBuilder, PlanId,
    Quiet, Record, Run, Verb, journal, prepare,
};
use piton_testkit::floor::Table;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nothing {
    target: String,
}

impl Operation for Nothing {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("bench", Verb::Run, self.target.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new("nothing")
    }
}

struct Idle;

impl Observe<Nothing> for Idle {
    fn observe(&self, _: &Nothing, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        Ok(Observation::pending("", ()))
    }
}

impl Perform<Nothing> for Idle {
    fn perform(&self, _: &Nothing, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        Ok(Done::default())
    }
}

#[derive(Debug)]
struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[derive(Clone, Copy)]
enum Shape {
    Chain,
    Fan,
    Free,
    Random,
}

/// Returns what each action depends on, all in one array, as a bare sort
/// would have it.
fn edges(shape: Shape, count: u32) -> (Vec<u32>, Vec<u32>) {
    let mut random = Random(42);
    // A random graph is shuffled, so that parents stand after their children.
    let mut place: Vec<u32> = (0..count).collect();
    if matches!(shape, Shape::Random) {
        for at in (1..count).rev() {
            place.swap(at as usize, random.below(at + 1) as usize);
        }
    }
    let mut parents: Vec<Vec<u32>> = vec![Vec::new(); count as usize];
    for at in 1..count {
        let own = &mut parents[place[at as usize] as usize];
        match shape {
            Shape::Chain => own.push(at - 1),
            Shape::Fan => own.push(0),
            Shape::Free => {}
            Shape::Random => {
                for _ in 0..random.below(4) {
                    own.push(place[random.below(at) as usize]);
                }
                own.sort_unstable();
                own.dedup();
            }
        }
    }
    let mut starts = vec![0];
    let mut list = Vec::new();
    for own in parents {
        list.extend(own);
        starts.push(u32::try_from(list.len()).unwrap());
    }
    (starts, list)
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u32::try_from(((self.0 >> 33) * u64::from(bound)) >> 31).unwrap()
    }
}

fn plan_of(starts: &[u32], list: &[u32]) -> Plan<Nothing> {
    let mut builder = PlanBuilder::new("bench");
    let handles: Vec<Handle> = (1..starts.len())
        .map(|at| {
            builder.add_draft(Draft::new(Nothing {
                target: format!("some/directory/file-{at}.md"),
            }))
        })
        .collect();
    for (at, bounds) in starts.windows(2).enumerate() {
        for &to in &list[bounds[0] as usize..bounds[1] as usize] {
            builder.depend(&handles[at], &handles[to as usize]);
        }
    }
    builder.build().unwrap()
}

/// The least that ordering could do: ids into one map, and a bare sort of
/// integers with the same tie-break.
fn bare<'p>(ids: &[&'p ActionId], starts: &[u32], list: &[u32]) -> (usize, HashMap<&'p str, u32>) {
    let count = u32::try_from(ids.len()).unwrap();
    let mut map = HashMap::with_capacity(ids.len());
    for (at, id) in (0..count).zip(ids) {
        map.insert(id.as_str(), at);
    }
    let mut waiting: Vec<u32> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut ends = vec![0_u32; ids.len() + 2];
    for &to in list {
        ends[to as usize + 2] += 1;
    }
    for at in 2..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut dependents = vec![0_u32; list.len()];
    for from in 0..count {
        let own = starts[from as usize] as usize..starts[from as usize + 1] as usize;
        for &to in &list[own] {
            let end = &mut ends[to as usize + 1];
            dependents[*end as usize] = from;
            *end += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<u32>> = (0..count)
        .filter(|at| waiting[*at as usize] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(ids.len());
    while let Some(Reverse(next)) = ready.pop() {
        order.push(next);
        let own = ends[next as usize] as usize..ends[next as usize + 1] as usize;
        for &dependent in &dependents[own] {
            waiting[dependent as usize] -= 1;
            if waiting[dependent as usize] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    (std::hint::black_box(order).len(), map)
}

/// How the time grows with a plan is set by memory, and it grows more for the
/// floor, so large plans are held to take no longer than that.
fn ordering(held: &mut bool) {
    let shapes = [
        ("chain", Shape::Chain),
        ("fan", Shape::Fan),
        ("no dependencies", Shape::Free),
        ("random", Shape::Random),
    ];
    for (name, shape) in shapes {
        let mut table = Table::new(&format!("ordering and checking: {name}"), 7);
        for (count, bound) in [(1_000, 2.0), (100_000, 1.0), (1_000_000, 1.0)] {
            let (starts, list) = edges(shape, count);
            let plan = plan_of(&starts, &list);
            let ids: Vec<&ActionId> = plan.actions().iter().map(piton_plan::Action::id).collect();
            assert_eq!(plan.check_again().unwrap(), bare(&ids, &starts, &list).0);
            table.row(
                &format!("{count} actions"),
                bound,
                || plan.check_again().unwrap(),
                || bare(&ids, &starts, &list),
            );
        }
        *held &= table.finish();
    }
}

fn id() -> PlanId {
    PlanId::new(Timestamp::UNIX_EPOCH, [0; 10])
}

fn run<'a>(record: &'a dyn Record, stop: &'a Stop) -> Run<'a, Nothing> {
    Run {
        id: id(),
        world: &Idle,
        performer: &Idle,
        progress: &Quiet,
        clock: &System,
        record,
        stop,
        policy: ErrorPolicy::default(),
        jobs: Jobs::default(),
    }
}

/// The least that performing could do: look, do, note when, keep a receipt.
fn bare_run(plan: &Plan<Nothing>) -> Vec<(ActionId, Timestamp, Done)> {
    let (world, performer): (&dyn Observe<Nothing>, &dyn Perform<Nothing>) = (&Idle, &Idle);
    let mut receipts = Vec::with_capacity(plan.len());
    for action in plan.in_order() {
        let given = Given::nothing(id(), action.id());
        let started = Timestamp::now();
        let now = Moment::JustBefore;
        world.observe(action.operation(), &given, now).unwrap();
        let done = performer.perform(action.operation(), &given, ()).unwrap();
        std::hint::black_box(Timestamp::now().duration_since(started));
        receipts.push((action.id().clone(), started, done));
    }
    receipts
}

fn performing(held: &mut bool) {
    let mut table = Table::new("performing do-nothing actions without a journal", 9);
    let (starts, list) = edges(Shape::Random, 100_000);
    let plan = plan_of(&starts, &list);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let stop = Stop::new();
    table.row(
        "100000 actions, random",
        6.0,
        || run(&NoRecord, &stop).perform(&ready),
        || bare_run(&plan),
    );
    *held &= table.finish();
}

fn journaling(held: &mut bool) {
    const ACTIONS: u32 = 1_000;
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let holder = Holder {
        pid: std::process::id(),
        host: String::new(),
        since: Timestamp::now(),
        what: "a benchmark".to_owned(),
    };
    let lock = Lock::at(dir.path().join("lock"))
        .acquire(&holder, Duration::ZERO)
        .unwrap();
    let (starts, list) = edges(Shape::Free, ACTIONS);
    let plan = plan_of(&starts, &list);
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let mut table = Table::new("journaling, with as many synced appends as floor", 5);
    let mut seed = 0_u16;
    let journals = dir.path().join("journals");
    let mut journaled = || {
        seed += 1;
        let mut random = [0; 10];
        random[..2].copy_from_slice(&seed.to_be_bytes());
        let id = PlanId::new(Timestamp::now(), random);
        let now = Timestamp::now();
        let writer = journal::begin(&RealDisk, &journals, &lock, id, &ready, "bench", now).unwrap();
        run(&writer, &Stop::new()).perform(&ready)
    };
    let bare = || {
        let path = dir.path().join("floor");
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        let whole = |file: &mut File, bytes: &[u8]| {
            file.write_all(bytes).unwrap();
            file.sync_all().unwrap();
        };
        // The plan first, then two lines an action of the length they have.
        whole(&mut file, &vec![b'x'; 200 * ACTIONS as usize]);
        for _ in 0..ACTIONS {
            whole(&mut file, &[b'i'; 110]);
            whole(&mut file, &[b'o'; 160]);
        }
    };
    table.row("1000 actions", 1.5, &mut journaled, bare);
    *held &= table.finish();
    assert!(Path::new(&journals).exists());
}

fn main() -> ExitCode {
    let mut held = true;
    ordering(&mut held);
    performing(&mut held);
    journaling(&mut held);
    if held {
        ExitCode::SUCCESS
    } else {
        println!("\na promise was not kept");
        ExitCode::FAILURE
    }
}
