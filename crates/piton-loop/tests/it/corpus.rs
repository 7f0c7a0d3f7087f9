//! Migrations that the original planned so far are carried on.

use std::fs;
use std::path::Path;

use piton_loop::planning::decide::StepRefusal;
use piton_testkit::shared_dir;
use serde_json::Value;

use crate::world::World;

#[test]
fn every_recorded_plan_is_carried_on_where_it_stands() {
    let Some(shared) = shared_dir() else {
        println!("skipped: no corpus beside this workspace");
        return;
    };
    let corpus = shared.join("corpus/migrations");
    let expected = fs::read_to_string(corpus.join("expected.jsonl")).unwrap();
    let mut world = World::new();
    let mut decided = 0;
    for line in expected.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        if case["status"] != "planning" || case["state"] != "ok" {
            continue;
        }
        let (commit, slug) = (
            case["commit"].as_str().unwrap(),
            case["slug"].as_str().unwrap(),
        );
        world.slug = slug.parse().unwrap();
        let _ = fs::remove_dir_all(world.live());
        copy(&corpus.join(commit).join(slug), &world.live());
        world.repo.commit_all("as recorded");
        let next = case["next_step"].as_str().unwrap();
        match world.decide() {
            Ok(decision) => {
                assert_eq!(decision.step.as_str(), next, "{commit} {slug}");
                let target = &decision.base.state;
                assert!(decision.prompt.contains(target.target()), "{commit} {slug}");
                decided += 1;
            }
            Err(StepRefusal::AwaitsPerson { .. }) => {
                assert_eq!(case["awaiting_human_review"], true, "{commit} {slug}");
            }
            Err(error) => panic!("{commit} {slug}: {error}"),
        }
    }
    assert!(decided > 0);
    println!("decided {decided} steps");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
