//! What agents are asked for each kind of work, word for word.

use piton_loop::prompts::{
    CandidateBrief, EffortBrief, Material, PhaseBrief, PhaseText, PlanningPrompt, PromptSet,
    RetryBrief, TargetBrief, WorkAbout, WorkPrompt,
};
use piton_loop::replies::CandidateKind;
use piton_loop::targets::Target;
use piton_loop::work::{Piece, Shop, SourcePiece};
use piton_migration::own::TargetProvenance;
use piton_migration::planning::Step;
use piton_testkit::{Replies, tidy};
use serde_json::json;

use super::recorded::Told;
use super::{Scene, phase_that_writes, refactor_that_writes};

/// Returns what the prompts say about something, at the first try or after one.
fn words(about: WorkAbout<'_>, retry: Option<RetryBrief<'_>>) -> String {
    let amendment = retry.is_some().then_some("Mine: try harder.");
    let prompt = WorkPrompt {
        migrations: "migrations",
        taste: "Deleting code is best.",
        validation: Some("sh check.sh"),
        retry,
        amendment,
        about,
    };
    PromptSet::built_in().unwrap().work(&prompt).unwrap()
}

fn two_tries() -> Scene {
    Scene {
        tries: 2,
        ..Scene::new()
    }
}

#[test]
fn a_refactor_is_asked_for_with_its_target_and_once_more_with_what_became_of_it() {
    let scene = two_tries();
    let target = Target {
        scoping: Some("not the parser".to_owned()),
        ..Target::plain(
            "all of it",
            TargetProvenance::Paths,
            vec!["src/lib.rs".to_owned(), "src/other.rs".to_owned()],
        )
    };
    let piece = Piece::Source(SourcePiece {
        target,
        scope: Some("the run's own".to_owned()),
        subject: None,
        route: false,
    });
    let start = scene.start();
    let status = "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: commit\n\
                  next_retry_focus: mind the tests\nEND_CONTINUOUS_REFACTORING_STATUS\n";
    scene.with(&refactor_that_writes("BROKEN\n", status), |shop, run| {
        let shop = Shop {
            mission: Some("Only rename things."),
            amendment: Some("Mine: try harder."),
            ..shop.clone()
        };
        piece.work(&shop, run, &start);
    });
    let about = || WorkAbout::Refactor {
        attempt: 1,
        target: TargetBrief {
            description: "all of it",
            files: vec!["src/lib.rs", "src/other.rs"],
            scoping: Some("not the parser"),
        },
        mission: Some("Only rename things."),
    };
    let retry = RetryBrief {
        number: 2,
        summary: "validation is red (exit code 1) checking src/lib.rs:BROKEN",
        focus: Some("mind the tests"),
        weakened: None,
    };
    assert_eq!(
        scene.prompts("refactor"),
        [words(about(), None), words(about(), Some(retry))]
    );
}

#[test]
fn a_phase_is_asked_about_and_asked_for_with_its_document_and_its_migration() {
    let mut manifest = tidy();
    manifest["phases"][0]["required_effort"] = json!("medium");
    manifest["phases"][0]["effort_reason"] = json!("it is subtle");
    let scene = Scene::new();
    scene.scratch.write_migration(&manifest);
    scene.scratch.commit_all("it is subtle");
    let piece = Piece::Phase(scene.slug.clone());
    let told = Told::of(&scene, &piece, &phase_that_writes("BROKEN\n"));
    let brief = || PhaseBrief {
        slug: "tidy",
        live: "migrations/tidy",
        summary: "status: ready\n- first (current, effort medium): phase-1-first.md\n\
                  - second (pending): phase-2-second.md",
        phase: PhaseText {
            name: "first",
            path: "migrations/tidy/phase-1-first.md",
            document: "# x\n\n## Precondition\n\nsomething\n\n## Definition of Done\n\nit\n",
            precondition: "src/lib.rs exists",
            effort: "medium",
            effort_reason: Some("it is subtle"),
        },
    };
    assert_eq!(
        scene.prompts("phase.ready-check"),
        [words(WorkAbout::ReadyCheck(brief()), None)]
    );
    assert_eq!(
        scene.prompts("phase.execute"),
        [words(WorkAbout::Phase(brief()), None)]
    );
    let [attempt] = told.attempts() else {
        panic!("one attempt");
    };
    let effort = json!([
        attempt.requested_effort,
        attempt.effective_effort,
        attempt.effort_source,
        attempt.effort_reason
    ]);
    assert_eq!(
        effort,
        json!(["medium", "medium", "phase-required", "it is subtle"])
    );
}

