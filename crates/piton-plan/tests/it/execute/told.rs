//! What is told while a plan is performed, and by how many at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};

use piton_base::Stop;
use piton_plan::{
    Done, ErrorPolicy, Event, Failure, Given, Interaction, Jobs, NoRecord, Perform, Plan, Progress,
    Report, Run, prepare,
};

use super::SPEC;
use crate::toy::{Still, Toy, World, plan_of, told};

/// Performs a plan and tells of it.
fn told_to(
    progress: &dyn Progress,
    plan: &Plan<Toy>,
    (world, performer): (&World, &dyn Perform<Toy>),
    stop: &Stop,
    jobs: Jobs,
) -> Report {
    Run {
        id: crate::toy::plan_id(),
        world,
        performer,
        progress,
        clock: &Still,
        record: &NoRecord,
        stop,
        policy: ErrorPolicy::default(),
        jobs,
    }
    .perform(&prepare(plan, &[], Interaction::Unattended).unwrap())
}

/// Keeps what was told as settled.
#[derive(Default)]
struct Settled(Mutex<Vec<String>>);

impl Progress for Settled {
    fn event(&self, event: Event<'_>) {
        if let Event::Settled { receipt } = event {
            self.0.lock().unwrap().push(receipt.action.to_string());
        }
    }
}

#[test]
fn stopping_lets_the_action_under_way_finish_and_begins_no_other() {
    struct StopAfter<'s>(&'s Stop, AtomicUsize);
    impl Progress for StopAfter<'_> {
        fn event(&self, event: Event<'_>) {
            if matches!(event, Event::Started { .. }) && self.1.fetch_add(1, Ordering::SeqCst) == 1
            {
                self.0.request();
            }
        }
    }
    let (stop, world, plan) = (Stop::new(), World::default(), plan_of(SPEC));
    let progress = StopAfter(&stop, AtomicUsize::new(0));
    let report = told_to(&progress, &plan, (&world, &world), &stop, Jobs::default());
    assert_eq!(
        told(&report),
        [
            "a ok",
            "b ok",
            "c skipped: interrupted",
            "d skipped: interrupted",
            "e skipped by c+d"
        ]
    );
    assert!(!report.is_success());
}

#[test]
fn a_reporter_that_panics_does_not_end_the_run() {
    struct Clumsy;
    impl Progress for Clumsy {
        fn event(&self, _: Event<'_>) {
            panic!("dropped the pen");
        }
    }
    let (world, plan) = (World::default(), plan_of(SPEC));
    let report = told_to(
        &Clumsy,
        &plan,
        (&world, &world),
        &Stop::new(),
        Jobs::default(),
    );
    assert!(report.is_success());
}

#[test]
fn every_action_is_told_once_as_settled_performed_or_not() {
    // The second cannot be performed, since the first fails.
    let plan = plan_of(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    let (world, told) = (World::failing(&["a"]), Settled::default());
    let report = told_to(
        &told,
        &plan,
        (&world, &world),
        &Stop::new(),
        Jobs::default(),
    );
    assert!(!report.is_success());
    let mut told = told.0.into_inner().unwrap();
    told.sort();
    let mut all: Vec<String> = plan
        .actions()
        .iter()
        .map(|it| it.id().to_string())
        .collect();
    all.sort();
    assert_eq!(told, all);
}

#[test]
fn independent_actions_are_under_way_at_once() {
    /// Lets nobody on before four are there.
    struct Meeting(Barrier, World);
    impl Perform<Toy> for Meeting {
        fn perform(&self, operation: &Toy, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
            self.0.wait();
            self.1.perform(operation, given, ())
        }
    }
    let plan = plan_of(&[("a", &[]), ("b", &[]), ("c", &[]), ("d", &[])]);
    let (reading, writing) = (World::default(), Meeting(Barrier::new(4), World::default()));
    let events = Settled::default();
    let report = told_to(
        &events,
        &plan,
        (&reading, &writing),
        &Stop::new(),
        Jobs(4.try_into().unwrap()),
    );
    assert_eq!(told(&report), ["a ok", "b ok", "c ok", "d ok"]);
    assert_eq!(events.0.lock().unwrap().len(), 4);
}
