//! Plans and runs as documents in JSON.

use piton_plan::render::{plan_document, run_document};
use piton_plan::{Failure, FailureKind, Plan};

use crate::render::plan;
use crate::toy::{Toy, World, plan_of, run};

#[test]
fn the_document_of_a_plan_keeps_its_names() {
    let document = plan_document(&plan()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "order": [
        "toy:create:gist",
        "toy:set:BADGE_GIST_ID",
        "toy:set:token",
        "toy:delete:old",
        "toy:skip:same"
      ],
      "plan": {
        "actions": [
          {
            "category": "toy",
            "depends_on": [],
            "description": "a new number",
            "destructive": false,
            "do": {
              "make": {
                "key": "gist"
              }
            },
            "expectation": "a new number",
            "id": "toy:create:gist",
            "operation": "create",
            "premise": "nothing of that name",
            "produces": [
              "id"
            ],
            "requires_input": false,
            "reversible": false,
            "target": "gist"
          },
          {
            "category": "toy",
            "consumes": [
              {
                "action": "toy:create:gist",
                "output": "id"
              }
            ],
            "depends_on": [
              "toy:create:gist"
            ],
            "description": "to <id: known after toy:create:gist>",
            "destructive": false,
            "do": {
              "set": {
                "key": "BADGE_GIST_ID",
                "value": {
                  "after": {
                    "action": "toy:create:gist",
                    "output": "id"
                  }
                },
                "was": null
              }
            },
            "expectation": "to <id: known after toy:create:gist>",
            "id": "toy:set:BADGE_GIST_ID",
            "operation": "set",
            "premise": "nothing",
            "requires_input": false,
            "reversible": false,
            "target": "BADGE_GIST_ID"
          },
          {
            "after": [
              "toy:create:gist"
            ],
            "category": "toy",
            "depends_on": [],
            "description": "to 1",
            "destructive": false,
            "do": {
              "set": {
                "key": "token",
                "value": {
                  "known": 1
                },
                "was": null
              }
            },
            "expectation": "to 1",
            "id": "toy:set:token",
            "input": {
              "flag": "--token-from",
              "kind": "secret",
              "otherwise": "skip",
              "question": "the token?"
            },
            "operation": "set",
            "premise": "nothing",
            "requires_input": true,
            "reversible": false,
            "target": "token"
          },
          {
            "category": "toy",
            "depends_on": [],
            "description": "not wanted",
            "destructive": true,
            "do": {
              "remove": {
                "key": "old",
                "was": 4
              }
            },
            "expectation": "not wanted",
            "id": "toy:delete:old",
            "operation": "delete",
            "premise": "4",
            "requires_input": false,
            "reversible": false,
            "target": "old"
          },
          {
            "category": "toy",
            "depends_on": [],
            "description": "as wanted",
            "destructive": false,
            "do": {
              "keep": {
                "key": "same",
                "value": 1
              }
            },
            "expectation": "as wanted",
            "id": "toy:skip:same",
            "operation": "skip",
            "premise": "1",
            "requires_input": false,
            "reversible": false,
            "target": "same"
          }
        ],
        "command": "create",
        "context": {
          "gh.login": "somebody"
        },
        "warnings": [
          "the token cannot be read back"
        ]
      },
      "summary": {
        "changes": 4,
        "command": "create",
        "conflicts": 0,
        "counts": {
          "create": 1,
          "delete": 1,
          "set": 2,
          "skip": 1
        },
        "destructive": 1,
        "total": 5,
        "unchanged": 1,
        "warnings": 1,
        "will_ask": 1
      }
    }
    "#);
    let back: Plan<Toy> = serde_json::from_value(document["plan"].clone()).unwrap();
    assert_eq!(back, plan());
}

