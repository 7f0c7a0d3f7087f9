//! Agents that do what they must not: nothing durable changes, and the message
//! says what to do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use piton_agent::sealing::SealTerms;
use piton_agent::{AdapterSpec, Host, Limits, ProgramAgent};
use piton_base::{Report, Stop, SystemClock};
use piton_durable::RealDisk;
use piton_git::slot::Setup;
use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::failed::FailedStep;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::perform::{MadeStep, Performer};
use piton_loop::runs::{Event, Recorded};
use piton_loop::slots::SetupCommand;
use piton_migration::planning::{Cursor, Step};

use crate::world::{GOOD, World, holder, one};

const APPROACH: &str = "[[step.edit]]\npath = \"approaches/facade.md\"\nwrite = \"a\"\n\
                        [[step.edit]]\npath = \"approaches/rewrite.md\"\nwrite = \"b\"\n";

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
    let failed = world.fail(&approaches(
        "[[step.edit]]\npath = \"approaches/c.md\"\nlink = \"/etc/passwd\"\n",
    ));
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

/// Lets a real program be the agent: a shell that runs these commands in its
/// slot and then answers. Returns how the step failed.
fn with_shell(world: &World, commands: &str) -> FailedStep {
    with_shell_limited(world, commands, Limits::default())
}

fn with_shell_limited(world: &World, commands: &str, limits: Limits) -> FailedStep {
    let (made, _) = call_shell(world, commands, limits, SealTerms::off());
    *made.unwrap_err()
}

/// Lets the shell be the agent of a step that is accepted, publishes it, and
/// returns what was warned of.
fn accepted_with_shell(world: &World, commands: &str) -> Vec<String> {
    let (made, warnings) = call_shell(world, commands, Limits::default(), SealTerms::off());
    world.publish(&made.unwrap().candidate);
    warnings
}

/// Keeps what a call warns of.
#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Report<Recorded> for Warnings {
    fn report(&self, told: Recorded) {
        if let Event::Warned { text } = told.event {
            self.0.lock().unwrap().push(text);
        }
    }
}

pub(crate) fn call_shell(
    world: &World,
    commands: &str,
    limits: Limits,
    terms: SealTerms,
) -> (Result<MadeStep, Box<FailedStep>>, Vec<String>) {
    let script = format!("cat >/dev/null; set -e; {commands}; echo done");
    let mut spec = AdapterSpec::of_command("sh").unwrap();
    spec.arguments = vec!["-c".into(), script];
    let agent = ProgramAgent::new(
        "shell",
        spec,
        Host::new(std::env::vars_os()),
        Arc::new(RealDisk),
        Arc::new(SystemClock::default()),
    )
    .on_terms(terms);
    let performer = Performer {
        disk: &RealDisk,
        git: &world.git,
        clock: &world.clock,
        site: &world.site,
        slots: &world.slots,
        agent: &agent,
        limits,
        stop: &Stop::default(),
        holder: holder(),
        secrets: &[],
    };
    let decision = world.decide().unwrap();
    let warnings = Warnings::default();
    let run = world.run_told_to(&warnings);
    let made = performer.call(&decision, &run);
    drop(run);
    (made, warnings.0.into_inner().unwrap())
}

pub(crate) const WRITES: &str = "mkdir -p \"$PITON_WORKSPACE\"/approaches; \
                      echo a > \"$PITON_WORKSPACE\"/approaches/facade.md; \
                      echo b > \"$PITON_WORKSPACE\"/approaches/rewrite.md";

#[test]
fn an_agent_that_hangs_is_ended_and_nothing_is_taken() {
    let world = World::new();
    let before = world.picture();
    let limits = Limits {
        idle: Duration::from_millis(300),
        tool_idle: Duration::from_millis(300),
        ..Limits::default()
    };
    let failed = with_shell_limited(&world, &format!("{WRITES}; sleep 1000"), limits);
    assert!(
        story(&failed).contains("the agent hung"),
        "{}",
        story(&failed)
    );
    assert_eq!(failed.failure.consequence().recorded.as_str(), "stuck");
    assert_eq!(world.picture(), before);
    world.step(GOOD).unwrap();
}

