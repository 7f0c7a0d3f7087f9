//! All that an agent is told at each planning step, and nothing besides.

use piton_durable::RealDisk;
use piton_loop::clock::local_stamp;
use piton_loop::effort::EffortBudget;
use piton_loop::planning::brief::Briefing;
use piton_loop::planning::decide::{StepDecision, StepOptions, next_step};
use piton_loop::planning::person;
use piton_loop::prompts::{
    ApproachText, EffortBrief, Material, Note, PlanningPrompt, PromptSet, Quoted, TargetBrief,
};
use piton_migration::planning::{Feedback, FeedbackSource, STATE_FILE, Step};
use piton_migration::stamp::Stamp;
use serde_json::json;

use crate::world::{GOOD, World, one};

const PLAN: &str = "# The plan\n\n1. facade\n";

/// Returns the prompt of a step that is told `material` and what a person said.
fn told(step: Step, material: Material, said: Option<&str>, answer_by_schema: bool) -> String {
    let note = said.map(|text| Note {
        title: "What a person said about it, which outweighs everything else",
        label: "feedback",
        text: text.to_owned(),
    });
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
        notes: note.into_iter().collect(),
        validation: Some("cargo test"),
        answer_by_schema,
        step,
        material,
    };
    PromptSet::built_in().unwrap().planning(&prompt).unwrap()
}

