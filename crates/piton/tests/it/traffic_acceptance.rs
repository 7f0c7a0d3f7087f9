//! The acceptance list of traffic tracking, line by line, against the fake
//! GitHub and through the program. Lines about the engine alone (one receipt
//! for each action, the order, the size) are held by the engine's own tests.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};
use serde_json::Value;

use crate::env::TestEnv;
use crate::traffic::{CREATE, fake, on, planned};

pub(crate) fn create(env: &TestEnv, fake: &FakeGitHub) -> Command {
    let mut command = env.command(&CREATE);
    command
        .env("GITHUB_API_URL", fake.address())
        .env("GH_TOKEN", "ghp_owner")
        .env("GT", "ghp_collector")
        .env("PITON_CI_INSTALL", "0.1.0");
    command
}

#[test]
fn a_dry_run_changes_no_file_anywhere_and_only_reads() {
    let (env, fake) = (TestEnv::new(), fake());
    let dry = on(
        &env,
        &fake,
        &[&CREATE[..], &["--dry-run", "--json"]].concat(),
    );
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    let before = env.world();
    for command in [
        "create", "verify", "upgrade", "backfill", "remove", "status",
    ] {
        let mut args = vec!["traffic", command, "--repo", "acme/widget"];
        if command != "status" {
            args.push("--dry-run");
        }
        let ran = on(&env, &fake, &args);
        assert!(
            matches!(ran.code, 0 | 1),
            "{command}: {}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(
            env.world().files_changed_since(&before).is_empty(),
            "{command}"
        );
    }
    let log = fake.take_log();
    assert!(log.iter().all(|line| line.starts_with("GET ")), "{log:?}");
    assert_eq!(planned(&dry).len(), 12);
}

#[test]
fn a_variable_that_is_dropped_and_a_file_that_is_cut_are_deviations() {
    let (env, fake) = (TestEnv::new(), fake());
    let page = env.path().join("docs/stats/index.html");
    let cut = move |world: &mut piton_testkit::forge::World| {
        if page.is_file() {
            let text = fs::read_to_string(&page).unwrap();
            fs::write(&page, &text[..100]).unwrap();
            world.repo("acme/widget").variables.clear();
        }
    };
    // The first look at the secret after it was set is that of verifying.
    fake.fault(
        Fault::new(
            "GET",
            "/actions/secrets/TRAFFIC_GIST_TOKEN",
            FaultKind::Before(Box::new(cut)),
        )
        .times(u32::MAX),
    );
    let ran = env.finish(create(&env, &fake).output().unwrap());
    assert_eq!(ran.code, 8, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("index.html"), "{}", ran.stdout);
}

#[test]
fn a_file_that_changes_although_no_action_names_it_is_a_deviation() {
    let (env, fake) = (TestEnv::new(), fake());
    let page = env.path().join("docs/stats/index.html");
    let here = page.clone();
    let write = move |_: &mut piton_testkit::forge::World| {
        fs::create_dir_all(here.parent().unwrap()).unwrap();
        fs::write(&here, "somebody else's\n").unwrap();
    };
    // Between the look before performing and the one after it.
    fake.fault(Fault::new(
        "POST",
        "/gists",
        FaultKind::Before(Box::new(write)),
    ));
    let mut command = create(&env, &fake);
    let ran = env.finish(command.arg("--gist-only").output().unwrap());
    assert_eq!(ran.code, 8, "{}{}", ran.stdout, ran.stderr);
    let told =
        "deviation file:skip:docs/stats/index.html: expected no file, which no action changes";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    assert_eq!(fs::read_to_string(page).unwrap(), "somebody else's\n");
}

#[test]
fn every_settings_file_in_the_wild_is_recognised() {
    let Some(shared) = piton_testkit::shared_dir() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let folder = shared.join("corpus/traffic/ghtraf_json");
    let mut tried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        recognised(&text);
        tried += 1;
    }
    assert!(tried >= 14, "{tried}");
}

