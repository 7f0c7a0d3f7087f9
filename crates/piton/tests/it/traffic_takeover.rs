//! What ghtraf set up is taken over, verified, upgraded, and goes on collecting.

use jiff::Timestamp;
use piton_testkit::forge::FakeGitHub;
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::{CREATE, fake, on, planned};
use crate::traffic_jobs::job;
use crate::traffic_stage::{day, state};

/// A state as ghtraf leaves it after 120 days: its organic total stands still
/// at the sum of 31 rows.
fn stalled(version: &str) -> Value {
    let row = |back: i64| {
        json!({
            "date": format!("{}T00:00:00Z", day(back)), "capturedAt": format!("{}T03:00:00.000Z", day(back - 1)),
            "clones": 10, "uniqueClones": 4, "views": 20, "uniqueViews": 8, "downloads": 0, "total": 10,
            "ciCheckouts": 0, "ciRuns": 0, "organicClones": 10, "organicUniqueClones": 4,
        })
    };
    let rows: Vec<Value> = (1..=31).rev().map(row).collect();
    let seen = |count: i64| -> Value { (1..=14).map(|back| (day(back), json!(count))).collect() };
    let mut state = json!({
        "schemaVersion": 3, "totalClones": 1190, "totalUniqueClones": 476, "totalViews": 2380,
        "totalUniqueViews": 952, "totalDownloads": 0, "previousTotalDownloads": 0,
        "totalCiCheckouts": 0, "totalCiUniqueClones": 0, "totalOrganicClones": 310,
        "totalOrganicUniqueClones": 476, "_previousOrganicToday": 10, "_previousCiUniqueToday": 0,
        "stars": 1, "forks": 0, "openIssues": 0, "repoCreatedAt": "2026-01-02T03:04:05Z",
        "trackingSince": format!("{}T03:00:00.000Z", day(120)), "dailyHistory": rows,
        "lastSeenCloneCounts": seen(10), "lastSeenViewCounts": seen(20),
        "_lastSeenUniqueClones": seen(4), "_lastSeenUniqueViews": seen(8),
        "lastSeenDates": [], "lastSeenViewDates": [], "ciCheckouts": {}, "referrers": [], "popularPaths": [],
    });
    if version != "0.3.6" {
        state["workflowVersion"] = json!(version);
    }
    state
}

/// The world as a release of ghtraf left it.
pub(crate) fn set_up(version: &str) -> (TestEnv, FakeGitHub) {
    let (env, fake) = (TestEnv::new(), fake());
    let badge = |label: &str, message: &str| {
        format!(
            "{{\"schemaVersion\": 1, \"label\": \"{label}\", \"message\": \"{message}\", \"color\": \"blue\"}}"
        )
    };
    let (badges, archive) = fake.world(|world| {
        let now = Timestamp::now();
        let state = stalled(version).to_string();
        let badges = world.add_gist(
            "[GTT] acme/widget \u{b7} badges",
            true,
            &[
                ("state.json", &state),
                ("installs.json", &badge("installs", "310 (+10 24h)")),
                ("downloads.json", &badge("downloads", "0")),
                ("clones.json", &badge("clones", "310")),
                ("views.json", &badge("views", "2380")),
            ],
            now,
        );
        let index = "{\"repo\": \"acme/widget\", \"description\": \"x\", \"archives\": []}";
        let archive = world.add_gist(
            "[GTT] acme/widget \u{b7} archive",
            false,
            &[("archive.json", index)],
            now,
        );
        let repo = world.repo("acme/widget");
        repo.variables.insert("TRAFFIC_GIST_ID".to_owned(), badges.clone());
        repo.variables
            .insert("TRAFFIC_ARCHIVE_GIST_ID".to_owned(), archive.clone());
        repo.secrets
            .insert("TRAFFIC_GIST_TOKEN".to_owned(), "sealed".to_owned());
        let days = |count: u64, uniques: u64| -> Vec<Value> {
            (0..14)
                .rev()
                .map(|back| {
                    json!({"timestamp": format!("{}T00:00:00Z", day(back)), "count": count, "uniques": uniques})
                })
                .collect()
        };
        repo.traffic.insert("clones".to_owned(), days(10, 4));
        repo.traffic.insert("views".to_owned(), days(20, 8));
        (badges, archive)
    });
    let project = json!({
        "owner": "acme", "repo": "widget", "created": "2026-01-02", "display_name": "Widget",
        "badge_gist_id": badges, "archive_gist_id": archive, "dashboard_dir": "docs/stats", "schema_version": 1,
    });
    env.repo.write(".ghtraf.json", &format!("{project:#}\n"));
    env.repo.write(
        ".github/workflows/traffic-badges.yml",
        "name: Track Downloads & Clones\non:\n  push:\n    branches: [main]\n",
    );
    env.repo.write(
        "docs/stats/index.html",
        &format!("<title>Widget - Project Statistics</title><script>const GIST_RAW_BASE = 'https://gist.githubusercontent.com/jo/{badges}/raw';</script>"),
    );
    env.repo.commit_all("set up by ghtraf");
    (env, fake)
}

