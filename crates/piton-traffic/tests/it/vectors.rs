//! The recordings of the original, replayed in compatibility mode key for key.
//! Skipped where the corpus is not there.

use std::path::PathBuf;

use piton_traffic::collect::replay;
use serde_json::{Value, json};

pub(crate) fn folder() -> Option<PathBuf> {
    Some(piton_testkit::shared_dir()?.join("corpus/traffic/vectors"))
}

/// Replays a recording; the result as plain JSON.
pub(crate) fn run(recording: &Value, compat: bool) -> Value {
    let bytes = serde_json::to_vec(recording).unwrap();
    let replayed = replay(&bytes, compat).unwrap();
    serde_json::from_str(&replayed.pretty()).unwrap()
}

/// Tells where two values differ, by path.
fn differences(path: &str, got: &Value, wanted: &Value, out: &mut Vec<String>) {
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) => {
            let keys: std::collections::BTreeSet<_> = got.keys().chain(wanted.keys()).collect();
            for key in keys {
                let none = json!("(absent)");
                let (one, other) = (
                    got.get(key).unwrap_or(&none),
                    wanted.get(key).unwrap_or(&none),
                );
                differences(&format!("{path}.{key}"), one, other, out);
            }
        }
        (Value::Array(got), Value::Array(wanted)) if got.len() == wanted.len() => {
            for (index, (one, other)) in got.iter().zip(wanted).enumerate() {
                differences(&format!("{path}[{index}]"), one, other, out);
            }
        }
        _ if got == wanted => {}
        _ => out.push(format!("{path}: got {got}, wanted {wanted}")),
    }
}

#[test]
fn every_recording_of_the_original_is_reproduced_key_for_key() {
    let Some(folder) = folder() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let mut faults = Vec::new();
    let (mut tried, mut tagged) = (0, 0);
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    for path in names {
        let recording: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        if recording["workflow"] != "0.3.6" {
            // The index, end states alone, recordings of a later release.
            continue;
        }
        tagged += 1;
        let name = recording["name"].as_str().unwrap_or_default().to_owned();
        if recording.get("input").is_some() {
            let got = run(&recording, true);
            for key in ["error", "writes"] {
                differences(
                    &format!("{name}.{key}"),
                    &got[key],
                    &recording["expected"][key],
                    &mut faults,
                );
            }
            tried += 1;
        } else if let Some(expected) = recording["expected_per_run"].as_array() {
            let got = run(&recording, true);
            let runs = got["runs"].as_array().unwrap();
            assert_eq!(runs.len(), expected.len(), "{name}");
            for (index, (run, wanted)) in runs.iter().zip(expected).enumerate() {
                let place = format!("{name}[{index}]");
                if wanted.get("writes").is_some() {
                    differences(
                        &format!("{place}.writes"),
                        &run["writes"],
                        &wanted["writes"],
                        &mut faults,
                    );
                    continue;
                }
                let writes = run["writes"].as_array().unwrap();
                let files = &writes.last().unwrap()["files"];
                let state = &files["state.json"];
                for (key, value) in wanted.as_object().unwrap() {
                    let got = match key.as_str() {
                        "badges" => ["installs", "downloads", "clones", "views"]
                            .map(|name| files[format!("{name}.json")]["message"].clone())
                            .to_vec()
                            .into(),
                        "rows" => json!(state["dailyHistory"].as_array().unwrap().len()),
                        _ => state[key].clone(),
                    };
                    differences(&format!("{place}.{key}"), &got, value, &mut faults);
                }
            }
            let last = runs.last().unwrap()["writes"]
                .as_array()
                .unwrap()
                .last()
                .unwrap();
            let state = &last["files"]["state.json"];
            differences(
                &format!("{name}.final"),
                state,
                &recording["expected_final_state"],
                &mut faults,
            );
            tried += 1;
        } else {
            panic!("{name} has no input, and nothing that is expected of its runs");
        }
    }
    assert_eq!(tried, tagged, "none is passed over");
    faults.truncate(40);
    assert!(
        faults.is_empty(),
        "{} differences:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(tried >= 20, "only {tried} recordings were found");
}
