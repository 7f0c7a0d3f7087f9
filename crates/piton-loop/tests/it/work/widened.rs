//! How far a target reaches, and the migration that it may become.

use std::fs;

use piton_durable::RealDisk;
use piton_git::landing::Onto;
use piton_loop::targets::Target;
use piton_loop::work::{Accepted, Piece, SourcePiece, Worked};
use piton_migration::own::{Target as Noted, TargetProvenance, load_own};
use piton_testkit::Replies;
use serde_json::{Value, json};

use super::recorded::Told;
use super::{Scene, refactor_that_writes, taken};

fn piece_of(files: &[&str]) -> Piece {
    Piece::Source(SourcePiece {
        target: Target::plain(
            "the library",
            TargetProvenance::Random,
            files.iter().map(ToString::to_string).collect(),
        ),
        scope: Some("no new files".to_owned()),
        subject: None,
        route: true,
    })
}

/// Widens a target as `kind`, and cleans it up.
fn cleans(kind: &str) -> Replies {
    Replies::new()
        .says(
            "scope-expansion",
            &format!("selected-candidate: {kind} — why"),
        )
        .says("classify", "decision: cohesive-cleanup — small")
        .then(&refactor_that_writes("better\n", "done"))
}

/// Returns what was to choose from, as it is kept beside the run's record.
fn kept(scene: &Scene, told: &Told) -> Value {
    let run = scene.state().join("runs").join(told.run.run.id.as_str());
    let file = run.join("scope-expansion/variants-001.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn what_speaks_of_a_file_and_what_changed_with_it_is_offered_and_nothing_else() {
    let scene = Scene::new();
    let scratch = &scene.scratch;
    // What is piton's own, and what a migration holds, is never widened to.
    scratch.write("migrations/tidy/notes.md", "src/kernel.rs is large\n");
    scratch.write(".piton/taste.md", "src/kernel.rs is large\n");
    scratch.write("src/kernel.rs", "mod helper; // as in -page.js\n");
    scratch.write("src/gone.rs", "gone\n");
    scratch.commit_all("they changed together");
    scratch.write("src/helper.rs", "help\n");
    scratch.write("doc/kernel.md", "about src/kernel.rs\n");
    // Some word of it alone is no name of it.
    scratch.write("doc/corn.md", "about kernels\n");
    scratch.write("src/helper-of-old.rs", "old\n");
    scratch.write("web/-page.js", "page\n");
    fs::remove_file(scratch.path().join("src/gone.rs")).unwrap();
    scratch.commit_all("more of it");
    let told = Told::of(
        &scene,
        &piece_of(&["src/kernel.rs"]),
        &cleans("cross-cluster"),
    );
    let document = kept(&scene, &told);
    let offered = |kind: &str, files: &[&str], evidence: &[&str]| json!({"kind": kind, "files": files, "evidence": evidence, "validation_surfaces": []});
    let helper = "src/helper.rs: src/kernel.rs speaks of it";
    let doc = "doc/kernel.md: it speaks of src/kernel.rs";
    let page = "web/-page.js: src/kernel.rs speaks of it";
    assert_eq!(
        document,
        json!({
            "target": {"description": "the library", "files": ["src/kernel.rs"]},
            "bypass_reason": null,
            "candidates": [
                offered("seed", &["src/kernel.rs"], &["src/kernel.rs: the file that was chosen"]),
                offered("local-cluster", &["src/kernel.rs", "src/helper.rs"], &[helper]),
                offered(
                    "cross-cluster",
                    &["src/kernel.rs", "doc/kernel.md", "src/helper.rs", "web/-page.js"],
                    &[doc, helper, page],
                ),
            ],
            "selection": {"kind": "cross-cluster", "reason": "why"},
        })
    );
}

#[test]
fn of_two_ways_to_reach_an_agent_chooses_as_well() {
    let scene = Scene::new();
    scene.scratch.write("src/kernel.rs", "mod helper;\n");
    scene.scratch.commit_all("one");
    scene.scratch.write("src/helper.rs", "help\n");
    scene.scratch.commit_all("another");
    let told = Told::of(&scene, &piece_of(&["src/kernel.rs"]), &cleans("seed"));
    let document = kept(&scene, &told);
    let kinds = document["candidates"].as_array().unwrap().iter();
    let kinds: Vec<&Value> = kinds.map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["seed", "local-cluster"]);
    assert_eq!(document["selection"]["kind"], "seed");
}

