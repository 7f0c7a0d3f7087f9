//! The original's own answers.
//!
//! Where piton differs on purpose, the case is in the list of its vector, with
//! what piton answers instead.

use std::fs;

use piton_base::Effort;
use piton_loop::commit;
use piton_loop::effort::EffortBudget;
use piton_loop::failures::Scalar;
use piton_loop::replies::{
    CandidateKind, Decision, FinalDecision, ReadyAnswer, Recommendation, Route, ScopeSelection,
    StatusBlock,
};
use piton_loop::sanitize::sanitize;
use piton_loop::taste::TasteVersion;
use piton_testkit::shared_dir;
use serde_json::{Value, json};

/// Runs one vector; `differences` are the cases that piton answers its own way.
fn check(name: &str, differences: &[(&str, Value)], answer: impl Fn(&Value) -> Value) {
    let Some(shared) = shared_dir() else {
        println!("skipped: no corpus beside this workspace");
        return;
    };
    let path = shared.join("corpus/vectors").join(format!("{name}.jsonl"));
    let text = fs::read_to_string(&path).unwrap();
    let mut cases = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        let ours = answer(&case["in"]);
        match differences
            .iter()
            .find(|(input, _)| case["in"].to_string().contains(input))
        {
            Some((_, expected)) => {
                assert_eq!(&ours, expected, "{id}, which differs on purpose");
                assert_ne!(ours, case["out"], "{id} does not differ any more");
            }
            None => assert_eq!(ours, case["out"], "{id}: {}", case["in"]),
        }
        cases += 1;
    }
    assert!(cases > 0, "{name} has no cases");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn status_blocks_are_read_as_the_original_reads_them() {
    check("status_block", &[], |input| {
        let status = StatusBlock::parse(text(&input["text"])).map(|block| {
            json!({
                "commit_rationale": block.commit_rationale,
                "decision": block.decision.map(Decision::as_str),
                "evidence": block.evidence,
                "failure_kind": block.failure_kind,
                "next_retry_focus": block.next_retry_focus,
                "phase_reached": block.phase_reached,
                "retry_recommendation": block.retry_recommendation.map(Recommendation::as_str),
                "summary": block.summary,
                "tests_run": block.tests_run,
            })
        });
        json!({ "status": status })
    });
}

#[test]
fn ready_answers_are_read_as_the_original_reads_them_and_in_list_items_too() {
    let differences = [
        (
            "\"- ready: yes\"",
            json!({"reason": "yes", "verdict": "yes"}),
        ),
        // An answer that contradicts itself is none.
        (r"ready: yes\nready: no - later", json!({"error": true})),
    ];
    check("ready", &differences, |input| {
        match ReadyAnswer::parse(text(&input["stdout"])) {
            Ok(answer) => json!({"reason": answer.reason, "verdict": answer.verdict.as_str()}),
            Err(_) => json!({"error": true}),
        }
    });
}

#[test]
fn final_decisions_are_read_as_the_original_reads_them_and_in_list_items_too() {
    let differences = [(
        "\"- final-decision: reject\"",
        json!({"decision": "reject", "reason": "reject"}),
    )];
    check(
        "final_decision",
        &differences,
        |input| match FinalDecision::parse(text(&input["stdout"])) {
            Ok(read) => json!({"decision": read.decision.as_str(), "reason": read.reason}),
            Err(_) => json!({"error": true}),
        },
    );
}

#[test]
fn routes_are_read_as_the_original_reads_them() {
    check("classifier", &[], |input| {
        match Route::parse(text(&input["stdout"])) {
            Ok(route) => json!({"decision": route.as_str()}),
            Err(_) => json!({"error": true}),
        }
    });
}

#[test]
fn scope_selections_are_read_as_the_original_reads_them() {
    // An answer that contradicts itself is none.
    let differences = [(
        r"selected-candidate: seed - a\nselected-candidate: local-cluster - b",
        json!({"error": true}),
    )];
    check("scope_selection", &differences, |input| {
        let offered: Vec<CandidateKind> = input["available"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| text(name).parse().unwrap())
            .collect();
        match ScopeSelection::parse(text(&input["stdout"]), &offered) {
            Ok(selection) => json!({"kind": selection.kind.as_str(), "reason": selection.reason}),
            Err(_) => json!({"error": true}),
        }
    });
}

