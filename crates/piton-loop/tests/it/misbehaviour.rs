//! Agents that do what they must not: nothing durable changes, and the message
//! says what to do.

use std::process::Command;

use piton_agent::outcome::{Outcome, Reply};
use piton_agent::{
    Agent, AgentCall, AgentError, CallEvents, CallFiles, CallRecord, Limits, Probe, Quiet, Stop,
};
use piton_durable::RealDisk;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::perform::{FailedStep, Performer};
use piton_migration::planning::{Cursor, Step};

use crate::world::{GOOD, World, holder, one};

const APPROACH: &str = "[[step.edit]]\npath = \"approaches/a.md\"\nwrite = \"a\"\n";

fn approaches(edits: &str) -> String {
    one("planning.approaches", "done", &format!("{APPROACH}{edits}"))
}

fn story(failed: &FailedStep) -> String {
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
        "the agent went outside the migration's directory: src/parse.rs (changed), \
         NOTES.md (made), migrations/other (made); all its work is refused"
    );
    assert!(failed.failure.advice().contains("run the step again"));
    let told = std::fs::read_to_string(failed.snapshot.unwrap()).unwrap();
    assert!(
        told.contains("failure_kind: \"planning-step-failed\""),
        "{told}"
    );
    assert!(told.contains("piton migration step add-api"), "{told}");
    assert!(failed.kept.unwrap().join("approaches/a.md").is_file());
    // Nothing of it is left for the next call.
    world.step(GOOD).unwrap();
    assert!(!world.repo.exists("NOTES.md"));
}

#[test]
fn a_link_in_the_migration_is_refused() {
    let world = World::new();
    let failed = world.fail(&approaches(
        "[[step.edit]]\npath = \"approaches/b.md\"\nlink = \"/etc/passwd\"\n",
    ));
    assert!(
        story(&failed).contains("b.md is a symbolic link"),
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
        story(&failed).contains("answer by schema"),
        "{}",
        story(&failed)
    );
    let failed = world.fail(
        "[[step]]\nrole = 'planning.review'\nreply = '{}'\n\
         structured = { verdict = 'clear', summary = 's', findings = [{ where = 'a', problem = 'b', settled_by = 'c' }] }\n",
    );
    assert!(
        story(&failed).contains("lists 1 findings"),
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
             structured = { verdict = 'findings', summary = 's', findings = [{ where = 'phase 1', problem = 'b', settled_by = 'c' }] }\n",
        )
        .unwrap();
    assert_eq!(world.snapshot().state.cursor(), Cursor::Step(Step::Revise));
    let kept = world
        .repo
        .read("migrations/add-api/.planning/stages/review.stdout.md");
    assert!(kept.contains("1. **phase 1**: b"), "{kept}");
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
        story(&failed).contains("review only reads, and it changed plan.md"),
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

/// An agent that runs git in its worktree.
#[derive(Debug)]
struct GitAgent(Vec<Vec<String>>);

impl Agent for GitAgent {
    fn name(&self) -> &'static str {
        "git-agent"
    }

    fn probe(&self) -> Probe {
        Probe::Ready {
            version: None,
            warning: None,
        }
    }

    fn command_line(&self, _: &AgentCall, _: &CallFiles) -> Vec<String> {
        vec![]
    }

    fn call(
        &self,
        call: &AgentCall,
        _: &CallFiles,
        _: &Stop,
        _: &dyn CallEvents,
    ) -> Result<CallRecord, AgentError> {
        let approaches = call.workspace.join("approaches");
        std::fs::create_dir_all(&approaches).unwrap();
        std::fs::write(approaches.join("a.md"), "a").unwrap();
        for arguments in &self.0 {
            let done = Command::new(&arguments[0])
                .args(&arguments[1..])
                .current_dir(&call.cwd)
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
        }
        let json = serde_json::json!({
            "agent": "git-agent", "version": null, "role": call.role, "slug": null,
            "arguments": [], "model": null, "effort": null,
            "started_at": "2026-01-01T00:00:00Z", "duration_ms": 0,
            "result": Outcome::Replied { reply: Reply { text: "done".into(), structured: None } },
            "exit": piton_agent::process::ExitKind::Code(0), "ended_by": null, "session": null,
            "usage": null, "cost_usd": null, "stdout_bytes": 0, "stderr_bytes": 0,
            "left_behind": 0, "warnings": [],
        });
        Ok(serde_json::from_value(json).unwrap())
    }
}

