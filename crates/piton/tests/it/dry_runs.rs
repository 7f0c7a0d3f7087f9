//! What a dry run says is what the real run does, command by command.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::env::{TestEnv, World};
use crate::stage::{GOOD, SLUG, strings};

/// One command on a world in which it has something to do.
struct Scenario {
    command: &'static str,
    world: fn() -> TestEnv,
    args: fn(&TestEnv) -> Vec<String>,
    done: Done,
}

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

impl Scenario {
    /// Whether there is a plan of its own that can be saved.
    fn saves(&self) -> bool {
        self.done != Done::Nothing && self.command != "apply"
    }
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        command: "init",
        world: TestEnv::with_cargo_project,
        args: |_| strings(&["init"]),
        done: Done::Once,
    },
    Scenario {
        command: "init",
        world: || TestEnv::planned(1),
        args: |_| {
            strings(&[
                "init",
                "--migrations-dir",
                "docs/plans",
                "--taste",
                "docs/taste.md",
            ])
        },
        done: Done::Once,
    },
    Scenario {
        command: "config set",
        world: TestEnv::staged,
        args: |_| strings(&["config", "set", "agent.model", "m-1"]),
        done: Done::Once,
    },
    Scenario {
        command: "apply",
        world: || {
            let env = TestEnv::with_cargo_project();
            let _ = env.ok(&["init", "--plan-out", "init.json"]);
            env
        },
        args: |_| strings(&["apply", "init.json"]),
        done: Done::RefusedAgain(5),
    },
    Scenario {
        command: "man",
        world: TestEnv::with_cargo_project,
        args: |_| strings(&["man", "man1"]),
        done: Done::Once,
    },
    Scenario {
        command: "migration new",
        world: TestEnv::staged,
        args: |_| {
            strings(&[
                "migration",
                "new",
                SLUG,
                "--target",
                "x",
                "--file",
                "src/lib.rs",
            ])
        },
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration step",
        world: || TestEnv::planned(2),
        args: |env| with_script(env, &["migration", "step", SLUG]),
        done: Done::NextThing,
    },
    Scenario {
        command: "migration refine",
        world: TestEnv::waiting,
        args: |_| {
            strings(&[
                "migration",
                "refine",
                SLUG,
                "--message",
                "m",
                "--record-only",
            ])
        },
        done: Done::NextThing,
    },
    Scenario {
        command: "migration review",
        world: TestEnv::waiting,
        args: |_| strings(&["migration", "review", SLUG]),
        done: Done::Nothing,
    },
    Scenario {
        command: "migration approve",
        world: TestEnv::waiting,
        args: |_| strings(&["migration", "approve", SLUG]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration reject",
        world: TestEnv::waiting,
        args: |_| strings(&["migration", "reject", SLUG, "--reason", "no"]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration doctor",
        world: broken,
        args: |_| strings(&["migration", "doctor", "--repair"]),
        done: Done::Once,
    },
    Scenario {
        command: "migration wake",
        world: || {
            let env = TestEnv::planned(7);
            env.edit_manifest("wake_up_on", "2099-01-01T00:00:00.000+00:00".into());
            env.repo.commit_all("deferred");
            env
        },
        args: |_| strings(&["migration", "wake", SLUG]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration undo",
        world: || TestEnv::planned(3),
        args: |_| strings(&["migration", "undo", SLUG]),
        done: Done::NextThing,
    },
    Scenario {
        command: "migration rename",
        world: || TestEnv::planned(3),
        args: |_| strings(&["migration", "rename", SLUG, "other-name"]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration archive",
        world: || TestEnv::planned(3),
        args: |_| strings(&["migration", "archive", SLUG]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration delete",
        world: || TestEnv::planned(3),
        args: |_| strings(&["migration", "delete", SLUG]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "migration reopen",
        world: || {
            let env = TestEnv::waiting();
            let _ = env.ok(&["migration", "reject", SLUG, "--reason", "no"]);
            env
        },
        args: |_| strings(&["migration", "reopen", SLUG, "--message", "smaller"]),
        done: Done::RefusedAgain(2),
    },
    Scenario {
        command: "prompt copy",
        world: TestEnv::with_cargo_project,
        args: |_| strings(&["prompt", "copy", "review", "_topics.md.j2"]),
        done: Done::Once,
    },
    Scenario {
        command: "runs prune",
        world: || {
            let env = TestEnv::planned(2);
            let _ = env.ok(&with_script(&env, &["migration", "step", SLUG]));
            env
        },
        args: |_| strings(&["runs", "prune", "--keep", "0", "-y"]),
        done: Done::Once,
    },
    Scenario {
        command: "taste",
        world: TestEnv::with_cargo_project,
        args: |_| strings(&["taste"]),
        done: Done::Once,
    },
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

fn with_script(env: &TestEnv, words: &[&str]) -> Vec<String> {
    let mut arguments = strings(words);
    arguments.extend(env.script("good", GOOD));
    arguments
}

/// A migration under another name, and another tool's dead publish.
fn broken() -> TestEnv {
    let env = TestEnv::planned(1);
    let manifest = env.repo.read("migrations/add-api/manifest.json");
    let other = manifest.replace("\"add-api\"", "\"something-else\"");
    env.repo.write("migrations/add-api/manifest.json", &other);
    env.repo.commit_all("broken");
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
    let tested: BTreeSet<String> = SCENARIOS.iter().map(|it| it.command.to_owned()).collect();
    assert_eq!(found, tested);
}

#[test]
fn a_dry_run_touches_nothing_at_all() {
    on_all(|scenario, env| {
        let mut arguments = (scenario.args)(env);
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
        let mut arguments = (scenario.args)(env);
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
        let arguments = (scenario.args)(env);
        let with = |more: &[&str]| [arguments.clone(), strings(more)].concat();
        let named = named(&env.ok(&with(&["--dry-run", "--json"])).json());
        let before = env.world();
        let real = env.ok(&with(&["--json"])).json();
        assert_eq!(named, self::named(&real), "{arguments:?} planned otherwise");
        let changed = changed(env, &before);
        assert!(!changed.is_empty(), "{arguments:?} changed nothing");
        for path in &changed {
            let is_named = named.iter().any(|name| match name.strip_suffix('/') {
                Some(dir) => path
                    .strip_prefix(dir)
                    .is_some_and(|rest| rest.starts_with('/')),
                None => name == path,
            });
            assert!(
                is_named,
                "{arguments:?} changed {path}, the plan has {named:#?}"
            );
        }
        for name in &named {
            let came = changed
                .iter()
                .any(|path| path.starts_with(name.trim_end_matches('/')));
            assert!(
                came,
                "{arguments:?} left {name} as it was, changed {changed:#?}"
            );
        }

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
        let arguments = [(scenario.args)(env), strings(&["--plan-out", &plan])].concat();
        let _ = env.ok(&arguments);
        let before = env.world();
        let named = named(&env.ok(&["apply", "--show", &plan, "--json"]).json());
        let _ = env.ok(&["apply", &plan, "-y"]);
        assert!(
            !changed(env, &before).is_empty(),
            "{arguments:?}: {named:?}"
        );
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
            let record = path.starts_with(".git/piton/runs") && !env.path().join(path).exists();
            !path.starts_with(".git") || record
        })
        .map(|path| path.to_str().unwrap().to_owned())
        .collect()
}

/// Returns the files that a plan names; a directory ends with a slash where
/// what changes in it is known only afterwards.
fn named(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for action in document["plan"]["actions"].as_array().unwrap() {
        let only = |value: &'_ Value| -> (String, Value) {
            let (name, value) = value.as_object().unwrap().iter().next().unwrap();
            (name.clone(), value.clone())
        };
        let (family, op) = only(&action["do"]);
        let (kind, op) = match family.as_str() {
            "file" if op.get("outside").is_none() => (family, op),
            _ => only(&op),
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match kind.as_str() {
            // What is as it should be is kept, and shown as such.
            "file" if op.get("keep").is_some() => {}
            "file" => names.extend(files(&op)),
            "outside" => names.extend(files(&op["file"]).into_iter().map(|name| {
                let root = op["root"].as_str().unwrap();
                let dir = root.split_once("$REPO/").map_or(root, |(_, dir)| dir);
                format!("{dir}/{name}")
            })),
            "publish" => {
                let destination = text(&op["destination"]);
                match op["next"]["edits"]["files"].as_array() {
                    Some(files) => names.extend(
                        files
                            .iter()
                            .map(|file| format!("{destination}/{}", text(&file["path"]))),
                    ),
                    None => drop(names.insert(format!("{destination}/"))),
                }
            }
            "move" => {
                names.insert(format!("{}/", text(&op["from"])));
                names.insert(format!("{}/", text(&op["to"])));
            }
            "set-aside" => drop(names.insert(format!("{}/", text(&op["path"])))),
            "remove-run" => {
                let record = format!(".git/piton/runs/{}", text(&op["id"]));
                names.extend([format!("{record}/"), format!("{record}.live")]);
            }
            // Every command writes one, so they are not compared.
            "remove-journal" => {}
            // Slots lie outside the repository.
            "remove-slots" => {}
            // Nothing of these is in the working tree, or it is named by what
            // comes before.
            "call" | "commit" | "recover" => {}
            other => panic!("{other} is not known here: {op}"),
        }
    }
    names
}

/// Returns the files that an operation on files names.
fn files(op: &Value) -> Vec<String> {
    let op = op.as_object().unwrap().values().next().unwrap();
    ["path", "from", "to"]
        .iter()
        .filter_map(|field| op[field].as_str().map(str::to_owned))
        .collect()
}
