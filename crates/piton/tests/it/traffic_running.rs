//! Running a set-up through the binary: looking, checking, mending, exporting.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind, Run, Workflow};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::traffic::{CREATE, badge, fake, job, on, planned};

/// The day so many days ago.
pub(crate) fn day(back: i64) -> String {
    let at = Timestamp::now() - SignedDuration::from_hours(24 * back);
    at.to_string()[..10].to_owned()
}

/// Sets everything up, as it is after it was committed, pushed and published.
pub(crate) fn running() -> (TestEnv, FakeGitHub) {
    let (env, fake) = (TestEnv::new(), fake());
    let made = on(&env, &fake, &CREATE);
    assert_eq!(made.code, 0, "{}{}", made.stdout, made.stderr);
    publish(&env, &fake);
    (env, fake)
}

fn publish(env: &TestEnv, fake: &FakeGitHub) {
    let path = ".github/workflows/traffic-badges.yml";
    let text = env.repo.read(path);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.commit_files("main", "track", &[(path, &text)]);
        repo.pages = Some(("main".to_owned(), "/docs".to_owned()));
        repo.workflows.insert(
            "traffic-badges.yml".to_owned(),
            Workflow {
                id: 7,
                name: "Track Downloads & Clones".to_owned(),
                state: "active".to_owned(),
                run_name: None,
            },
        );
        let counted = |count: u64| -> Vec<Value> {
            let days = (0..14).rev();
            days.map(|back| {
                json!({"timestamp": format!("{}T00:00:00Z", day(back)), "count": count, "uniques": 2})
            })
            .collect()
        };
        repo.created_at = Timestamp::now() - SignedDuration::from_hours(24 * 200);
        repo.traffic.insert("clones".to_owned(), counted(5));
        repo.traffic.insert("views".to_owned(), counted(9));
    });
}

fn run(status: &str, conclusion: Option<&str>) -> Run {
    Run {
        name: "Track Downloads & Clones".to_owned(),
        title: "x".to_owned(),
        workflow_id: 7,
        path: ".github/workflows/traffic-badges.yml".to_owned(),
        event: "schedule".to_owned(),
        branch: "main".to_owned(),
        status: status.to_owned(),
        conclusion: conclusion.map(str::to_owned),
        created_at: Timestamp::now(),
        attempt: 1,
        jobs: Vec::new(),
        inputs: std::collections::BTreeMap::new(),
    }
}

fn collect(env: &TestEnv, fake: &FakeGitHub) {
    let ran = env.finish(job(env, fake, &["traffic", "collect"]).output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

fn verdict(ran: &Ran, id: &str) -> String {
    let shown = ran.json();
    let checks = shown["checks"].as_array().unwrap();
    let one = checks.iter().find(|one| one["id"] == id);
    let one = one.unwrap_or_else(|| panic!("{id}: {shown}"));
    let code = one["code"].as_str().unwrap_or_default();
    format!("{} {code}", one["verdict"].as_str().unwrap())
}

pub(crate) fn state(fake: &FakeGitHub) -> Value {
    serde_json::from_str(&badge(fake, "state.json")).unwrap()
}

/// Changes the gist of the badges behind everybody's back.
fn edit(fake: &FakeGitHub, file: &str, text: &str) {
    fake.world(|world| {
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.past
            .insert(gist.revisions - 1, (gist.updated_at, gist.files.clone()));
        gist.revisions += 1;
        gist.files.insert(file.to_owned(), text.to_owned());
    });
}

#[test]
fn a_set_up_that_works_has_nothing_wrong_and_shows_its_numbers() {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.runs.insert(1, run("completed", Some("success")));
    });
    fake.take_log();
    let status = on(&env, &fake, &["traffic", "status", "--check"]);
    assert_eq!(status.code, 0, "{}{}", status.stdout, status.stderr);
    for told in [
        "70 (0 of CI, 70 organic)",
        "126",
        "no gap",
        "nothing is wrong",
        "next run",
    ] {
        assert!(status.stdout.contains(told), "{told}: {}", status.stdout);
    }
    let verify = on(&env, &fake, &["traffic", "verify", "--strict"]);
    assert_eq!(verify.code, 0, "{}{}", verify.stdout, verify.stderr);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
    assert_eq!(fake.violations(), [""; 0]);

    let dry = on(&env, &fake, &["traffic", "verify", "--dry-run", "--json"]);
    let ids = planned(&dry);
    assert!(ids.contains(&"state:check:totals".to_owned()), "{ids:?}");
    assert!(ids.iter().all(|id| id.contains(":check:")), "{ids:?}");
    // A plan of checks is a plan: it can be saved and performed.
    let saved = on(
        &env,
        &fake,
        &["traffic", "verify", "--plan-out", "checks.json"],
    );
    assert_eq!(saved.code, 0, "{}", saved.stderr);
    let applied = on(&env, &fake, &["apply", "checks.json"]);
    assert_eq!(applied.code, 0, "{}{}", applied.stdout, applied.stderr);
}