#[test]
fn summaries_are_cleaned_as_the_original_cleans_them() {
    check(
        "sanitize",
        &[],
        |input| json!({"text": sanitize(text(&input["text"]), text(&input["repo_root"]))}),
    );
}

fn tier(value: &Value) -> Result<Option<Effort>, ()> {
    match value {
        Value::Null => Ok(None),
        Value::String(word) => word.parse().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

#[test]
fn effort_budgets_are_checked_as_the_original_checks_them() {
    check("effort_budget", &[], |input| {
        let budget = tier(&input["default"])
            .and_then(|default| Ok((default, tier(&input["max"])?)))
            .and_then(|(default, max)| EffortBudget::new(default, max).map_err(|_| ()));
        match budget {
            Ok(budget) => {
                json!({"budget": [budget.default_tier().as_str(), budget.max().as_str()]})
            }
            Err(()) => json!({"error": true}),
        }
    });
}

#[test]
fn the_effort_of_phases_is_resolved_as_the_original_resolves_it() {
    check("effort_phase", &[], |input| {
        let budget = tier(&input["default"])
            .and_then(|default| Ok((default, tier(&input["max"])?)))
            .and_then(|(default, max)| EffortBudget::new(default, max).map_err(|_| ()));
        match budget {
            Ok(budget) => {
                let required = tier(&input["required"]).unwrap();
                serde_json::to_value(budget.for_phase(required, None)).unwrap()
            }
            Err(()) => json!({"error": true}),
        }
    });
}

#[test]
fn commit_messages_are_the_original_s() {
    check("commit_message", &[], |input| {
        let validation = input["validation"].as_str();
        json!({
            "message": commit::message(text(&input["subject"]), text(&input["why"]), validation)
        })
    });
}

#[test]
fn rationales_are_chosen_as_the_original_chooses_them() {
    check("commit_rationale", &[], |input| {
        let field = |key: &str| input["status"][key].as_str().map(str::to_owned);
        let status = input["status"].is_object().then(|| StatusBlock {
            commit_rationale: field("commit_rationale"),
            summary: field("summary"),
            ..StatusBlock::default()
        });
        let why = commit::rationale(
            status.as_ref(),
            text(&input["fallback"]),
            text(&input["repo_root"]),
        );
        json!({ "why": why })
    });
}

#[test]
fn taste_versions_are_read_as_the_original_reads_them() {
    check("taste_version", &[], |input| {
        let version = TasteVersion::of(text(&input["text"]));
        let number = match version {
            TasteVersion::Declared(number) => json!(number),
            TasteVersion::Unknown => Value::Null,
        };
        json!({"stale": version.is_stale(), "version": number})
    });
}

#[test]
fn front_matter_scalars_are_the_original_s() {
    check("yaml_scalar", &[], |input| {
        let scalar = match &input["value"] {
            Value::Null => Scalar::optional(None),
            Value::Bool(truth) => Scalar::Bool(*truth),
            Value::Number(number) => Scalar::Integer(number.as_i64().unwrap()),
            Value::String(text) => Scalar::from(text.as_str()),
            other => panic!("no scalar: {other}"),
        };
        json!({"text": scalar.to_string()})
    });
}

#[test]
fn patterns_match_what_the_original_s_match() {
    use piton_loop::targets::glob::Glob;
    check("glob", &[], |input| {
        let pattern = Glob::new(text(&input["pattern"]));
        json!({ "match": pattern.matches(text(&input["path"])) })
    });
}

#[test]
fn extensions_and_lists_are_split_as_the_original_splits_them() {
    use piton_loop::targets::{glob, select};
    check(
        "extensions",
        &[],
        |input| json!({ "patterns": glob::of_extensions(text(&input["raw"])) }),
    );
    check("split_args", &[], |input| {
        json!({
            "globs": glob::split(text(&input["globs"])),
            "paths": select::split_paths(text(&input["paths"])),
        })
    });
}

#[test]
fn lines_of_target_files_are_read_as_the_original_reads_them() {
    use piton_loop::targets::line;
    check("target_line", &[], |input| {
        match line::read(&input["value"]) {
            Err(_) => json!({ "target": null, "warnings": 1 }),
            Ok(target) => json!({
                "target": {
                    "description": target.description,
                    "effort": target.effort.map(Effort::as_str),
                    "files": target.files,
                    "model": target.model,
                    "scoping": target.scoping,
                },
                "warnings": 0,
            }),
        }
    });
}
