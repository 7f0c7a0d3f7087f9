//! What the recordings come to where the original was wrong.

use serde_json::{Value, json};

use crate::vectors::{folder, run};

/// A recording with the ledger already in place: credits as the rows have them.
fn with_ledger(name: &str) -> Option<Value> {
    let mut recording = plain(name)?;
    let state = &mut recording["input"]["state"];
    let mut organic = json!({});
    let mut ci_unique = json!({});
    for row in state["dailyHistory"].as_array().unwrap() {
        let day = &row["date"].as_str().unwrap()[..10];
        organic[day] = json!(row["organicClones"].as_i64().unwrap_or(0));
        let rest = row["organicUniqueClones"].as_i64();
        ci_unique[day] =
            json!(rest.map_or(0, |rest| row["uniqueClones"].as_i64().unwrap_or(0) - rest));
    }
    state["collector"] = json!({"organicCredited": organic, "ciUniqueCredited": ci_unique});
    Some(recording)
}

fn plain(name: &str) -> Option<Value> {
    let folder = folder()?;
    let path = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            file.starts_with(name)
        });
    let path = path.expect("the corpus has that recording");
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

fn files(outcome: &Value) -> Value {
    outcome["writes"].as_array().unwrap().last().unwrap()["files"].clone()
}

fn message(outcome: &Value, badge: &str) -> String {
    files(outcome)[format!("{badge}.json")]["message"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn row<'v>(state: &'v Value, day: &str) -> Option<&'v Value> {
    let rows = state["dailyHistory"].as_array().unwrap();
    rows.iter()
        .find(|row| row["date"].as_str().unwrap().starts_with(day))
}

#[test]
fn a_second_run_on_a_day_keeps_its_downloads() {
    let Some(recording) = with_ledger("03-") else {
        return;
    };
    let outcome = run(&recording, false);
    let state = &files(&outcome)["state.json"];
    assert_eq!(row(state, "2026-03-10").unwrap()["downloads"], 2);
    assert_eq!(message(&outcome, "installs"), "24 (+8 24h)");
}

#[test]
fn a_read_that_failed_or_is_damaged_writes_nothing() {
    for name in ["06-", "06b-", "07-", "08-"] {
        let Some(recording) = plain(name) else { return };
        let outcome = run(&recording, false);
        assert!(outcome["error"].is_string(), "{name}: {outcome}");
        assert_eq!(outcome["writes"], json!([]), "{name}");
    }
}

#[test]
fn a_state_that_was_not_read_is_not_begun_anew() {
    let clones = json!([{"timestamp": "2026-03-09T00:00:00Z", "count": 7, "uniques": 2}]);
    let collected = |mut input: Value| {
        input["now"] = json!("2026-03-10T03:00:00Z");
        input["api"] = json!({"clones": {"clones": clones}});
        run(&input, false)
    };
    let revisions = |count: u64| json!({"state": null, "gist": {"revisions": count}});
    for unread in [
        json!({"gistError": "502"}),
        json!({"rawState": "{\"totalClones\": 4"}),
        json!({"rawState": "[]"}),
        json!({"state": 7}),
        json!({"state": null}),
        revisions(2),
    ] {
        let outcome = collected(unread.clone());
        assert!(outcome["error"].is_string(), "{unread}: {outcome}");
        assert_eq!(outcome["writes"], json!([]), "{unread}");
    }
    // A gist that was made a moment ago has none yet.
    let outcome = collected(revisions(1));
    assert_eq!(outcome["error"], Value::Null, "{outcome}");
    assert_eq!(files(&outcome)["state.json"]["totalClones"], 7);
}

#[test]
fn a_months_archive_holds_the_days_of_that_month() {
    let Some(recording) = with_ledger("09-") else {
        return;
    };
    let outcome = run(&recording, false);
    let january = &outcome["writes"][0]["files"]["archive-2026-01.json"];
    let rows = january["dailyHistory"].as_array().unwrap();
    assert_eq!(rows.len(), 31);
    assert_eq!(rows[0]["date"], "2026-01-01T00:00:00Z");
    let summary = &january["monthSummary"];
    assert_eq!(
        (
            &summary["clones"],
            &summary["uniqueClones"],
            &summary["views"]
        ),
        (&json!(310), &json!(155), &json!(930))
    );
    let listed = &outcome["writes"][0]["files"]["archive.json"]["archives"][0];
    assert_eq!(
        (&listed["period"], &listed["days"]),
        (&json!("2026-01"), &json!(31))
    );
}

#[test]
fn windows_are_of_the_calendar_and_zero_is_zero() {
    let Some(recording) = with_ledger("10e-") else {
        return;
    };
    assert!(!message(&run(&recording, false), "installs").contains('('));
}

