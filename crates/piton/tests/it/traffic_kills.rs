//! Setting tracking up, killed after each of its requests and run again: always
//! the same world, and no gist too many.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use piton_testkit::forge::{FakeGitHub, Fault, FaultKind};
use serde_json::{Value, json};

use crate::env::TestEnv;
use crate::traffic::fake;
use crate::traffic_acceptance::create;

/// What a set-up comes to, whatever ids its gists have.
fn shape(env: &TestEnv, fake: &FakeGitHub, before: &[String]) -> String {
    let ids = fake.world(|world| {
        let mut ids: Vec<(String, String)> = world
            .gists
            .iter()
            .map(|(id, gist)| {
                let age = if before.contains(id) { "older" } else { "new" };
                (format!("{age} {}", gist.description), id.clone())
            })
            .collect();
        ids.sort();
        ids
    });
    let named = |text: String| {
        ids.iter().fold(text, |text, (description, id)| {
            text.replace(id, description)
        })
    };
    let files: Vec<String> = [
        ".github/workflows/traffic-badges.yml",
        "docs/stats/index.html",
        "docs/stats/README.md",
        "docs/stats/favicon.svg",
        ".ghtraf.json",
    ]
    .into_iter()
    .map(|path| named(fs::read_to_string(env.path().join(path)).unwrap_or_default()))
    .collect();
    let list = env.home.path().join(".ghtraf/config.json");
    let list = named(fs::read_to_string(list).unwrap_or_default());
    fake.world(|world| {
        let gists: BTreeMap<String, Value> = world
            .gists
            .iter()
            .map(|(id, gist)| (named(id.clone()), json!([gist.public, gist.files])))
            .collect();
        assert_eq!(gists.len(), world.gists.len(), "none is there twice");
        let repo = world.repo("acme/widget");
        let variables: Vec<String> = repo.variables.values().cloned().map(named).collect();
        let world = json!({
            "gists": gists, "variables": variables, "secrets": repo.secrets.keys().collect::<Vec<_>>(), "dispatched": repo.runs.len(),
            "files": files, "list": list,
        });
        let repo = env.path().display().to_string();
        world.to_string().replace(&repo, "$REPO")
    })
}

/// Where it begins: nothing, or a set-up that is there.
#[derive(Clone, Copy)]
enum Begins {
    Fresh,
    SetUp,
}

impl Begins {
    fn world(self) -> (TestEnv, FakeGitHub, Vec<String>) {
        let (env, fake) = (TestEnv::new(), fake());
        match self {
            Self::Fresh => {}
            Self::SetUp => {
                let ran = env.finish(create(&env, &fake).output().unwrap());
                assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
                fake.take_log();
            }
        }
        let before = fake.world(|world| world.gists.keys().cloned().collect());
        (env, fake, before)
    }
}

/// Kills the command with these options after each request from its first
/// change on. Before that nothing is begun; from there on each request is one:
/// it is done, and nobody is there any more to hear of it.
fn killed(begins: Begins, options: &[&str]) {
    let (env, whole, before) = begins.world();
    let ran = env.finish(create(&env, &whole).args(options).output().unwrap());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let log = whole.take_log();
    let first = log.iter().position(|line| !line.starts_with("GET "));
    let first = first.expect("it changes something");
    let wanted = shape(&env, &whole, &before);
    for (n, request) in log.iter().enumerate().skip(first) {
        let (env, fake, before) = begins.world();
        let child = Arc::new(Mutex::new(None::<u32>));
        let victim = Arc::clone(&child);
        let kill = move |_: &mut _| loop {
            let pid = *victim.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(pid) = pid {
                let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
                return;
            }
            std::thread::yield_now();
        };
        let skip = u32::try_from(n).unwrap();
        fake.fault(Fault::new("", "", FaultKind::Before(Box::new(kill))).skip(skip));
        let mut running = create(&env, &fake)
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        *child.lock().unwrap_or_else(PoisonError::into_inner) = Some(running.id());
        let ended = running.wait().unwrap();
        assert_eq!(ended.code(), None, "request {n}: it was killed");
        fake.clear_faults();
        let ran = env.finish(create(&env, &fake).args(options).output().unwrap());
        assert_eq!(ran.code, 0, "request {n}: {}{}", ran.stdout, ran.stderr);
        let ended = shape(&env, &fake, &before);
        assert_eq!(ended, wanted, "killed at request {n}: {request}");
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[test]
fn killed_after_any_request_and_run_again_it_ends_in_the_same_world() {
    killed(Begins::Fresh, &[]);
}

#[test]
fn a_token_that_is_replaced_is_replaced_also_after_a_kill() {
    killed(Begins::SetUp, &["--rotate-token"]);
}

#[test]
fn the_gists_alone_are_made_once_also_after_a_kill() {
    killed(Begins::Fresh, &["--gist-only"]);
}

#[test]
fn other_gists_that_are_asked_for_are_made_once_also_after_a_kill() {
    killed(Begins::SetUp, &["--new-gists", "--force"]);
}
