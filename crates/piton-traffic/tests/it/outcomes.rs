//! What the collector makes of cases that the original got wrong: the numbers
//! are those of the specification.

use serde_json::{Value, json};

use crate::vectors::run;

/// A state that was collected into before, with the ledger in place.
fn state(rows: &Value, more: &Value) -> Value {
    let mut organic = json!({});
    let mut ci_unique = json!({});
    for row in rows.as_array().unwrap() {
        let day = &row["date"].as_str().unwrap()[..10];
        organic[day] = row["organicClones"].clone();
        let rest = row["organicUniqueClones"].as_i64();
        let uniques = row["uniqueClones"].as_i64().unwrap_or(0);
        ci_unique[day] = json!(rest.map_or(0, |rest| uniques - rest));
    }
    let mut state = json!({
        "schemaVersion": 3, "trackingSince": "2026-01-02T00:00:00Z",
        "repoCreatedAt": "2026-01-01T00:00:00Z", "dailyHistory": rows,
        "collector": {"organicCredited": organic, "ciUniqueCredited": ci_unique},
    });
    for (key, value) in more.as_object().unwrap() {
        state[key] = value.clone();
    }
    state
}

fn row(day: &str, clones: (i64, i64), ci: i64, organic_uniques: i64) -> Value {
    json!({
        "date": format!("{day}T00:00:00Z"), "clones": clones.0, "uniqueClones": clones.1,
        "views": 0, "uniqueViews": 0, "ciCheckouts": ci, "ciRuns": i64::from(ci > 0),
        "organicClones": (clones.0 - ci).max(0), "organicUniqueClones": organic_uniques,
        "downloads": 0, "total": clones.0, "capturedAt": format!("{day}T03:00:00Z"),
    })
}

fn clones(days: &[(&str, i64, i64)]) -> Value {
    let days = days.iter().map(|(day, count, uniques)| {
        json!({"timestamp": format!("{day}T00:00:00Z"), "count": count, "uniques": uniques})
    });
    json!({"clones": days.collect::<Vec<_>>()})
}

fn collected(now: &str, state: &Value, api: &Value) -> (Value, String) {
    let outcome = run(&json!({"now": now, "state": state, "api": api}), false);
    assert_eq!(outcome["error"], Value::Null, "{outcome}");
    let files = &outcome["writes"].as_array().unwrap().last().unwrap()["files"];
    let installs = files["installs.json"]["message"].as_str().unwrap();
    (files["state.json"].clone(), installs.to_owned())
}

/// The worked sequence up to its second run: CI made four of nine clones.
fn worked() -> Value {
    let rows = json!([
        row("2026-03-08", (4, 3), 0, 3),
        row("2026-03-09", (6, 4), 0, 4),
        row("2026-03-10", (9, 3), 4, 2),
    ]);
    state(
        &rows,
        &json!({
            "totalClones": 19, "totalUniqueClones": 10, "totalOrganicClones": 15,
            "totalCiCheckouts": 4, "totalCiUniqueClones": 1, "totalOrganicUniqueClones": 9,
            "ciCheckouts": {"2026-03-10": {"total": 4, "runs": 1, "byWorkflow": {}}},
            "lastSeenCloneCounts": {"2026-03-08": 4, "2026-03-09": 6, "2026-03-10": 9},
            "_lastSeenUniqueClones": {"2026-03-08": 3, "2026-03-09": 4, "2026-03-10": 3},
        }),
    )
}

#[test]
fn the_next_day_credits_what_came_late_and_forgets_no_ci() {
    let api = json!({
        "clones": clones(&[("2026-03-08", 4, 3), ("2026-03-09", 6, 4), ("2026-03-10", 12, 5)]),
        "runs": [],
    });
    let (state, installs) = collected("2026-03-11T03:00:00Z", &worked(), &api);
    assert_eq!(
        (
            &state["totalOrganicClones"],
            &state["totalCiUniqueClones"],
            &state["totalOrganicUniqueClones"]
        ),
        (&json!(18), &json!(1), &json!(11))
    );
    assert_eq!(installs, "18 (+8 24h)");
}