fn with_git(world: &World, commands: &[&[&str]]) -> FailedStep {
    let agent = GitAgent(
        commands
            .iter()
            .map(|command| command.iter().map(ToString::to_string).collect())
            .collect(),
    );
    let performer = Performer {
        disk: &RealDisk,
        git: &world.git,
        clock: &world.clock,
        site: &world.site,
        agent: &agent,
        limits: Limits::default(),
        stop: &Stop::default(),
        holder: holder(),
    };
    let decision = world.decide().unwrap();
    let mut run = world.run();
    *performer.call(&decision, &mut run, &Quiet).unwrap_err()
}

#[test]
fn a_commit_of_its_own_is_refused() {
    let world = World::new();
    let before = world.picture();
    let failed = with_git(
        &world,
        &[&["git", "add", "-A"], &["git", "commit", "-qm", "mine"]],
    );
    assert!(
        story(&failed).contains("a commit of its own"),
        "{}",
        story(&failed)
    );
    assert_eq!(world.picture(), before);
    world.step(GOOD).unwrap();
}

#[test]
fn a_branch_of_its_own_is_refused_and_named() {
    let world = World::new();
    let failed = with_git(&world, &[&["git", "branch", "sneaky"]]);
    assert!(
        story(&failed).contains("the reference refs/heads/sneaky"),
        "{}",
        story(&failed)
    );
    assert!(failed.failure.advice().contains("put them back"));
    assert_eq!(world.repo.subjects().len(), 2);
}

#[test]
fn a_hook_for_the_user_s_next_commit_is_refused_and_named() {
    let world = World::new();
    let hook = world.repo.path().join(".git/hooks/pre-commit");
    let failed = with_git(
        &world,
        &[
            &["cp", "/bin/true", hook.to_str().unwrap()],
            &["git", "config", "core.editor", "false"],
        ],
    );
    let story = story(&failed);
    assert!(
        story.contains("git's own config, git's own hooks"),
        "{story}"
    );
}

#[test]
fn a_nested_repository_is_refused() {
    let world = World::new();
    let failed = with_git(
        &world,
        &[&["git", "init", "-q", "migrations/add-api/approaches/inner"]],
    );
    assert!(
        story(&failed).contains("repository of its own"),
        "{}",
        story(&failed)
    );
}

#[test]
fn a_migrations_directory_that_became_a_link_is_refused() {
    let world = World::new();
    let outside = tempfile::tempdir().unwrap();
    let failed = with_git(
        &world,
        &[
            &["rm", "-r", "migrations"],
            &["ln", "-s", outside.path().to_str().unwrap(), "migrations"],
        ],
    );
    assert!(
        matches!(failed.failure, StepFailure::Strayed(_)),
        "{}",
        story(&failed)
    );
    assert!(outside.path().read_dir().unwrap().next().is_none());
    world.step(GOOD).unwrap();
    assert!(outside.path().read_dir().unwrap().next().is_none());
}

#[test]
fn a_tracked_link_on_the_way_to_the_migration_is_never_followed() {
    let world = World::new();
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), world.repo.path().join("migrations")).unwrap();
    world.repo.commit_all("a link");
    let decision = world.decide();
    assert!(decision.is_err(), "{decision:?}");
    assert!(outside.path().read_dir().unwrap().next().is_none());
}