#[test]
fn whatever_it_does_to_git_in_its_slot_counts_for_nothing_and_is_said() {
    let world = World::new();
    let before = (
        world.repo.git(&["for-each-ref", "refs/heads", "refs/tags"]),
        world.repo.read(".git/config"),
    );
    let warnings = accepted_with_shell(
        &world,
        &format!(
            "{WRITES}; git add -A; git commit -qm mine; git branch sneaky; git tag t; \
             git config core.hooksPath /evil; mkdir -p .git/hooks; cp /bin/false .git/hooks/pre-commit; \
             echo x >> README.md; git stash -q; git update-ref -d refs/heads/main"
        ),
    );
    assert_eq!(
        warnings,
        [
            "the agent changed git in its slot (HEAD, references, config, hooks); \
          that stays there and counts for nothing"
        ]
    );
    assert_eq!(
        world.repo.subjects()[0],
        "piton: planning/add-api/approaches"
    );
    assert_eq!(world.repo.git(&["tag"]), "");
    assert_eq!(world.repo.read(".git/config"), before.1);
    world.step(GOOD).unwrap();
}

#[test]
fn a_git_file_that_names_the_user_s_repository_leads_nobody_there() {
    let world = World::new();
    world.repo.write("staged", "x");
    world.repo.git(&["add", "staged"]);
    let commands = format!(
        "{WRITES}; rm -rf .git; echo \"gitdir: {}/.git\" > .git",
        world.repo.path().display()
    );
    let warnings = accepted_with_shell(&world, &commands);
    assert!(warnings[0].contains(".git itself"), "{warnings:?}");
    world.step(GOOD).unwrap();
    assert_eq!(world.repo.status(), "A  staged\n");
    assert_eq!(
        world.repo.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/main\n"
    );
}