/// Returns what [`GOOD`] leads to: the texts that each step is told.
fn material(step: Step) -> Material {
    let accepted = |stage: &str, text: &str| {
        Some(Quoted {
            reference: format!("migrations/add-api/.planning/stages/{stage}.stdout.md"),
            text: text.to_owned(),
        })
    };
    let approach = |name: &str, text: &str| ApproachText {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let plan = PLAN.to_owned();
    let findings = "1. phase 1 forgets the tests\n\nreview-verdict: findings\n";
    match step {
        Step::Approaches => Material::default(),
        Step::PickBest => Material {
            approaches: vec![
                approach("facade", "Put a facade in front."),
                approach("rewrite", "Write it anew."),
            ],
            ..Material::default()
        },
        Step::Expand => Material {
            choice: accepted("pick-best", "Chosen approach: facade\n\nIt is smaller.\n"),
            choice_file: Some("approaches/facade.md".to_owned()),
            ..Material::default()
        },
        Step::Review => Material {
            plan,
            ..Material::default()
        },
        Step::Revise => Material {
            plan,
            findings: accepted("review", findings),
            ..Material::default()
        },
        Step::Review2 | Step::FinalReview => Material {
            plan,
            findings: accepted("review", findings),
            answers: accepted("revise", "1. Added them.\n"),
            ..Material::default()
        },
    }
}

const STEPS: [Step; 7] = [
    Step::Approaches,
    Step::PickBest,
    Step::Expand,
    Step::Review,
    Step::Revise,
    Step::Review2,
    Step::FinalReview,
];

#[test]
fn each_step_is_told_all_that_was_accepted_for_it_and_no_more() {
    for step in STEPS {
        let decision = World::at(step).decide().unwrap();
        assert_eq!(decision.prompt, told(step, material(step), None, false));
        assert_eq!(decision.schema, None);
    }
}

/// Decides the next step for an agent that can be held to a schema.
fn decide_by_schema(world: &World) -> StepDecision {
    let prompts = PromptSet::built_in().unwrap();
    let budget = EffortBudget::new(None, None).unwrap();
    let options = StepOptions {
        briefing: Briefing {
            prompts: &prompts,
            taste: "Deleting code is best.",
            budget,
            validation: Some("cargo test"),
            answer_by_schema: true,
        },
        effort: budget.for_call(),
        model: None,
        commit_prefix: "piton",
    };
    next_step(
        &RealDisk,
        &world.git,
        &world.site,
        world.snapshot(),
        &options,
    )
    .unwrap()
}

#[test]
fn an_agent_that_can_be_held_to_a_schema_is_held_to_the_one_of_its_step() {
    for step in STEPS {
        let decision = decide_by_schema(&World::at(step));
        // What each schema asks for tells it from the others.
        let asks_for = match step {
            Step::Approaches | Step::Expand | Step::Revise => None,
            Step::PickBest => Some(json!(["because", "choice"])),
            Step::Review | Step::Review2 => Some(json!(["findings", "summary"])),
            Step::FinalReview => Some(json!(["assessment", "decision", "reason"])),
        };
        let prompt = told(step, material(step), None, asks_for.is_some());
        assert_eq!(decision.prompt, prompt);
        let required = decision.schema.map(|schema| schema["required"].clone());
        assert_eq!(required, asks_for, "{step}");
    }
}

fn refine(world: &World, text: &str) {
    let feedback = (FeedbackSource::Message, text);
    let proposal = person::refine(&world.case(), feedback, local_stamp(&world.clock)).unwrap();
    world.publish_proposal(proposal);
}

#[test]
fn what_a_person_says_before_there_is_a_plan_is_told_to_the_step_that_is_next() {
    for step in [Step::Approaches, Step::PickBest, Step::Expand] {
        let world = World::at(step);
        refine(&world, "three phases at most\n");
        refine(&world, "and no new crate");
        let said = "three phases at most\n\n---\n\nand no new crate";
        let prompt = world.decide().unwrap().prompt;
        assert_eq!(prompt, told(step, material(step), Some(said), false));
    }
}

#[test]
fn what_a_person_says_of_a_plan_is_told_to_its_revision_and_to_the_review_of_that() {
    let said = Some("smaller phases".to_owned());
    for step in [Step::Review, Step::FinalReview] {
        let world = World::at(step);
        refine(&world, "smaller phases");
        let prompt = world.decide().unwrap().prompt;
        let reopened = Material {
            plan: PLAN.to_owned(),
            feedback: said.clone(),
            ..Material::default()
        };
        assert_eq!(prompt, told(Step::Revise, reopened.clone(), None, false));
        world
            .step(&one(
                "planning.revise",
                "Split it.",
                "[[step.edit]]\npath = \"plan.md\"\nwrite = \"# Split\\n\"\n",
            ))
            .unwrap();
        let prompt = world.decide().unwrap().prompt;
        let stage = if step == Step::Review {
            "revise"
        } else {
            "revise-2"
        };
        let revised = Material {
            plan: "# Split\n".to_owned(),
            answers: Some(Quoted {
                reference: format!("migrations/add-api/.planning/stages/{stage}.stdout.md"),
                text: "Split it.\n".to_owned(),
            }),
            ..reopened
        };
        assert_eq!(prompt, told(Step::Review2, revised.clone(), None, false));
        world.step(GOOD).unwrap();
        let prompt = world.decide().unwrap().prompt;
        assert_eq!(prompt, told(Step::FinalReview, revised, None, false));
    }
}

#[test]
fn what_a_second_review_found_is_told_to_the_revision_that_a_person_asked_for() {
    let world = World::at(Step::Review2);
    let found = "1. still no tests\n2. phase 2 is too large";
    world.step(&one("planning.review-2", found, "")).unwrap();
    refine(&world, "write the tests first");
    let decision = world.decide().unwrap();
    let asked = Material {
        plan: PLAN.to_owned(),
        findings: Some(Quoted {
            reference: "findings of review-2".to_owned(),
            text: found.to_owned(),
        }),
        feedback: Some("write the tests first".to_owned()),
        ..Material::default()
    };
    assert_eq!(decision.prompt, told(Step::Revise, asked, None, false));
}

/// Notes in the planning record, by hand, what a person said at a moment.
fn note_feedback(world: &World, texts: &[&str], at: Stamp, reopens: bool) {
    let mut state = world.snapshot().state;
    for text in texts {
        let feedback = Feedback {
            received_at: at.to_raw(),
            source: FeedbackSource::Message,
            text: (*text).to_owned(),
        };
        state = state.receive(feedback, at);
    }
    if reopens {
        state = state.reopen(at).unwrap();
    }
    let text = String::from_utf8(state.encode()).unwrap();
    let path = format!("migrations/add-api/{STATE_FILE}");
    world.repo.write(&path, &text);
    world.repo.commit_all("by hand");
}

#[test]
fn what_a_person_said_of_a_plan_without_reopening_it_is_told_to_the_review_that_is_next() {
    for step in [Step::Review, Step::Review2] {
        let world = World::at(step);
        let now = local_stamp(&world.clock);
        note_feedback(&world, &["smaller phases"], now, false);
        let said = Some("smaller phases".to_owned());
        let (note, feedback) = match step {
            Step::Review => (said, None),
            _ => (None, said),
        };
        let material = Material {
            feedback,
            ..material(step)
        };
        let prompt = world.decide().unwrap().prompt;
        assert_eq!(prompt, told(step, material, note.as_deref(), false));
    }
}

#[test]
fn of_what_a_person_said_before_the_last_step_only_what_reopened_the_plan_is_told() {
    let long_ago = Stamp::utc(jiff::Timestamp::UNIX_EPOCH);
    let said = ["taken up already", "smaller phases"];
    let world = World::at(Step::Review);
    note_feedback(&world, &said, long_ago, false);
    let prompt = world.decide().unwrap().prompt;
    let review = material(Step::Review);
    assert_eq!(prompt, told(Step::Review, review, None, false));

    let world = World::at(Step::Review2);
    note_feedback(&world, &said, long_ago, true);
    let asked = Material {
        plan: PLAN.to_owned(),
        feedback: Some("smaller phases".to_owned()),
        ..Material::default()
    };
    let prompt = world.decide().unwrap().prompt;
    assert_eq!(prompt, told(Step::Revise, asked, None, false));
}
