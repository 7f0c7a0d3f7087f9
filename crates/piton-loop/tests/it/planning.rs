//! A plan from nothing to ready, one accepted step at a time.

use piton_base::{Effort, Report, Untold};
use piton_durable::RealDisk;
use piton_git::slot::{SlotUse, Slots};
use piton_git::{GitRead, View};
use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::bookkeeping;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person;
use piton_loop::planning::sweep::sweep;
use piton_loop::planning::waiting::Waiting;
use piton_loop::runs;
use piton_loop::runs::{Outset, RunBook};
use piton_migration::consistency::Mode;
use piton_migration::manifest::Status;
use piton_migration::operation::MigrationEvent;
use piton_migration::planning::{Cursor, FeedbackSource, Step};

use crate::world::{GOOD, World, one};
use piton_loop::clock::local_stamp;

fn refine(world: &World, text: &str) {
    let proposal = person::refine(
        &RealDisk,
        &world.git,
        &world.site,
        &world.slug,
        (FeedbackSource::Message, text),
        "piton",
        local_stamp(&world.clock),
    )
    .unwrap();
    world.publish_proposal(proposal);
}

#[test]
fn a_migration_is_planned_from_nothing_to_ready() {
    let world = World::new();
    let outcomes: Vec<StepOutcome> = (0..7).map(|_| world.step(GOOD).unwrap().outcome).collect();
    assert_eq!(
        outcomes,
        [
            StepOutcome::Next(Step::PickBest),
            StepOutcome::Next(Step::Expand),
            StepOutcome::Next(Step::Review),
            StepOutcome::Next(Step::Revise),
            StepOutcome::Next(Step::Review2),
            StepOutcome::Next(Step::FinalReview),
            StepOutcome::Ready,
        ]
    );
    let subjects = world.repo.subjects();
    assert_eq!(
        subjects[..7],
        [
            "piton: planning/add-api/final-review",
            "piton: planning/add-api/review-2",
            "piton: planning/add-api/revise",
            "piton: planning/add-api/review",
            "piton: planning/add-api/expand",
            "piton: planning/add-api/pick-best",
            "piton: planning/add-api/approaches",
        ]
    );
    let snapshot = world.snapshot();
    assert_eq!(snapshot.manifest.status(), Status::Ready);
    assert_eq!(snapshot.manifest.current_phase_name(), "facade");
    assert_eq!(snapshot.manifest.phases().len(), 2);
    assert_eq!(world.repo.status(), "");
    world.check(Mode::ReadyPublish);
    world.check(Mode::Doctor);
    world.check(Mode::ExecutionGate);
    assert!(matches!(
        world.decide(),
        Err(StepRefusal::NotPlanning { .. })
    ));
    let body = world.repo.git(&["log", "-1", "--format=%B"]);
    assert!(body.contains("\n\nWhy:\nsmall and safe"), "{body}");
    let revised = world.repo.git(&["log", "-1", "--skip=2", "--format=%B"]);
    assert!(
        revised.contains("planning.revise accepted; next step: review-2\n\nphases: facade, tests"),
        "{revised}"
    );
}

#[test]
fn every_step_is_told_what_was_accepted_before() {
    let world = World::new();
    for part in [
        "two to four approaches",
        "Write it anew.",
        "Chosen approach: facade",
        "# The plan",
        "1. phase 1 forgets the tests",
        "Check first that each of these points is settled",
        "approve-needs-human",
    ] {
        world.step(GOOD).unwrap();
        let prompt = world.last_prompt();
        assert!(prompt.contains(part), "{part}:\n{prompt}");
        assert!(prompt.contains("no changes to the grammar"));
        assert!(!prompt.contains(&world.repo.path().display().to_string()));
    }
}

#[test]
fn deciding_changes_nothing_and_says_the_same_twice() {
    let world = World::at(Step::Expand);
    let before = world.picture();
    let (one, two) = (world.decide().unwrap(), world.decide().unwrap());
    assert_eq!(one.prompt, two.prompt);
    assert_eq!(one.fingerprint(), two.fingerprint());
    assert_eq!(world.picture(), before);
    assert!(one.notes.is_empty(), "{:?}", one.notes);
    world.repo.write("src/parse.rs", "// being edited\n");
    let noted = world.decide().unwrap();
    assert_eq!(one.fingerprint(), noted.fingerprint());
    let noted = noted.notes;
    assert!(
        noted[0].contains("without your uncommitted changes"),
        "{noted:?}"
    );
}

