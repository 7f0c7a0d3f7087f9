//! What a dry run says is what the real run does, command by command.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::env::{TestEnv, World};
use crate::stage::{GOOD, SLUG, strings};

const RUNS: &str = ".git/piton/runs";

/// One command on a world in which it has something to do.
struct Scenario {
    world: fn() -> TestEnv,
    /// With [`AGENT`] where an agent is needed.
    line: &'static str,
    done: Done,
}

/// Stands for an agent that does well.
const AGENT: &str = "AGENT";

/// What comes of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// It does something, and doing it again plans nothing.
    Once,
    /// It does something, and doing it again is refused with this code.
    RefusedAgain(i32),
    /// It does something, and doing it again does the next thing.
    NextThing,
    /// It shows something and changes nothing, and there is no plan to save.
    Nothing,
}

const fn row(world: fn() -> TestEnv, line: &'static str, done: Done) -> Scenario {
    Scenario { world, line, done }
}

const SCENARIOS: &[Scenario] = &[
    row(TestEnv::with_cargo_project, "init", Done::Once),
    row(
        || TestEnv::planned(1),
        "init --migrations-dir docs/plans --taste docs/taste.md",
        Done::Once,
    ),
    row(TestEnv::staged, "config set agent.model m-1", Done::Once),
    row(saved_init, "apply init.json", Done::RefusedAgain(5)),
    row(TestEnv::with_cargo_project, "man man1", Done::Once),
    row(
        TestEnv::staged,
        "migration new add-api --target x --file src/lib.rs",
        Done::RefusedAgain(2),
    ),
    row(
        || TestEnv::planned(2),
        "migration step add-api AGENT",
        Done::NextThing,
    ),
    row(
        TestEnv::waiting,
        "migration refine add-api --message m --record-only",
        Done::NextThing,
    ),
    row(TestEnv::waiting, "migration review add-api", Done::Nothing),
    row(
        TestEnv::waiting,
        "migration approve add-api",
        Done::RefusedAgain(2),
    ),
    row(
        TestEnv::waiting,
        "migration reject add-api --reason no",
        Done::RefusedAgain(2),
    ),
    row(broken, "migration doctor --repair", Done::Once),
    row(deferred, "migration wake add-api", Done::RefusedAgain(2)),
    row(
        || TestEnv::planned(3),
        "migration undo add-api",
        Done::NextThing,
    ),
    row(
        || TestEnv::planned(3),
        "migration rename add-api other-name",
        Done::RefusedAgain(2),
    ),
    row(
        || TestEnv::planned(3),
        "migration archive add-api",
        Done::RefusedAgain(2),
    ),
    row(
        || TestEnv::planned(3),
        "migration delete add-api",
        Done::RefusedAgain(2),
    ),
    row(
        rejected,
        "migration reopen add-api --message smaller",
        Done::RefusedAgain(2),
    ),
    row(
        TestEnv::with_cargo_project,
        "prompt copy review _topics.md.j2",
        Done::Once,
    ),
    row(recorded, "runs prune --keep 0 -y", Done::Once),
    row(TestEnv::with_cargo_project, "taste", Done::Once),
];

/// Commands whose dry runs are compared with their real runs in another file,
/// because their worlds hold more than a repository.
const ELSEWHERE: [(&str, &str); 7] = [
    ("exec", include_str!("exec.rs")),
    ("run", include_str!("running.rs")),
    ("run-once", include_str!("running.rs")),
    ("migration import", include_str!("shared.rs")),
    ("migration share", include_str!("shared.rs")),
    ("plan ", include_str!("plans_stored.rs")),
    ("traffic ", include_str!("traffic.rs")),
];

impl Scenario {
    /// Whether there is a plan of its own that can be saved.
    fn saves(&self) -> bool {
        self.done != Done::Nothing && !self.line.starts_with("apply ")
    }

    fn arguments(&self, env: &TestEnv) -> Vec<String> {
        let mut arguments = Vec::new();
        for word in self.line.split(' ') {
            match word {
                AGENT => arguments.extend(env.script("good", GOOD)),
                word => arguments.push(word.to_owned()),
            }
        }
        arguments
    }
}

