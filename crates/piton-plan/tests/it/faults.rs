//! Plans that are refused, with everything that is wrong with them.

use crate::toy::{ID, Toy, make, set};
use piton_plan::{Draft, Fault, Handle, Output, Plan, PlanBuilder, PlanFaults, Slot};

fn refused(builder: PlanBuilder<Toy>) -> PlanFaults {
    builder.build().unwrap_err()
}

#[test]
fn every_fault_is_named_at_once() {
    let mut builder = PlanBuilder::new("test");
    let mut other = PlanBuilder::new("other");
    let stranger = other.add(set("nowhere", 1));
    let a = builder.add(set("a", 1));
    let b = builder.add_draft(Draft::new(set("b", 1)).needs(&a));
    builder.depend(&a, &b);
    builder.add(set("twice", 1));
    builder.add(set("twice", 2));
    builder.add_draft(Draft::new(set("lost", 1)).needs(&stranger));
    let own = builder.add(set("own", 1));
    builder.depend(&own, &own);
    assert_eq!(
        refused(builder).to_string(),
        "`toy:set:lost` depends on `toy:set:nowhere`, which is not in the plan\n\
         `toy:set:twice` occurs 2 times\n\
         `toy:set:own` depends on itself\n\
         the dependencies run in a circle: toy:set:a → toy:set:b → toy:set:a"
    );
}

#[test]
fn every_knot_of_cycles_is_shown_and_what_only_hangs_on_one_is_not() {
    let mut builder = PlanBuilder::new("test");
    let handles: Vec<Handle> = ["a", "b", "c", "d", "e", "hangs"]
        .iter()
        .map(|key| builder.add(set(key, 1)))
        .collect();
    for (from, to) in [(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 2), (5, 0)] {
        builder.depend(&handles[from], &handles[to]);
    }
    assert_eq!(
        refused(builder).to_string(),
        "the dependencies run in a circle: toy:set:a → toy:set:b → toy:set:a\n\
         the dependencies run in a circle: toy:set:c → toy:set:d → toy:set:e → toy:set:c"
    );
}

#[test]
fn a_circle_is_shown_from_its_earliest_action_on_and_without_what_only_leads_to_it() {
    let circle = |edges: &[(usize, usize)]| {
        let mut builder = PlanBuilder::new("test");
        let handles: Vec<Handle> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|key| builder.add(set(key, 1)))
            .collect();
        for (from, to) in edges {
            builder.depend(&handles[*from], &handles[*to]);
        }
        refused(builder).to_string()
    };
    assert_eq!(
        circle(&[(0, 3), (3, 2), (2, 3), (2, 4), (4, 0)]),
        "the dependencies run in a circle: toy:set:c → toy:set:d → toy:set:c"
    );
    assert_eq!(
        circle(&[(0, 0), (0, 1), (1, 0)]),
        "`toy:set:a` depends on itself\n\
         the dependencies run in a circle: toy:set:a → toy:set:b → toy:set:a"
    );
}

#[test]
fn what_occurs_more_than_once_is_told_in_the_order_of_the_plan() {
    let names = ["q", "b", "x", "a", "m", "c", "z", "d"];
    let mut builder = PlanBuilder::new("test");
    for name in names {
        builder.add(set(name, 1));
        builder.add(set(name, 1));
    }
    let told = refused(builder).to_string();
    let twice: Vec<&str> = told
        .lines()
        .filter(|line| line.ends_with("times"))
        .collect();
    let expected = names.map(|name| format!("`toy:set:{name}` occurs 2 times"));
    assert_eq!(twice, expected);
}

#[test]
fn using_an_output_is_depending_on_its_action() {
    let mut builder = PlanBuilder::new("test");
    let source = builder.add(make("source"));
    let user = builder.add(set("user", Slot::After(source.output(&ID))));
    let plan = builder.build().unwrap();
    let dependencies = plan.dependencies(user.id());
    assert_eq!(dependencies.len(), 1);
    assert_eq!(dependencies[0].on, source.id());
}

#[test]
fn an_output_that_is_not_produced_is_a_fault() {
    let mut builder = PlanBuilder::new("test");
    let source = builder.add(make("source"));
    let wrong: Output<u64> = Output::new("colour");
    builder.add(set("user", Slot::After(source.output(&wrong))));
    assert_eq!(
        refused(builder).to_string(),
        "`toy:set:user` uses <colour: known after toy:create:source>, which that action does \
         not produce"
    );
}

#[test]
fn a_plan_that_was_read_must_declare_what_it_uses() {
    let mut builder = PlanBuilder::new("test");
    let source = builder.add(make("source"));
    builder.add(set("user", Slot::After(source.output(&ID))));
    builder.add(set("other", 1));
    let plan = builder.build().unwrap();
    let mut json = serde_json::to_value(&plan).unwrap();
    for declared in [&[][..], &["toy:set:other"]] {
        json["actions"][1]["depends_on"] = serde_json::json!(declared);
        let error = serde_json::from_value::<Plan<Toy>>(json.clone()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`toy:set:user` uses <id: known after toy:create:source>, which is not among its \
             dependencies"
        );
    }
}

