//! Performing plans.

mod told;

use std::sync::Mutex;

use crate::toy::{
    ID, Toy, Ways, World, make, performed, plan_of, run, run_ready, run_with, set, told,
};
use piton_base::Stop;
use piton_plan::{Draft, ErrorPolicy, Interaction, NoRecord, Outcome, PlanBuilder, Slot, prepare};

const SPEC: &[(&str, &[&str])] = &[
    ("a", &[]),
    ("b", &[]),
    ("c", &["b"]),
    ("d", &[]),
    ("e", &["c", "d"]),
];

fn with_b_failing(policy: ErrorPolicy) -> Vec<String> {
    let world = World::failing(&["b"]);
    told(&run_with(&plan_of(SPEC), &world, &Ways { policy, jobs: 1 }))
}

#[test]
fn dependents_of_a_failure_are_skipped_through_several_levels() {
    assert_eq!(
        with_b_failing(ErrorPolicy::SkipDependents),
        [
            "a ok",
            "b failed: network",
            "c skipped by b",
            "d ok",
            "e skipped by c"
        ]
    );
}

#[test]
fn failing_fast_begins_nothing_more_and_still_accounts_for_everything() {
    assert_eq!(
        with_b_failing(ErrorPolicy::FailFast),
        [
            "a ok",
            "b failed: network",
            "c skipped by b",
            "d skipped: stopped after toy:set:b",
            "e skipped by c+d",
        ]
    );
}

#[test]
fn continuing_performs_the_dependents_as_well() {
    assert_eq!(
        with_b_failing(ErrorPolicy::Continue),
        ["a ok", "b failed: network", "c ok", "d ok", "e ok"]
    );
}

#[test]
fn what_only_comes_after_a_failure_or_what_it_blocked_is_not_performed() {
    let mut builder = PlanBuilder::new("test");
    let fails = builder.add(set("fails", 1));
    let blocked = builder.add_draft(Draft::new(set("blocked", 1)).needs(&fails));
    builder.add_draft(Draft::new(set("after", 1)).after(&blocked));
    let plan = builder.build().unwrap();
    let report = run(&plan, &World::failing(&["fails"]));
    assert_eq!(
        told(&report),
        [
            "fails failed: network",
            "blocked skipped by fails",
            "after skipped by blocked"
        ]
    );
}

#[test]
fn what_needs_an_output_of_a_failure_is_skipped_even_when_continuing() {
    let mut builder = PlanBuilder::new("test");
    let source = builder.add(make("source"));
    builder.add(set("user", Slot::After(source.output(&ID))));
    builder.add_draft(Draft::new(set("other", 1)).needs(&source));
    let ways = Ways {
        policy: ErrorPolicy::Continue,
        jobs: 1,
    };
    let report = run_with(
        &builder.build().unwrap(),
        &World::failing(&["source"]),
        &ways,
    );
    assert_eq!(
        told(&report),
        [
            "source failed: network",
            "user skipped by source",
            "other ok"
        ]
    );
}

#[test]
fn an_output_reaches_the_action_that_waits_for_it() {
    let mut builder = PlanBuilder::new("test");
    let source = builder.add(make("source"));
    builder.add(set("copy", Slot::After(source.output(&ID))));
    let world = World::default();
    assert!(run(&builder.build().unwrap(), &world).is_success());
    assert_eq!(world.numbers()["copy"], world.numbers()["source"]);
}

#[test]
fn each_placeholder_gets_the_value_of_its_own_action() {
    let mut builder = PlanBuilder::new("test");
    let made = ["first", "second"].map(|key| builder.add(make(key)));
    let [first, second] = &made.map(|handle| Slot::After(handle.output(&ID)));
    builder.add(Toy::Differ {
        key: "difference".to_owned(),
        of: [second.clone(), first.clone()],
    });
    let world = World::default();
    assert!(run(&builder.build().unwrap(), &world).is_success());
    assert_eq!(world.numbers()["difference"], 1);
}

#[test]
fn a_plan_of_very_many_dependencies_is_performed_whole() {
    const WIDE: usize = 40_000;
    let mut builder = PlanBuilder::new("wide");
    let first = builder.add(set("first", 1));
    for at in 0..WIDE {
        builder.add_draft(Draft::new(set(&at.to_string(), 1)).needs(&first));
    }
    let plan = builder.build().unwrap();
    let whole = run(&plan, &World::default());
    assert!(whole.is_success());
    let report = run(&plan, &World::failing(&["first"]));
    let skipped = (report.receipts.iter())
        .filter(|receipt| matches!(receipt.outcome, Outcome::Skipped(_)))
        .count();
    assert_eq!((whole.receipts.len(), skipped), (WIDE + 1, WIDE));
}

#[test]
fn what_holds_already_is_neither_an_error_nor_a_change() {
    let world = World::with([("a".to_owned(), 1), ("made".to_owned(), 7)].into());
    let mut builder = PlanBuilder::new("test");
    builder.add(set("a", 1));
    let made = builder.add(make("made"));
    builder.add(set("copy", Slot::After(made.output(&ID))));
    let report = run(&builder.build().unwrap(), &world);
    assert_eq!(
        told(&report),
        ["a already so", "made already so", "copy ok"]
    );
    assert_eq!(world.performed(), ["toy:set:copy"]);
    assert_eq!(world.numbers()["copy"], 7, "the output was read back");
}

