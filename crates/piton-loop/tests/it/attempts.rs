//! What a run's record says of each attempt at a step.

use piton_agent::Limits;
use piton_agent::sealing::SealTerms;
use piton_base::{Effort, Report, Untold};
use piton_durable::RealDisk;
use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::bookkeeping;
use piton_loop::runs::{self, CommitPhase, Outset, RunBook};
use piton_migration::operation::MigrationEvent;
use piton_migration::planning::Step;

use crate::misdeeds::call_shell;
use crate::world::{GOOD, World};

fn outset() -> Outset {
    Outset {
        command: "migration step add-api".into(),
        agent: "script".into(),
        model: Some("m-1".into()),
        default_effort: Effort::Low,
        max_allowed_effort: Effort::Xhigh,
        validation: Some("make check".into()),
        jobs: 1,
        sealed: (&piton_agent::sealing::SealTerms::off()).into(),
    }
}

#[test]
fn a_run_record_tells_what_was_asked_and_what_came_of_it() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let book = RunBook::new(&RealDisk, &world.clock, &Untold);
    let outset = outset();
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
    assert_eq!(summary.agent.as_deref(), Some("script"));
    assert_eq!(summary.model.as_deref(), Some("m-1"));
    assert_eq!(summary.effort.as_deref(), Some("low"));
    assert_eq!(summary.default_effort.as_deref(), Some("low"));
    assert_eq!(summary.max_allowed_effort.as_deref(), Some("xhigh"));
    assert_eq!(summary.test_command.as_deref(), Some("make check"));
    assert_eq!(summary.sealed, Some(outset.sealed.clone()));
    assert_eq!(summary.counts.attempts_started, 1);
    assert_eq!(summary.counts.commits_created, 1);
    assert_eq!(summary.attempts[0].attempt, 1);
    assert_eq!(summary.attempts[0].retry, 1);
    assert_eq!(summary.attempts[0].phase_reached, "approaches");
    let again = summary.attempts[0].retry_recommendation.as_deref();
    assert_eq!(again, Some("none"));
    assert_eq!(summary.attempts[0].failure_kind.as_deref(), Some("none"));
    assert_eq!(summary.attempts[0].decision.as_deref(), Some("commit"));
    assert_eq!(
        summary.attempts[0].commit_phase,
        Some(CommitPhase::Planning)
    );
    assert_eq!(summary.attempts[0].commit_sha.as_deref(), commit);
    assert_eq!(summary.attempts[0].effective_effort.as_deref(), Some("low"));
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
    record.finish(status, None, None).unwrap();
    let full = runs::show(&RealDisk, &world.site.runs(), record.id()).unwrap();
    let verdict = full.calls[0].verdict.as_ref().unwrap();
    assert_eq!(verdict.outcome, runs::CallOutcome::Failed);
    let told = |event: &str| full.events.iter().find(|it| it["event"] == event).cloned();
    assert_eq!(told("call_finished").unwrap()["call_status"], "failed");
    let written = told("planning_step_failure_doc_written").unwrap();
    assert_eq!(written["planning_step"], "approaches");
    assert_eq!(written["failure_kind"], "agent-exited-nonzero");
    let summary = record.summary();
    assert_eq!(summary.counts.attempts_started, 1);
    let attempt = &summary.attempts[0];
    assert_eq!(attempt.decision.as_deref(), Some("abandon"));
    let again = attempt.retry_recommendation.as_deref();
    assert_eq!(again, Some("same-target"));
    let told = attempt.failure_summary.as_deref().unwrap();
    assert!(told.contains("boom"), "{told}");
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
fn what_became_of_a_publish_is_noted_at_its_own_attempt() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let book = RunBook::new(&RealDisk, &world.clock, &Untold);
    let record = book
        .begun(&world.site, &crate::world::holder(), &outset())
        .unwrap();
    let made = world.make_in(&record, &RealDisk, &decision, GOOD).unwrap();
    let waits = || record.summary().attempts;
    // Three that wait to be told: of another step, of another migration, and of
    // the same, which was told already.
    bookkeeping::accepted(&record, &decision, &made.outcome).unwrap();
    let refuse = |slug: &str, operation: &str| {
        book.report(MigrationEvent::Refused {
            slug: slug.parse().unwrap(),
            operation: operation.to_owned(),
            story: format!("{} is in the way", world.repo.path().display()),
        });
    };
    refuse("add-api", "planning.expand");
    refuse("other", "planning.approaches");
    assert_eq!(waits().len(), 3, "each is an attempt of its own");
    assert_eq!(waits()[0].decision, None);
    refuse("add-api", "planning.approaches");
    refuse("add-api", "planning.approaches");
    let attempts = waits();
    let numbers: Vec<u32> = attempts.iter().map(|one| one.attempt).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert!(attempts.iter().all(|one| one.retry == 1));
    assert_eq!(record.summary().counts.attempts_started, 4);
    let of: Vec<(&str, &str)> = attempts
        .iter()
        .map(|one| (one.target.as_str(), one.call_role.as_str()))
        .collect();
    assert_eq!(
        of,
        [
            ("add-api", "planning.approaches"),
            ("add-api", "planning.expand"),
            ("other", "planning.approaches"),
            ("add-api", "planning.approaches"),
        ]
    );
    for attempt in attempts {
        assert_eq!(attempt.decision.as_deref(), Some("abandon"));
        let again = attempt.retry_recommendation.as_deref();
        assert_eq!(again, Some("same-target"));
        let kind = attempt.failure_kind.as_deref();
        assert_eq!(kind, Some("planning-publish-blocked"));
        let told = attempt.failure_summary.unwrap_or_default();
        assert!(told.ends_with("is in the way"), "{told}");
        let place = world.repo.path().display().to_string();
        assert!(!told.contains(&place), "{told}");
    }
    assert_eq!(record.summary().counts.commits_created, 0);
    book.report(MigrationEvent::Committed {
        path: "piton.toml".into(),
        subject: "settings".into(),
        commit: "c0ffee".into(),
    });
    assert_eq!(record.summary().counts.commits_created, 1);
}

#[test]
fn a_failure_report_has_all_that_is_known_and_the_end_of_each_output() {
    let world = World::new();
    let long = "for i in $(seq 30); do printf '%0199d\\n' $i; done";
    let commands = format!("{long}; echo two; echo three; echo four; echo a warning >&2; exit 3");
    let (made, _) = call_shell(&world, &commands, Limits::default(), SealTerms::off());
    let report = made.unwrap_err().snapshot.unwrap();
    let name = report.file_name().unwrap().to_str().unwrap();
    let run = name.split_once("-attempt-").unwrap().0;
    let text = std::fs::read_to_string(&report).unwrap();
    let text = text
        .replace(run, "RUN")
        .replace(&world.repo.path().display().to_string(), "REPO");
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_next_after_a_step_is_told_in_a_word() {
    let word = bookkeeping::next;
    let (findings, reason) = ("1. no tests".to_owned(), "it is public".to_owned());
    assert_eq!(word(&StepOutcome::Next(Step::PickBest)), "pick-best");
    assert_eq!(word(&StepOutcome::NeedsPerson { findings }), "a person");
    assert_eq!(word(&StepOutcome::Ready), "ready");
    let awaiting = StepOutcome::ReadyAwaitingPerson {
        reason: reason.clone(),
    };
    assert_eq!(word(&awaiting), "ready, awaiting a person");
    assert_eq!(word(&StepOutcome::Rejected { reason }), "skipped");
}