#[test]
fn traffic_that_may_not_be_read_makes_no_row_and_is_loud_the_third_time() {
    let Some(mut recording) = with_ledger("13-") else {
        return;
    };
    let before = recording["input"]["state"].clone();
    let mut errors = Vec::new();
    for (index, now) in [
        "2026-03-11T03:00:00Z",
        "2026-03-11T15:00:00Z",
        "2026-03-12T03:00:00Z",
    ]
    .iter()
    .enumerate()
    {
        recording["input"]["now"] = json!(now);
        let outcome = run(&recording, false);
        let state = files(&outcome)["state.json"].clone();
        assert!(row(&state, "2026-03-11").is_none());
        assert_eq!(
            state["collector"]["failures"]["clones"]["count"],
            json!(index + 1)
        );
        for total in [
            "totalClones",
            "totalViews",
            "totalOrganicClones",
            "totalUniqueClones",
        ] {
            assert_eq!(state[total], before[total], "{total}");
        }
        errors.push(outcome["error"].is_string());
        recording["input"]["state"] = state;
    }
    assert_eq!(errors, [false, false, true]);
}

#[test]
fn the_organic_total_grows_with_every_day() {
    let Some(recording) = plain("14-sequence") else {
        return;
    };
    let outcome = run(&recording, false);
    let state = &files(outcome["runs"].as_array().unwrap().last().unwrap())["state.json"];
    assert_eq!(state["totalClones"], 1190);
    assert_eq!(state["totalOrganicClones"], 1190);
}

#[test]
fn a_state_taken_over_gets_its_organic_total_back() {
    let Some(recording) = plain("14-sequence") else {
        return;
    };
    let runs = recording["runs"].as_array().unwrap();
    let input = json!({
        "now": "2026-05-01T04:00:00Z", "state": recording["expected_final_state"],
        "api": runs.last().unwrap()["api"],
    });
    assert_eq!(input["state"]["totalOrganicClones"], 300);
    let state = files(&run(&input, false))["state.json"].clone();
    assert_eq!(state["totalOrganicClones"], 1190);
}

#[test]
fn first_downloads_count_where_the_state_knows_of_none_before() {
    let Some(mut recording) = with_ledger("15-") else {
        return;
    };
    recording["input"]["state"]["trackingSince"] = json!("2026-01-01T00:00:00Z");
    let state = files(&run(&recording, false))["state.json"].clone();
    let today = recording["input"]["now"].as_str().unwrap()[..10].to_owned();
    assert_eq!(row(&state, &today).unwrap()["downloads"], 12);
    // The very first run cannot tell what came before it.
    recording["input"]["state"]
        .as_object_mut()
        .unwrap()
        .remove("trackingSince");
    let state = files(&run(&recording, false))["state.json"].clone();
    assert_eq!(row(&state, &today).unwrap()["downloads"], 0);
    assert_eq!(state["totalDownloads"], 12);
}

#[test]
fn a_deleted_asset_keeps_counting() {
    let Some(mut recording) = with_ledger("15b-") else {
        return;
    };
    let state = files(&run(&recording, false))["state.json"].clone();
    let before = state["totalDownloads"].as_i64().unwrap();
    recording["input"]["state"] = state;
    recording["input"]["api"]["releases"] = json!([]);
    let state = files(&run(&recording, false))["state.json"].clone();
    assert_eq!(state["totalDownloads"], before);
}

#[test]
fn rows_before_the_repository_and_doubled_ones_go_as_before() {
    let Some(recording) = with_ledger("18-") else {
        return;
    };
    let (now, then) = (run(&recording, false), run(&recording, true));
    let dates = |outcome: &Value| {
        let state = files(outcome)["state.json"].clone();
        let rows = state["dailyHistory"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| (row["date"].clone(), row["clones"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(dates(&now), dates(&then));
}

#[test]
fn builds_of_pages_are_counted_once() {
    let Some(mut recording) = with_ledger("19a-") else {
        return;
    };
    let first = run(&recording, false);
    let state = files(&first)["state.json"].clone();
    recording["input"]["state"] = state.clone();
    let again = files(&run(&recording, false));
    let again = again.get("state.json").unwrap_or(&state);
    assert_eq!(again["ciCheckouts"], state["ciCheckouts"]);
    assert_eq!(
        state["ciCheckouts"]["2026-03-10"]["total"], 3,
        "{}",
        state["ciCheckouts"]
    );
}

#[test]
fn runs_count_for_the_day_on_which_they_began_and_steps_that_were_skipped_for_none() {
    let step =
        |conclusion: &str| json!({"name": "Run actions/checkout@v4", "conclusion": conclusion});
    let input = json!({
        "now": "2026-03-10T18:00:00Z",
        "state": {"trackingSince": "2026-03-01T00:00:00Z", "collector": {"organicCredited": {}, "ciUniqueCredited": {}}},
        "api": {
            "clones": {"clones": [{"timestamp": "2026-03-10T00:00:00Z", "count": 9, "uniques": 2}]},
            "runs": [
                {"id": 1, "name": "CI", "created_at": "2026-03-10T05:00:00Z"},
                {"id": 2, "name": "CI", "created_at": "2026-03-09T23:00:00Z"},
            ],
            "jobs": {
                "1": [{"steps": [step("success"), step("success"), step("skipped")]}],
                "2": [{"steps": [step("success")]}],
            },
        },
    });
    let state = files(&run(&input, false))["state.json"].clone();
    let today = row(&state, "2026-03-10").unwrap();
    assert_eq!(
        (&today["ciCheckouts"], &today["organicClones"]),
        (&json!(2), &json!(7))
    );
    assert_eq!(state["totalOrganicClones"], 7);
    assert!(
        state["ciCheckouts"].get("2026-03-09").is_none(),
        "nobody was asked about that day"
    );
}