fn saved_init() -> TestEnv {
    let env = TestEnv::with_cargo_project();
    let _ = env.ok(&["init", "--plan-out", "init.json"]);
    env
}

/// A migration under another name, and another tool's dead publish.
fn broken() -> TestEnv {
    let env = TestEnv::planned(1);
    env.edit_manifest("name", "something-else".into());
    env.repo.commit_all("broken");
    env
}

fn deferred() -> TestEnv {
    let env = TestEnv::planned(7);
    env.edit_manifest("wake_up_on", "2099-01-01T00:00:00.000+00:00".into());
    env.repo.commit_all("deferred");
    env
}

fn rejected() -> TestEnv {
    let env = TestEnv::waiting();
    let _ = env.ok(&["migration", "reject", SLUG, "--reason", "no"]);
    env
}

/// A run that left a record.
fn recorded() -> TestEnv {
    let env = TestEnv::planned(2);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env
}

#[test]
fn every_command_with_a_dry_run_has_a_scenario() {
    fn rehearses(command: &clap::Command) -> bool {
        command.get_arguments().any(|arg| arg.get_id() == "dry_run")
    }
    fn walk(command: &clap::Command, path: &str, found: &mut BTreeSet<String>) {
        for inner in command.get_subcommands() {
            let path = format!("{path} {}", inner.get_name());
            // What a command passes on to those below it is its own.
            if rehearses(inner) && !rehearses(command) {
                found.insert(path.trim().to_owned());
            }
            walk(inner, &path, found);
        }
    }
    let mut found = BTreeSet::new();
    walk(&piton::definition(), "", &mut found);
    for (commands, file) in ELSEWHERE {
        assert!(
            file.contains("\"--dry-run\""),
            "nothing is compared for {commands}"
        );
        found.retain(|name| {
            name != commands && !(commands.ends_with(' ') && name.starts_with(commands))
        });
    }
    let is = |line: &str, command: &str| {
        let rest = line.strip_prefix(command);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    for command in &found {
        let tried = SCENARIOS.iter().any(|it| is(it.line, command));
        assert!(tried, "no scenario of {command}");
    }
    for Scenario { line, .. } in SCENARIOS {
        let known = found.iter().any(|command| is(line, command));
        assert!(known, "{line} has no dry run");
    }
}

#[test]
fn a_dry_run_touches_nothing_at_all() {
    on_all(|scenario, env| {
        let mut arguments = scenario.arguments(env);
        arguments.push("--dry-run".into());
        let exit = if scenario.done == Done::Nothing { 3 } else { 0 };
        for more in [
            vec![],
            strings(&["-vv"]),
            strings(&["--json"]),
            strings(&["--markdown"]),
        ] {
            let arguments = [arguments.clone(), more].concat();
            let before = env.world();
            let ran = env.run(&arguments);
            assert_eq!(ran.code, exit, "{arguments:?}: {}", ran.shown());
            assert_untouched(env, &before, &arguments);
        }
        arguments.push("--exit-code".into());
        let exit = if scenario.done == Done::Nothing {
            3
        } else {
            10
        };
        assert_eq!(env.run(&arguments).code, exit, "{arguments:?}");
    });
}

#[test]
fn saving_a_plan_writes_that_file_alone() {
    on_all(|scenario, env| {
        let mut arguments = scenario.arguments(env);
        let file = env.path().join("plan.json");
        arguments.extend(["--plan-out".into(), file.display().to_string()]);
        let before = env.world();
        let ran = env.run(&arguments);
        if !scenario.saves() {
            assert_eq!(ran.code, 2, "{}", ran.shown());
            assert_untouched(env, &before, &arguments);
            return;
        }
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.shown());
        assert_eq!(
            env.world().files_changed_since(&before),
            std::slice::from_ref(&file)
        );
        // Its directory is the only other thing that shows it.
        let mut touched = touched(env, &before);
        touched.retain(|path| path != env.path());
        assert_eq!(touched, std::slice::from_ref(&file), "{arguments:?}");

        let before = env.world();
        let _ = env.ok(&["apply", "--show", file.to_str().unwrap()]);
        assert!(env.world() == before, "showing a plan touched something");
    });
}