#[test]
fn a_set_up_of_every_release_is_taken_over_upgraded_and_goes_on_without_a_gap() {
    for version in ["0.3.6", "0.3.7", "0.3.8", "0.3.9", "0.3.10"] {
        let (env, fake) = set_up(version);
        // Nothing of it is made anew.
        let dry = on(
            &env,
            &fake,
            &[&CREATE[..], &["--no-files", "--dry-run", "--json"]].concat(),
        );
        for id in [
            "gist:skip:badge",
            "gist:skip:archive",
            "secret:skip:TRAFFIC_GIST_TOKEN",
        ] {
            assert!(
                planned(&dry).contains(&id.to_owned()),
                "{version}: {:?}",
                planned(&dry)
            );
        }
        let verify = on(&env, &fake, &["traffic", "verify", "--json"]);
        let shown = verify.json();
        let checks = shown["checks"].as_array().unwrap();
        let of = |id: &str| checks.iter().find(|one| one["id"] == id).unwrap();
        assert_eq!(of("state:check:organic")["code"], "TOTALS_INCONSISTENT");
        assert_eq!(of("state:check:rows")["verdict"], "ok", "{version}");
        assert_eq!(of("badge:check:installs")["verdict"], "ok", "{version}");
        assert_eq!(of("gist:check:badge")["verdict"], "ok", "{version}");

        let before = stalled(version);
        let upgraded = on(&env, &fake, &["traffic", "upgrade", "--force"]);
        assert_eq!(
            upgraded.code, 0,
            "{version}: {}{}",
            upgraded.stdout, upgraded.stderr
        );
        let after = state(&fake);
        assert_eq!(after["totalOrganicClones"], json!(1190), "{version}");
        for (key, value) in before.as_object().unwrap() {
            if key != "totalOrganicClones" {
                assert_eq!(&after[key], value, "{version}: {key} is as it was");
            }
        }
        let page = env.repo.read("docs/stats/index.html");
        assert!(page.contains("ghtraf-template: dashboard"), "{version}");
        let copies = env.path().join(".git/piton/traffic");
        assert_eq!(
            std::fs::read_dir(copies).unwrap().count(),
            1,
            "a copy of the state is kept"
        );
        let again = on(
            &env,
            &fake,
            &["traffic", "upgrade", "--dry-run", "--exit-code"],
        );
        assert_eq!(again.code, 0, "{version}: {}", again.stdout);

        let collected = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
        assert_eq!(
            collected.code, 0,
            "{version}: {}{}",
            collected.stdout, collected.stderr
        );
        let now = state(&fake);
        assert_eq!(
            now["totalClones"],
            json!(1200),
            "{version}: today's, and nothing twice"
        );
        assert_eq!(now["totalOrganicClones"], json!(1200), "{version}");
        assert_eq!(
            now.get("workflowVersion"),
            before.get("workflowVersion"),
            "{version}"
        );
        let rows = now["dailyHistory"].as_array().unwrap();
        let days: Vec<&str> = rows
            .iter()
            .map(|row| &row["date"].as_str().unwrap()[..10])
            .collect();
        let wanted: Vec<String> = (0..31).rev().map(day).collect();
        assert_eq!(days, wanted, "{version}: every day is there");
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn an_older_form_is_migrated_and_names_and_settings_are_brought_along() {
    let (env, fake) = set_up("0.3.6");
    fake.world(|world| {
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        "acme/widget traffic badges".clone_into(&mut gist.description);
        let mut state = stalled("0.3.6");
        let map = state.as_object_mut().unwrap();
        map.remove("schemaVersion");
        map.remove("lastSeenCloneCounts");
        map.remove("totalOrganicClones");
        let dates: Vec<String> = (1..=14)
            .map(|back| format!("{}T00:00:00Z", day(back)))
            .collect();
        state["lastSeenDates"] = json!(dates);
        gist.files
            .insert("state.json".to_owned(), state.to_string());
    });
    let dry = on(&env, &fake, &["traffic", "upgrade", "--dry-run", "--json"]);
    let ids = planned(&dry);
    for id in [
        "backup:write:state",
        "state:migrate:1-2",
        "state:migrate:2-3",
        "gist:update:state",
        "gist:rename:badge",
        "config:register:acme/widget",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id}: {ids:?}");
    }
    assert!(
        ids.iter()
            .all(|id| !id.starts_with("variable:") && !id.starts_with("secret:"))
    );
    assert_eq!(ids[0], "backup:write:state", "a copy comes first");
    let state_only = on(
        &env,
        &fake,
        &[
            "traffic",
            "upgrade",
            "--state",
            "--to",
            "2",
            "--dry-run",
            "--json",
        ],
    );
    let ids = planned(&state_only);
    assert!(!ids.contains(&"state:migrate:2-3".to_owned()), "{ids:?}");
    assert!(
        !ids.iter()
            .any(|id| id.starts_with("file:") || id.starts_with("config:")),
        "{ids:?}"
    );
    let ran = on(&env, &fake, &["traffic", "upgrade"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let now = state(&fake);
    assert_eq!(now["schemaVersion"], 3);
    assert_eq!(now["lastSeenCloneCounts"][day(3)], 10);
    assert_eq!(now["totalOrganicClones"], 1190);
    assert!(
        env.repo
            .read("docs/stats/index.html")
            .contains("const GIST_RAW_BASE"),
        "a page that somebody may have edited is kept where nobody can be asked"
    );
}

#[test]
fn what_a_person_wrote_into_a_file_is_merged_with_the_new_one() {
    let (env, fake) = (TestEnv::new(), fake());
    assert_eq!(on(&env, &fake, &CREATE).code, 0);
    env.repo.commit_all("track");
    let path = ".github/workflows/traffic-badges.yml";
    let edited = env.repo.read(path).replace(
        "    timeout-minutes: 30\n",
        "    timeout-minutes: 45 # slow here\n",
    );
    env.repo.write(path, &edited);
    env.repo.commit_all("more time");
    // The same template: there is nothing to bring up to date.
    let dry = on(
        &env,
        &fake,
        &["traffic", "upgrade", "--files", "--dry-run", "--json"],
    );
    assert!(
        planned(&dry).contains(&format!("file:skip:{path}")),
        "{:?}",
        planned(&dry)
    );
    // Another version is installed: both changes are kept.
    let mut command = env.command(&["traffic", "upgrade", "--files"]);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("PITON_CI_INSTALL", "0.2.0");
    let ran = env.finish(command.output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let now = env.repo.read(path);
    assert!(now.contains("timeout-minutes: 45 # slow here"), "{now}");
    assert!(now.contains("--version '=0.2.0'"), "{now}");
}
