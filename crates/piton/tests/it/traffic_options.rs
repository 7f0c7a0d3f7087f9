//! Every option of setting up and of filling in, by what it comes to.

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Job, Release, Step};
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::{CREATE, fake, on, planned};
use crate::traffic_stage::{collect, day, edit, run, running, state, verdict};

#[test]
fn each_option_of_setting_up_takes_or_leaves_its_own_part() {
    let (env, fake) = (TestEnv::new(), fake());
    let whole = [
        "token:",
        "gist:create:badge",
        "gist:create:archive",
        "variable:",
        "secret:",
        "file:",
        "config:",
    ];
    for (more, without) in [
        (&["-n"][..], &[][..]),
        (
            &["-n", "--gist-only"],
            &["token:", "variable:", "secret:", "file:"],
        ),
        (
            &["-n", "--skip-variables"],
            &["token:", "variable:", "secret:"],
        ),
        (&["-n", "--no-files"], &["file:"]),
    ] {
        let ran = on(&env, &fake, &[&CREATE[..], more, &["--json"]].concat());
        assert_eq!(ran.code, 0, "{more:?}: {}", ran.stderr);
        let ids = planned(&ran);
        for part in whole {
            let there = ids.iter().any(|id| id.starts_with(part));
            assert_eq!(there, !without.contains(&part), "{more:?} {part}: {ids:?}");
        }
    }
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn what_is_said_of_the_files_stands_in_them() {
    let (env, fake) = (TestEnv::new(), fake());
    let said = [
        "--display-name",
        "Widget & Sons",
        "--ci-workflows",
        "CI",
        "Nightly",
        "--branch",
        "trunk",
        "--schedule",
        "7 1,13 * * *",
        "--created",
        "2026-01-15",
        "--gist-token-name",
        "COUNTER",
    ];
    let ran = on(&env, &fake, &[&CREATE[..], &said].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let workflow = env.repo.read(".github/workflows/traffic-badges.yml");
    for word in ["trunk", "7 1,13 * * *", "Nightly", "secrets.COUNTER"] {
        assert!(workflow.contains(word), "{word}: {workflow}");
    }
    let page = env.repo.read("docs/stats/index.html");
    assert!(page.contains("Widget &amp; Sons") && page.contains("2026-01-15"));
    let settings: Value = serde_json::from_str(&env.repo.read(".ghtraf.json")).unwrap();
    assert_eq!(settings["ci_workflows"], json!(["CI", "Nightly"]));
    assert!(fake.world(|world| world.repo("acme/widget").secrets.contains_key("COUNTER")));
    // What was said once is remembered.
    for more in [&CREATE[..], &["traffic", "upgrade", "--files"]] {
        let again = on(&env, &fake, &[more, &["-n", "--exit-code"]].concat());
        assert_eq!(again.code, 0, "{more:?}: {}", again.shown());
    }
    // A repair puts back what is wrong, and nothing else of it.
    env.repo.write(
        "docs/stats/index.html",
        &page.replace("REPO_NAME = ", "REPO_NAME = '' + "),
    );
    let _ = on(&env, &fake, &["traffic", "verify", "--fix", "--yes"]);
    let fixed = env.repo.read(".github/workflows/traffic-badges.yml");
    for word in ["7 1,13 * * *", "secrets.COUNTER"] {
        assert!(fixed.contains(word), "{word}: {fixed}");
    }

    let env = TestEnv::new();
    let fake = self::fake();
    let raw = on(&env, &fake, &[&CREATE[..], &["--no-configure"]].concat());
    assert_eq!(raw.code, 0, "{}", raw.stderr);
    let settings: Value = serde_json::from_str(&env.repo.read(".ghtraf.json")).unwrap();
    let id = settings["badge_gist_id"].as_str().unwrap();
    assert!(
        !env.repo.read("docs/stats/index.html").contains(id),
        "it is not filled in"
    );
}

#[test]
fn gists_are_made_anew_or_named_only_where_that_is_said() {
    let (env, fake) = running();
    let before = fake.world(|world| world.gists.len());
    let dry = on(
        &env,
        &fake,
        &[&CREATE[..], &["--new-gists", "-n", "--json"]].concat(),
    );
    let ids = planned(&dry);
    for id in [
        "gist:create:badge",
        "gist:create:archive",
        "variable:overwrite:TRAFFIC_GIST_ID",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id}: {ids:?}");
    }
    let made = on(
        &env,
        &fake,
        &[&CREATE[..], &["--new-gists", "--force"]].concat(),
    );
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    assert_eq!(fake.world(|world| world.gists.len()), before + 2);
    // The older ones are named again.
    let older: Vec<String> = fake.world(|world| {
        let mut all: Vec<_> = world.gists.iter().collect();
        all.sort_by_key(|(_, gist)| gist.created_at);
        all.iter().take(2).map(|(id, _)| (*id).clone()).collect()
    });
    let (badge, archive) = fake.world(|world| {
        if world.gists[&older[0]].public {
            (older[0].clone(), older[1].clone())
        } else {
            (older[1].clone(), older[0].clone())
        }
    });
    let named = [
        "--badge-gist",
        badge.as_str(),
        "--archive-gist",
        archive.as_str(),
        "--force",
    ];
    let back = on(&env, &fake, &[&CREATE[..], &named].concat());
    assert_eq!(back.code, 0, "{}{}", back.stdout, back.stderr);
    let variable =
        fake.world(|world| world.repo("acme/widget").variables["TRAFFIC_GIST_ID"].clone());
    assert_eq!(variable, badge);
}

#[test]
fn a_first_run_and_the_window_come_on_request() {
    let (env, fake) = running();
    let more = [
        "--run-now",
        "--enable-pages",
        "--rotate-token",
        "-n",
        "--json",
    ];
    let ids = planned(&on(&env, &fake, &[&CREATE[..], &more].concat()));
    for id in [
        "workflow:run:traffic-badges.yml",
        "secret:overwrite:TRAFFIC_GIST_TOKEN",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id}: {ids:?}");
    }
    let seeded = on(&env, &fake, &[&CREATE[..], &["--seed"]].concat());
    assert_eq!(seeded.code, 0, "{}{}", seeded.stdout, seeded.stderr);
    assert_eq!(state(&fake)["totalClones"], json!(70));
    collect(&env, &fake);
    assert_eq!(
        state(&fake)["totalClones"],
        json!(70),
        "it is not counted again"
    );
}

