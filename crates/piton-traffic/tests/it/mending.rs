//! States of the original, brought to the form of today: no total falls, and
//! nothing measured is lost.

use std::collections::BTreeMap;

use piton_traffic::collect::{
    Mending, Moment, Range, Repair, RepairOptions, fill, measured_of, migrate, repair,
};
use piton_traffic::ordered::{Json, Object};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::vectors::folder;

fn mended(state: &Value, now: &str) -> (Object, Mending) {
    let Json::Object(before) = Json::parse(state.to_string().as_bytes()).unwrap() else {
        panic!("a state is an object");
    };
    let now = Moment::of(now).unwrap();
    let archive = Some(BTreeMap::new());
    let mut mending = Mending::new(before.clone(), archive, "acme/widget".to_owned(), now);
    migrate(&mut mending, 3);
    for one in Repair::ALL {
        repair(&mut mending, *one, RepairOptions::default());
    }
    (before, mending)
}

const TOTALS: [&str; 7] = [
    "totalClones",
    "totalUniqueClones",
    "totalViews",
    "totalUniqueViews",
    "totalDownloads",
    "totalCiCheckouts",
    "totalOrganicClones",
];

fn check(name: &str, state: &Value, now: &str) {
    let (before, first) = mended(state, now);
    for total in TOTALS {
        let (was, is) = (before.or_zero(total), first.state.or_zero(total));
        assert!(is >= was, "{name}: {total} fell from {was} to {is}");
        // Only what is a documented repair raises a total.
        if is > was && total != "totalOrganicClones" {
            let told = first.steps.iter().any(|step| step.target == total);
            assert!(told, "{name}: {total} rose unseen");
        }
    }
    let state: Value = serde_json::from_str(&Json::from(first.state).pretty()).unwrap();
    let (_, again) = mended(&state, now);
    assert_eq!(
        again.steps,
        [],
        "{name}: a second time there is nothing to do"
    );
}

#[test]
fn every_recorded_state_is_mended_without_a_total_that_falls() {
    let Some(folder) = folder() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let samples = folder.parent().unwrap().join("state_samples");
    let mut tried = 0;
    for dir in [folder, samples] {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let recording: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let name = path.display().to_string();
            let states = [
                &recording["input"]["state"],
                &recording["expected_final_state"],
                &recording["final_state"],
                &recording,
            ];
            for state in states
                .into_iter()
                .filter(|state| state["dailyHistory"].is_array())
            {
                check(&name, state, "2026-06-01T03:00:00Z");
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "only {tried} states were found");
}

fn row() -> impl Strategy<Value = Value> {
    (
        1..28_u32,
        0..40_i64,
        0..10_i64,
        0..60_i64,
        0..12_i64,
        any::<bool>(),
    )
        .prop_map(|(day, clones, uniques, views, ci, full)| {
            let mut row = json!({
                "date": format!("2026-03-{day:02}T00:00:00Z"), "clones": clones, "views": views,
                "capturedAt": "2026-03-28T03:00:00Z",
            });
            if full {
                row["uniqueClones"] = json!(uniques.min(clones));
                row["ciCheckouts"] = json!(ci);
                row["organicClones"] = json!((clones - ci).max(0));
            }
            row
        })
}

proptest! {
    #[test]
    fn filling_in_lowers_nothing_and_is_done_once(
        rows in prop::collection::vec(row(), 0..20),
        filled in prop::collection::vec(row(), 0..20),
    ) {
        let state = json!({
            "schemaVersion": 3, "trackingSince": "2026-03-01T00:00:00Z", "totalClones": 30,
            "dailyHistory": rows,
        });
        let (_, mut mending) = mended(&state, "2026-03-30T03:00:00Z");
        let filled: Vec<Json> = filled
            .iter()
            .map(|row| Json::parse(row.to_string().as_bytes()).unwrap())
            .collect();
        let measured = measured_of(&filled);
        let before = mending.state.clone();
        mending.steps.clear();
        fill(&mut mending, &measured, Range::default());
        for total in TOTALS {
            prop_assert!(mending.state.or_zero(total) >= before.or_zero(total), "{}", total);
        }
        let after = measured_of(mending.state.list("dailyHistory"));
        for (day, numbers) in measured_of(before.list("dailyHistory")).iter().chain(&measured) {
            for (field, value) in numbers.iter() {
                let now = after.get(day).and_then(|row| row.int(field));
                prop_assert!(now >= value.int(), "{} {}: {:?}", day, field, now);
            }
        }
        mending.steps.clear();
        fill(&mut mending, &measured, Range::default());
        prop_assert_eq!(&mending.steps, &[]);
    }
}
