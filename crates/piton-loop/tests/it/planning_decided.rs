//! Plans that wait for a person, and what the person says.

use piton_durable::RealDisk;
use piton_git::slot::{SlotUse, Slots};
use piton_git::{GitRead, View};
use piton_loop::clock::local_stamp;
use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person;
use piton_loop::planning::snapshot::Live;
use piton_migration::consistency::Mode;
use piton_migration::manifest::Status;
use piton_migration::planning::{Cursor, FeedbackSource, Step};

use crate::world::{GOOD, World, one};

fn refine(world: &World, text: &str) {
    let feedback = (FeedbackSource::Message, text);
    let proposal = person::refine(&world.case(), feedback, local_stamp(&world.clock)).unwrap();
    world.publish_proposal(proposal);
}

#[test]
fn an_approval_that_needs_a_person_waits_until_one_approves() {
    let world = World::at(Step::FinalReview);
    let outcome = world
        .step(&one(
            "planning.final-review",
            "final-decision: approve-needs-human - the API is public",
            "",
        ))
        .unwrap()
        .outcome;
    let reason = "the API is public".to_owned();
    assert_eq!(outcome, StepOutcome::ReadyAwaitingPerson { reason });
    world.check(Mode::ReadyPublish);
    let sheet = || {
        let live = Live::read(&RealDisk, &world.site, &world.slug).unwrap();
        person::ReviewSheet::of(&live)
    };
    let asked = sheet();
    let expected = person::ReviewSheet {
        reason: Some("the API is public".to_owned()),
        findings: None,
        manifest: "status: ready\n- facade (current): phase-1-facade.md\n\
                   - tests (pending, effort medium): phase-2-tests.md"
            .to_owned(),
        plan: Some("plan.md"),
        phase: Some("phase-1-facade.md".to_owned()),
        choices: person::Choice::ALL.to_vec(),
    };
    assert_eq!(asked, expected);
    let proposal = person::approve(&world.case(), local_stamp(&world.clock)).unwrap();
    world.publish_proposal(proposal);
    let manifest = world.snapshot().manifest;
    assert!(!manifest.awaiting_human_review());
    assert_eq!(manifest.status(), Status::Ready);
    assert_eq!(world.repo.subjects()[0], "piton: approve add-api");
    assert_eq!(world.repo.status(), "");
}

#[test]
fn a_rejected_plan_leaves_a_note_and_is_over() {
    let world = World::at(Step::FinalReview);
    world
        .step(&one(
            "planning.final-review",
            "final-decision: reject — not worth it",
            "",
        ))
        .unwrap();
    assert_eq!(world.snapshot().manifest.status(), Status::Skipped);
    let note = world.repo.read("migrations/add-api/intentional-skip.md");
    assert_eq!(
        note,
        "# Intentional Skip: add-api\n\n## Target\n\nPut an API in front of the parser\n\n\
         - `src/parse.rs`\n\n## Blocker Reason\n\nnot worth it\n"
    );
    let feedback = (FeedbackSource::Message, "try again");
    assert!(person::refine(&world.case(), feedback, local_stamp(&world.clock)).is_err());
}

#[test]
fn findings_of_the_second_review_go_to_a_person_who_refines() {
    let world = World::at(Step::Review2);
    let before = world.snapshot().state;
    let outcome = world
        .step(&one("planning.review-2", "1. still no tests", ""))
        .unwrap()
        .outcome;
    assert!(matches!(outcome, StepOutcome::NeedsPerson { .. }));
    let snapshot = world.snapshot();
    // The original would not accept a record of such a step.
    assert_eq!(snapshot.state, before);
    assert!(snapshot.manifest.awaiting_human_review());
    world.check(Mode::PlanningSnapshot);
    world.check(Mode::Doctor);
    assert!(matches!(
        world.decide(),
        Err(StepRefusal::AwaitsPerson { .. })
    ));
    let live = Live::read(&RealDisk, &world.site, &world.slug);
    let sheet = person::ReviewSheet::of(&live.unwrap());
    let still = "review-2 still has findings; read them with `piton migration review add-api`, \
                 then refine or reject";
    assert_eq!(sheet.reason.as_deref(), Some(still));
    assert_eq!(sheet.findings.as_deref(), Some("1. still no tests"));
    assert_eq!(
        sheet.choices,
        [person::Choice::Refine, person::Choice::Reject]
    );

    refine(&world, "write the tests first");
    let live = Live::read(&RealDisk, &world.site, &world.slug).unwrap();
    let sheet = person::ReviewSheet::of(&live);
    assert_eq!((sheet.reason, sheet.findings), (None, None), "it was said");
    let snapshot = world.snapshot();
    assert!(!snapshot.manifest.awaiting_human_review());
    assert_eq!(snapshot.state.cursor(), Cursor::Step(Step::Revise));
    world.step(GOOD).unwrap();
    let prompt = world.last_prompt();
    assert!(prompt.contains("1. still no tests"), "{prompt}");
    assert!(prompt.contains("write the tests first"), "{prompt}");
    world.step(GOOD).unwrap();
    let prompt = world.last_prompt();
    assert!(prompt.contains("What a person asked for"), "{prompt}");
    world.step(GOOD).unwrap();
    world.check(Mode::ReadyPublish);
    assert_eq!(world.repo.status(), "");
}