#[test]
fn an_id_that_disagrees_with_its_operation_is_a_fault() {
    let mut builder = PlanBuilder::new("test");
    builder.add(set("a", 1));
    let mut json = serde_json::to_value(builder.build().unwrap()).unwrap();
    for id in ["toy:delete:a", "toy:set:b", "toys:set:a"] {
        json["actions"][0]["id"] = id.into();
        let error = serde_json::from_value::<Plan<Toy>>(json.clone()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`{id}` is not the name of its operation, which is `toy:set:a`")
        );
    }
}

#[test]
fn two_changes_of_one_thing_must_be_ordered() {
    let build = |through: bool, ordered: bool| {
        let mut builder = PlanBuilder::new("test");
        let first = builder.add(make("x"));
        let between = builder.add_draft(Draft::new(set("between", 1)).needs(&first));
        let mut second = Draft::new(set("x", 1));
        if ordered {
            second = second.needs(if through { &between } else { &first });
        }
        builder.add_draft(second);
        builder.build()
    };
    assert!(build(true, true).is_ok());
    assert!(build(false, true).is_ok());
    assert_eq!(
        build(false, false).unwrap_err().to_string(),
        "`toy:create:x` and `toy:set:x` change the same thing and neither depends on the other"
    );
}

#[test]
fn whoever_only_looks_at_a_thing_needs_no_order() {
    let key = || "x".to_owned();
    let mut builder = PlanBuilder::new("test");
    builder.add(make("x"));
    builder.add(Toy::Check { key: key() });
    let value = 1;
    builder.add(Toy::Keep { key: key(), value });
    builder.build().unwrap();
}

#[test]
fn changes_of_one_thing_may_be_listed_in_any_order() {
    let mut builder = PlanBuilder::new("test");
    let last = builder.add(Toy::Remove {
        key: "x".to_owned(),
        was: 1,
    });
    let first = builder.add(make("x"));
    let second = builder.add(set("x", 1));
    builder.depend(&second, &first);
    builder.depend(&last, &second);
    builder.build().unwrap();
}

#[test]
fn a_target_may_hold_colons_but_no_control_characters() {
    let mut builder = PlanBuilder::new("test");
    let fine = builder.add(set("https://example.org:80/x", 1));
    assert_eq!(fine.id().as_str(), "toy:set:https://example.org:80/x");
    assert_eq!(fine.id().target(), "https://example.org:80/x");
    assert!(builder.build().is_ok());
    for bad in ["", "line\nbreak", "\u{1b}[31m"] {
        let mut builder = PlanBuilder::new("test");
        builder.add(set(bad, 1));
        let faults = refused(builder);
        assert!(
            matches!(faults.0.as_slice(), [Fault::BadName { .. }]),
            "{bad:?}"
        );
        assert!(!faults.to_string().contains(char::is_control));
    }
}

#[test]
fn a_dependency_named_twice_counts_once() {
    let mut builder = PlanBuilder::new("test");
    let a = builder.add(set("a", 1));
    let b = builder.add_draft(Draft::new(set("b", 1)).needs(&a).after(&a).needs(&a));
    let plan = builder.build().unwrap();
    let dependencies = plan.dependencies(b.id());
    assert_eq!(dependencies.len(), 1);
    assert!(!dependencies[0].order_only);
}

#[test]
fn an_action_that_is_said_to_depend_on_another_needs_it() {
    let mut builder = PlanBuilder::new("test");
    let [a, b] = ["a", "b"].map(|key| builder.add(set(key, 1)));
    builder.depend(&b, &a);
    let plan = builder.build().unwrap();
    assert!(!plan.dependencies(b.id())[0].order_only);
}

/// Pairs that change one thing each, ordered through one long chain alone.
fn pairs_around_a_chain(directly: bool) -> PlanBuilder<Toy> {
    const CHAIN: usize = 1_000;
    const PAIRS: usize = 24;
    let mut builder = PlanBuilder::new("test");
    let first: Vec<Handle> = (0..PAIRS)
        .map(|pair| builder.add(set(&format!("pair{pair}"), 1)))
        .collect();
    let mut before = first.clone();
    for link in 0..CHAIN {
        let next = builder.add(set(&format!("link{link}"), 1));
        for one in &before {
            builder.depend(&next, one);
        }
        before = vec![next];
    }
    for (pair, first) in first.iter().enumerate() {
        let key = format!("pair{pair}");
        let last = builder.add(Toy::Remove { key, was: 1 });
        builder.depend(&last, &before[0]);
        if directly {
            builder.depend(&last, first);
        }
    }
    builder
}

#[test]
fn a_plan_that_takes_too_long_to_see_through_must_say_its_order_directly() {
    let told = refused(pairs_around_a_chain(false)).to_string();
    let faults = told.lines().count();
    assert!((1..24).contains(&faults), "{faults}: {told}");
    for line in told.lines() {
        assert!(line.contains("neither depends on the other"), "{line}");
    }
    pairs_around_a_chain(true).build().unwrap();
}
