//! Recordings that are wrong in every way: each is refused in words, or replayed
//! to something that is JSON and holds no count below nothing.

use piton_traffic::collect::replay;
use proptest::prelude::*;
use serde_json::{Value, json};

fn recording() -> Value {
    json!({
        "now": "2026-03-10T03:00:00Z", "event": "schedule", "owner": "acme", "repo": "widget",
        "gistId": "BADGE", "archiveGistId": "ARCH",
        "state": {
            "schemaVersion": 3, "totalClones": 40, "totalUniqueClones": 9, "totalViews": 90,
            "totalDownloads": 3, "previousTotalDownloads": 3, "totalOrganicClones": 30,
            "trackingSince": "2026-02-01T03:00:00Z", "repoCreatedAt": "2026-01-01T00:00:00Z",
            "lastSeenCloneCounts": {"2026-03-08": 4, "2026-03-09": 6}, "stars": 4,
            "dailyHistory": [
                {"date": "2026-02-28T00:00:00Z", "clones": 4, "uniqueClones": 1, "ciCheckouts": 1, "organicClones": 3, "total": 4},
                {"date": "2026-03-08T00:00:00Z", "capturedAt": "2026-03-09T03:00:00Z", "clones": 4, "views": 8, "downloads": 1},
            ],
            "ciCheckouts": {"2026-03-08": {"total": 1, "runs": 1, "byWorkflow": {"CI": {"runs": 1, "checkoutsPerRun": [1]}}}},
            "collector": {
                "organicCredited": {"2026-03-08": 3}, "downloadsByAsset": {"7": 3},
                "ciCountedAt": {"2026-03-08": "2026-03-09T03:00:00Z"},
                "recentRows": [{"date": "2026-02-01T00:00:00Z", "clones": 2}], "failures": {"views": 2},
            },
        },
        "archive": {"archive.json": {"repo": "acme/widget", "archives": []}, "archive-2026-02.json": {"dailyHistory": [{"date": "2026-02-01T00:00:00Z", "clones": 1}]}},
        "gist": {"revisions": [{"dailyHistory": [{"date": "2026-02-02T00:00:00Z", "clones": 5}]}]},
        "api": {
            "releases": [{"tag_name": "v1", "assets": [{"id": 7, "name": "a", "download_count": 5}]}],
            "clones": {"clones": [{"timestamp": "2026-03-09T00:00:00Z", "count": 6, "uniques": 2}, {"timestamp": "2026-03-10T00:00:00Z", "count": 1, "uniques": 1}]},
            "views": {"views": [{"timestamp": "2026-03-09T00:00:00Z", "count": 16, "uniques": 3}]},
            "repo": {"stargazers_count": 5, "forks_count": 2, "open_issues_count": 1, "created_at": "2026-01-01T00:00:00Z"},
            "referrers": [{"referrer": "x", "count": 1, "uniques": 1}],
            "paths": [{"path": "/", "title": "t", "count": 1, "uniques": 1}],
            "runs": {"2026-03-09": [{"id": 1, "name": "CI", "created_at": "2026-03-09T04:00:00Z"}], "2026-03-10": []},
            "jobs": {"1": [{"steps": [{"name": "Run actions/checkout@v4", "conclusion": "success"}]}]},
        },
    })
}

fn odd() -> Vec<Value> {
    let huge: Value = serde_json::from_str("1e300").unwrap();
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        huge,
        json!(1.5),
        json!(""),
        json!("x"),
        json!("2026-02-30"),
        json!("0000-00-00"),
        json!("2024-02-29T00:00:00Z"),
        json!("2026-03-29T02:30:00+02:00"),
        json!("9999-12-31T23:59:59Z"),
        json!("-009999-01-01T00:00:00Z"),
        json!([]),
        json!({}),
        json!([null]),
        json!([{}]),
        json!({"__error": "no"}),
        json!({"__error": 1}),
        json!({"": 0}),
        json!("\u{0}"),
        json!("é".repeat(40)),
        json!({"2026-13-01": -5, "2026-03-09": i64::MAX}),
        json!([[[]]]),
    ]
}

