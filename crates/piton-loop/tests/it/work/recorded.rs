//! What a run's record and a commit say of the work that led to them.

use std::fs;
use std::sync::Mutex;

use piton_durable::RealDisk;
use piton_loop::runs::{self, Attempt, CommitPhase, FullRun};
use piton_loop::targets::Target;
use piton_loop::work::evidence::landed;
use piton_loop::work::{Accepted, Piece, SourcePiece, Worked};
use piton_migration::own::TargetProvenance;
use piton_testkit::Replies;
use serde_json::{Value, json};

use crate::as_script::around;
use crate::work::{Scene, phase_that_writes, refactor_that_writes, scripted, taken};

/// What came of a piece of work, the record of its run, and what the agent was
/// called with: the role, the migration, the model.
pub(super) struct Told {
    pub(super) worked: Worked,
    pub(super) run: FullRun,
    called: Vec<(String, Option<String>, Option<String>)>,
}

impl Told {
    pub(super) fn of(scene: &Scene, piece: &Piece, script: &str) -> Self {
        let called = Mutex::default();
        let agent = around(scripted(script), |call, _, play| {
            let (slug, model) = (call.slug.clone(), call.model.clone());
            let mut called: std::sync::MutexGuard<'_, Vec<_>> = called.lock().unwrap();
            called.push((call.role.to_string(), slug, model));
            drop(called);
            play()
        });
        let start = scene.start();
        let (worked, run) = scene.with_agent(&agent, &scene.clock, |shop, run| {
            let worked = piece.work(shop, run, &start);
            let full = runs::show(&RealDisk, &shop.site.runs(), run.id()).unwrap();
            (worked, full)
        });
        drop(agent);
        let called = called.into_inner().unwrap();
        Self {
            worked,
            run,
            called,
        }
    }

    pub(super) fn attempts(&self) -> &[Attempt] {
        &self.run.run.summary.as_ref().unwrap().attempts
    }

    /// Of each call, in the order of calling: its role, its try, what it is about
    /// and how far that had come.
    pub(super) fn calls(&self) -> Vec<Value> {
        let started = |event: &&Value| event["event"] == "call_started";
        let of = |it: &Value| {
            json!([
                it["call_role"],
                it["retry"],
                it["target"],
                it["phase_reached"]
            ])
        };
        self.run.events.iter().filter(started).map(of).collect()
    }
}

/// What an attempt says of itself, besides what it tells at length.
fn of(attempt: &Attempt) -> Value {
    json!([
        attempt.attempt,
        attempt.retry,
        attempt.target,
        attempt.call_role,
        attempt.phase_reached,
        attempt.decision,
        attempt.retry_recommendation,
        attempt.failure_kind,
    ])
}

#[test]
fn each_try_at_a_phase_is_on_record_with_what_it_was_about_and_what_became_of_it() {
    let scene = Scene {
        tries: 2,
        ..Scene::new()
    };
    let piece = Piece::Phase(scene.slug.clone());
    let told = Told::of(&scene, &piece, &phase_that_writes("BROKEN\n"));
    let phase = "tidy/phase-1-first.md";
    let (role, kind) = ("phase.validation", "validation-failed");
    let tries: Vec<Value> = told.attempts().iter().map(of).collect();
    assert_eq!(
        tries,
        [
            json!([1, 1, phase, role, "first", "retry", "same-target", kind]),
            json!([1, 2, phase, role, "first", "abandon", "new-target", kind]),
        ]
    );
    assert_eq!(
        told.calls(),
        [
            json!(["phase.ready-check", 1, phase, "first"]),
            json!(["phase.execute", 1, phase, "first"]),
            json!(["phase.execute", 2, phase, "first"]),
        ]
    );
    for (_, slug, model) in &told.called {
        assert_eq!(slug.as_deref(), Some("tidy"));
        assert_eq!(model.as_deref(), Some("m-1"));
    }
    for attempt in told.attempts() {
        let effort = json!([
            attempt.requested_effort,
            attempt.effective_effort,
            attempt.max_allowed_effort,
            attempt.effort_source,
            attempt.effort_capped
        ]);
        assert_eq!(effort, json!(["low", "low", "xhigh", "default", false]));
        let story = attempt.failure_summary.as_deref().unwrap();
        assert!(story.contains("src/lib.rs:BROKEN"), "{story}");
        let kept = fs::read_to_string(attempt.reason_doc_path.as_deref().unwrap()).unwrap();
        for part in [
            "the phase's document in migrations/tidy/phase-1-first.md",
            "`piton migration wake tidy`",
            "sh check.sh",
            phase,
        ] {
            assert!(kept.contains(part), "{part}: {kept}");
        }
    }
    let prompt = &scene.prompts("phase.execute")[0];
    for part in ["migrations/tidy/phase-1-first.md", "sh check.sh"] {
        assert!(prompt.contains(part), "{part}: {prompt}");
    }
}

