//! What may be the name of an action and of a plan.

use piton_plan::{ActionId, PlanId};

#[test]
fn an_action_is_named_by_category_verb_and_target() {
    for good in ["file:create:a", "a2-b:skip:x:y", "toy:set:ümläut"] {
        assert_eq!(good.parse::<ActionId>().unwrap().as_str(), good);
    }
    let category = "the category is lower-case letters, digits and hyphens";
    for (bad, why) in [
        ("file:create", "it has no two colons"),
        (":create:a", category),
        ("2a:create:a", category),
        ("-a:create:a", category),
        ("File:create:a", category),
        ("fi_le:create:a", category),
        ("file:create:", "the target is empty"),
        (
            "file:create:a\tb",
            "the target contains a control character",
        ),
        ("file:Create:a", "the word between the colons"),
        ("file:destroy:a", "the word between the colons"),
    ] {
        let told = bad.parse::<ActionId>().unwrap_err().to_string();
        assert!(told.contains(why), "{bad}: {told}");
    }
    let id: ActionId = "file:create:https://x".parse().unwrap();
    assert_eq!(id.category(), "file");
    assert_eq!(id.parts(), ("file", "create", "https://x"));
}

#[test]
fn a_plan_is_named_by_its_time_in_one_spelling_alone() {
    let at = "2026-11-21T10:11:12.345Z".parse().unwrap();
    let id = PlanId::new(at, [7; 10]);
    assert_eq!(id.at(), at);
    let text = id.to_string();
    assert_eq!(text.parse::<PlanId>().unwrap(), id);
    for bad in [
        text.to_uppercase(),
        text.replace('-', ""),
        format!("{{{text}}}"),
        text[1..].to_owned(),
        String::new(),
    ] {
        assert!(bad.parse::<PlanId>().is_err(), "{bad}");
    }
}
