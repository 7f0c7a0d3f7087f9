//! Migrations as they are looked at and checked.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::stage::{GOOD, MANIFEST, SLUG, refine};

#[test]
fn the_list_is_a_table_of_tabs_when_piped_and_one_broken_migration_hides_none() {
    let env = TestEnv::planned(1);
    let _ = env.ok(&["migration", "new", "other", "--target", "x"]);
    env.repo
        .write("migrations/broken/manifest.json", "{\"name\": ");
    env.repo.write("migrations/empty/notes.md", "x");
    let ran = env.ok(&["migration", "list"]);
    let rows: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(
        rows[0],
        [
            "slug",
            "status",
            "cursor",
            "awaiting_review",
            "last_touch",
            "cooldown",
            "reason"
        ]
    );
    let start = |row: &Vec<&str>| row[..3].join(" ");
    assert_eq!(
        rows[1..].iter().map(start).collect::<Vec<_>>(),
        [
            "other planning planning:approaches",
            "add-api planning planning:pick-best",
            "broken invalid-manifest blocked",
            "empty invalid-manifest blocked",
        ]
    );
    assert!(rows.iter().all(|row| row.len() == 7), "{rows:?}");
    assert!(rows[3][6].starts_with("invalid-manifest"), "{rows:?}");
    assert_eq!(rows[4][6], "missing-manifest");

    let json = env.ok(&["migration", "list", "--json"]).json();
    let first = &json["migrations"][1];
    assert_eq!(first["slug"], SLUG);
    assert_eq!(first["status"], "planning");
    assert_eq!(first["awaiting_human_review"], false);
    assert_eq!(json["migrations"].as_array().unwrap().len(), 4);
    let of = |more: &[&str]| {
        let words = [&["migration", "list", "--no-headers"], more].concat();
        env.ok(&words).stdout.lines().count()
    };
    assert_eq!(
        (
            of(&[]),
            of(&["--status", "planning"]),
            of(&["--status", "done"])
        ),
        (4, 2, 0)
    );
    assert_eq!(
        env.run(&["migration", "list", "--status", "nonsense"]).code,
        2
    );

    // The broken ones are found and shown as well, and checked beside the rest.
    let shown = env.show("broken");
    assert_eq!(shown["status"], Value::Null);
    assert_eq!(shown["findings"][0]["code"], "invalid-manifest");
    let doctor = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(doctor.code, 1, "{}", doctor.shown());
    assert_eq!(env.run(&["migration", "doctor", SLUG]).code, 0);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(
        ran.code,
        0,
        "a broken neighbour is no obstacle: {}",
        ran.shown()
    );
}

#[test]
fn an_empty_list_is_the_header_alone() {
    let env = TestEnv::staged();
    let ran = env.ok(&["migration", "list"]);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert_eq!(
        env.ok(&["migration", "list", "--json"]).json()["migrations"],
        json!([])
    );
}

#[test]
fn everything_about_a_migration_is_in_one_document() {
    let env = TestEnv::planned(7);
    let shown = env.show(SLUG);
    assert_eq!(shown["slug"], SLUG);
    assert_eq!(shown["status"], "ready");
    assert_eq!(shown["awaiting_human_review"], false);
    assert_eq!(shown["current_phase"], "facade");
    assert_eq!(shown["phases"][0]["file"], "phase-1-facade.md");
    assert_eq!(shown["phases"][1]["required_effort"], "medium");
    assert_eq!(shown["planning"]["next_step"], "terminal-ready");
    let completed = shown["planning"]["completed"].as_array().unwrap();
    assert_eq!(completed.len(), 7);
    assert_eq!(completed[3]["outcome"], "findings");
    assert_eq!(shown["digest"].as_str().unwrap().len(), 64);
    assert_eq!(shown["eligible"], true);
    assert_eq!(shown["findings"], json!([]));
}