/// The places below a value, each by its way.
fn places(value: &Value, way: &str, out: &mut Vec<String>) {
    let mut below = |key: &str, inner: &Value| {
        let way = format!("{way}/{}", key.replace('~', "~0").replace('/', "~1"));
        out.push(way.clone());
        places(inner, &way, out);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| below(key, inner)),
        Value::Array(list) => (0..)
            .zip(list)
            .for_each(|(index, inner): (usize, _)| below(&index.to_string(), inner)),
        _ => {}
    }
}

fn spoil(recording: &mut Value, (place, how, with): (usize, usize, usize)) {
    let mut all = Vec::new();
    places(recording, "", &mut all);
    let Some(way) = all.get(place % all.len().max(1)) else {
        return;
    };
    let (parent, key) = way.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let odd = odd();
    let new = odd[with % odd.len()].clone();
    match (recording.pointer_mut(parent).unwrap(), how % 5) {
        (Value::Object(map), 0) => _ = map.remove(&key),
        (Value::Array(list), 0) => _ = list.remove(key.parse().unwrap()),
        (Value::Array(list), 1) => list.reverse(),
        (Value::Array(list), 2) => {
            let again = list[key.parse::<usize>().unwrap()].clone();
            list.push(again);
        }
        (Value::Object(map), _) => _ = map.insert(key, new),
        (Value::Array(list), _) => list[key.parse::<usize>().unwrap()] = new,
        _ => {}
    }
}

fn check(recording: &Value) {
    let bytes = serde_json::to_vec(recording).unwrap();
    for compat in [false, true] {
        match replay(&bytes, compat) {
            Err(refused) => assert!(!refused.to_string().is_empty()),
            Ok(done) => {
                let done: Value = serde_json::from_str(&done.pretty()).unwrap();
                let one = done
                    .get("runs")
                    .map_or(vec![done.clone()], |runs| runs.as_array().unwrap().clone());
                for run in one {
                    assert!(run["writes"].is_array(), "{run}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_recording_is_too_odd_to_be_refused_or_replayed(
        spoils in prop::collection::vec((0..400_usize, 0..5_usize, 0..40_usize), 1..5),
        many in any::<bool>(),
    ) {
        let mut recording = recording();
        if many {
            let one = recording.clone();
            let mut next = json!({"now": "2026-03-11T03:00:00Z"});
            next["api"] = one["api"].clone();
            let first = json!({"now": one["now"], "api": one["api"]});
            recording["initial_state"] = recording["state"].take();
            recording["runs"] = json!([first, next]);
        }
        for one in spoils {
            spoil(&mut recording, one);
        }
        check(&recording);
    }
}

#[test]
fn what_is_of_another_kind_is_refused_by_its_field() {
    for (way, value, told) in [
        ("/api", json!([]), "`api`"),
        ("/api", json!("x"), "`api`"),
        ("/api/jobs", json!([]), "`api.jobs`"),
        (
            "/api/clones",
            json!({"clones": [{"timestamp": "soon", "count": 1}]}),
            "`api.clones`",
        ),
        ("/api/runs", json!({"someday": []}), "`api.runs`"),
        ("/gist", json!(3), "`gist`"),
        ("/archive", json!([]), "`archive`"),
        ("/event", json!(3), "`event`"),
        ("/owner", json!([]), "`owner`"),
        ("/now", json!(3), "`now`"),
        ("/gistId", json!(3), "`gistId`"),
    ] {
        let mut recording = recording();
        *recording.pointer_mut(way).unwrap() = value.clone();
        let refused = replay(&serde_json::to_vec(&recording).unwrap(), false);
        let refused = refused.expect_err(&format!("{way} as {value}")).to_string();
        assert!(refused.contains(told), "{way} as {value}: {refused}");
    }
    // Nothing is nothing, as if it were left out.
    for way in ["/api", "/api/jobs", "/gist", "/archive", "/event", "/owner"] {
        let mut recording = recording();
        *recording.pointer_mut(way).unwrap() = Value::Null;
        replay(&serde_json::to_vec(&recording).unwrap(), false).expect(way);
    }
}
