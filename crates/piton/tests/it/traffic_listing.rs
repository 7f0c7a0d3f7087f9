//! Every repository that somebody tracks.

use std::time::Duration;

use jiff::Timestamp;
use piton_testkit::forge::{Fault, FaultKind};
use serde_json::json;

use crate::env::TestEnv;
use crate::traffic::{fake, on};
use crate::traffic_stage::running;

#[test]
fn a_hundred_repositories_are_read_eight_at_a_time() {
    let (env, fake) = (TestEnv::new(), fake());
    fake.world(|world| {
        let now = Timestamp::now();
        for n in 0..100 {
            let described = format!("[GTT] acme/w{n:03} \u{b7} badges");
            let state = format!("{{\"totalViews\": {n}, \"totalOrganicClones\": 1}}");
            world.add_gist(&described, true, &[("state.json", &state)], now);
        }
        world.add_gist(
            "old/name traffic badges",
            true,
            &[("state.json", "{}")],
            now,
        );
        world.add_gist(
            "[GTT] old/name \u{b7} badges",
            true,
            &[("state.json", "{}")],
            now,
        );
    });
    fake.fault(
        Fault::new("GET", "/gists/", FaultKind::Slow(Duration::from_millis(10))).times(u32::MAX),
    );
    let ran = on(
        &env,
        &fake,
        &["traffic", "list", "--json", "--sort", "views"],
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let shown = ran.json();
    let all = shown["repositories"].as_array().unwrap();
    assert_eq!(all.len(), 101);
    assert_eq!(all[0]["repository"], "acme/w099");
    let log = fake.take_log();
    let listed = log.iter().filter(|line| *line == "GET /gists").count();
    assert_eq!(
        (listed, log.len()),
        (2, 103),
        "two pages, and one read of each"
    );
    assert!(
        (4..=8).contains(&fake.most_at_once()),
        "{}",
        fake.most_at_once()
    );
    let old = all
        .iter()
        .find(|one| one["repository"] == "old/name")
        .unwrap();
    assert_eq!(old["flags"], json!(["gist", "duplicate", "legacy-name"]));

    fake.clear_faults();
    fake.fault(Fault::new("GET", "/gists/", FaultKind::Status(500, "no")).times(40));
    let ran = on(&env, &fake, &["traffic", "list"]);
    assert_eq!(
        ran.code, 0,
        "one that fails marks its own line: {}",
        ran.stderr
    );
    assert!(ran.stdout.contains("unreadable"), "{}", ran.stdout);
    let ids = on(&env, &fake, &["traffic", "list", "--ids-only"]);
    assert_eq!(ids.stdout.lines().count(), 101);
}

#[test]
fn orphans_and_folders_are_found() {
    let (env, fake) = running();
    fake.world(|world| {
        let now = Timestamp::now();
        world.add_gist(
            "[GTT] gone/repo \u{b7} badges",
            true,
            &[("state.json", "{}")],
            now,
        );
    });
    let ran = on(
        &env,
        &fake,
        &["traffic", "list", "--orphans", "--no-headers"],
    );
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("gone/repo\t"), "{}", ran.stdout);
    std::fs::remove_dir_all(env.home.path().join(".ghtraf")).unwrap();
    fake.take_log();
    let scan = env.path().display().to_string();
    let args = [
        "traffic",
        "list",
        "--no-network",
        "--no-headers",
        "--scan",
        &scan,
    ];
    let ran = on(&env, &fake, &args);
    assert!(
        ran.stdout.starts_with("acme/widget\t"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert!(fake.take_log().is_empty());
}

#[test]
fn the_states_of_a_hundred_repositories_are_told_eight_at_a_time() {
    let (env, fake) = (TestEnv::new(), fake());
    let repos = fake.world(|world| {
        let mut repos = json!({});
        for n in 0..100 {
            let now = Timestamp::now();
            let described = format!("[GTT] acme/w{n:03} \u{b7} badges");
            let state = format!("{{\"totalViews\": {n}, \"totalOrganicClones\": 1}}");
            let id = world.add_gist(&described, true, &[("state.json", &state)], now);
            repos[format!("acme/w{n:03}")] = json!({"badge_gist_id": id});
        }
        repos
    });
    let list = env.home.path().join(".ghtraf/config.json");
    std::fs::create_dir_all(list.parent().unwrap()).unwrap();
    std::fs::write(&list, json!({"version": 1, "repos": repos}).to_string()).unwrap();
    let slow = FaultKind::Slow(Duration::from_millis(10));
    fake.fault(Fault::new("GET", "/gists/", slow).times(u32::MAX));
    let broken = repos["acme/w042"]["badge_gist_id"]
        .as_str()
        .unwrap()
        .to_owned();
    fake.fault(Fault::new("GET", "/repos/acme/w007", FaultKind::Status(422, "no")).times(u32::MAX));
    let args = ["traffic", "status", "--all", "--json"];
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let shown = ran.json();
    let all = shown["repositories"].as_array().unwrap();
    assert_eq!(all.len(), 100);
    assert_eq!(all[42]["badge_gist"], json!(broken));
    assert_eq!(all[42]["summary"]["views"], 42);
    let lost = &all[7];
    assert_eq!(
        (&lost["repository"], &lost["summary"]),
        (&json!("acme/w007"), &json!(null))
    );
    let reason = lost["problems"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("could not be looked at"), "{reason}");
    assert!(
        (4..=8).contains(&fake.most_at_once()),
        "{}",
        fake.most_at_once()
    );
    let checked = on(&env, &fake, &["traffic", "status", "--all", "--check"]);
    assert_eq!(checked.code, 8, "{}", checked.stderr);
    assert!(checked.stdout.contains("acme/w099"), "{}", checked.stdout);
    // Where nothing can be looked at that is the answer.
    let refused = FaultKind::Status(401, "Bad credentials");
    fake.fault(Fault::new("GET", "/user", refused).times(u32::MAX));
    let ran = on(&env, &fake, &["traffic", "status", "--all"]);
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
}