#[test]
fn a_target_that_cannot_reach_further_is_not_asked_about_and_why_is_kept() {
    let scene = Scene::new();
    scene.scratch.write("lonely.txt", "nobody knows it\n");
    scene.scratch.commit_all("alone");
    scene.scratch.write("new.txt", "in no commit\n");
    let alone = |file: &str| {
        let evidence = [format!("{file}: the file that was chosen")];
        json!([{"kind": "seed", "files": [file], "evidence": evidence, "validation_surfaces": []}])
    };
    let named = json!("the target names its files");
    for (files, bypass, candidates) in [
        (&[][..], json!("the target has no file"), json!([])),
        (&["src/lib.rs", "src/other.rs"], named, json!([])),
        (&["lonely.txt"], Value::Null, alone("lonely.txt")),
        (&["new.txt"], Value::Null, alone("new.txt")),
    ] {
        let told = Told::of(&scene, &piece_of(files), &cleans("seed"));
        let document = kept(&scene, &told);
        assert_eq!(
            document,
            json!({
                "target": {"description": "the library", "files": files},
                "bypass_reason": bypass,
                "candidates": candidates,
                "selection": null,
            })
        );
        let asked: Vec<Value> = told.calls().into_iter().map(|it| it[0].clone()).collect();
        assert_eq!(asked, ["classify", "refactor"], "{files:?}");
        assert!(matches!(told.worked, Worked::Accepted(_)));
    }
}

#[test]
fn a_migration_that_a_target_becomes_is_held_with_its_target_and_named_by_its_commit() {
    let scene = Scene::new();
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("they belong together");
    let script = Replies::new()
        .says("scope-expansion", "selected-candidate: local-cluster — why")
        .says("classify", "decision: needs-plan — it has steps");
    let start = scene.start();
    let told = Told::of(&scene, &piece_of(&["src/lib.rs"]), &script);
    let work = taken(told.worked);
    let expected = Accepted {
        name: format!("{}-001", told.run.run.id),
        base: start.base,
        commit: work.commit.clone(),
        onto: Onto::Branch("main".to_owned()),
        subject: "piton: plan the-library".to_owned(),
        slug: Some("the-library".to_owned()),
        files: vec!["src/lib.rs".to_owned()],
        validated: false,
    };
    assert_eq!(work, expected);
    let message = ["log", "-1", "--format=%B", work.commit.as_str()];
    assert_eq!(
        scene.scratch.git(&message).trim_end(),
        format!(
            "piton: plan the-library\n\nWhy:\nthe library\n\nPiton-Run: {}\n\
             Piton-Migration: the-library\nPiton-Agent: script\nPiton-Model: m-1\n\
             Piton-Effort: low",
            told.run.run.id
        )
    );
    scene.bring(&work);
    let dir = scene.scratch.path().join("migrations/the-library");
    let noted = load_own(&RealDisk, &dir).unwrap().unwrap().target.unwrap();
    let target = Noted {
        description: "the library".to_owned(),
        provenance: TargetProvenance::Random,
        files: vec!["src/lib.rs".to_owned(), "src/other.rs".to_owned()],
        scope: Some("no new files".to_owned()),
    };
    assert_eq!(noted, target);
}

#[test]
fn a_migration_takes_no_name_that_a_disk_could_take_for_another_s() {
    let scene = Scene::new();
    let script = Replies::new().says("classify", "decision: needs-plan — it has steps");
    let slug = || {
        taken(Told::of(&scene, &piece_of(&[]), &script).worked)
            .slug
            .unwrap()
    };
    assert_eq!(slug(), "the-library");
    // Only in the user's tree, and in other letters.
    scene
        .scratch
        .write("migrations/The-Library/plan.md", "mine\n");
    assert_eq!(slug(), "the-library-2");
    // Only in the commit.
    scene
        .scratch
        .write("migrations/the-library-2/plan.md", "mine\n");
    scene.scratch.commit_all("two of them");
    fs::remove_dir_all(scene.scratch.path().join("migrations/the-library-2")).unwrap();
    assert_eq!(slug(), "the-library-3");
}
