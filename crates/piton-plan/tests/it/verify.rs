//! Looking again afterwards.

use crate::toy::{Toy, World, plan_of, run, set};
use piton_plan::{Draft, Jobs, Plan, PlanBuilder, Report, Verdict, Verification, verify};

/// Looks again at all that a run did.
fn looked_at(plan: &Plan<Toy>, report: &Report, world: &World) -> Verification {
    let (id, jobs) = (crate::toy::plan_id(), Jobs::default());
    verify(id, plan, &report.receipts, world, jobs)
}

#[test]
fn a_world_as_planned_has_no_deviations() {
    let (world, plan) = (World::default(), plan_of(&[("a", &[]), ("b", &["a"])]));
    let report = run(&plan, &world);
    let verification = looked_at(&plan, &report, &world);
    assert!(verification.is_clean());
    assert!(
        verification
            .checked
            .iter()
            .all(|c| c.verdict == Verdict::Verified)
    );
}

#[test]
fn each_difference_is_told_with_what_was_expected_and_what_was_found() {
    let (world, plan) = (
        World::default(),
        plan_of(&[("a", &[]), ("b", &[]), ("c", &[])]),
    );
    let report = run(&plan, &world);
    world.numbers.lock().unwrap().insert("a".to_owned(), 9);
    world.numbers.lock().unwrap().remove("c");
    let verification = looked_at(&plan, &report, &world);
    let told: Vec<_> = verification
        .deviations()
        .map(|d| format!("{}: {} / {}", d.action, d.expected, d.found))
        .collect();
    assert_eq!(told, ["toy:set:a: to 1 / 9", "toy:set:c: to 1 / nothing"]);
}

#[test]
fn what_a_later_action_changed_again_is_no_deviation() {
    let mut builder = PlanBuilder::new("test");
    let first = builder.add(set("x", 1));
    builder.add_draft(
        Draft::new(Toy::Remove {
            key: "x".to_owned(),
            was: 1,
        })
        .needs(&first),
    );
    let (world, plan) = (World::default(), builder.build().unwrap());
    let report = run(&plan, &world);
    let verification = looked_at(&plan, &report, &world);
    assert_eq!(verification.checked[0].verdict, Verdict::Superseded);
    assert!(verification.is_clean());
}

#[test]
fn of_several_changes_the_last_that_is_performed_is_looked_at_wherever_it_is_listed() {
    let mut builder = PlanBuilder::new("test");
    let last = builder.add(Toy::Remove {
        key: "x".to_owned(),
        was: 1,
    });
    let first = builder.add(set("x", 1));
    builder.depend(&last, &first);
    let (world, plan) = (World::default(), builder.build().unwrap());
    let verification = looked_at(&plan, &run(&plan, &world), &world);
    let verdicts: Vec<_> = verification.checked.iter().map(|it| &it.verdict).collect();
    assert_eq!(verdicts, [&Verdict::Superseded, &Verdict::Verified]);
}

#[test]
fn what_a_later_action_failed_to_change_is_looked_at() {
    let mut builder = PlanBuilder::new("test");
    let first = builder.add(set("x", 1));
    let remove = Toy::Remove {
        key: "x".to_owned(),
        was: 2,
    };
    builder.add_draft(Draft::new(remove).needs(&first));
    let (world, plan) = (World::default(), builder.build().unwrap());
    let report = run(&plan, &world);
    assert!(!report.is_success());
    let verdict = |world: &World| looked_at(&plan, &report, world).checked[0].verdict.clone();
    assert_eq!(verdict(&world), Verdict::Verified);
    let gone = verdict(&World::default());
    assert!(matches!(gone, Verdict::Deviation { .. }), "{gone:?}");
}

#[test]
fn what_leaves_nothing_to_look_at_is_not_looked_at() {
    let mut builder = PlanBuilder::new("test");
    builder.add(Toy::Check {
        key: "x".to_owned(),
    });
    let plan = builder.build().unwrap();
    let world = World::with([("x".to_owned(), 1)].into());
    let report = run(&plan, &world);
    let verification = looked_at(&plan, &report, &world);
    assert_eq!(verification.checked[0].verdict, Verdict::NotApplicable);
}

#[test]
fn what_failed_is_not_checked_and_what_has_no_receipt_is_a_deviation() {
    let (world, plan) = (World::failing(&["a"]), plan_of(&[("a", &[]), ("b", &[])]));
    let mut report = run(&plan, &world);
    report.receipts.pop();
    let verification = looked_at(&plan, &report, &world);
    assert_eq!(verification.checked[0].verdict, Verdict::NotApplicable);
    assert_eq!(verification.checked[1].verdict, Verdict::Unaccounted);
    assert!(!verification.is_clean());
}

#[test]
fn a_world_is_told_at_which_moment_it_is_looked_at() {
    use piton_plan::Moment::{After, Before, JustBefore};
    let mut builder = PlanBuilder::new("test");
    builder.add(set("a", 1));
    let plan = builder.build().unwrap();
    let world = World::default();
    let id = crate::toy::plan_id();
    piton_plan::changes(id, &plan, &world, Jobs::default());
    let report = run(&plan, &world);
    looked_at(&plan, &report, &world);
    let looks = world.looks.lock().unwrap();
    let moments: Vec<_> = looks.iter().map(|(_, moment)| *moment).collect();
    assert_eq!(moments, [Before, JustBefore, After]);
}