/// Changes the state in the gist.
fn with_state(fake: &FakeGitHub, change: impl FnOnce(&mut Value)) {
    let mut now = state(fake);
    change(&mut now);
    edit(fake, "state.json", &now.to_string());
}

fn backfill(env: &TestEnv, fake: &FakeGitHub, args: &[&str]) {
    let ran = on(env, fake, &[&["traffic", "backfill"], args].concat());
    assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.stdout, ran.stderr);
}

#[test]
fn each_source_fills_in_what_it_knows() {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.releases.push(Release {
            tag: "v1".to_owned(),
            draft: false,
            assets: vec![(7, "a.zip".to_owned(), 5)],
        });
        for (id, back) in [(1, 0), (2, 5)] {
            let step = Step {
                name: "Run actions/checkout@v4".to_owned(),
                conclusion: "success".to_owned(),
            };
            let mut one = run("completed", Some("success"));
            one.created_at = Timestamp::now() - SignedDuration::from_hours(24 * back);
            one.jobs.push(Job {
                name: "test".to_owned(),
                attempt: 1,
                steps: vec![step],
            });
            repo.runs.insert(id, one);
        }
    });
    let ci = |back: i64| state(&fake)["ciCheckouts"][day(back)]["total"].clone();
    backfill(&env, &fake, &["--source", "ci", "--days", "3"]);
    assert_eq!((ci(0), ci(5)), (json!(1), json!(0)));
    backfill(&env, &fake, &["--source", "ci"]);
    assert_eq!((ci(0), ci(5)), (json!(1), json!(1)));
    assert_eq!(state(&fake)["totalCiCheckouts"], json!(2));
    backfill(&env, &fake, &["--source", "downloads"]);
    let ours = state(&fake)["collector"].to_string();
    assert!(ours.contains("v1"), "{ours}");

    with_state(&fake, |state| {
        let rows = state["dailyHistory"].as_array_mut().unwrap();
        rows[5].as_object_mut().unwrap().remove("uniqueViews");
        rows.remove(3);
    });
    backfill(&env, &fake, &["--source", "columns"]);
    let now = state(&fake);
    let rows = now["dailyHistory"].as_array().unwrap();
    assert_eq!(rows.len(), 13, "only rows that are there");
    assert!(
        rows.iter().all(|row| row["uniqueViews"] == json!(2)),
        "{now}"
    );
}