#[test]
fn the_document_of_a_run_keeps_its_names() {
    let plan = plan_of(&[("a", &[]), ("b", &[]), ("c", &["b"])]);
    let world = World {
        fails: ["b".to_owned()].into(),
        numbers: std::sync::Mutex::new([("a".to_owned(), 1)].into()),
        ..World::default()
    };
    let report = run(&plan, &world);
    let verification = piton_plan::verify(
        crate::toy::plan_id(),
        &plan,
        &report.receipts,
        &world,
        piton_plan::Jobs::default(),
    );
    let document = run_document(&report.receipts, Some(&verification)).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "receipts": [
        {
          "action": "toy:set:a",
          "at": "1970-01-01T00:00:00Z",
          "duration_ms": 0,
          "outcome": {
            "status": "already_so"
          },
          "skipped": true,
          "status": "unchanged",
          "success": true
        },
        {
          "action": "toy:set:b",
          "at": "1970-01-01T00:00:00Z",
          "duration_ms": 0,
          "outcome": {
            "error": "the line is dead",
            "kind": "network",
            "status": "failed"
          },
          "skipped": false,
          "status": "failed",
          "success": false
        },
        {
          "action": "toy:set:c",
          "at": "1970-01-01T00:00:00Z",
          "duration_ms": 0,
          "outcome": {
            "because": [
              "toy:set:b"
            ],
            "reason": "dependency",
            "status": "skipped"
          },
          "skipped": true,
          "status": "blocked",
          "success": false
        }
      ],
      "verification": {
        "checked": [
          {
            "action": "toy:set:a",
            "verdict": {
              "verdict": "verified"
            }
          },
          {
            "action": "toy:set:b",
            "verdict": {
              "verdict": "not_applicable"
            }
          },
          {
            "action": "toy:set:c",
            "verdict": {
              "verdict": "not_applicable"
            }
          }
        ]
      }
    }
    "#);
}

#[test]
fn a_failure_tells_what_to_do_when_to_come_back_and_where_all_about_it_is() {
    let until = "2026-11-21T10:00:00Z".parse().unwrap();
    let plain = Failure::new(FailureKind::RateLimit, "too many requests");
    let failure = (plain.clone().hint("wait"))
        .until(Some(until))
        .record("runs show 1");
    let json = serde_json::to_value(&failure).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "kind": "rate_limit",
            "error": "too many requests",
            "hint": "wait",
            "until": "2026-11-21T10:00:00Z",
            "record": "runs show 1",
        })
    );
    assert_eq!(serde_json::from_value::<Failure>(json).unwrap(), failure);
    let plain = serde_json::to_value(plain).unwrap();
    assert_eq!(plain.as_object().unwrap().len(), 2, "{plain}");
}

#[test]
fn the_schema_knows_the_words_that_are_written() {
    let schema = include_str!("../../../../docs/plan.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    let verbs: Vec<_> = piton_plan::Verb::ALL
        .iter()
        .map(|verb| verb.as_str())
        .collect();
    let pattern = format!("^[a-z][a-z0-9-]*:({}):.+$", verbs.join("|"));
    assert_eq!(schema["$defs"]["id"]["pattern"], pattern);
    for verb in piton_plan::Verb::ALL {
        assert_eq!(serde_json::to_value(verb).unwrap(), verb.as_str());
    }
    let modes: Vec<_> = piton_plan::ConflictMode::ALL
        .iter()
        .map(|m| m.as_str())
        .collect();
    let action = &schema["$defs"]["action"]["properties"];
    assert_eq!(action["conflict"]["enum"], serde_json::json!(modes));
    let document = plan_document(&plan()).unwrap();
    for action in document["plan"]["actions"].as_array().unwrap() {
        let fields = action.as_object().unwrap();
        let known = &schema["$defs"]["action"];
        for field in fields.keys() {
            assert!(
                !known["properties"][field].is_null(),
                "{field} is not in the schema"
            );
        }
        for field in known["required"].as_array().unwrap() {
            assert!(
                fields.contains_key(field.as_str().unwrap()),
                "{field} is missing"
            );
        }
    }
}
