//! Answers of an agent that are not taken as they are.

use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::failed::FailedStep;
use piton_loop::planning::failure::StepFailure;
use piton_migration::planning::{Cursor, Step};

use crate::world::{GOOD, World, one};

const APPROACH: &str = "[[step.edit]]\npath = \"approaches/facade.md\"\nwrite = \"a\"\n\
                        [[step.edit]]\npath = \"approaches/rewrite.md\"\nwrite = \"b\"\n";

pub(crate) fn approaches(edits: &str) -> String {
    one("planning.approaches", "done", &format!("{APPROACH}{edits}"))
}

pub(crate) fn story(failed: &FailedStep) -> String {
    failed.failure.story()
}

#[test]
fn a_file_outside_the_migration_is_shown_and_refused() {
    let world = World::new();
    let failed = world.fail(&approaches(
        "[[step.edit]]\nbase = \"cwd\"\npath = \"src/parse.rs\"\nwrite = \"// improved\"\n\
         [[step.edit]]\nbase = \"cwd\"\npath = \"migrations/other/plan.md\"\nwrite = \"x\"\n\
         [[step.edit]]\nbase = \"cwd\"\npath = \"NOTES.md\"\nwrite = \"x\"\n",
    ));
    assert_eq!(
        story(&failed),
        "the agent went outside the migration's directory: src/parse.rs (changed); \
         all its work is refused"
    );
    assert!(failed.failure.advice().contains("run the step again"));
    let told = std::fs::read_to_string(failed.snapshot.unwrap()).unwrap();
    assert!(
        told.contains("failure_kind: \"planning-step-failed\""),
        "{told}"
    );
    assert!(told.contains("piton migration step add-api"), "{told}");
    assert!(failed.kept.unwrap().join("approaches/facade.md").is_file());
    // Nothing of it is left for the next call.
    world.step(GOOD).unwrap();
    assert!(!world.repo.exists("NOTES.md"));
}

#[test]
fn a_link_in_the_migration_is_refused() {
    let world = World::new();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let failed = world.fail(&approaches(&format!(
        "[[step.edit]]\npath = \"approaches/c.md\"\nlink = {:?}\n",
        elsewhere.path()
    )));
    assert!(
        story(&failed).contains("c.md is a symbolic link"),
        "{}",
        story(&failed)
    );
    world.step(GOOD).unwrap();
}

#[test]
fn an_answer_that_cannot_be_read_fails_the_step_and_is_kept() {
    let world = World::at(Step::FinalReview);
    let failed = world.fail(&one("planning.final-review", "I think it is fine.", ""));
    assert!(matches!(failed.failure, StepFailure::Refused(_)));
    assert!(
        story(&failed).contains("final-decision: approve-auto"),
        "{}",
        story(&failed)
    );
    let told = std::fs::read_to_string(failed.snapshot.unwrap()).unwrap();
    assert!(told.contains("I think it is fine."), "{told}");
    world.step(GOOD).unwrap();
}

#[test]
fn an_answer_in_another_schema_is_refused() {
    let world = World::at(Step::Review);
    let failed = world.fail(
        "[[step]]\nrole = 'planning.review'\nreply = '{}'\nstructured = { verdict = 'fine' }\n",
    );
    assert!(
        story(&failed).contains("it does not fit its schema"),
        "{}",
        story(&failed)
    );
}

#[test]
fn prose_is_refused_where_a_schema_was_asked_for() {
    let world = World::at(Step::Review);
    let mut decision = world.decide().unwrap();
    decision.schema = Some(piton_loop::replies::schema::review());
    let failed = world
        .make(
            &decision,
            &one(
                "planning.review",
                "There are no findings in phase 1, but phase 2 deletes user data",
                "",
            ),
        )
        .unwrap_err();
    assert!(
        story(&failed).contains("asked for JSON and is prose"),
        "{}",
        story(&failed)
    );
    let fenced = "```json\n{\"summary\": \"s\", \"findings\": []}\n```";
    let made = world.make(&decision, &one("planning.review", fenced, ""));
    assert_eq!(made.unwrap().outcome, StepOutcome::Next(Step::FinalReview));
}

#[test]
fn every_point_that_a_revision_passed_over_is_named() {
    let world = World::at(Step::Review);
    let two = "1. no tests\n2. no docs\n\nreview-verdict: findings";
    world.step(&one("planning.review", two, "")).unwrap();
    let failed = world.fail(&one("planning.revise", "It is good as it is.", ""));
    let told = story(&failed);
    assert!(told.contains("does not answer points 1, 2"), "{told}");
}

#[test]
fn a_revision_that_changes_nothing_must_answer_every_point() {
    let world = World::at(Step::Revise);
    let failed = world.fail(&one("planning.revise", "It is good as it is.", ""));
    assert!(
        story(&failed).contains("it changed nothing and does not answer point 1"),
        "{}",
        story(&failed)
    );
    world
        .step(&one(
            "planning.revise",
            "1. The tests are in phase 1 already.",
            "",
        ))
        .unwrap();
}

#[test]
fn an_answer_that_decides_twice_fails_the_step_and_says_so() {
    let world = World::at(Step::FinalReview);
    let failed = world.fail(&one(
        "planning.final-review",
        "final-decision: reject - unsafe\n\nfinal-decision: approve-auto",
        "",
    ));
    assert!(
        story(&failed).contains("the answer contradicts itself"),
        "{}",
        story(&failed)
    );
    // A quotation beside it is nobody's decision.
    let made = world
        .step(&one(
            "planning.final-review",
            "final-decision: reject - unsafe\n\n> final-decision: approve-auto",
            "",
        ))
        .unwrap();
    let reason = "unsafe".to_owned();
    assert_eq!(made.outcome, StepOutcome::Rejected { reason });
}