#[test]
fn findings_of_the_second_review_go_to_a_person_who_rejects() {
    let world = World::at(Step::Review2);
    world
        .step(&one("planning.review-2", "1. still no tests", ""))
        .unwrap();
    let now = local_stamp(&world.clock);
    let proposal = person::reject(&world.case(), "too hard", now).unwrap();
    world.publish_proposal(proposal);
    assert_eq!(world.snapshot().manifest.status(), Status::Skipped);
    world.check(Mode::Doctor);
}

#[test]
fn feedback_is_on_record_even_when_the_agent_fails() {
    let world = World::at(Step::FinalReview);
    world.step(GOOD).unwrap();
    refine(&world, "rename the facade");
    assert_eq!(world.repo.subjects()[0], "piton: refine add-api");
    assert_eq!(world.repo.status(), "");
    let failed = world.fail("[[step]]\nfailure = 'crashed'\nreply = 'boom'\n");
    assert!(failed.to_string().contains("the agent failed"), "{failed}");
    let snapshot = world.snapshot();
    assert_eq!(snapshot.state.feedback().len(), 1);
    assert_eq!(snapshot.manifest.status(), Status::Planning);
    world.step(GOOD).unwrap();
    assert!(world.last_prompt().contains("rename the facade"));
    assert_eq!(world.snapshot().unheard_feedback(), None);
}

#[test]
fn feedback_before_there_is_a_plan_reaches_the_step_that_is_next() {
    let world = World::at(Step::Expand);
    refine(&world, "three phases at most");
    refine(&world, "and no new crate");
    assert_eq!(world.snapshot().state.cursor(), Cursor::Step(Step::Expand));
    world.step(GOOD).unwrap();
    let prompt = world.last_prompt();
    assert!(
        prompt.contains("three phases at most\n\n---\n\nand no new crate"),
        "{prompt}"
    );
    world.decide().unwrap();
    assert!(!world.last_prompt().contains("three phases at most"));
}

#[test]
fn a_review_with_an_agent_is_taken_up_only_when_it_approves() {
    let world = World::at(Step::FinalReview);
    world
        .step(&one(
            "planning.final-review",
            "final-decision: approve-needs-human - the API is public",
            "",
        ))
        .unwrap();
    let session = person::ReviewSession::decide(&world.case()).unwrap();
    let prompts = piton_loop::prompts::PromptSet::built_in().unwrap();
    let prompt = session.prompt(&prompts, "taste", None).unwrap();
    assert!(prompt.contains("the API is public"), "{prompt}");
    assert!(prompt.contains("facade (current)"), "{prompt}");
    let head = world.git.head().unwrap().unwrap();
    let view = View::read(&world.git).unwrap();
    let slot = Slots::new(&RealDisk, &world.git, &world.slots.home)
        .take(&head, SlotUse::Work, &view, &crate::world::holder())
        .unwrap();
    session.lay_out(&RealDisk, &slot).unwrap();
    let workspace = slot.dir().join(&session.destination);
    let take_up = || {
        let copy = session.take_up(&RealDisk, &slot).unwrap();
        person::reviewed(&world.case(), &session.live, copy)
    };
    assert!(matches!(
        take_up(),
        Err(person::PersonRefusal::StillAwaiting { .. })
    ));
    // The agent edits the manifest and the plan, as it was told to; half of it
    // is not enough.
    let manifest = workspace.join("manifest.json");
    let asked = std::fs::read_to_string(&manifest).unwrap();
    let settle = |text: &str| {
        let (flag, value) = ("\"awaiting_human_review\": ", "true");
        text.replace(&format!("{flag}{value}"), &format!("{flag}false"))
    };
    let forget = |text: &str| text.replace("\"the API is public\"", "null");
    for half in [settle(&asked), forget(&asked)] {
        assert_ne!(half, asked);
        std::fs::write(&manifest, half).unwrap();
        assert!(matches!(
            take_up(),
            Err(person::PersonRefusal::StillAwaiting { .. })
        ));
    }
    std::fs::write(&manifest, settle(&forget(&asked))).unwrap();
    std::fs::write(workspace.join("plan.md"), "# The plan, looked at\n").unwrap();
    world.publish_proposal(take_up().unwrap());
    assert_eq!(world.repo.subjects()[0], "piton: review add-api");
    assert!(!world.snapshot().manifest.awaiting_human_review());
    assert!(
        world
            .repo
            .read("migrations/add-api/plan.md")
            .contains("looked at")
    );
}

#[test]
fn a_plan_that_the_original_refined_after_the_second_review_goes_on() {
    let world = World::at(Step::Review2);
    world
        .step(&one("planning.review-2", "1. still no tests", ""))
        .unwrap();
    assert!(matches!(
        world.decide(),
        Err(StepRefusal::AwaitsPerson { .. })
    ));
    // The original records the feedback and reopens; the flag stays.
    let now = local_stamp(&world.clock);
    let feedback = piton_migration::planning::Feedback {
        received_at: now.to_raw(),
        source: FeedbackSource::Message,
        text: "tests first".into(),
    };
    let state = world.snapshot().state.receive(feedback, now);
    let state = state.reopen(now).unwrap();
    world.repo.write(
        "migrations/add-api/.planning/state.json",
        std::str::from_utf8(&state.encode()).unwrap(),
    );
    world.repo.commit_all("refined elsewhere");
    world.step(GOOD).unwrap();
    let snapshot = world.snapshot();
    assert_eq!(snapshot.state.cursor(), Cursor::Step(Step::Review2));
    assert!(!snapshot.manifest.awaiting_human_review());
    assert!(world.last_prompt().contains("tests first"));
}
