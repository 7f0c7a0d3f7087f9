//! What a plan tells of itself.

use piton_plan::{Draft, Plan, PlanBuilder, Slot};

use crate::toy::{ID, Toy, make, set};

fn of(operations: impl IntoIterator<Item = Toy>) -> Plan<Toy> {
    let mut builder = PlanBuilder::new("test");
    for operation in operations {
        builder.add(operation);
    }
    builder.build().unwrap()
}

#[test]
fn a_plan_knows_whether_there_is_anything_to_do_and_to_lose() {
    let key = || "x".to_owned();
    let value = 1;
    // Whether it changes anything, has work, and takes something away.
    for (operation, tells) in [
        (set("x", 1), (true, true, false)),
        (Toy::Remove { key: key(), was: 1 }, (true, true, true)),
        (Toy::Check { key: key() }, (false, true, false)),
        (Toy::Keep { key: key(), value }, (false, false, false)),
    ] {
        for operations in [
            vec![operation.clone()],
            vec![
                operation.clone(),
                Toy::Keep {
                    key: "y".to_owned(),
                    value,
                },
            ],
        ] {
            let plan = of(operations);
            assert!(!plan.is_empty());
            let told = (plan.has_changes(), plan.has_work(), plan.has_destructive());
            assert_eq!(told, tells, "{operation:?}");
        }
    }
    let nothing = of([]);
    assert!(nothing.is_empty() && !nothing.has_work());
}

#[test]
fn plans_that_differ_in_anything_are_not_the_same() {
    let build = |change: fn(&mut PlanBuilder<Toy>)| {
        let mut builder = PlanBuilder::new("test");
        let [a, b] = ["a", "b"].map(|key| builder.add(set(key, 1)));
        change(&mut builder);
        (builder, a, b)
    };
    let plain = || build(|_| {}).0.build().unwrap();
    assert_eq!(plain(), plain());
    let changes: [fn(&mut PlanBuilder<Toy>); 4] = [
        |builder| _ = builder.add(set("c", 1)),
        |builder| builder.warn("careful"),
        |builder| builder.note("login", "somebody"),
        |builder| builder.watch("a.txt".parse().unwrap()),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        assert_ne!(build(change).0.build().unwrap(), plain(), "{at}");
    }
    let waiting = |on: &str| {
        let mut builder = PlanBuilder::new("test");
        let made = ["one", "two"].map(|key| (key, builder.add(make(key))));
        let (_, on) = made.iter().find(|(key, _)| *key == on).unwrap();
        builder.add(set("copy", Slot::After(on.output(&ID))));
        builder.add_draft(
            Draft::new(set("last", 1))
                .needs(&made[0].1)
                .needs(&made[1].1),
        );
        builder.build().unwrap()
    };
    let (one, two) = (waiting("one"), waiting("two"));
    assert_eq!(one, waiting("one"));
    assert_ne!(one.actions(), two.actions(), "another placeholder");
    let (mut builder, a, b) = build(|_| {});
    builder.depend(&b, &a);
    assert_ne!(builder.build().unwrap(), plain(), "another order");
    let mut other = PlanBuilder::new("other");
    for key in ["a", "b"] {
        other.add(set(key, 1));
    }
    assert_ne!(other.build().unwrap(), plain(), "another command");
}
