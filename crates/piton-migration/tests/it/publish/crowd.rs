//! Many processes publishing at once.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use piton_durable::{RealDisk, TreeDigest};
use piton_migration::publish::{Cause, EnterError};

use super::world::{World, candidate, files, request, visit_at};

const CHILD: &str = "PITON_TEST_CROWD";
const PROCESSES: usize = 8;
const ROUNDS: usize = 25;
const MIGRATIONS: usize = 4;

#[test]
fn the_child_publishes_many_times() {
    let Ok(told) = std::env::var(CHILD) else {
        return;
    };
    let told: Vec<&str> = told.lines().collect();
    let (root, work, name) = (Path::new(told[0]), Path::new(told[1]), told[2]);
    for round in 0..ROUNDS {
        let slug = format!("m{}", (round + name.len()) % MIGRATIONS);
        let work = work.join(name);
        // Another one may be faster; then it is built again from what is live.
        loop {
            let base = TreeDigest::of(&RealDisk, &root.join("migrations").join(&slug)).unwrap();
            let earlier =
                std::fs::read_to_string(root.join("migrations").join(&slug).join("journal.md"))
                    .unwrap_or_default();
            let workspace = candidate(&work, &slug, "shared");
            std::fs::write(
                workspace.join("journal.md"),
                format!("{earlier}{name} {round}\n"),
            )
            .unwrap();
            let told = visit_at(root, &RealDisk, Duration::from_secs(60), |publisher| {
                publisher.publish(&request(&slug, workspace, base))
            });
            match told {
                Ok(_) => break,
                Err(refusal) => {
                    let race = matches!(
                        refusal.cause,
                        Cause::Stale { .. } | Cause::Enter(EnterError::LockedByOriginal(_))
                    );
                    assert!(race, "{refusal}");
                }
            }
        }
    }
}

#[test]
fn eight_processes_publishing_twenty_five_times_each_lose_nothing() {
    let world = World::in_memory();
    for at in 0..MIGRATIONS {
        for (path, content) in files(&format!("m{at}"), "shared") {
            world
                .repo
                .write(&format!("migrations/m{at}/{path}"), &content);
        }
    }
    world.repo.commit_all("migrations");
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|at| {
            let name = "x".repeat(at + 1);
            Command::new(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "publish::crowd::the_child_publishes_many_times",
                    "--nocapture",
                ])
                .env(
                    CHILD,
                    format!(
                        "{}\n{}\n{name}",
                        world.root().display(),
                        world.work.path().display()
                    ),
                )
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let mut lines: Vec<String> = (0..MIGRATIONS)
        .flat_map(|at| {
            let journal = world.repo.read(&format!("migrations/m{at}/journal.md"));
            journal.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(
        lines.len(),
        PROCESSES * ROUNDS,
        "every result is accounted for"
    );
    assert_eq!(world.repo.subjects().len(), 2 + PROCESSES * ROUNDS);
    assert_eq!(world.repo.status(), "");
    world.assert_tidy();
    assert_eq!(world.recover(), Vec::<String>::new());
}
