//! The fuzz bodies over generated input, so that they run with every test.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::bodies;

/// Text near the formats: their words and their punctuation in any order.
fn near_json() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("NaN".to_owned()),
        Just("-Infinity".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("\"name\"".to_owned()),
        Just("\"phases\"".to_owned()),
        "-?[0-9]{1,4}(\\.[0-9])?",
        "\"[^\"\\\\]{0,6}\"",
        "[ \\t\\n]{0,3}",
    ];
    vec(words, 0..40).prop_map(|words| words.concat())
}

/// A whole manifest with values of the right and of wrong kinds.
fn near_manifest() -> impl Strategy<Value = String> {
    let text = || {
        prop_oneof![
            4 => any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
            1 => Just("null".to_owned()),
            1 => Just("\"\\udfff\u{10fffe}\"".to_owned()),
            1 => Just("7".to_owned()),
        ]
    };
    let status = prop_oneof![Just("ready"), Just("planning"), Just("done"), Just("x")];
    let cursor = prop_oneof![
        Just("\"a\""),
        Just("\"\""),
        Just("0"),
        Just("-3"),
        Just("99")
    ];
    (
        text(),
        text(),
        text(),
        text(),
        status,
        cursor,
        any::<bool>(),
    )
        .prop_map(|(name, stamp, reason, file, status, cursor, done)| {
            format!(
                "{{\"name\": {name}, \"created_at\": {stamp}, \"last_touch\": \"\", \
                 \"human_review_reason\": {reason}, \"status\": \"{status}\", \
                 \"current_phase\": {cursor}, \"phases\": [{{\"name\": \"a\", \"file\": {file}, \
                 \"done\": {done}, \"ready_when\": {reason}}}]}}"
            )
        })
}

/// A planning record of some length that replays, or nearly does.
fn near_state() -> impl Strategy<Value = String> {
    let path = [
        ("approaches", "completed"),
        ("pick-best", "completed"),
        ("expand", "completed"),
        ("review", "findings"),
        ("revise", "completed"),
        ("review-2", "clear"),
        ("final-review", "reject"),
    ];
    let cursors = [
        "approaches",
        "pick-best",
        "expand",
        "review",
        "revise",
        "review-2",
        "final-review",
        "terminal-skipped",
    ];
    (0..=path.len(), any::<String>(), vec("[a-z./]{0,12}", 7)).prop_map(move |(length, text, outputs)| {
        let steps: Vec<_> = path[..length]
            .iter()
            .zip(&outputs)
            .map(|((name, outcome), output)| {
                serde_json::json!({"name": name, "outcome": outcome, "completed_at": text, "outputs": {"stdout": output}})
            })
            .collect();
        serde_json::json!({
            "schema_version": 1,
            "target": text,
            "next_step": cursors[length],
            "completed_steps": steps,
            "started_at": "",
            "updated_at": "",
            "feedback": [text],
            "review_findings": (length > 3).then(|| outputs[3].clone()),
            "final_decision": (length == 7).then_some("reject"),
            "final_reason": (length == 7).then_some("x"),
        })
        .to_string()
    })
}

/// Text with the headings and keys of phase documents in it.
fn near_document() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\n## Precondition\n".to_owned()),
        Just("##\u{a0}definition of done ".to_owned()),
        Just("\nrequired_effort:".to_owned()),
        Just("\r\n".to_owned()),
        Just("phase-1-a.md\n".to_owned()),
        Just("phase-\u{661}-.md\n".to_owned()),
        Just("final-decision: reject - ".to_owned()),
        any::<String>(),
        "[#` :.a-z\\n]{0,8}",
    ];
    vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_are_refused_or_survive(bytes in vec(any::<u8>(), 0..200)) {
        bodies::manifest(&bytes);
        bodies::planning_state(&bytes);
        bodies::phase_document(&bytes);
        bodies::slug(&bytes);
    }

    #[test]
    fn manifests_survive_being_saved(text in prop_oneof![near_manifest(), near_json()]) {
        bodies::manifest(text.as_bytes());
    }

    #[test]
    fn planning_records_survive_being_saved(text in prop_oneof![3 => near_state(), 1 => near_json()]) {
        bodies::planning_state(text.as_bytes());
    }

    #[test]
    fn phase_documents_can_hold_anything(text in near_document()) {
        bodies::phase_document(text.as_bytes());
    }

    #[test]
    fn slugs_are_safe_whatever_they_are_made_from(text in any::<String>()) {
        bodies::slug(text.as_bytes());
    }
}

#[test]
fn the_generated_records_reach_the_bodies() {
    // Without this the properties above could hold for want of a valid input.
    use piton_migration::planning::PlanningState;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = near_state();
    let valid = (0..50)
        .filter_map(|_| strategy.new_tree(&mut runner).ok())
        .filter(|tree| PlanningState::decode(tree.current().as_bytes()).is_ok())
        .count();
    assert!(valid > 25, "{valid} of 50");
}
