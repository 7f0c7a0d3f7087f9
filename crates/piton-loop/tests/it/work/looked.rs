//! What is told of the user's working tree, when calls follow each other.

use std::fs;

use piton_loop::targets::Target;
use piton_loop::work::{Piece, SourcePiece};
use piton_migration::own::TargetProvenance;
use piton_testkit::Replies;

use super::{Scene, phase_that_writes, refactor_that_writes, scripted};
use crate::as_script::around;

type Made<'a> = &'a dyn Fn(&Scene) -> Piece;

/// Returns what is told of the user's files, where somebody writes one of them
/// during the call of a role.
fn told(scene: &Scene, piece: &Piece, script: &str, role: &str) -> Vec<String> {
    let file = scene.scratch.path().join("src/other.rs");
    let agent = around(scripted(script), |call, _, play| {
        if call.role.to_string() == role {
            fs::write(&file, "somebody's\n").unwrap();
        }
        play()
    });
    let start = scene.start();
    scene.with_agent(&agent, &scene.clock, |shop, run| {
        piece.work(shop, run, &start);
        let text = fs::read_to_string(run.dir().events()).unwrap();
        (text.lines())
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|event: &serde_json::Value| event["event"] == "warned")
            .map(|event| event["text"].as_str().unwrap().to_owned())
            .filter(|text| text.contains("working tree"))
            .collect()
    })
}

#[test]
fn what_somebody_wrote_during_a_question_is_told_once_after_the_work_or_where_none_follows() {
    let phase = |scene: &Scene| Piece::Phase(scene.slug.clone());
    let target = |_: &Scene| {
        Piece::Source(SourcePiece {
            target: Target::plain(
                "all",
                TargetProvenance::Random,
                vec!["src/lib.rs".to_owned()],
            ),
            scope: None,
            subject: None,
            route: true,
        })
    };
    let widens = || Replies::new().says("scope-expansion", "selected-candidate: seed — why");
    let judges = |way: &str| Replies::new().says("classify", &format!("decision: {way} — why"));
    let cleans = widens()
        .then(&judges("cohesive-cleanup"))
        .then(&refactor_that_writes("better\n", "done"));
    let plans = widens().then(&judges("needs-plan"));
    let not_ready = Replies::new().says("phase.ready-check", "ready: no — not yet");
    let silent = Replies::new().fails("phase.ready-check", "crashed", "boom");
    let odd = widens().then(&Replies::new().fails("classify", "crashed", "boom"));
    for (made, script, role) in [
        (
            &phase as Made<'_>,
            phase_that_writes("tidy\n"),
            "phase.ready-check",
        ),
        (&phase, phase_that_writes("tidy\n"), "phase.execute"),
        (&phase, not_ready, "phase.ready-check"),
        (&phase, silent, "phase.ready-check"),
        (&target, cleans.clone(), "scope-expansion"),
        (&target, cleans.clone(), "classify"),
        (&target, cleans, "refactor"),
        (&target, plans.clone(), "scope-expansion"),
        (&target, plans, "classify"),
        (&target, odd, "scope-expansion"),
    ] {
        let scene = Scene::new();
        scene.scratch.write("src/lib.rs", "mod other;\n");
        scene.scratch.commit_all("they belong together");
        let piece = made(&scene);
        let told = told(&scene, &piece, &script, role);
        let [once] = &told[..] else {
            panic!("{role}: {told:?}");
        };
        let what = "files of your working tree changed: src/other.rs";
        assert!(once.contains(what), "{role}: {once}");
    }
}
