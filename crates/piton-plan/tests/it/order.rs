//! The one order in which a plan is performed.

use crate::toy::{Toy, plan_of};
use piton_plan::Plan;

fn order(plan: &Plan<Toy>) -> String {
    let order: Vec<_> = plan.in_order().map(|action| action.id().target()).collect();
    order.join(" ")
}

#[test]
fn the_first_of_the_list_whose_dependencies_are_met_comes_next() {
    let check = |actions: &[(&str, &[&str])], expected| {
        assert_eq!(order(&plan_of(actions)), expected);
    };
    check(
        &[("z", &["m"]), ("m", &["a"]), ("a", &[]), ("q", &[])],
        "a m z q",
    );
    check(&[("b", &["a"]), ("a", &[])], "a b");
    check(
        &[("a", &[]), ("b", &["a"]), ("c", &["a"]), ("d", &["b", "c"])],
        "a b c d",
    );
    check(
        &[("a1", &[]), ("a2", &["a1"]), ("b1", &[]), ("b2", &["b1"])],
        "a1 a2 b1 b2",
    );
    check(&[("x", &[]), ("y", &[]), ("z", &[])], "x y z");
    check(&[], "");
}

#[test]
fn a_chain_of_two_hundred_thousand_is_no_deeper_than_one_of_two() {
    use crate::toy::set;
    use piton_plan::{Draft, PlanBuilder};
    let mut builder = PlanBuilder::new("long");
    let mut last = builder.add(set("0", 1));
    for at in 1..200_000 {
        last = builder.add_draft(Draft::new(set(&at.to_string(), 1)).needs(&last));
    }
    let plan = builder.build().unwrap();
    assert_eq!(plan.in_order().last().unwrap().id(), last.id());
}