#[test]
fn a_count_that_falls_and_recovers_is_counted_once() {
    let rows = json!([row("2026-03-09", (10, 4), 0, 4)]);
    let before = state(
        &rows,
        &json!({
            "totalClones": 50, "totalUniqueClones": 20, "totalOrganicClones": 50,
            "lastSeenCloneCounts": {"2026-03-09": 10}, "_lastSeenUniqueClones": {"2026-03-09": 4},
        }),
    );
    let api = |count, uniques| json!({"clones": clones(&[("2026-03-09", count, uniques)])});
    let (fallen, _) = collected("2026-03-10T03:00:00Z", &before, &api(8, 3));
    let (state, _) = collected("2026-03-10T15:00:00Z", &fallen, &api(10, 4));
    assert_eq!(
        (&state["totalClones"], &state["totalUniqueClones"]),
        (&json!(50), &json!(20))
    );
    // The original forgot that it had seen ten; the row still knows.
    let mut forgetful = before;
    forgetful["lastSeenCloneCounts"] = json!({"2026-03-09": 8});
    let (state, _) = collected("2026-03-10T15:00:00Z", &forgetful, &api(10, 4));
    assert_eq!(state["totalClones"], json!(50));
}

#[test]
fn a_day_that_was_all_ci_has_no_organic_clone_anywhere() {
    let rows = json!([row("2026-03-17", (9, 1), 9, 0)]);
    let api = json!({
        "clones": clones(&[("2026-03-17", 9, 1)]),
        "releases": [{"tag_name": "v0", "assets": [{"name": "a", "download_count": 7}]}],
    });
    let more = json!({
        "totalClones": 100, "totalOrganicClones": 0, "totalDownloads": 7, "previousTotalDownloads": 7,
        "ciCheckouts": {"2026-03-17": {"total": 9, "runs": 1, "byWorkflow": {}}},
    });
    let before = state(&rows, &more);
    let (after, installs) = collected("2026-03-20T03:00:00Z", &before, &api);
    assert_eq!(
        (installs.as_str(), &after["totalOrganicClones"]),
        ("7", &json!(0))
    );
    // On taking over, the totals are a lower bound, and come first.
    let mut taken_over = before;
    taken_over.as_object_mut().unwrap().remove("collector");
    let (after, _) = collected("2026-03-20T03:00:00Z", &taken_over, &api);
    assert_eq!(after["totalOrganicClones"], json!(100));
}

#[test]
fn actions_that_cannot_be_read_take_no_ci_away() {
    let api = json!({
        "clones": clones(&[("2026-03-10", 9, 3)]),
        "runs": {"__error": "Server Error"},
    });
    let (state, _) = collected("2026-03-10T20:00:00Z", &worked(), &api);
    assert_eq!(
        (&state["totalCiCheckouts"], &state["totalOrganicClones"]),
        (&json!(4), &json!(15))
    );
}

#[test]
fn the_organic_total_never_falls_with_the_day() {
    let mut rows = vec![];
    for day in 1..=29 {
        rows.push(row(&format!("2026-04-{day:02}"), (10, 4), 0, 4));
    }
    rows.push(row("2026-04-30", (0, 0), 0, 0));
    let more = json!({
        "totalClones": 1180, "totalOrganicClones": 700, "_previousOrganicToday": 60,
        "lastSeenCloneCounts": {"2026-04-29": 10},
    });
    let before = state(&json!(rows), &more);
    let api = json!({"clones": clones(&[("2026-04-29", 10, 4), ("2026-04-30", 10, 4)])});
    let (after, _) = collected("2026-05-01T03:00:00Z", &before, &api);
    assert_eq!(after["totalOrganicClones"], json!(710));
}

#[test]
fn ci_after_the_nightly_run_is_counted_the_next_night() {
    let day = |day: usize| format!("2026-03-{day:02}");
    let runs = (1..=5).map(|today| {
        let days: Vec<String> = (1..today).map(day).collect();
        let seen: Vec<(&str, i64, i64)> = days.iter().map(|day| (day.as_str(), 20, 3)).collect();
        let (mut by_day, mut jobs) = (json!({}), json!({}));
        for (index, day) in days.iter().enumerate() {
            let ids = (0..15).map(|run| format!("{index}{run:02}"));
            by_day[day] = ids
                .clone()
                .map(|id| json!({"id": id, "name": "CI"}))
                .collect();
            for id in ids {
                jobs[id] = json!([{"steps": [{"name": "Run actions/checkout@v4"}]}]);
            }
        }
        json!({
            "now": format!("{}T03:00:00Z", day(today)),
            "api": {"clones": clones(&seen), "runs": by_day, "jobs": jobs},
        })
    });
    let runs: Vec<Value> = runs.collect();
    let outcome = run(&json!({"initial_state": {}, "runs": runs}), false);
    let last = outcome["runs"].as_array().unwrap().last().unwrap();
    let state = &last["writes"].as_array().unwrap().last().unwrap()["files"]["state.json"];
    assert_eq!(
        (
            &state["totalClones"],
            &state["totalCiCheckouts"],
            &state["totalOrganicClones"]
        ),
        (&json!(80), &json!(60), &json!(20))
    );
}

