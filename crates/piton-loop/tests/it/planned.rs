//! A step as a plan, and what plans of a migration that git ignores.

use std::sync::Arc;

use piton_agent::sealing::SealTerms;
use piton_agent::{AdapterSpec, Host, Limits, ProgramAgent};
use piton_base::SystemClock;
use piton_durable::RealDisk;
use piton_git::slot::{SlotUse, Slots};
use piton_git::{GitRead, View};
use piton_loop::effort::EffortBudget;
use piton_loop::operation::{AgentChoice, CallAgent, LoopOp};
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person;
use piton_loop::planning::plan::{Planned, plan_step, publish_waiting};
use piton_loop::planning::waiting::Waiting;
use piton_migration::operation::{MigrationOp, Next, Publish};
use piton_migration::planning::Step;
use piton_plan::{Plan, PlanBuilder, Slot};

use crate::misdeeds::call_shell;
use crate::together::Op;
use crate::world::{GOOD, World, holder, one};

fn operations(plan: &Plan<Op>) -> Vec<Op> {
    let actions = plan.in_order();
    actions.map(|action| action.operation().clone()).collect()
}

#[test]
fn a_step_is_planned_as_its_call_and_the_publish_of_what_that_leads_to() {
    let world = World::at(Step::Expand);
    let mut decision = world.decide().unwrap();
    decision.notes = vec!["a note".to_owned()];
    let mut spec = AdapterSpec::of_command("sh").unwrap();
    spec.arguments = vec!["-c".into(), "exit 1".into()];
    let host = Host::new(std::env::vars_os());
    let clock = Arc::new(SystemClock::default());
    let agent = ProgramAgent::new("shell", spec, host, Arc::new(RealDisk), clock);
    let choice = AgentChoice {
        name: "shell".into(),
        command: None,
        script: None,
        idle_seconds: 60,
        deadline_seconds: 60,
        grace_seconds: 5,
    };
    let budget = EffortBudget::new(None, None).unwrap();
    let mut builder = PlanBuilder::<Op>::new("a step");
    let with = Planned {
        site: &world.site,
        choice: &choice,
        agent: &agent,
        budget,
        command: "migration step add-api",
    };
    plan_step(&mut builder, &decision, &with);
    let plan = builder.build().unwrap();
    assert_eq!(plan.warnings(), ["a note"]);
    let call = CallAgent {
        slug: world.slug.clone(),
        step: Step::Expand,
        base: world.snapshot().digest,
        commit: decision.commit.clone(),
        on: decision.on.clone(),
        destination: "migrations/add-api".to_owned(),
        subject: "piton: planning/add-api/expand".to_owned(),
        agent: choice.clone(),
        model: Some("m-1".to_owned()),
        effort: budget.for_call(),
        budget,
        prompt: decision.prompt.clone(),
        schema: None,
        command_line: "sh -c 'exit 1'".to_owned(),
        command: "migration step add-api".to_owned(),
    };
    let [_, Op::Migration(MigrationOp::Publish(Publish { next, .. }))] = &operations(&plan)[..]
    else {
        panic!("{plan:?}")
    };
    let Next::Candidate(slot) = next else {
        panic!("{next:?}")
    };
    let candidate = slot.uses().unwrap().to_string();
    assert_eq!(
        candidate,
        "<candidate: known after agent:run:add-api/expand>"
    );
    let publish = Publish {
        slug: world.slug.clone(),
        destination: "migrations/add-api".to_owned(),
        base: world.snapshot().digest,
        operation: "planning.expand".to_owned(),
        subject: "piton: planning/add-api/expand".to_owned(),
        next: next.clone(),
        on: Some(decision.on.clone()),
    };
    let expected = [
        Op::Loop(LoopOp::Call(call)),
        Op::Migration(MigrationOp::Publish(publish)),
    ];
    assert_eq!(operations(&plan), expected);
}

