//! History that a state lacks, filled in through the binary.

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};
use serde_json::json;

use crate::traffic::{on, planned};
use crate::traffic_stage::{collect, day, edit, run, running, state, verdict};

#[test]
fn a_state_that_is_damaged_or_gone_is_told_and_comes_back_from_the_gists_history() {
    let (env, fake) = running();
    collect(&env, &fake);
    let whole = state(&fake);
    for damage in ["{\"tot", "[]"] {
        edit(&fake, "state.json", damage);
        let verify = on(&env, &fake, &["traffic", "verify", "--json"]);
        assert_eq!(verdict(&verify, "state:check:schema"), "fail STATE_INVALID");
        let status = on(&env, &fake, &["traffic", "status"]);
        assert_eq!(status.code, 1, "{}", status.stdout);
        for command in ["upgrade", "backfill", "export"] {
            let ran = on(&env, &fake, &["traffic", command]);
            assert_eq!(ran.code, 1, "{command}: {}{}", ran.stdout, ran.stderr);
        }
        let args = ["traffic", "backfill", "--source", "gist-history"];
        let ran = on(&env, &fake, &args);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let now = state(&fake);
        for total in [
            "totalClones",
            "totalViews",
            "totalOrganicClones",
            "trackingSince",
        ] {
            assert_eq!(now[total], whole[total], "{total}");
        }
        assert_eq!(now["dailyHistory"], whole["dailyHistory"]);
    }
    // One failed read wiped the original's state: the totals come back.
    let mut wiped = whole.clone();
    wiped["dailyHistory"] = json!([]);
    wiped["totalClones"] = json!(3);
    wiped["trackingSince"] = json!("2126-01-01T00:00:00Z");
    edit(&fake, "state.json", &wiped.to_string());
    let ran = on(
        &env,
        &fake,
        &["traffic", "backfill", "--source", "gist-history"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("totalClones"), "{}", ran.stdout);
    let now = state(&fake);
    assert_eq!(now["totalClones"], whole["totalClones"]);
    assert_eq!(now["trackingSince"], whole["trackingSince"]);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn history_of_another_tool_is_filled_in_once_and_nothing_measured_is_lowered() {
    let (env, fake) = running();
    collect(&env, &fake);
    let csv = format!(
        "date,clones,unique_clones,views\n{},4,2,8\n{},3,1,6\n{},1,1,1\n",
        day(90),
        day(60),
        day(2)
    );
    env.repo.write("old.csv", &csv);
    let args = ["traffic", "backfill", "--source", "import", "old.csv"];
    let dry = on(&env, &fake, &[&args[..], &["--dry-run", "--json"]].concat());
    let ids = planned(&dry);
    for id in [
        "backup:write:state".to_owned(),
        format!("row:create:{}", day(90)),
        "total:raise:totalClones".to_owned(),
        "gist:update:state".to_owned(),
        "gist:update:archive".to_owned(),
    ] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    assert!(!ids.iter().any(|id| id.ends_with(&day(2))), "{ids:?}");
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let now = state(&fake);
    assert_eq!(now["totalClones"], json!(77));
    let again = on(
        &env,
        &fake,
        &[&args[..], &["--dry-run", "--exit-code"]].concat(),
    );
    assert_eq!(again.code, 0, "{}", again.stdout);
    let csv = on(&env, &fake, &["traffic", "export"]);
    assert!(
        csv.stdout.contains(&format!("{},4,2,", day(90))),
        "{}",
        csv.stdout
    );
    // What was filled in is not counted again by the next run.
    collect(&env, &fake);
    assert_eq!(state(&fake)["totalClones"], json!(77));
    for (text, told) in [
        ("a,b\n1,2\n", "names no column"),
        ("date,clones\nx,2\n", "line 2: `x`"),
    ] {
        env.repo.write("old.csv", text);
        let ran = on(&env, &fake, &args);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
}

#[test]
fn the_window_fills_rows_that_lack_days_and_no_run_counts_them_twice() {
    let (env, fake) = running();
    collect(&env, &fake);
    let mut holes = state(&fake);
    let rows = holes["dailyHistory"].as_array_mut().unwrap();
    rows.remove(3);
    rows[5].as_object_mut().unwrap().remove("uniqueViews");
    edit(&fake, "state.json", &holes.to_string());
    let ran = on(&env, &fake, &["traffic", "backfill"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let now = state(&fake);
    assert_eq!(now["dailyHistory"].as_array().unwrap().len(), 14);
    assert_eq!(now["totalClones"], json!(70), "it was counted already");
    collect(&env, &fake);
    assert_eq!(state(&fake)["totalClones"], json!(70));
}

#[test]
fn repairs_are_asked_for_by_name() {
    let (env, fake) = running();
    collect(&env, &fake);
    let mut odd = state(&fake);
    let rows = odd["dailyHistory"].as_array_mut().unwrap();
    rows[0]["uniqueClones"] = json!(0);
    rows[0]["capturedAt"] = json!("2126-01-01T00:00:00Z");
    rows[1].as_object_mut().unwrap().remove("uniqueClones");
    edit(&fake, "state.json", &odd.to_string());
    let dry = |name: &str| {
        let args = [
            "traffic",
            "backfill",
            "--repair",
            name,
            "--dry-run",
            "--json",
        ];
        planned(&on(&env, &fake, &args))
    };
    assert!(dry("expired-uniques").contains(&"state:repair:expired-uniques".to_owned()));
    let ids = dry("organic-without-unique");
    assert!(
        ids.contains(&"state:repair:organic-without-unique".to_owned()),
        "{ids:?}"
    );
    assert!(dry("baseline").is_empty());
    let ran = on(
        &env,
        &fake,
        &["traffic", "backfill", "--repair", "expired-uniques"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        state(&fake)["dailyHistory"][0]
            .get("uniqueClones")
            .is_none()
    );
    let ran = on(
        &env,
        &fake,
        &["traffic", "backfill", "--repair", "everything"],
    );
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn somebody_who_writes_between_makes_it_decide_once_more() {
    let (env, fake) = running();
    collect(&env, &fake);
    let mut holes = state(&fake);
    holes["dailyHistory"].as_array_mut().unwrap().remove(3);
    edit(&fake, "state.json", &holes.to_string());
    let mut theirs = holes;
    theirs["theirs"] = json!(1);
    let text = theirs.to_string();
    fake.fault(Fault::new(
        "GET",
        "/traffic/views",
        FaultKind::Before(Box::new(move |world| {
            let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
            gist.revisions += 1;
            gist.files.insert("state.json".to_owned(), text.clone());
        })),
    ));
    let ran = on(&env, &fake, &["traffic", "backfill"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let now = state(&fake);
    assert_eq!(now["theirs"], json!(1), "what they wrote is kept");
    assert_eq!(now["dailyHistory"].as_array().unwrap().len(), 14);
}

#[test]
fn a_collector_that_is_running_is_waited_for() {
    let (env, fake) = running();
    fake.world(|world| {
        world
            .repo("acme/widget")
            .runs
            .insert(1, run("in_progress", None));
    });
    fake.fault(
        Fault::new(
            "GET",
            "/actions/workflows/traffic-badges.yml/runs",
            FaultKind::Before(Box::new(|world| {
                world.repo("acme/widget").runs.clear();
            })),
        )
        .skip(2),
    );
    let ran = on(&env, &fake, &["traffic", "upgrade"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("the collector is running"),
        "{}",
        ran.stderr
    );
}

#[test]
fn stars_come_from_their_history_and_from_the_list_where_there_is_none() {
    let (env, fake) = running();
    let star = |back: i64| Timestamp::now() - SignedDuration::from_hours(24 * back);
    fake.world(|world| {
        world.repo("acme/widget").stars = vec![star(400), star(400), star(20), star(1)];
    });
    collect(&env, &fake);
    let known = state(&fake)["collector"]["starHistory"].clone();
    let wanted = json!({day(400): 2, day(20): 3, day(1): 4});
    assert_eq!(known, wanted);
    let asked = |fake: &FakeGitHub| {
        let log = fake.take_log();
        let pages = log
            .iter()
            .filter(|line| line.ends_with("/stargazers/history"));
        (
            pages.count(),
            log.iter().any(|line| line.ends_with("/stargazers")),
        )
    };
    assert_eq!(asked(&fake), (2, false), "58 weeks are two pages");
    // What is known is not read again: the newest page brings the new ones.
    fake.world(|world| world.repo("acme/widget").stars.push(star(0)));
    collect(&env, &fake);
    let now = state(&fake)["collector"]["starHistory"].clone();
    assert_eq!(now, json!({day(400): 2, day(20): 3, day(1): 4, day(0): 5}));
    assert_eq!(asked(&fake), (1, false));
    // A star that was taken back makes the numbers disagree: all is read anew.
    fake.world(|world| world.repo("acme/widget").stars.remove(0));
    collect(&env, &fake);
    collect(&env, &fake);
    let now = state(&fake)["collector"]["starHistory"].clone();
    assert_eq!(now, json!({day(400): 1, day(20): 2, day(1): 3, day(0): 4}));
    // A server of one's own may have no history.
    let none = FaultKind::Status(404, "Not Found");
    fake.fault(Fault::new("GET", "/stargazers/history", none).times(u32::MAX));
    edit(&fake, "state.json", &{
        let mut state = state(&fake);
        state["collector"]
            .as_object_mut()
            .unwrap()
            .remove("starHistory");
        state.to_string()
    });
    let args = ["traffic", "backfill", "--source", "stars"];
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let again = state(&fake)["collector"]["starHistory"].clone();
    assert_eq!(again, now);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn the_database_of_another_tool_is_read_for_this_repository_alone() {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        world.repo("acme/widget").created_at = "2024-01-01T00:00:00Z".parse().unwrap();
    });
    edit(&fake, "state.json", &{
        let mut state = state(&fake);
        state["repoCreatedAt"] = json!("2024-01-01T00:00:00Z");
        state.to_string()
    });
    let file = include_bytes!("../../../piton-traffic/tests/files/ghstats.sqlite");
    std::fs::write(env.path().join("ghstats.db"), file).unwrap();
    let args = ["traffic", "backfill", "--source", "import", "ghstats.db"];
    let ran = on(
        &env,
        &fake,
        &[&args[..], &["--from", "2025-01-10", "--to", "2025-01-19"]].concat(),
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    // Ten days of 9 to 18 clones, and none of the other repository's.
    assert_eq!(state(&fake)["totalClones"], json!(70 + 135));
    // What lies beside it is a part of it, and is not read.
    for ending in ["wal", "journal"] {
        let beside = env.path().join(format!("ghstats.db-{ending}"));
        std::fs::write(&beside, "x").unwrap();
        let ran = on(&env, &fake, &args);
        assert_eq!(ran.code, 2, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("is still in"), "{}", ran.stderr);
        assert_eq!(state(&fake)["totalClones"], json!(70 + 135));
        std::fs::write(&beside, "").unwrap();
    }
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(state(&fake)["totalClones"], json!(70 + 1770));
    std::fs::write(env.path().join("cut.db"), &file[..1500]).unwrap();
    let cut = on(
        &env,
        &fake,
        &["traffic", "backfill", "--source", "import", "cut.db"],
    );
    assert_eq!(cut.code, 2, "{}", cut.stderr);
    assert!(cut.stderr.contains("is damaged"), "{}", cut.stderr);
}