#[test]
fn new_files_outside_the_migration_are_thrown_away_with_a_warning() {
    let world = World::new();
    let warnings = accepted_with_shell(
        &world,
        &format!(
            "{WRITES}; mkdir -p src/__pycache__ target; echo x > src/__pycache__/a.pyc; \
             echo x > .coverage; echo x > target/ignored; git init -q inner"
        ),
    );
    assert_eq!(
        warnings,
        [
            "new files outside migrations/add-api were thrown away: .coverage, inner, \
          src/__pycache__/a.pyc"
        ]
    );
    assert!(!world.repo.exists(".coverage"));
    let warnings = accepted_with_shell(
        &world,
        "test ! -e .coverage; test -e target/ignored; \
        echo 'Chosen approach: facade'",
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn a_file_of_the_repository_that_is_gone_refuses_the_work() {
    let world = World::new();
    let failed = with_shell(
        &world,
        &format!("{WRITES}; rm src/parse.rs; chmod +x .gitignore"),
    );
    assert!(
        story(&failed).contains(": .gitignore (changed), src/parse.rs (deleted);"),
        "{}",
        story(&failed)
    );
    world.step(GOOD).unwrap();
}

#[test]
fn more_new_content_than_allowed_is_refused() {
    let mut world = World::new();
    world.slots.max_new = 1000;
    let failed = with_shell(
        &world,
        &format!("{WRITES}; head -c 2000 /dev/zero > \"$PITON_WORKSPACE\"/big"),
    );
    assert!(
        story(&failed).contains("2.0 kB of new content"),
        "{}",
        story(&failed)
    );
    assert!(failed.failure.advice().contains("slot.max-new"));
    world.step(GOOD).unwrap();
}

#[test]
fn what_it_does_to_the_user_s_references_is_refused_and_named() {
    let world = World::new();
    let before = world.repo.subjects();
    let there = format!("git -C {}", world.repo.path().display());
    let failed = with_shell(
        &world,
        &format!("{WRITES}; {there} branch sneaky; {there} stash -q"),
    );
    assert!(
        story(&failed).contains("the reference refs/heads/sneaky"),
        "{}",
        story(&failed)
    );
    assert!(failed.failure.advice().contains("put them back"));
    assert_eq!(world.repo.subjects(), before);
    // Also of an agent that failed otherwise.
    let failed = with_shell(&world, &format!("{there} tag t; exit 3"));
    assert!(
        story(&failed).contains("the reference refs/tags/t"),
        "{}",
        story(&failed)
    );
}

#[test]
fn an_edit_of_the_user_s_own_files_is_said() {
    let world = World::new();
    let file = world.repo.path().join("src/parse.rs");
    let warnings = accepted_with_shell(&world, &format!("{WRITES}; echo x >> {}", file.display()));
    assert!(
        warnings[0].contains("files of your working tree changed: src/parse.rs"),
        "{warnings:?}"
    );
}

#[test]
fn a_setup_that_fails_costs_no_call_and_shows_its_end() {
    let mut world = World::new();
    let setup = |script: &str| SetupCommand {
        setup: Setup {
            command: script.to_owned(),
            inputs: vec!["*.lock".to_owned()],
        },
        words: vec!["sh".into(), "-c".into(), script.into()],
        host: Host::new(std::env::vars_os()),
        limits: Limits::default(),
        terms: piton_agent::sealing::SealTerms::off(),
    };
    world.slots.setup = Some(setup("echo no network here >&2; exit 7"));
    let failed = with_shell(&world, "echo called > target-was-called");
    assert!(
        story(&failed).contains("exit code 7; the last it printed was:\nno network here"),
        "{}",
        story(&failed)
    );
    assert!(failed.failure.advice().contains("no agent was called"));
    // One that ends well has run once, for all calls that follow.
    world.slots.setup = Some(setup(
        "mkdir -p target; echo x >> target/times; echo y >> .gitignore",
    ));
    let once = "test \"$(wc -l < target/times)\" -eq 1; echo 'Chosen approach: facade'";
    let _ = accepted_with_shell(&world, &format!("{WRITES}; {once}"));
    let _ = accepted_with_shell(&world, once);
}

#[test]
fn the_user_may_commit_and_branch_while_an_agent_works() {
    let world = World::new();
    world.repo.git(&["branch", "other"]);
    let other = tempfile::tempdir().unwrap();
    let elsewhere = other.path().join("wt");
    let elsewhere = elsewhere.to_str().unwrap();
    world
        .repo
        .git(&["worktree", "add", "-q", elsewhere, "other"]);
    // What the user does elsewhere comes from the agent's shell here, and the
    // step fails for its missing products alone.
    let user = format!(
        "git -C {} checkout -q -b feature; git -C {0} commit -q --allow-empty -m mine; \
         git -C {elsewhere} commit -q --allow-empty -m theirs",
        world.repo.path().display()
    );
    let failed = with_shell(&world, &user);
    assert!(
        story(&failed).contains("it wrote no approach"),
        "{}",
        story(&failed)
    );
}

#[test]
fn a_hook_for_the_user_s_next_commit_is_refused_named_and_set_aside() {
    let world = World::new();
    let config = world.repo.read(".git/config");
    let hook = world.repo.path().join(".git/hooks/pre-commit");
    let failed = with_shell(
        &world,
        &format!(
            "{WRITES}; cp /bin/false {}; git -C {} config core.editor false",
            hook.display(),
            world.repo.path().display()
        ),
    );
    let story = story(&failed);
    assert!(
        story.contains(".git/config (core.editor), .git/hooks/pre-commit"),
        "{story}"
    );
    let advice = failed.failure.advice();
    assert!(advice.contains("was set aside in"), "{advice}");
    assert!(!hook.exists());
    assert_eq!(world.repo.read(".git/config"), config);
    world.step(GOOD).unwrap();
}

#[test]
fn a_hook_that_an_agent_planted_before_it_failed_is_set_aside_too() {
    let world = World::new();
    let hook = world.repo.path().join(".git/hooks/pre-commit");
    let failed = with_shell(&world, &format!("cp /bin/false {}; exit 3", hook.display()));
    let story = story(&failed);
    assert!(story.contains(".git/hooks/pre-commit"), "{story}");
    assert!(!hook.exists());
    world.step(GOOD).unwrap();
}

#[test]
fn of_what_failed_calls_left_the_latest_five_are_kept() {
    let world = World::new();
    let mut all = Vec::new();
    for round in 0..7 {
        let left = format!("{WRITES}; echo {round} > \"$PITON_WORKSPACE\"/round; exit 3");
        all.push(with_shell(&world, &left).kept.unwrap());
    }
    let there: Vec<_> = all.iter().filter(|dir| dir.exists()).collect();
    assert_eq!(there, all[2..].iter().collect::<Vec<_>>());
}

#[test]
fn a_nested_repository_is_refused() {
    let world = World::new();
    let failed = with_shell(
        &world,
        &format!("{WRITES}; git init -q \"$PITON_WORKSPACE\"/inner"),
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
    let failed = with_shell(
        &world,
        &format!(
            "rm -r migrations; ln -s {} migrations",
            outside.path().display()
        ),
    );
    assert!(
        matches!(failed.failure, StepFailure::LeftPath(_)),
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
    let migrations = world.repo.path().join("migrations");
    std::fs::rename(&migrations, outside.path().join("moved")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("moved"), &migrations).unwrap();
    world.repo.commit_all("a link");
    let decision = world.decide();
    assert!(decision.is_err(), "{decision:?}");
    assert_eq!(outside.path().read_dir().unwrap().count(), 1);
}
