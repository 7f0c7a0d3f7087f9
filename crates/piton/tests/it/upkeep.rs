//! What a person does to a migration beside deciding about its plan.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, refine};

fn slugs(env: &TestEnv) -> Vec<String> {
    let listed = env.ok(&["migration", "list", "--json"]).json();
    let rows = listed["migrations"].as_array().unwrap();
    let mut slugs: Vec<String> = rows
        .iter()
        .map(|row| row["slug"].as_str().unwrap().to_owned())
        .collect();
    slugs.sort();
    slugs
}

#[test]
fn a_slug_is_short_and_gets_a_number_only_when_it_is_taken() {
    let env = TestEnv::staged();
    for _ in 0..2 {
        let _ = env.ok(&[
            "migration",
            "new",
            "--target",
            "Split the parser from the report, at last",
        ]);
    }
    assert_eq!(
        slugs(&env),
        ["split-the-parser-from-the", "split-the-parser-from-the-2"]
    );
    // The start of a name will do where it fits one alone.
    let ran = env.run(&["migration", "show", "split"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("fits more than one"), "{}", ran.stderr);
    assert!(!ran.stderr.contains('…'), "two fit: {}", ran.stderr);
    let ran = env.run(&["migration", "show", "split-the-praser-from-the"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("did you mean `split-the-parser-from-the`?"),
        "{}",
        ran.stderr
    );
    let _ = env.ok(&["migration", "delete", "split-the-parser-from-the-2"]);
    let shown = env.ok(&["migration", "show", "split"]).stdout;
    assert!(
        shown.starts_with("split-the-parser-from-the  planning"),
        "{shown}"
    );
}

#[test]
fn a_step_is_taken_back_and_the_one_before_it_too() {
    let env = TestEnv::planned(3);
    let before = env.repo.subjects().len();
    assert_eq!(env.cursor(), "review");
    let dry = env.ok(&["migration", "undo", SLUG, "--dry-run"]);
    assert!(dry.stdout.contains("undo add-api"), "{}", dry.stdout);
    for cursor in ["expand", "pick-best", "approaches"] {
        let _ = env.ok(&["migration", "undo", SLUG]);
        assert_eq!(env.cursor(), cursor);
        assert_eq!(env.repo.status(), "");
    }
    let ran = env.run(&["migration", "undo", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert_eq!(env.repo.subjects().len(), before + 3, "history stays");
    // And it goes on from there.
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_nothing_to_repair();
}

#[test]
fn nothing_is_taken_back_once_a_phase_has_landed() {
    let env = TestEnv::planned(7);
    let mut manifest: serde_json::Value =
        serde_json::from_str(&env.repo.read(crate::stage::MANIFEST)).unwrap();
    manifest["phases"][0]["done"] = true.into();
    env.edit_manifest("phases", manifest["phases"].clone());
    env.repo.commit_all("phase 1 landed");
    let landed = env.repo.git(&["rev-parse", "--short=10", "HEAD"]);
    let ran = env.run(&["migration", "undo", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr
            .contains(&format!("git revert {}", landed.trim())),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_rejected_plan_is_reopened_with_feedback() {
    let env = TestEnv::planned(7);
    let _ = env.ok(&["migration", "reject", SLUG, "--reason", "too large"]);
    let listed = env.ok(&["migration", "list", "--json"]).json();
    assert_eq!(listed["migrations"][0]["rejected_because"], "too large");
    assert_eq!(env.show(SLUG)["rejected_because"], "too large");
    let ran = env.run(&refine("x"));
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let _ = env.ok(&["migration", "reopen", SLUG, "--message", "the parser alone"]);
    assert_eq!(env.cursor(), "revise");
    assert_eq!(
        env.show(SLUG)["planning"]["feedback"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(!env.repo.exists("migrations/add-api/intentional-skip.md"));
    env.assert_nothing_to_repair();
}

#[test]
fn a_migration_is_renamed_archived_and_deleted_and_each_is_a_commit() {
    let env = TestEnv::planned(3);
    let _ = env.ok(&["migration", "rename", SLUG, "facade"]);
    assert_eq!(slugs(&env), ["facade"]);
    assert_eq!(env.repo.status(), "");
    let doctor = env.ok(&["migration", "doctor", "facade"]);
    assert!(!doctor.stdout.contains("error"), "{}", doctor.stdout);
    let state = env.repo.read("migrations/facade/.planning/state.json");
    assert!(!state.contains("add-api"), "{state}");
    let taken = env.run(&["migration", "rename", "facade", "facade"]);
    assert_eq!(taken.code, 2, "{}", taken.shown());

    let log = env.ok(&["migration", "log", "facade"]).stdout;
    assert!(log.contains("piton: rename add-api to facade"), "{log}");
    assert!(log.ends_with("piton: plan add-api\n"), "{log}");
    assert_eq!(log.matches("rename add-api").count(), 1, "{log}");
    let _ = env.ok(&["migration", "archive", "facade"]);
    assert!(slugs(&env).is_empty());
    assert!(env.repo.exists("migrations/.archive/facade/plan.md"));
    assert_eq!(env.repo.status(), "");

    let env = TestEnv::planned(1);
    env.repo.write("migrations/add-api/notes.md", "mine\n");
    let ran = env.run(&["migration", "delete", SLUG]);
    assert_eq!(ran.code, 1, "uncommitted work stays: {}", ran.shown());
    env.repo.commit_all("notes");
    let _ = env.ok(&["migration", "delete", SLUG]);
    assert!(slugs(&env).is_empty());
    assert!(!env.repo.exists("migrations/add-api"));
    assert_eq!(env.repo.subjects()[0], "piton: delete add-api");
}

#[test]
fn directories_without_a_file_are_in_the_way_of_no_rename() {
    let env = TestEnv::planned(1);
    let left = env.repo.path().join("migrations/facade/.planning");
    std::fs::create_dir_all(&left).unwrap();
    let _ = env.ok(&["migration", "rename", SLUG, "facade"]);
    assert_eq!(slugs(&env), ["facade"]);

    env.repo.write("migrations/other/notes.md", "mine\n");
    let ran = env.run(&["migration", "rename", "facade", "other"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn what_goes_with_a_step_that_is_taken_back_is_named() {
    let env = TestEnv::planned(3);
    assert!(
        !env.ok(&["migration", "undo", SLUG, "--dry-run"])
            .stderr
            .contains("goes with")
    );
    env.repo.write("migrations/add-api/plan.md", "# Mine\n");
    env.repo.commit_all("words of my own");
    let ran = env.ok(&["migration", "undo", SLUG]);
    assert!(
        ran.stderr.contains("goes with the step: words of my own"),
        "{}",
        ran.shown()
    );
    assert_eq!(
        ran.stderr.matches("goes with").count(),
        1,
        "{}",
        ran.shown()
    );
}

#[test]
fn a_plan_is_read_and_what_changed_is_shown() {
    let env = TestEnv::planned(5);
    let plan = env.ok(&["migration", "open", SLUG]).stdout;
    assert!(plan.starts_with("# The plan"), "{plan}");
    assert!(plan.contains("## Definition of Done"), "{plan}");
    let diff = env.ok(&["migration", "diff", SLUG]).stdout;
    assert!(diff.contains("phase-2-tests.md"), "{diff}");
    let ran = env.run(&["migration", "open", SLUG, "nothing.md"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("plan.md"), "{}", ran.stderr);
}