#[test]
fn a_phase_that_may_not_start_is_on_record_with_who_has_to_act() {
    for (answer, next, kind) in [
        ("no: first the parser", "new-target", "phase-ready-no"),
        (
            "unverifiable: who decides?",
            "human-review",
            "phase-ready-unverifiable",
        ),
    ] {
        let scene = Scene::new();
        let piece = Piece::Phase(scene.slug.clone());
        let script = Replies::new().says("phase.ready-check", &format!("ready: {answer}"));
        let told = Told::of(&scene, &piece, &script);
        assert!(matches!(told.worked, Worked::PutOff { .. }));
        let [attempt] = told.attempts() else {
            panic!("one attempt");
        };
        let phase = "tidy/phase-1-first.md";
        let role = "phase.ready-check";
        assert_eq!(
            of(attempt),
            json!([1, 1, phase, role, "first", "blocked", next, kind])
        );
    }
}

#[test]
fn a_refactor_is_made_with_its_own_model_and_its_commit_says_so() {
    let scene = Scene::new();
    let target = Target {
        model: Some("m-2".to_owned()),
        ..Target::plain(
            "all\nof it",
            TargetProvenance::Random,
            vec!["src/lib.rs".to_owned()],
        )
    };
    let piece = Piece::Source(SourcePiece {
        target,
        scope: None,
        subject: None,
        route: false,
    });
    let told = Told::of(&scene, &piece, &refactor_that_writes("better\n", "done"));
    let role = "refactor";
    assert_eq!(told.called, [(role.to_owned(), None, Some("m-2".into()))]);
    assert_eq!(told.calls(), [json!([role, 1, "all\nof it", role])]);
    let work = taken(told.worked.clone());
    assert_eq!(work.files, ["src/lib.rs"]);
    let message = ["log", "-1", "--format=%B", work.commit.as_str()];
    let message = scene.scratch.git(&message);
    let id = &told.run.run.id;
    assert_eq!(
        message.trim_end(),
        format!(
            "piton: all of it\n\nWhy:\nClean-up of all of it.\n\nValidation:\nsh check.sh\n\n\
             Piton-Run: {id}\nPiton-Agent: script\nPiton-Model: m-2\nPiton-Effort: low"
        )
    );
    let [prompt] = &scene.prompts(role)[..] else {
        panic!("one call");
    };
    assert!(prompt.contains("src/lib.rs"), "{prompt}");
}

#[test]
fn a_refactor_that_failed_is_kept_with_what_can_be_done_about_it() {
    let scene = Scene::new();
    scene.refactor(&refactor_that_writes("BROKEN\n", "done"));
    let [kept] = &scene.snapshots()[..] else {
        panic!("one failure");
    };
    let next = "# Next step\n\nRun `piton run` again: it starts from the last commit. What is \
                quoted here is evidence only.\n";
    assert!(kept.contains(next), "{kept}");
}

#[test]
fn what_an_agent_asks_for_is_on_record_in_its_own_words() {
    let scene = Scene::new();
    let piece = Piece::Phase(scene.slug.clone());
    let script = |words: &str| {
        let status = format!(
            "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\n{words}\nEND_CONTINUOUS_REFACTORING_STATUS\n"
        );
        Replies::new().begins().says("phase.execute", &status)
    };
    for (words, decision, next, kind) in [
        (
            "decision: blocked",
            "blocked",
            "human-review",
            "agent-requested-transition",
        ),
        (
            "decision: abandon\nfailure_kind: none",
            "abandon",
            "new-target",
            "agent-requested-transition",
        ),
        (
            "decision: blocked\nretry_recommendation: same-target\nfailure_kind: phase-failed",
            "blocked",
            "same-target",
            "phase-failed",
        ),
    ] {
        let told = Told::of(&scene, &piece, &script(words));
        let [attempt] = told.attempts() else {
            panic!("one attempt");
        };
        let said = json!([
            attempt.decision,
            attempt.retry_recommendation,
            attempt.failure_kind
        ]);
        assert_eq!(said, json!([decision, next, kind]));
    }
}

#[test]
fn work_that_landed_is_on_record_with_its_commit() {
    let scene = Scene::new();
    let told = |work: &Accepted, phase: CommitPhase| {
        scene.with("", |shop, run| {
            landed(run, shop.budget, work, 3, &work.commit, phase).unwrap();
            run.summary()
        })
    };
    let phase = taken(scene.phase(&phase_that_writes("tidy\n")));
    let clean = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    for (work, phase, target) in [
        (phase, CommitPhase::Migration, "tidy"),
        (clean, CommitPhase::Refactor, "piton: random files"),
    ] {
        let summary = told(&work, phase);
        assert_eq!(summary.counts.commits_created, 1);
        let [attempt] = &summary.attempts[..] else {
            panic!("one attempt");
        };
        let subject = &work.subject;
        assert_eq!(
            of(attempt),
            json!([3, 1, target, "landing", subject, "commit", "none", "none"])
        );
        let commit = attempt.commit_sha.as_deref();
        assert_eq!(commit, Some(work.commit.as_str()));
        assert_eq!(attempt.commit_phase, Some(phase));
        let held = scene.unlanded();
        assert!(held.iter().any(|held| held.name() == work.name));
    }
}