#[test]
fn an_answer_that_waits_is_planned_as_its_publish_alone() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let on = decision.on.clone();
    let waiting = Waiting::find(&RealDisk, &world.site, &world.slug, &on);
    let mut builder = PlanBuilder::<Op>::new("a step");
    publish_waiting(&mut builder, &waiting.unwrap().unwrap(), on.clone());
    let publish = Publish {
        slug: world.slug.clone(),
        destination: "migrations/add-api".to_owned(),
        base: world.snapshot().digest,
        operation: "planning.approaches".to_owned(),
        subject: "piton: planning/add-api/approaches".to_owned(),
        next: Next::Candidate(Slot::Known(made.candidate)),
        on: Some(on),
    };
    let plan = builder.build().unwrap();
    let expected = [Op::Migration(MigrationOp::Publish(publish))];
    assert_eq!(operations(&plan), expected);
}

/// Takes the migration out of git, which ignores it from now on.
fn ignore(world: &World) {
    world.repo.write(".gitignore", "target/\nmigrations/\n");
    let forget = ["rm", "-r", "-q", "--cached", "migrations"];
    world.repo.git(&forget);
    world.repo.commit_all("migrations are nobody's business");
}

#[test]
fn a_migration_that_git_ignores_is_shown_to_the_agent_and_committed_all_the_same() {
    let world = World::at(Step::PickBest);
    ignore(&world);
    world.repo.write("target/built", "ignored as well\n");
    let decision = world.decide().unwrap();
    assert_eq!(
        decision.notes,
        [
            "git ignores migrations/add-api because of the rule `migrations/` in .gitignore, line 2; it is committed all the same"
        ]
    );
    let looks = "test -f \"$PITON_WORKSPACE\"/approaches/facade.md; echo 'Chosen approach: facade'";
    let (made, _) = call_shell(&world, looks, Limits::default(), SealTerms::off());
    world.publish(&made.unwrap().candidate);
    let committed = world.repo.git(&["show", "--format=", "--name-only"]);
    assert!(
        committed.contains("migrations/add-api/approaches/facade.md"),
        "{committed}"
    );
}

#[test]
fn a_migration_that_is_not_consistent_is_refused_with_what_is_wrong() {
    let world = World::at(Step::Review);
    std::fs::remove_file(world.live().join("phase-1-facade.md")).unwrap();
    world.repo.commit_all("by hand");
    let refused = world.decide().unwrap_err().to_string();
    assert_eq!(
        refused,
        "it is not consistent: the file of phase `facade`, `phase-1-facade.md`, does not exist (missing-phase-file)"
    );
}

#[test]
fn a_person_and_an_agent_look_at_a_migration_that_git_ignores_as_it_is() {
    let world = World::at(Step::FinalReview);
    let reply = "final-decision: approve-needs-human - the API is public";
    let awaits = one("planning.final-review", reply, "");
    world.step(&awaits).unwrap();
    ignore(&world);
    let session = person::ReviewSession::decide(&world.case()).unwrap();
    let head = world.git.head().unwrap().unwrap();
    let view = View::read(&world.git).unwrap();
    let slot = Slots::new(&RealDisk, &world.git, &world.slots.home)
        .take(&head, SlotUse::Work, &view, &holder())
        .unwrap();
    assert!(!slot.dir().join("migrations").exists());
    session.lay_out(&RealDisk, &slot).unwrap();
    let copy = session.take_up(&RealDisk, &slot).unwrap();
    assert_eq!(copy, session.live.contents);
}

#[test]
fn a_migration_that_was_never_committed_is_in_the_way_of_its_own_step() {
    let world = World::at(Step::PickBest);
    let forget = ["rm", "-r", "-q", "--cached", "migrations"];
    world.repo.git(&forget);
    world.repo.git(&["commit", "-q", "-m", "out of git"]);
    world.repo.write("target/built", "this is ignored\n");
    let refused = world.decide().unwrap_err();
    assert!(matches!(refused, StepRefusal::Dirty { .. }), "{refused:?}");
}