#[test]
fn a_planning_step_is_asked_for_with_its_target_at_the_effort_of_the_run() {
    let scene = Scene::new();
    let (_, piece) = scene.planning();
    let told = Told::of(&scene, &piece, &Replies::new().finds_ways());
    let prompt = PlanningPrompt {
        slug: "add-api",
        target: TargetBrief {
            description: "Put an API in front of the parser",
            files: vec!["src/parse.rs"],
            scoping: Some("no changes to the grammar"),
        },
        live: "migrations/add-api",
        effort: EffortBrief {
            default: "low",
            max: "xhigh",
        },
        taste: "Deleting code is best.",
        notes: Vec::new(),
        validation: Some("sh check.sh"),
        answer_by_schema: false,
        step: Step::Approaches,
        material: Material::default(),
    };
    let words = PromptSet::built_in().unwrap().planning(&prompt).unwrap();
    assert_eq!(scene.prompts("planning.approaches"), [words]);
    let role = "planning.approaches";
    assert_eq!(told.calls(), [json!([role, 1, "add-api", "approaches"])]);
    let begun = |event: &&serde_json::Value| event["event"] == "call_started";
    let begun = told.run.events.iter().find(begun).unwrap();
    let effort = [&begun["requested_effort"], &begun["effort_source"]];
    assert_eq!(effort, ["low", "default"]);
}

#[test]
fn a_target_is_widened_and_judged_with_what_was_found_around_it() {
    let scene = Scene {
        route: true,
        ..Scene::new()
    };
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("they belong together");
    let script = Replies::new()
        .says(
            "scope-expansion",
            "selected-candidate: local-cluster — they go together",
        )
        .says("classify", "decision: cohesive-cleanup — small")
        .then(&refactor_that_writes("better\n", "done"));
    let piece = Piece::Source(SourcePiece {
        target: Target::plain(
            "the library",
            TargetProvenance::Random,
            vec!["src/lib.rs".to_owned()],
        ),
        scope: Some("no new files".to_owned()),
        subject: None,
        route: true,
    });
    let told = Told::of(&scene, &piece, &script);
    let target = |files| TargetBrief {
        description: "the library",
        files,
        scoping: Some("no new files"),
    };
    let other = "src/other.rs: src/lib.rs speaks of it, changed together in 1 commits";
    let offered = |kind, files, evidence: &[&str]| CandidateBrief {
        kind,
        files,
        evidence: evidence.iter().map(ToString::to_string).collect(),
        surfaces: Vec::new(),
    };
    let candidates = vec![
        offered(
            CandidateKind::Seed,
            vec!["src/lib.rs"],
            &["src/lib.rs: the file that was chosen"],
        ),
        offered(
            CandidateKind::LocalCluster,
            vec!["src/lib.rs", "src/other.rs"],
            &[other],
        ),
        offered(
            CandidateKind::CrossCluster,
            vec!["src/lib.rs", "src/other.rs", "check.sh"],
            &[other, "check.sh: changed together in 1 commits"],
        ),
    ];
    let widen = WorkAbout::ScopeSelection {
        target: target(vec!["src/lib.rs"]),
        candidates,
    };
    assert_eq!(scene.prompts("scope-expansion"), [words(widen, None)]);
    let both = || target(vec!["src/lib.rs", "src/other.rs"]);
    let judge = WorkAbout::Classify { target: both() };
    assert_eq!(scene.prompts("classify"), [words(judge, None)]);
    let clean = WorkAbout::Refactor {
        attempt: 1,
        target: both(),
        mission: None,
    };
    assert_eq!(scene.prompts("refactor"), [words(clean, None)]);
    let call = |role: &str| json!([role, 1, "the library", role]);
    assert_eq!(
        told.calls(),
        ["scope-expansion", "classify", "refactor"].map(call)
    );
    let notes: Vec<_> = (told.run.events.iter())
        .filter(|event| event["event"] == "noted")
        .map(|event| event["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        notes,
        ["reaches as local-cluster", "goes as cohesive-cleanup"]
    );
}