#[test]
fn the_real_run_changes_what_its_dry_run_names_and_again_there_is_nothing_to_do() {
    on_all(|scenario, env| {
        if scenario.done == Done::Nothing {
            return;
        }
        let arguments = scenario.arguments(env);
        let with = |more: &[&str]| [arguments.clone(), strings(more)].concat();
        let named = named(&env.ok(&with(&["--dry-run", "--json"])).json());
        let before = env.world();
        let real = env.ok(&with(&["--json"])).json();
        assert_eq!(named, self::named(&real), "{arguments:?} planned otherwise");
        assert_names(&named, &changed(env, &before), &arguments);
        let again = env.run(&with(&["--dry-run", "--exit-code"]));
        let expected = match scenario.done {
            Done::Once => 0,
            Done::RefusedAgain(code) => code,
            Done::NextThing => 10,
            Done::Nothing => return,
        };
        assert_eq!(again.code, expected, "{arguments:?}: {}", again.shown());
    });
}

#[test]
fn a_saved_plan_does_the_same_as_the_command() {
    on_all(|scenario, env| {
        if !scenario.saves() {
            return;
        }
        let plan = env.home.path().join("plan.json").display().to_string();
        let arguments = [scenario.arguments(env), strings(&["--plan-out", &plan])].concat();
        let _ = env.ok(&arguments);
        let before = env.world();
        let named = named(&env.ok(&["apply", "--show", &plan, "--json"]).json());
        let _ = env.ok(&["apply", &plan, "-y"]);
        assert_names(&named, &changed(env, &before), &arguments);
        let again = env.run(&["apply", &plan, "-y"]);
        assert_eq!(again.code, 5, "{}", again.shown());
        assert!(again.stderr.contains("applied already"), "{}", again.stderr);
    });
}

fn on_all(check: impl Fn(&Scenario, &TestEnv)) {
    for scenario in SCENARIOS {
        check(scenario, &(scenario.world)());
    }
}

/// Requires that what is named changed, and nothing else.
fn assert_names(named: &BTreeSet<String>, changed: &BTreeSet<String>, arguments: &[String]) {
    assert!(!changed.is_empty(), "{arguments:?} changed nothing");
    for path in changed {
        let is_named = named.iter().any(|name| is_in(path, name));
        assert!(
            is_named,
            "{arguments:?} changed {path}, the plan has {named:#?}"
        );
    }
    for name in named {
        let came = changed.iter().any(|path| is_in(path, name));
        assert!(
            came,
            "{arguments:?} left {name} as it was, changed {changed:#?}"
        );
    }
}

fn assert_untouched(env: &TestEnv, before: &World, arguments: &[String]) {
    let touched = touched(env, before);
    assert!(touched.is_empty(), "{arguments:?} touched {touched:#?}");
}

fn touched(env: &TestEnv, before: &World) -> Vec<PathBuf> {
    env.world().touched_since(before)
}

/// Returns the files of the working tree that came, went or changed, with the
/// run records that went.
fn changed(env: &TestEnv, before: &World) -> BTreeSet<String> {
    env.world()
        .files_changed_since(before)
        .iter()
        .filter_map(|path| path.strip_prefix(env.path()).ok())
        .filter(|path| {
            let record = path.starts_with(RUNS) && !env.path().join(path).exists();
            !path.starts_with(".git") || record
        })
        .map(|path| path.to_str().unwrap().to_owned())
        .collect()
}

/// Returns what the actions of a plan say that they touch. Records of runs lie
/// in no working tree; they are known by their names.
fn named(document: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().unwrap().replace("$REPO/", "");
    let mut names = BTreeSet::new();
    for action in document["plan"]["actions"].as_array().unwrap() {
        let touches = action["touches"].as_array();
        names.extend(touches.into_iter().flatten().map(text));
        if action["category"] == "run" {
            let record = format!("{RUNS}/{}", text(&action["target"]));
            names.extend([format!("{record}.live"), record]);
        }
    }
    names
}

/// Whether a path is what is named, or lies in it.
fn is_in(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