fn recognised(text: &str) {
    let project: Value = serde_json::from_str(text).unwrap();
    let word = |name: &str| project[name].as_str().unwrap().to_owned();
    let name = format!("{}/{}", word("owner"), word("repo"));
    let (env, fake) = (TestEnv::new(), fake());
    fake.world(|world| {
        let now = Timestamp::now();
        world.add_repo(&name, now);
        for (field, kind, file) in [
            ("badge_gist_id", "badges", "state.json"),
            ("archive_gist_id", "archive", "archive.json"),
        ] {
            let described = format!("[GTT] {name} \u{b7} {kind}");
            let id = world.add_gist(&described, kind == "badges", &[(file, "{}")], now);
            let gist = world.gists.remove(&id).unwrap();
            world.gists.insert(word(field), gist);
        }
    });
    env.repo.write(".ghtraf.json", text);
    let status = on(&env, &fake, &["traffic", "status", "--json"]);
    assert_eq!(status.code, 0, "{name}: {}{}", status.stdout, status.stderr);
    let shown = status.json();
    assert_eq!(
        shown["repositories"][0]["badge_gist"],
        word("badge_gist_id")
    );
    let verify = on(&env, &fake, &["traffic", "verify", "--json"]);
    let checks = verify.json()["checks"].clone();
    let of = |id: &str| {
        let mut all = checks.as_array().unwrap().iter();
        all.find(|one| one["id"] == id).unwrap()["verdict"].clone()
    };
    assert_eq!(of("config:check:.ghtraf.json"), "ok", "{name}: {checks}");
    assert_eq!(of("gist:check:badge"), "ok", "{name}");
    let upgrade = on(
        &env,
        &fake,
        &[
            "traffic",
            "upgrade",
            "--config-schema",
            "--dry-run",
            "--json",
        ],
    );
    let ids = planned(&upgrade);
    assert!(
        ids.contains(&"config:skip:.ghtraf.json".to_owned()),
        "{name}: {ids:?}"
    );
}

#[test]
fn no_function_of_a_writing_half_decides_anything() {
    // Deciding is reading. Whatever performs gets what was decided, and what
    // was seen just before; it asks GitHub nothing of its own, but for the key
    // that a secret is sealed with.
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut looked_at = 0;
    for folder in ["piton-github/src/operation", "piton-traffic/src/operation"] {
        for entry in fs::read_dir(crates.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            // A run is looked for after it was started: what it is called is told then.
            if path.ends_with("dispatch.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for block in text.split("\nimpl Perform<").skip(1) {
                let body = block.split("\n}\n").next().unwrap_or_default();
                looked_at += 1;
                for word in [
                    "dry_run", "dry-run", "rehears", "::get(", "::list(", "::read(", "::sha(",
                ] {
                    let asks = body.contains(word);
                    assert!(
                        !asks,
                        "{}: performing has `{word}`:\n{body}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(looked_at >= 18, "only {looked_at} performers were found");
}

#[test]
fn each_line_of_the_acceptance_has_the_test_that_is_named_for_it() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = fs::read_to_string(top.join("docs/design/traffic-defects.md")).unwrap();
    let mut sources = String::new();
    for folder in [
        "crates/piton/tests/it",
        "crates/piton-plan/tests/it",
        "crates/piton-traffic/tests/it",
        "crates/piton-traffic/src/templates",
    ] {
        for entry in fs::read_dir(top.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                sources.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    // The defects, the checklist, what the plan-and-perform seed asks.
    for (begins, least) in [("| DEF-", 27), ("| B", 10), ("| S", 8)] {
        let rows: Vec<&str> = table
            .lines()
            .filter(|line| line.starts_with(begins))
            .collect();
        assert!(rows.len() >= least, "{begins}: {}", rows.len());
        for row in rows {
            let names: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
            assert!(!names.is_empty(), "{row}");
            for name in names {
                assert!(sources.contains(&format!("fn {name}(")), "{name}: {row}");
            }
        }
    }
}
