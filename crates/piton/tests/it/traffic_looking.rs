//! Looking at a set-up through the binary, and mending it.

use jiff::{SignedDuration, Timestamp};
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::{on, planned};
use crate::traffic_jobs::{badge, job};
use crate::traffic_stage::{collect, day, edit, run, running, state, verdict};

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
    for told in ["WORKFLOW_DISABLED", "variable TRAFFIC_GIST_ID: "] {
        assert!(status.stdout.contains(told), "{}", status.stdout);
    }

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
    // That it may write is tried by writing, and a dry run does not.
    fake.take_log();
    let args = ["traffic", "verify", "--token-env", "GT"];
    let dry = on(&env, &fake, &[&args[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert!(
        dry.stderr.contains("not tried in a dry run"),
        "{}",
        dry.stderr
    );
    let saved = on(
        &env,
        &fake,
        &[&args[..], &["--plan-out", "x.json"]].concat(),
    );
    assert_eq!(saved.code, 2, "{}", saved.stderr);
    assert!(fake.take_log().iter().all(|line| line.starts_with("GET ")));
}

/// Changes the state in the gist.
fn with_state(fake: &FakeGitHub, change: impl FnOnce(&mut Value)) {
    let mut now = state(fake);
    change(&mut now);
    edit(fake, "state.json", &now.to_string());
}

#[test]
fn every_problem_of_a_set_up_has_its_name() {
    type Arrange = fn(&TestEnv, &FakeGitHub);
    let cases: [(&str, &str, Arrange); 14] = [
        ("config:check:.ghtraf.json", "warn NO_CONFIG", |env, _| {
            std::fs::remove_file(env.path().join(".ghtraf.json")).unwrap();
            std::fs::remove_dir_all(env.home.path().join(".ghtraf")).unwrap();
        }),
        ("gist:check:badge", "fail GIST_404", |_, fake| {
            fake.world(|world| world.gists.retain(|_, gist| !gist.public));
        }),
        ("gist:check:badge", "fail GIST_NOT_OURS", |_, fake| {
            fake.world(|world| {
                let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
                "somebody".clone_into(&mut gist.owner);
            });
        }),
        ("gist:check:archive", "fail ARCHIVE_404", |_, fake| {
            fake.world(|world| world.gists.retain(|_, gist| gist.public));
        }),
        ("state:check:schema", "fail STATE_TRUNCATED", |_, fake| {
            fake.world(|world| world.gist_cut = 10);
            fake.fault(Fault::new("GET", "/raw/", FaultKind::Drop).times(u32::MAX));
        }),
        ("state:check:schema", "warn SCHEMA_OLD", |_, fake| {
            with_state(fake, |state| state["schemaVersion"] = json!(2));
        }),
        ("state:check:freshness", "warn STALE", |_, fake| {
            with_state(fake, |state| {
                for row in state["dailyHistory"].as_array_mut().unwrap() {
                    row["capturedAt"] = json!(Timestamp::now() - SignedDuration::from_hours(40));
                }
            });
        }),
        ("state:check:freshness", "fail STALE", |_, fake| {
            with_state(fake, |state| {
                for row in state["dailyHistory"].as_array_mut().unwrap() {
                    row["capturedAt"] = json!(Timestamp::now() - SignedDuration::from_hours(60));
                }
            });
        }),
        (
            "state:check:totals",
            "warn TOTALS_INCONSISTENT",
            |_, fake| {
                with_state(fake, |state| state["totalClones"] = json!(3));
            },
        ),
        ("archive:check:months", "warn ARCHIVE_GAP", |_, fake| {
            with_state(fake, |state| {
                state["trackingSince"] = json!(format!("{}T03:00:00Z", day(100)));
            });
        }),
        (
            "workflow:check:traffic-badges.yml",
            "fail WORKFLOW_MISSING",
            |_, fake| {
                fake.world(|world| world.repo("acme/widget").workflows.clear());
            },
        ),
        (
            "variable:check:TRAFFIC_GIST_ID",
            "fail VARIABLE_MISMATCH",
            |_, fake| {
                fake.world(|world| {
                    let variables = &mut world.repo("acme/widget").variables;
                    variables.insert(
                        "TRAFFIC_GIST_ID".to_owned(),
                        "0123456789abcdef0123".to_owned(),
                    );
                });
            },
        ),
        (
            "secret:check:TRAFFIC_GIST_TOKEN",
            "fail SECRET_MISSING",
            |_, fake| {
                fake.world(|world| world.repo("acme/widget").secrets.clear());
            },
        ),
        ("pages:check:acme/widget", "warn PAGES_OFF", |_, fake| {
            fake.world(|world| world.repo("acme/widget").pages = None);
        }),
    ];
    let (env, fake) = running();
    collect(&env, &fake);
    let world = fake.world(|world| world.clone());
    let settings = env.repo.read(".ghtraf.json");
    let list = std::fs::read_to_string(env.home.path().join(".ghtraf/config.json")).unwrap();
    for (id, wanted, arrange) in cases {
        fake.world(|now| *now = world.clone());
        fake.clear_faults();
        env.repo.write(".ghtraf.json", &settings);
        std::fs::create_dir_all(env.home.path().join(".ghtraf")).unwrap();
        std::fs::write(env.home.path().join(".ghtraf/config.json"), &list).unwrap();
        arrange(&env, &fake);
        let ran = on(
            &env,
            &fake,
            &["traffic", "verify", "--repo", "acme/widget", "--json"],
        );
        assert_eq!(verdict(&ran, id), wanted, "{id}: {}", ran.stderr);
        let fails = ran.json()["counts"]["fail"].as_u64().unwrap() > 0;
        assert_eq!(ran.code, if fails { 8 } else { 0 }, "{wanted}");
        assert!(fails || !wanted.starts_with("fail"), "{wanted}");
        let strict = on(
            &env,
            &fake,
            &["traffic", "verify", "--repo", "acme/widget", "--strict"],
        );
        assert_eq!(
            strict.code, 8,
            "{wanted}: {}{}",
            strict.stdout, strict.stderr
        );
        let code = wanted.split(' ').next_back().unwrap();
        assert!(
            strict.stdout.contains(&format!("[{code}]")),
            "{}",
            strict.stdout
        );
    }
}

#[test]
fn the_published_page_is_looked_at_and_what_is_found_is_told() {
    let (env, fake) = running();
    collect(&env, &fake);
    let published = |wanted: &str, told: &str| {
        let ran = on(&env, &fake, &["traffic", "verify", "--json"]);
        assert_eq!(
            verdict(&ran, "dashboard:check:published"),
            wanted,
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    published("ok ", "/site/acme/widget/stats/ shows this set-up");
    // Nobody's token goes to a site.
    let looked = fake
        .log()
        .into_iter()
        .filter(|logged| logged.path.starts_with("/site/"));
    assert!(
        looked
            .into_iter()
            .all(|logged| logged.authorization.is_none())
    );
    let page = env.repo.read("docs/stats/index.html");
    let other = page.replace("acme", "somebody");
    let publish = |text: &str| {
        fake.world(|world| {
            let repo = world.repo("acme/widget");
            repo.commit_files("main", "page", &[("docs/stats/index.html", text)]);
        });
    };
    publish(&other);
    published("warn ", "shows another set-up, or none: REPO_OWNER");
    publish("<h1>Coming soon</h1>");
    published("warn ", "GIST_RAW_BASE");
    publish(&page);
    // Without a way there nothing is said against it, and it is asked once.
    fake.take_log();
    fake.fault(Fault::new("GET", "/site/", FaultKind::Drop).times(u32::MAX));
    published("skip ", "could not be looked at");
    let asked = fake.take_log();
    assert_eq!(
        asked.iter().filter(|line| line.contains("/site/")).count(),
        1,
        "{asked:?}"
    );
    fake.clear_faults();
    fake.world(|world| world.repo("acme/widget").pages = Some(("main".to_owned(), "/".to_owned())));
    let ran = on(&env, &fake, &["traffic", "verify", "--json"]);
    assert_eq!(verdict(&ran, "dashboard:check:published"), "warn ");
    assert!(
        ran.stdout.contains("nothing is published at"),
        "{}",
        ran.stdout
    );
    let status = on(&env, &fake, &["traffic", "status"]);
    assert_eq!(status.code, 0, "{}", status.stderr);
    assert!(
        fake.take_log()
            .iter()
            .filter(|line| line.contains("/site/"))
            .count()
            == 1
    );
    assert_eq!(fake.violations(), [""; 0]);
}