#[test]
fn the_user_may_go_on_editing_while_an_agent_works() {
    let world = World::at(Step::Expand);
    world.repo.write("src/parse.rs", "// being edited\n");
    world.step(GOOD).unwrap();
    assert_eq!(world.repo.read("src/parse.rs"), "// being edited\n");
    assert!(!world.repo.git(&["show", "--stat"]).contains("parse.rs"));
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
    let proposal = person::approve(
        &RealDisk,
        &world.git,
        &world.site,
        &world.slug,
        "piton",
        local_stamp(&world.clock),
    )
    .unwrap();
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
    assert!(note.starts_with("# Intentional Skip: add-api\n\n## Target\n\nPut an API"));
    assert!(note.contains("## Blocker Reason\n\nnot worth it\n"));
    assert!(
        person::refine(
            &RealDisk,
            &world.git,
            &world.site,
            &world.slug,
            (FeedbackSource::Message, "try again"),
            "piton",
            local_stamp(&world.clock),
        )
        .is_err()
    );
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
    let live = piton_loop::planning::snapshot::Live::read(&RealDisk, &world.site, &world.slug);
    let sheet = person::ReviewSheet::of(&live.unwrap());
    assert_eq!(sheet.findings.as_deref(), Some("1. still no tests"));
    assert_eq!(
        sheet.choices,
        [person::Choice::Refine, person::Choice::Reject]
    );

    refine(&world, "write the tests first");
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
    let proposal = person::reject(
        &RealDisk,
        &world.git,
        &world.site,
        &world.slug,
        "too hard",
        "piton",
        local_stamp(&world.clock),
    )
    .unwrap();
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
fn a_run_record_tells_what_was_asked_and_what_came_of_it() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let book = RunBook::new(&RealDisk, &world.clock, &Untold);
    let outset = Outset {
        command: "migration step add-api".into(),
        agent: "script".into(),
        model: Some("m-1".into()),
        default_effort: Effort::Low,
        max_allowed_effort: Effort::Xhigh,
        validation: None,
        jobs: 1,
        sealed: (&piton_agent::sealing::SealTerms::off()).into(),
    };
    let record = book
        .begun(&world.site, &crate::world::holder(), &outset)
        .unwrap();
    let made = world.make_in(&record, &RealDisk, &decision, GOOD).unwrap();
    bookkeeping::accepted(&record, &decision, &made.outcome).unwrap();
    let published = world.publish(&made.candidate);
    let commit = published.commit.as_deref();
    book.report(MigrationEvent::Published {
        slug: world.slug.clone(),
        operation: "planning.approaches".into(),
        destination: decision.destination.clone(),
        subject: decision.subject.clone(),
        on: Some(decision.on.clone()),
        next: made.candidate.next.clone(),
        digest: published.digest.clone(),
        commit: published.commit.clone(),
        unclean: None,
    });
    book.close().unwrap();

    let all = runs::list(&RealDisk, &world.site.runs()).unwrap();
    let run = runs::show(&RealDisk, &world.site.runs(), &all[0].id).unwrap();
    let call = &run.calls[0];
    let record = call.call.as_ref().unwrap();
    assert_eq!(record.agent, "script");
    assert_eq!(record.role.as_str(), "planning.approaches");
    assert_eq!(record.model.as_deref(), Some("m-1"));
    let verdict = call.verdict.as_ref().unwrap();
    assert_eq!(verdict.summary, "accepted; next is pick-best");
    assert_eq!(verdict.effort_given.as_deref(), Some("low"));
    let events: Vec<_> = run
        .events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        events,
        [
            "artifacts_ready",
            "effort_budget_configured",
            "run_started",
            "effort_resolved",
            "call_started",
            "call_launched",
            "call_finished",
            "published",
            "committed",
            "run_finished"
        ]
    );
    let summary = run.run.summary.unwrap();
    assert_eq!(summary.counts.commits_created, 1);
    assert_eq!(summary.attempts[0].commit_sha.as_deref(), commit);
    assert_eq!(summary.attempts[0].effective_effort.as_deref(), Some("low"));
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
    let session =
        person::ReviewSession::decide(&RealDisk, &world.git, &world.site, &world.slug).unwrap();
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
        person::reviewed(
            &RealDisk,
            &world.git,
            &world.site,
            &session.live,
            copy,
            "piton",
        )
    };
    assert!(matches!(
        take_up(),
        Err(person::PersonRefusal::StillAwaiting { .. })
    ));
    // The agent edits the manifest and the plan, as it was told to.
    let manifest = workspace.join("manifest.json");
    let text = std::fs::read_to_string(&manifest)
        .unwrap()
        .replace(
            "\"awaiting_human_review\": true",
            "\"awaiting_human_review\": false",
        )
        .replace("\"the API is public\"", "null");
    std::fs::write(&manifest, text).unwrap();
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
fn an_answer_that_waits_is_kept_until_its_migration_has_gone_on() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let left = || std::fs::read_dir(world.site.candidates()).unwrap().count();
    // The candidate was made and never published; the next run keeps it.
    assert_eq!(left(), 1);
    world.step(GOOD).unwrap();
    assert!(made.candidate.dir.is_dir());
    Waiting::forget(&RealDisk, &world.site, &decision.base.slug, None).unwrap();
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn an_answer_whose_piton_was_killed_after_the_publish_waits_no_longer() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let left = || std::fs::read_dir(world.site.candidates()).unwrap().count();
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 1, "it is not published yet");
    let request = world.request(&made.candidate);
    let published = world.publisher(&RealDisk, |publisher| publisher.publish(&request));
    assert!(published.unwrap().commit.is_some());
    assert_eq!(left(), 1);
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn a_failed_step_is_in_the_record_with_its_kind_and_its_snapshot() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let record = world.run();
    let script = "[[step]]\nfailure = 'crashed'\nreply = 'boom'\n";
    let failed = world
        .make_in(&record, &RealDisk, &decision, script)
        .unwrap_err();
    let status = bookkeeping::failed(&record, &decision, &failed).unwrap();
    assert_eq!(status, runs::FinalStatus::AgentFailed);
    record.finish(status, None).unwrap();
    let summary = record.summary();
    let attempt = &summary.attempts[0];
    assert_eq!(
        attempt.failure_kind.as_deref(),
        Some("agent-exited-nonzero")
    );
    let snapshot = attempt.reason_doc_path.as_deref().unwrap();
    assert!(
        snapshot.ends_with("-attempt-001-retry-01-planning-approaches.md"),
        "{snapshot}"
    );
    let text = std::fs::read_to_string(snapshot).unwrap();
    assert!(
        text.starts_with("---\nschema_version: 1\nproject_uuid: \"\"\nrepo_root: "),
        "{text}"
    );
}

