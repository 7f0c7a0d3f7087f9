//! What an agent does in its slot beside its answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use piton_agent::sealing::SealTerms;
use piton_agent::{AdapterSpec, Host, Limits, ProgramAgent};
use piton_base::{Report, Stop, SystemClock};
use piton_durable::RealDisk;
use piton_git::slot::Setup;
use piton_loop::planning::failed::FailedStep;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::perform::{MadeStep, Performer};
use piton_loop::runs::{Event, Recorded};
use piton_loop::slots::SetupCommand;

use crate::misbehaviour::story;
use crate::world::{GOOD, World, holder};

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
            "the agent changed git's own files in its slot (HEAD, references, config, hooks); that stays there and is ignored"
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
    let runs = std::fs::read_dir(world.site.runs()).unwrap();
    let mut logs = runs.map(|run| run.unwrap().path().join("setup.log"));
    let log = logs.find(|log| log.is_file()).unwrap();
    let kept = std::fs::read_to_string(&log).unwrap();
    assert_eq!(kept, "no network here\n", "all of it");
    world.slots.setup = Some(setup("echo x: permission denied; exit 1"));
    let failed = with_shell(&world, "echo called > target-was-called");
    assert!(
        story(&failed).ends_with("x: permission denied"),
        "there is no seal that it met: {}",
        story(&failed)
    );
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
    assert!(advice.contains("was moved to"), "{advice}");
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
    let advice = failed.failure.advice();
    assert!(advice.contains("-add-api-set-aside"), "{advice}");
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
    for link in ["migrations", "migrations/add-api"] {
        let act = format!("rm -r {link}; ln -s {} {link}", outside.path().display());
        let failed = with_shell(&world, &act);
        assert!(
            matches!(failed.failure, StepFailure::LeftPath(_)),
            "{}",
            story(&failed)
        );
        assert!(outside.path().read_dir().unwrap().next().is_none());
    }
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
