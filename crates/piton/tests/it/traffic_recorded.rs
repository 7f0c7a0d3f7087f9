//! Recordings that the collector replays.

use std::fs;

use serde_json::{Value, json};

use crate::env::TestEnv;

fn recording() -> Value {
    json!({
        "now": "2026-03-10T03:00:00Z",
        "state": {
            "totalClones": 4, "trackingSince": "2026-03-09T03:00:00Z", "repoCreatedAt": "2026-01-01T00:00:00Z",
            "dailyHistory": [{"date": "2026-03-09T00:00:00Z", "clones": 4, "uniqueClones": 1, "ciCheckouts": 1, "organicClones": 3}],
        },
        "api": {
            "clones": {"clones": [{"timestamp": "2026-03-09T00:00:00Z", "count": 6, "uniques": 2}]},
            "repo": {"stargazers_count": 5, "forks_count": 2, "open_issues_count": 1, "created_at": "2026-01-01T00:00:00Z"},
        },
    })
}

#[test]
fn a_recording_is_replayed_outside_a_repository_and_touches_nothing() {
    let env = TestEnv::new();
    let outside = env.home.path().join("elsewhere");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("run.json"), recording().to_string()).unwrap();
    let mut command = env.command(&["traffic", "collect", "--replay", "run.json"]);
    let ran = env.finish(command.current_dir(&outside).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let outcome: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(outcome["error"], Value::Null);
    let files = &outcome["writes"][0]["files"];
    assert_eq!(files["state.json"]["totalClones"], 6);
    let names: Vec<_> = files.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 5);
    let installs = ran.stdout.find("installs.json").unwrap();
    assert!(
        installs < ran.stdout.find("state.json").unwrap(),
        "in the order of writing"
    );
    let left: Vec<_> = fs::read_dir(&outside).unwrap().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn compatibility_is_asked_for_by_name() {
    let env = TestEnv::new();
    env.repo.write("run.json", &recording().to_string());
    let replay = |more: &[&str]| {
        let args = [&["traffic", "collect", "--replay", "run.json"], more].concat();
        let ran = env.ok(&args);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["writes"][0]["files"]["state.json"]
            .clone()
    };
    assert!(replay(&["--compat"]).get("collector").is_none());
    assert!(replay(&[]).get("collector").is_some());
}

#[test]
fn what_is_no_recording_is_refused_by_field() {
    let env = TestEnv::new();
    for (text, told) in [
        ("{", "it is not JSON"),
        ("[]", "`the recording` is not an object"),
        ("{}", "`now` is missing"),
        (r#"{"now": "yesterday"}"#, "`now` is not a time"),
        (
            r#"{"now": "2026-03-10T03:00:00Z", "state": {}, "api": {"clones": 3}}"#,
            "`api.clones` is not what GitHub answers",
        ),
        (r#"{"runs": [3]}"#, "`runs[0]` is not an object"),
    ] {
        env.repo.write("run.json", text);
        let ran = env.run(&["traffic", "collect", "--replay", "run.json"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    let ran = env.run(&["traffic", "collect", "--replay", "none.json"]);
    assert_eq!(ran.code, 2);
}
