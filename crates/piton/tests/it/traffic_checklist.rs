//! What holds of every command of traffic tracking that changes something, and
//! of every state that was ever recorded.

use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::traffic::{CREATE, fake, on};
use crate::traffic_jobs::{badge, job};
use crate::traffic_stage::{collect, edit, publish, running, state};

/// The actions of a plan, with what each waits for.
fn actions(plan: &Value) -> Vec<Value> {
    let actions = plan["actions"].as_array().expect("a plan");
    actions
        .iter()
        .map(|action| json!([action["id"], action["depends_on"], action["description"]]))
        .collect()
}

/// Runs a command dry, for real, and dry once more: the journal holds what the
/// first list said, and nothing is left to do.
fn agrees(args: &[&str], run: impl Fn(&[&str]) -> Ran) {
    let ids = || -> Vec<Value> {
        let listed = run(&["journal", "list", "--json"]).json();
        let journals = listed["journals"].as_array().unwrap();
        journals.iter().map(|one| one["id"].clone()).collect()
    };
    let before = ids();
    let dry = run(&[args, &["--dry-run", "--json"]].concat());
    assert_eq!(dry.code, 0, "{args:?}: {}", dry.stderr);
    let listed = actions(&dry.json()["plan"]);
    assert!(!listed.is_empty(), "{args:?} changes something");
    assert_eq!(ids(), before, "{args:?}: a dry run begins nothing");
    let real = run(args);
    assert_eq!(real.code, 0, "{args:?}: {}{}", real.stdout, real.stderr);
    let new: Vec<Value> = ids()
        .into_iter()
        .filter(|id| !before.contains(id))
        .collect();
    assert_eq!(new.len(), 1, "{args:?}: one plan was begun");
    let id = new[0].as_str().unwrap();
    let shown = run(&["journal", "show", id, "--json"]).json();
    assert_eq!(actions(&shown["plan"]), listed, "{args:?}");
    let again = run(&[args, &["--dry-run", "--exit-code"]].concat());
    assert_eq!(again.code, 0, "{args:?}: nothing is left: {}", again.stdout);
}

#[test]
fn what_a_dry_run_lists_is_what_the_journal_holds_and_then_nothing_is_left() {
    let (env, fake) = (TestEnv::new(), fake());
    let here = |args: &[&str]| on(&env, &fake, args);
    agrees(&["traffic", "init", "--repo", "acme/widget"], here);
    agrees(&CREATE, here);
    // What was written before there were gists is filled in: nobody edited it.
    let settings: Value = serde_json::from_str(&env.repo.read(".ghtraf.json")).unwrap();
    let id = settings["badge_gist_id"].as_str().unwrap();
    assert!(env.repo.read("docs/stats/index.html").contains(id));
    publish(&env, &fake);
    agrees(&["traffic", "collect"], |args| {
        env.finish(job(&env, &fake, args).output().unwrap())
    });
    let mut holes = state(&fake);
    holes["dailyHistory"].as_array_mut().unwrap().remove(3);
    edit(&fake, "state.json", &holes.to_string());
    agrees(&["traffic", "backfill"], here);
    fake.world(|world| {
        world
            .repo("acme/widget")
            .variables
            .remove("TRAFFIC_GIST_ID");
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.files.remove("clones.json");
    });
    agrees(&["traffic", "verify", "--fix"], here);
    let clones = badge(&fake, "clones.json");
    assert!(
        clones.contains("\"70\""),
        "it comes back with its number: {clones}"
    );
    let mut old = state(&fake);
    old["schemaVersion"] = json!(2);
    edit(&fake, "state.json", &old.to_string());
    agrees(&["traffic", "upgrade"], here);
    agrees(&["traffic", "remove", "--repo", "acme/widget", "-y"], here);
    assert_eq!(fake.violations(), [""; 0]);
}

/// Every state in a recording: what it begins with, and what comes out.
fn states(recording: &Value) -> Vec<Value> {
    let mut all = vec![
        recording["initial_state"].clone(),
        recording["input"]["state"].clone(),
        recording["expected_final_state"].clone(),
        recording["final_state"].clone(),
    ];
    let writes = recording["expected"]["writes"].as_array();
    let written = writes.into_iter().flatten();
    all.extend(written.map(|write| write["files"]["state.json"].clone()));
    all.retain(Value::is_object);
    all
}

#[test]
fn every_recorded_state_is_recognised_and_changed_by_nothing_but_repairs() {
    let Some(shared) = piton_testkit::shared_dir() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let (env, fake) = running();
    collect(&env, &fake);
    let mut tried = 0;
    for folder in ["vectors", "state_samples"] {
        for entry in std::fs::read_dir(shared.join("corpus/traffic").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(recording) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap())
            else {
                continue;
            };
            let mut found = states(&recording);
            if found.is_empty() && recording.get("dailyHistory").is_some() {
                found.push(recording);
            }
            for one in found {
                let name = path.display();
                edit(&fake, "state.json", &one.to_string());
                let status = on(&env, &fake, &["traffic", "status", "--json"]);
                assert_eq!(status.code, 0, "{name}: {}", status.stdout);
                let verify = on(&env, &fake, &["traffic", "verify", "--json"]);
                assert!(matches!(verify.code, 0 | 8), "{name}: {}", verify.stderr);
                let args = ["traffic", "upgrade", "--state", "--dry-run", "--json"];
                let upgrade = on(&env, &fake, &args);
                assert_eq!(upgrade.code, 0, "{name}: {}", upgrade.stderr);
                for action in upgrade.json()["plan"]["actions"].as_array().unwrap() {
                    let id = action["id"].as_str().unwrap();
                    let known = [
                        "backup:write:state",
                        "state:migrate:",
                        "state:repair:",
                        "total:raise:",
                        "gist:update:state",
                        "gist:update:badges",
                        "gist:skip:",
                    ];
                    assert!(
                        known.iter().any(|begin| id.starts_with(begin)),
                        "{name}: {id}"
                    );
                }
                assert_eq!(state(&fake), one, "{name}: looking changes nothing");
                tried += 1;
            }
        }
    }
    assert!(tried >= 30, "only {tried} states were found");
}
