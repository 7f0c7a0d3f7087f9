//! What real commands write with `--events`.

use std::collections::BTreeSet;

use piton_testkit::Replies;
use serde_json::Value;

use super::{keep, schema, validator};
use crate::documents::events::differences;
use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

#[test]
fn every_line_of_events_is_as_its_schema_says() {
    let env = TestEnv::staged();
    let run = |words: &str, more: &[String]| {
        let mut all: Vec<String> = words.split(' ').map(str::to_owned).collect();
        all.extend(strings(&["--events", ".git/events.jsonl"]));
        all.extend_from_slice(more);
        env.run(&all)
    };
    let _ = run(&format!("migration new {SLUG} --target x"), &[]);
    let limit = Replies::new().fails("", "limit-reached", "weekly limit");
    let ran = run(
        &format!("migration step {SLUG}"),
        &env.script("limit", &limit),
    );
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let good = env.script("good", GOOD);
    let ran = run(&format!("migration step {SLUG} --until ready"), &good);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.repo.write("check.sh", "! grep -q BROKEN src/lib.rs\n");
    env.repo.commit_all("a check");
    // Badly, and then well.
    let script = Replies::new()
        .carries_out("// BROKEN\n")
        .carries_out("// more\n");
    let mut carries = env.script("carries", &script);
    carries.extend(strings(&["--validation-command", "sh check.sh"]));
    carries.extend(strings(&["--max-attempts", "2"]));
    let ran = run("run --focus-on-live-migrations", &carries);
    assert_eq!(ran.code, 0, "{}", ran.shown());

    let schema = schema("events");
    let mut kinds = BTreeSet::new();
    for line in env.repo.read(".git/events.jsonl").lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(differences(&line), [""; 0], "{line}");
        assert_eq!(validator::differences(&schema, &line), [""; 0], "{line}");
        let kind = line["event"].as_str().unwrap().to_owned();
        if kinds.insert(kind.clone()) {
            keep(&format!("events.{kind}"), &line);
        }
    }
    assert!(kinds.len() > 15, "{kinds:?}");
    let all = env.repo.read(".git/events.jsonl");
    assert!(all.contains("\"status\":\"limit_reached\""), "{all}");
    let mut wrong = serde_json::json!({"timestamp": "t", "level": "INFO", "message": "m",
        "event": "noted"});
    assert_eq!(validator::differences(&schema, &wrong).len(), 1, "no text");
    wrong["event"] = "of-a-later-piton".into();
    assert_eq!(validator::differences(&schema, &wrong), [""; 0]);
}