#[test]
fn doctor_says_what_is_wrong_in_lines_in_json_and_in_sarif() {
    let env = TestEnv::planned(1);
    assert_eq!(env.run(&["migration", "doctor", SLUG]).shown(), "exit 0\n");
    assert_eq!(env.run(&["migration", "doctor"]).code, 2);
    assert_eq!(env.run(&["migration", "doctor", "nowhere"]).code, 2);
    assert_eq!(env.run(&["migration", "doctor", SLUG, "--all"]).code, 2);

    env.edit_manifest("name", "something-else".into());
    let ran = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(ran.code, 1);
    let fields: Vec<&str> = ran.stdout.trim_end().split('\t').collect();
    assert_eq!(&fields[..3], [SLUG, "error", "manifest-slug-mismatch"]);
    assert_eq!(fields.len(), 5);
    assert!(fields[3].ends_with(MANIFEST), "{fields:?}");

    let ran = env.run(&["migration", "doctor", SLUG, "--json"]);
    assert_eq!(ran.code, 1);
    let finding = &ran.json()["reports"][0]["findings"][0];
    for field in ["severity", "mode", "code", "path", "message", "remedy"] {
        assert!(finding[field].is_string(), "{field}: {finding}");
    }
    let ran = env.run(&["migration", "doctor", "--all", "--sarif"]);
    assert_eq!(ran.code, 1);
    let sarif = ran.json();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "manifest-slug-mismatch");
    let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(location["uri"], MANIFEST);
}

#[test]
fn what_is_no_migration_is_refused_and_nothing_is_changed() {
    let env = TestEnv::planned(1);
    env.repo.write("outside/manifest.json", "{}");
    env.repo.write("migrations/.hidden/manifest.json", "{}");
    env.repo.write("migrations/__internal/manifest.json", "{}");
    std::os::unix::fs::symlink("../outside", env.path().join("migrations/link")).unwrap();
    std::os::unix::fs::symlink("migrations/add-api", env.path().join("alias")).unwrap();
    let before = env.world();
    let elsewhere = env.path().join("outside");
    let values: [&OsStr; 14] = [
        OsStr::new("../outside"),
        OsStr::new("migrations/../outside"),
        OsStr::new(".."),
        elsewhere.as_os_str(),
        OsStr::new("/etc"),
        OsStr::new("link"),
        OsStr::new("migrations/link"),
        OsStr::new("alias"),
        OsStr::new(".hidden"),
        OsStr::new("__internal"),
        OsStr::from_bytes(b"add-\xff"),
        OsStr::new("nowhere"),
        OsStr::new("migrations"),
        OsStr::new(""),
    ];
    for value in values {
        for (command, more) in [
            ("show", &[][..]),
            ("doctor", &[]),
            ("reject", &["--reason", "x"]),
            ("step", &["--with", "script", "--agent-script", "none.toml"]),
        ] {
            let mut arguments: Vec<OsString> =
                vec!["migration".into(), command.into(), value.into()];
            arguments.extend(more.iter().map(OsString::from));
            let ran = env.run(&arguments);
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.shown());
            assert_eq!(ran.stdout, "", "{arguments:?}");
            assert!(env.world() == before, "{arguments:?} touched something");
        }
    }
    for value in ["migrations/add-api", "./migrations/add-api/"] {
        let _ = env.ok(&["migration", "show", value]);
    }
    let _ = env.ok(&[
        OsStr::new("migration"),
        OsStr::new("show"),
        env.path().join("migrations/add-api").as_os_str(),
    ]);
}

#[test]
fn feedback_of_many_at_once_is_all_recorded() {
    let env = TestEnv::planned(1);
    let refused: Vec<String> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4)
            .map(|who| {
                let env = &env;
                scope.spawn(move || {
                    (0..3)
                        .map(|nth| {
                            let text = format!("word {who}-{nth}");
                            let ran = env.run(&refine(&text));
                            (ran.code, ran.shown())
                        })
                        .filter(|(code, _)| *code != 0)
                        .map(|(_, shown)| shown)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        calls
            .into_iter()
            .flat_map(|call| call.join().unwrap())
            .collect()
    });
    assert!(refused.is_empty(), "{refused:#?}");
    let shown = env.show(SLUG);
    assert_eq!(shown["planning"]["feedback"].as_array().unwrap().len(), 12);
    assert_eq!(env.repo.status(), "");
}

#[test]
fn what_cannot_be_refined_is_a_usage_error() {
    let env = TestEnv::planned(7);
    env.edit_manifest("status", "in-progress".into());
    env.repo.commit_all("begun");
    let refine = refine("x");
    let ran = env.run(&refine);
    assert_eq!(ran.code, 2, "{}", ran.shown());

    // A record that has ended, under a manifest that does not know.
    let env = TestEnv::planned(7);
    env.edit_manifest("status", "planning".into());
    env.repo.commit_all("edited");
    let ran = env.run(&refine);
    assert_eq!(ran.code, 2, "{}", ran.shown());

    // A plan that is ready, over a record that is not.
    let env = TestEnv::planned(4);
    env.edit_manifest("status", "ready".into());
    env.repo.commit_all("edited");
    let ran = env.run(&refine);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}