#[test]
fn two_choices_are_none() {
    let world = World::at(Step::PickBest);
    let failed = world.fail(&one(
        "planning.pick-best",
        "Chosen approach: facade\n\nOr else:\n\nChosen approach: rewrite",
        "",
    ));
    assert!(
        story(&failed).contains("the answer contradicts itself"),
        "{}",
        story(&failed)
    );
}

#[test]
fn an_answer_by_schema_is_preferred_and_kept_as_text() {
    let world = World::at(Step::Review);
    world
        .step(
            "[[step]]\nrole = 'planning.review'\nreply = 'no findings'\n\
             structured = { verdict = 'findings', summary = 's', findings = [{ where = 'phase 1', problem = 'b', settled_by = 'c', severity = 'major' }] }\n",
        )
        .unwrap();
    assert_eq!(world.snapshot().state.cursor(), Cursor::Step(Step::Revise));
    let kept = world
        .repo
        .read("migrations/add-api/.planning/stages/review.stdout.md");
    assert!(kept.contains("1. **phase 1** (major): b"), "{kept}");
}

#[test]
fn steps_that_produce_nothing_are_not_accepted() {
    let world = World::new();
    let failed = world.fail(&one("planning.approaches", "done", ""));
    assert!(
        story(&failed).contains("it wrote no approach"),
        "{}",
        story(&failed)
    );

    let file = |path: &str, text: &str| {
        format!("[[step.edit]]\npath = \"approaches/{path}\"\nwrite = \"{text}\"\n")
    };
    for none in [
        file(".md", "nameless"),
        file("deep/rewrite.md", "elsewhere"),
        file("rewrite.md", " \\n"),
        file("rewrite.md", "a\\n"),
    ] {
        let edits = format!("{}{none}", file("facade.md", "a"));
        let failed = world.fail(&one("planning.approaches", "done", &edits));
        let told = "it wrote one approach alone (facade)";
        assert!(story(&failed).contains(told), "{}", story(&failed));
    }

    let world = World::at(Step::Expand);
    let plan = "[[step.edit]]\npath = \"plan.md\"\nwrite = \"# Plan\"\n";
    let phase = |name: &str, text: &str| {
        format!("[[step.edit]]\npath = \"{name}\"\nwrite = '''{text}'''\n")
    };
    let whole = "## Precondition\n\nx\n\n## Definition of Done\n\ny\n";
    for (edits, told) in [
        (String::new(), "left plan.md missing"),
        (plan.to_owned(), "left no phase document"),
        (
            format!("{plan}{}", phase("phase-1-a.md", "## Precondition\n\nx\n")),
            "phase-1-a.md has no heading \"## Definition of Done\"",
        ),
        (
            format!(
                "{plan}{}{}",
                phase("phase-1-a.md", whole),
                phase("phase-1-b.md", whole)
            ),
            "phase-1-a.md and phase-1-b.md have the same number",
        ),
        (
            format!(
                "{plan}{}",
                phase(
                    "phase-1-a.md",
                    &format!("{whole}\n## Required Effort\n\nHigh\n")
                )
            ),
            "phase-1-a.md declares something that cannot be used",
        ),
    ] {
        let failed = world.fail(&one("planning.expand", "done", &edits));
        assert!(story(&failed).contains(told), "{told}: {}", story(&failed));
    }
    world.step(GOOD).unwrap();
}

#[test]
fn a_reviewer_that_changes_what_it_reviews_is_refused() {
    let world = World::at(Step::Review);
    let failed = world.fail(&one(
        "planning.review",
        "no findings",
        "[[step.edit]]\npath = \"plan.md\"\nwrite = \"# Better\"\n",
    ));
    assert!(
        story(&failed).contains("review may only read, and it changed plan.md"),
        "{}",
        story(&failed)
    );
}

#[test]
fn what_an_agent_makes_of_piton_s_own_files_is_dropped() {
    let world = World::at(Step::Expand);
    let script = format!("{GOOD}\n[[step]]\nrole = 'planning.none'\n")
        .replace("\n[[step]]\nrole = 'planning.none'\n", "")
        .replace(
            "reply = \"One phase.\"\n",
            "reply = \"One phase.\"\n[[step.edit]]\npath = \"manifest.json\"\nwrite = \"{}\"\n\
         [[step.edit]]\npath = \".planning/stages/approaches.stdout.md\"\nwrite = \"forged\"\n\
         [[step.edit]]\npath = \".planning/extra.json\"\nwrite = \"{}\"\n",
        );
    world.step(&script).unwrap();
    let reviewed = World::at(Step::Review);
    let edit = "[[step.edit]]\npath = \"manifest.json\"\nwrite = \"{}\"\n";
    let made = reviewed.step(&one("planning.review", "no findings", edit));
    assert_eq!(made.unwrap().outcome, StepOutcome::Next(Step::FinalReview));
    let stage = world
        .repo
        .read("migrations/add-api/.planning/stages/approaches.stdout.md");
    assert_eq!(stage, "Two ways.");
    assert!(!world.repo.exists("migrations/add-api/.planning/extra.json"));
    assert_eq!(world.snapshot().manifest.phases().len(), 1);
}

#[test]
fn a_limit_is_told_as_what_it_is() {
    let world = World::new();
    let failed = world.fail("[[step]]\nfailure = 'limit-reached'\nreply = 'come back at noon'\n");
    assert_eq!(
        story(&failed),
        "a usage limit is reached: come back at noon"
    );
    assert!(failed.failure.advice().contains("nothing is lost"));
}