#[test]
fn a_candidate_can_be_written_down_and_published_later() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let written = serde_json::to_string(&made.candidate).unwrap();
    world.publish(&serde_json::from_str(&written).unwrap());
    assert_eq!(
        world.repo.subjects()[0],
        "piton: planning/add-api/approaches"
    );
}

#[test]
fn a_record_has_the_exit_code_and_no_numbers_that_nobody_told() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let run = world.run();
    world.make_in(&run, &RealDisk, &decision, GOOD).unwrap();
    let id = run.id().clone();
    drop(run);
    let full = runs::show(&RealDisk, &world.site.runs(), &id).unwrap();
    assert_eq!(full.run.summary.unwrap().usage, None);
    let finished = full
        .events
        .iter()
        .find(|event| event["event"] == "call_finished")
        .unwrap();
    assert_eq!(finished["returncode"], 0);
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

#[test]
fn a_migrations_directory_that_was_moved_by_hand_is_known_by_the_next_step() {
    let mut world = World::at(Step::Expand);
    std::fs::create_dir_all(world.repo.path().join("docs")).unwrap();
    std::fs::rename(
        world.repo.path().join("migrations"),
        world.repo.path().join("docs/plans"),
    )
    .unwrap();
    world.repo.commit_all("moved by hand");
    let state = world.repo.path().join(".git/piton");
    world.site =
        piton_loop::planning::site::Site::new(world.repo.path(), "docs/plans", &state).unwrap();
    let decision = world.decide().unwrap();
    assert!(decision.prompt.contains("Chosen approach: facade"));
    let made = world.make(&decision, GOOD).unwrap();
    let kept = std::fs::read_to_string(made.candidate.dir.join(".planning/state.json")).unwrap();
    assert!(
        kept.contains("docs/plans/add-api/.planning/stages/"),
        "{kept}"
    );
    assert!(!kept.contains("\"migrations/add-api"), "{kept}");
}

#[test]
fn answers_are_kept_with_plain_line_ends() {
    let world = World::at(Step::PickBest);
    let script = "[[step]]\nreply = \"It is smaller.\\r\\n\\r\\nChosen approach: facade\\r\\n\"\n";
    world.step(script).unwrap();
    assert_eq!(
        world
            .repo
            .read("migrations/add-api/.planning/stages/pick-best.stdout.md"),
        "It is smaller.\n\nChosen approach: facade\n"
    );
}
