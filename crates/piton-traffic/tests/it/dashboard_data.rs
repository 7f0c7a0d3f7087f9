//! What the page makes of data: its own script, without a page, where node is.

use std::process::Command;

/// Runs the reading part of the script, then some lines that may throw.
/// `None` where there is no node.
fn told(lines: &str) -> Option<String> {
    let room = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dashboard");
        std::fs::read_to_string(format!("{folder}/{name}")).expect("the room is there")
    };
    let script = format!(
        "\"use strict\";\n{}\n{}\n(async () => {{\n{lines}\n}})().catch((failure) => {{ console.error(failure); process.exit(1); }});",
        room("1-data.js"),
        room("5-github.js")
    );
    let ran = Command::new("node").arg("-e").arg(script).output();
    let ran = ran.ok()?;
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    Some(String::from_utf8_lossy(&ran.stdout).trim().to_owned())
}

#[test]
fn of_two_numbers_of_a_day_the_greater_counts() {
    let lines = r#"
const day = (date, rest) => ({ date: date + "T00:00:00Z", ...rest });
const current = [day("2026-03-02", { clones: 12, views: 3, ciCheckouts: 4, organicClones: 8 })];
const archived = [
  day("2026-03-01", { clones: 5 }),
  day("2026-03-02", { clones: 9, views: 7, uniqueViews: 2, ciCheckouts: 1, organicClones: 8 }),
];
const rows = mergeRows(current, archived);
console.log(JSON.stringify(rows.map((row) => [row.date, row.clones, row.views, row.uniqueViews, row.organicClones])));
"#;
    let Some(told) = told(lines) else {
        println!("skipped: needs node");
        return;
    };
    assert_eq!(
        told,
        r#"[["2026-03-01",5,null,null,5],["2026-03-02",12,7,2,8]]"#
    );
}

#[test]
fn what_a_page_keeps_is_kept_under_its_own_repository() {
    let lines = r#"
const kept = new Map();
globalThis.remembered = { get: (where, key) => kept.get(where + " " + key), set: (where, key, value) => kept.set(where + " " + key, value) };
const asked = [];
globalThis.fetch = async (address) => { asked.push(address); return { ok: true, status: 200, headers: new Map(), json: async () => [address] }; };
const one = { REPO_OWNER: "acme", REPO_NAME: "widget" }, other = { REPO_OWNER: "acme", REPO_NAME: "gadget" };
for (const source of [one, other, one, other]) {
  const answer = await statistic(source, "punch_card");
  if (!answer[0].includes("/acme/" + source.REPO_NAME + "/")) throw new Error("another repository's: " + answer);
}
console.log(asked.length, [...kept.keys()].sort().join(" | "));
"#;
    let Some(told) = told(lines) else {
        println!("skipped: needs node");
        return;
    };
    let keys =
        ["gadget", "widget"].map(|name| format!("sessionStorage piton:acme/{name}:punch_card"));
    assert_eq!(told, format!("2 {}", keys.join(" | ")));
}

#[test]
fn the_history_of_stars_is_that_of_the_state() {
    let lines = r#"
const state = readState({ stars: 9, dailyHistory: [{ date: "2026-03-02T00:00:00Z", stars: 9 }], collector: { starHistory: { "2026-02-01": 2, "2026-03-01": 9, "soon": 4 } } });
console.log(JSON.stringify(state.starHistory));
"#;
    let Some(told) = told(lines) else {
        println!("skipped: needs node");
        return;
    };
    assert_eq!(
        told,
        r#"[{"date":"2026-02-01","stars":2},{"date":"2026-03-01","stars":9}]"#
    );
}