#[test]
fn a_premise_that_broke_is_a_conflict_and_nothing_is_touched() {
    let world = World::with([("a".to_owned(), 5)].into());
    let report = run(&plan_of(&[("a", &[])]), &world);
    let Outcome::Failed(failure) = &report.receipts[0].outcome else {
        panic!("{report:?}");
    };
    assert_eq!(
        failure.to_string(),
        "it changed since the plan was made: expected nothing, found 5"
    );
    assert_eq!(world.numbers()["a"], 5);
}

#[test]
fn a_panic_is_contained_and_told() {
    let world = World {
        panics: ["b".to_owned()].into(),
        ..World::default()
    };
    for jobs in [1, 4] {
        let ways = Ways {
            jobs,
            ..Ways::default()
        };
        let report = run_with(&plan_of(SPEC), &world, &ways);
        let Outcome::Failed(failure) = &report.receipts[1].outcome else {
            panic!("{report:?}");
        };
        assert_eq!(failure.to_string(), "it panicked: no b today");
        assert_eq!(told(&report)[1], "b failed: internal");
        assert_eq!(told(&report)[4], "e skipped by c");
    }
}

#[test]
fn an_output_that_was_promised_and_not_given_is_a_fault_of_ours() {
    struct Forgetful(World);
    impl piton_plan::Perform<Toy> for Forgetful {
        fn perform(
            &self,
            operation: &Toy,
            given: &piton_plan::Given<'_>,
            (): (),
        ) -> Result<piton_plan::Done, piton_plan::Failure> {
            self.0.perform(operation, given, ())?;
            Ok(piton_plan::Done::default())
        }
    }
    let mut builder = PlanBuilder::new("test");
    builder.add(make("a"));
    let plan = builder.build().unwrap();
    let (reading, writing) = (World::default(), Forgetful(World::default()));
    let report = performed(&plan, &reading, &writing);
    assert_eq!(told(&report), ["a failed: internal"]);
}

#[test]
fn what_only_comes_after_a_declined_action_is_performed() {
    use piton_plan::{Input, InputKind, Otherwise};
    let mut builder = PlanBuilder::new("test");
    let asked = builder.add_draft(Draft::new(set("asked", 1)).input(Input {
        question: "really?".to_owned(),
        flag: "--really".to_owned(),
        kind: InputKind::Confirm,
        otherwise: Otherwise::Skip,
    }));
    let needs = builder.add_draft(Draft::new(set("needs", 1)).needs(&asked));
    builder.add_draft(Draft::new(set("beyond", 1)).needs(&needs));
    builder.add_draft(Draft::new(set("after", 1)).after(&asked));
    let plan = builder.build().unwrap();
    for policy in [
        ErrorPolicy::FailFast,
        ErrorPolicy::SkipDependents,
        ErrorPolicy::Continue,
    ] {
        let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
        let ways = Ways { policy, jobs: 1 };
        let report = run_ready(&ready, &World::default(), &ways, &NoRecord, &Stop::new());
        assert_eq!(
            told(&report),
            [
                "asked skipped: there was no terminal to ask at; --really answers it",
                "needs skipped by asked",
                "beyond skipped by needs",
                "after ok"
            ]
        );
    }
}

#[test]
fn an_empty_plan_is_performed_with_no_receipts() {
    let report = run(&plan_of(&[]), &World::default());
    assert!(report.receipts.is_empty());
    assert!(report.is_success());
}

#[test]
fn a_check_is_performed_and_changes_nothing() {
    let check = |key: &str| Toy::Check { key: key.into() };
    let mut builder = PlanBuilder::new("test");
    builder.add(check("there"));
    builder.add(check("gone"));
    let plan = builder.build().unwrap();
    assert!(plan.has_work() && !plan.has_changes());
    let world = World::with([("there".to_owned(), 1)].into());
    let report = run(&plan, &world);
    assert_eq!(told(&report), ["there ok", "gone failed: validation_red"]);
}

#[test]
fn performing_is_given_what_the_look_just_before_saw() {
    use piton_plan::{
        Description, Done, Failure, Given, Key, Moment, Observation, Observe, Operation, Perform,
        Verb,
    };
    #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Merge;
    impl Operation for Merge {
        type Seen = String;
        fn key(&self) -> Key<'_> {
            Key::new("body", Verb::Write, "x")
        }
        fn describe(&self) -> Description<'_> {
            Description::new("merged")
        }
    }
    struct Body(Mutex<String>, Mutex<u32>);
    impl Observe<Merge> for Body {
        fn observe(
            &self,
            _: &Merge,
            _: &Given<'_>,
            _: Moment,
        ) -> Result<Observation<String>, Failure> {
            *self.1.lock().unwrap() += 1;
            Ok(Observation::pending(
                "a body",
                self.0.lock().unwrap().clone(),
            ))
        }
    }
    impl Perform<Merge> for Body {
        fn perform(&self, _: &Merge, given: &Given<'_>, seen: String) -> Result<Done, Failure> {
            *self.0.lock().unwrap() = format!("{seen} and more");
            Ok(Done::saying(given.mark()))
        }
    }
    let mut builder = PlanBuilder::new("test");
    builder.add(Merge);
    let plan = builder.build().unwrap();
    let body = Body(Mutex::new("text".to_owned()), Mutex::new(0));
    let report = performed(&plan, &body, &body);
    assert_eq!(*body.0.lock().unwrap(), "text and more");
    assert_eq!(*body.1.lock().unwrap(), 1, "one read");
    let mark = &report.receipts[0].message;
    assert!(
        mark.starts_with(&format!("piton:{}:", crate::toy::plan_id())),
        "{mark}"
    );
}