#[test]
fn month_files_are_written_where_rows_are_and_files_are_not() {
    for args in [&["--source", "archives"][..], &["--write-archives"]] {
        let (env, fake) = running();
        collect(&env, &fake);
        with_state(&fake, |state| {
            let row = json!({"date": format!("{}T00:00:00Z", day(45)), "clones": 3, "views": 4, "total": 3});
            state["dailyHistory"].as_array_mut().unwrap().insert(0, row);
        });
        backfill(&env, &fake, args);
        let name = format!("archive-{}.json", &day(45)[..7]);
        let file = fake.world(|world| {
            let archive = world.gists.values().find(|gist| !gist.public).unwrap();
            archive.files.get(&name).cloned()
        });
        let file: Value = serde_json::from_str(&file.expect("it is written")).unwrap();
        assert_eq!(file["dailyHistory"][0]["clones"], json!(3), "{args:?}");
    }
}

#[test]
fn a_published_total_falls_only_where_that_is_said() {
    let (env, fake) = running();
    collect(&env, &fake);
    for (command, args) in [
        ("backfill", &["--repair", "totals"][..]),
        ("upgrade", &["--state"]),
    ] {
        with_state(&fake, |state| state["totalOrganicClones"] = json!(999));
        let ran = on(&env, &fake, &[&["traffic", command], args].concat());
        assert_eq!(ran.code, 0, "{command}: {}", ran.stderr);
        assert_eq!(state(&fake)["totalOrganicClones"], json!(999), "{command}");
        let ran = on(
            &env,
            &fake,
            &[&["traffic", command], args, &["--recompute-organic"]].concat(),
        );
        assert_eq!(ran.code, 0, "{command}: {}", ran.stderr);
        assert_eq!(state(&fake)["totalOrganicClones"], json!(70), "{command}");
    }
}

#[test]
fn how_old_numbers_may_be_and_how_badges_look_can_be_said() {
    let (env, fake) = running();
    collect(&env, &fake);
    with_state(&fake, |state| {
        for row in state["dailyHistory"].as_array_mut().unwrap() {
            row["capturedAt"] = json!(Timestamp::now() - SignedDuration::from_hours(40));
        }
    });
    let old = on(&env, &fake, &["traffic", "status"]);
    assert!(
        old.stdout.contains("STALE") && old.stdout.contains("amber"),
        "{}",
        old.stdout
    );
    let enough = on(&env, &fake, &["traffic", "status", "--max-age", "50"]);
    assert!(!enough.stdout.contains("STALE"), "{}", enough.stdout);
    let verify = on(&env, &fake, &["traffic", "verify", "--json"]);
    assert_eq!(verdict(&verify, "state:check:freshness"), "warn STALE");
    for (form, begins) in [
        ("markdown", "[![clones](https://img.shields.io/"),
        (
            "html",
            "<a href=\"https://acme.github.io/widget/stats/#installs\"><img",
        ),
        ("rst", ".. image:: https://img.shields.io/"),
        ("url", "https://img.shields.io/endpoint?url="),
    ] {
        let ran = on(
            &env,
            &fake,
            &["traffic", "badge", "--format", form, "clones"],
        );
        assert!(ran.stdout.starts_with(begins), "{form}: {}", ran.stdout);
    }
}