#[test]
fn a_deleted_release_takes_nothing_away() {
    let rows = json!([row("2026-03-09", (10, 4), 0, 4)]);
    let more =
        json!({"totalDownloads": 12, "previousTotalDownloads": 12, "totalOrganicClones": 10});
    let api = json!({
        "releases": [{"tag_name": "v0", "assets": [{"name": "a", "download_count": 5}]}],
    });
    let (after, _) = collected("2026-03-10T03:00:00Z", &state(&rows, &more), &api);
    assert_eq!(
        (&after["totalDownloads"], &after["previousTotalDownloads"]),
        (&json!(12), &json!(12))
    );
}

#[test]
fn the_first_day_of_a_month_comes_out_of_the_gists_history_for_its_archive() {
    let day = |n: i64| format!("2026-01-{n:02}");
    let rows: Vec<Value> = (2..=31).map(|n| row(&day(n), (10, 5), 2, 4)).collect();
    let earlier: Vec<Value> = (1..=30).map(|n| row(&day(n), (10, 5), 2, 4)).collect();
    let more = json!({"totalClones": 310, "totalOrganicClones": 248, "trackingSince": "2026-01-01T00:00:00Z"});
    let input = json!({
        "now": "2026-02-01T03:00:00Z", "state": state(&json!(rows), &more), "api": {},
        "gist": {"revisions": [{"version": "a", "state": {"dailyHistory": earlier}}]},
    });
    let outcome = run(&input, false);
    let file = &outcome["writes"][0]["files"]["archive-2026-01.json"];
    let days = file["dailyHistory"].as_array().unwrap();
    assert_eq!(
        (days.len(), &days[0]["date"]),
        (31, &json!("2026-01-01T00:00:00Z"))
    );
    assert_eq!(file["monthSummary"]["clones"], 310);
}

#[test]
fn a_total_that_is_no_count_is_not_begun_anew() {
    let now = "2026-03-10T03:00:00Z";
    let with = |field: &str, value: Value| {
        let mut state =
            json!({"totalClones": 12, "trackingSince": "2026-03-01T03:00:00Z", "dailyHistory": []});
        state[field] = value;
        run(&json!({"now": now, "state": state}), false)
    };
    for (field, value) in [
        ("totalClones", json!("12")),
        ("totalViews", json!([3])),
        ("totalDownloads", json!(3.5)),
        ("totalOrganicClones", json!(i64::MAX)),
        ("totalUniqueClones", json!(1e300)),
        ("dailyHistory", json!({"2026-03-01": {"clones": 3}})),
    ] {
        let outcome = with(field, value);
        let error = outcome["error"].as_str().unwrap();
        let told = format!("`{field}`");
        assert!(
            error.contains("cannot be used") && error.contains(&told),
            "{error}"
        );
        assert_eq!(outcome["writes"], json!([]));
    }
    for (field, value) in [
        ("totalClones", json!(12.0)),
        ("totalViews", Value::Null),
        ("dailyHistory", Value::Null),
    ] {
        let outcome = with(field, value);
        assert_eq!(outcome["error"], Value::Null, "{field}");
    }
}

#[test]
fn assets_without_ids_are_told_apart_and_known_again_with_them() {
    let release = |assets: Value| json!({"releases": [{"tag_name": "v1", "assets": assets}]});
    let asset = |id: Option<i64>, count: i64| {
        let mut asset = json!({"name": "a", "download_count": count});
        if let Some(id) = id {
            asset["id"] = json!(id);
        }
        asset
    };
    let runs = json!([
        {"now": "2026-03-10T03:00:00Z", "api": release(json!([asset(None, 3), asset(None, 4)]))},
        {"now": "2026-03-11T03:00:00Z", "api": release(json!([asset(None, 3), asset(None, 6)]))},
        {"now": "2026-03-12T03:00:00Z", "api": release(json!([asset(Some(70), 5), asset(Some(71), 6)]))},
        {"now": "2026-03-13T03:00:00Z", "api": release(json!([asset(Some(70), 1)]))},
        {"now": "2026-03-14T03:00:00Z", "api": release(json!([asset(Some(70), 5), asset(Some(72), 2)]))},
    ]);
    let initial = json!({"totalClones": 0, "dailyHistory": []});
    let outcome = run(&json!({"initial_state": initial, "runs": runs}), false);
    let totals: Vec<i64> = outcome["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["writes"].as_array().unwrap().last().unwrap()["files"]["state.json"]["totalDownloads"].as_i64().unwrap())
        .collect();
    assert_eq!(totals, [7, 9, 11, 11, 13]);
}