#[test]
fn each_problem_has_its_code_and_fixing_mends_what_can_be_mended() {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.variables.remove("TRAFFIC_GIST_ID");
        repo.workflows.get_mut("traffic-badges.yml").unwrap().state =
            "disabled_inactivity".to_owned();
        repo.runs.insert(1, run("completed", Some("failure")));
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.files.remove("clones.json");
        "acme/widget traffic badges".clone_into(&mut gist.description);
    });
    let views = r#"{"schemaVersion": 1, "label": "views", "message": "7", "color": "blue"}"#;
    edit(&fake, "views.json", views);
    env.repo.write("docs/stats/favicon.svg", "<svg/>");
    std::fs::remove_file(env.path().join("docs/stats/README.md")).unwrap();
    let ran = on(&env, &fake, &["traffic", "verify", "--json"]);
    assert_eq!(ran.code, 8, "{}{}", ran.stdout, ran.stderr);
    for (id, wanted) in [
        ("variable:check:TRAFFIC_GIST_ID", "fail VARIABLE_MISSING"),
        (
            "workflow:check:traffic-badges.yml",
            "fail WORKFLOW_DISABLED",
        ),
        ("workflow:check:last-run", "fail LAST_RUN_FAILED"),
        ("gist:check:badge-files", "fail "),
        ("gist:check:badge-description", "warn "),
        ("badge:check:views", "warn "),
        ("badge:check:installs", "ok "),
        ("file:check:docs/stats/favicon.svg", "warn TEMPLATE_OLD"),
        ("file:check:docs/stats/README.md", "warn "),
        ("state:check:totals", "ok "),
    ] {
        assert_eq!(verdict(&ran, id), wanted, "{id}");
    }
    let status = on(&env, &fake, &["traffic", "status", "--check"]);
    assert_eq!(status.code, 8, "{}", status.stdout);
    assert!(
        status.stdout.contains("WORKFLOW_DISABLED"),
        "{}",
        status.stdout
    );

    fake.take_log();
    let dry = on(
        &env,
        &fake,
        &["traffic", "verify", "--fix", "--dry-run", "--json"],
    );
    let ids = planned(&dry);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
    for id in [
        "variable:set:TRAFFIC_GIST_ID",
        "gist:repair:badge",
        "gist:rename:badge",
        "gist:update:badges",
        "workflow:enable:traffic-badges.yml",
        "file:copy:docs/stats/README.md",
        "file:ask:docs/stats/favicon.svg",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id}: {ids:?}");
    }
    let fixed = on(&env, &fake, &["traffic", "verify", "--fix", "--force"]);
    assert_eq!(fixed.code, 0, "{}{}", fixed.stdout, fixed.stderr);
    fake.world(|world| {
        world
            .repo("acme/widget")
            .runs
            .insert(2, run("completed", Some("success")));
    });
    let again = on(&env, &fake, &["traffic", "verify", "--strict"]);
    assert_eq!(again.code, 0, "{}{}", again.stdout, again.stderr);
    assert!(badge(&fake, "clones.json").contains("\"70\""), "not a zero");
    assert_eq!(fake.violations(), [""; 0]);
}

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
fn exports_are_whole_and_hold_no_formula() {
    let (env, fake) = running();
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        let evil = json!({"referrer": "=HYPERLINK(\"http://x\")", "count": 3, "uniques": 2});
        repo.traffic.insert("referrers".to_owned(), vec![evil]);
    });
    collect(&env, &fake);
    let csv = on(&env, &fake, &["traffic", "export"]);
    assert_eq!(csv.stdout.lines().count(), 15, "{}", csv.stdout);
    assert!(
        csv.stdout.starts_with("date,clones,uniqueClones,"),
        "{}",
        csv.stdout
    );
    let csv = on(&env, &fake, &["traffic", "export", "--what", "referrers"]);
    assert!(csv.stdout.contains("\"'=HYPERLINK"), "{}", csv.stdout);
    let json = on(
        &env,
        &fake,
        &["traffic", "export", "--format", "json", "--from", &day(1)],
    );
    let rows: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(rows[0]["clones"], 5);
    let markdown = on(&env, &fake, &["traffic", "badge", "installs"]);
    assert!(
        markdown
            .stdout
            .starts_with("[![installs](https://img.shields.io/endpoint?url=")
    );
    assert_eq!(markdown.stdout.lines().count(), 1);
}

#[test]
fn removing_always_asks_and_leaves_the_numbers_unless_told() {
    let (env, fake) = running();
    let refused = on(&env, &fake, &["traffic", "remove"]);
    assert_eq!(refused.code, 3, "{}{}", refused.stdout, refused.stderr);
    env.repo.write("docs/stats/README.md", "mine\n");
    let ran = on(&env, &fake, &["traffic", "remove", "-y"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!env.repo.exists(".github/workflows/traffic-badges.yml"));
    assert!(
        env.repo.exists("docs/stats/README.md"),
        "nobody of ours wrote that"
    );
    fake.world(|world| {
        assert_eq!(world.gists.len(), 2);
        let repo = world.repo("acme/widget");
        assert!(repo.variables.is_empty() && repo.secrets.is_empty());
    });
    let list = std::fs::read_to_string(env.home.path().join(".ghtraf/config.json")).unwrap();
    assert!(!list.contains("acme/widget"), "{list}");
    let args = [
        "traffic",
        "remove",
        "--repo",
        "acme/widget",
        "--delete-gists",
        "-y",
    ];
    let ran = on(&env, &fake, &args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(fake.world(|world| world.gists.is_empty()));
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn what_everybody_may_see_needs_no_token() {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.take_log();
    let ran = on(&env, &fake, &["traffic", "status", "--offline"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let log = fake.log();
    assert!(log.iter().all(|logged| logged.authorization.is_none()));
    assert!(ran.stdout.contains("70 (0 of CI"), "{}", ran.stdout);
}

#[test]
fn a_token_that_ends_soon_is_told_in_time() {
    let (env, fake) = running();
    let soon = Timestamp::now() + SignedDuration::from_hours(24 * 5 + 1);
    let soon = soon.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    fake.world(|world| {
        let rights = piton_testkit::forge::Rights {
            login: "jo".to_owned(),
            expires: Some(soon),
            ..piton_testkit::forge::Rights::default()
        };
        world.tokens.insert("ghp_collector".to_owned(), rights);
    });
    let ran = env.finish(job(&env, &fake, &["traffic", "collect"]).output().unwrap());
    assert!(
        ran.stdout.contains("token ends in 5 days"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    let ran = on(&env, &fake, &["traffic", "verify", "--json"]);
    assert_eq!(verdict(&ran, "token:check:expiry"), "warn TOKEN_EXPIRES");
    let ran = on(
        &env,
        &fake,
        &["traffic", "verify", "--token-env", "GT", "--json"],
    );
    assert_eq!(verdict(&ran, "token:check:gist"), "ok ");
    assert_eq!(verdict(&ran, "token:check:end"), "warn ");
}
