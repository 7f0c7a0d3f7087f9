//! Deciding the one next thing, over many migrations and many tracked files.
//!
//! The floor reads the same manifests and lets `git ls-files` tell of the same
//! files, with nothing made of them.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use piton_base::Effort;
use piton_durable::RealDisk;
use piton_git::{GitRead, Repository};
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::Memory;
use piton_loop::deciding::next::{Next, next};
use piton_loop::deciding::observe::{self, DiskGate};
use piton_loop::deciding::world::World;
use piton_loop::targets::Selection;
use piton_migration::live::LiveDir;
use piton_testkit::ScratchRepo;
use piton_testkit::floor::Table;

const BOUND: f64 = 2.0;
const FILES: usize = 100_000;
const IN_A_FOLDER: usize = 500;

fn main() {
    let mut held = true;
    for (count, rounds) in [(10, 9), (1_000, 9), (10_000, 5)] {
        let scratch = ScratchRepo::new();
        for index in 0..count {
            write_migration(scratch.path(), index);
        }
        for file in 0..FILES {
            let folder = scratch.path().join(format!("src/{}", file / IN_A_FOLDER));
            if file % IN_A_FOLDER == 0 {
                fs::create_dir_all(&folder).expect("a folder");
            }
            fs::write(folder.join(format!("{file}.rs")), "").expect("a file");
        }
        scratch.commit_all("a large project");
        let repository = Repository::find(scratch.path()).expect("a repository");
        let live = LiveDir::new(scratch.path(), "migrations");
        let manifests: Vec<_> = (0..count)
            .map(|index| live.path().join(name(index)).join("manifest.json"))
            .collect();
        let title = format!("{count} migrations, {FILES} tracked files");
        let mut table = Table::new(&title, rounds);
        table.row(
            "look and decide",
            BOUND,
            || decide(&repository, &live, count),
            || {
                let read = manifests
                    .iter()
                    .map(|path| fs::read(path).expect("it reads"));
                let bytes: usize = read.map(|bytes| bytes.len()).sum();
                bytes + git(scratch.path(), &["ls-files", "-z"])
            },
        );
        held &= table.finish();
    }
    assert!(held, "a promise is not kept");
}

fn decide(repository: &Repository, live: &LiveDir, count: usize) {
    let migrations = observe::migrations(&RealDisk, live).expect("they list");
    assert_eq!(migrations.len(), count);
    let tracked: Vec<String> = repository
        .tracked_files()
        .expect("git tells")
        .into_iter()
        .filter(|path| !path.starts_with("migrations"))
        .filter_map(|path| path.into_os_string().into_string().ok())
        .collect();
    assert_eq!(tracked.len(), FILES + 1, "all but the migrations");
    let source = Selection::Random.resolve(tracked, None);
    let world = World {
        now: Timestamp::now(),
        migrations: &migrations,
        unlanded: &[],
        allowed: Effort::Xhigh,
        source: &source,
        limits: &Limits::default(),
        memory: &Memory::default(),
        seed: 1,
    };
    let gate = DiskGate::new(&RealDisk, repository, live);
    let decision = next(&world, &gate);
    assert!(decision.passed_over.is_empty(), "{decision:?}");
    assert!(matches!(decision.next, Next::Phase { .. }), "{decision:?}");
}

/// Returns how much git said.
fn git(at: &Path, args: &[&str]) -> usize {
    let output = Command::new("git").args(args).current_dir(at).output();
    let output = output.expect("git runs");
    assert!(output.status.success());
    output.stdout.len()
}

fn name(index: usize) -> String {
    format!("migration-{index:05}")
}

fn write_migration(top: &Path, index: usize) {
    let dir = top.join("migrations").join(name(index));
    fs::create_dir_all(&dir).expect("a folder");
    let phases: Vec<String> = (1..=5)
        .map(|phase| {
            let document = format!("phase-{phase}-p{phase}.md");
            let text = "# x\n\n## Precondition\n\nsomething\n\n## Definition of Done\n\nit\n";
            fs::write(dir.join(&document), text).expect("a document");
            format!(
                r#"{{"name":"p{phase}","file":"{document}","done":false,"precondition":"something"}}"#
            )
        })
        .collect();
    fs::write(dir.join("plan.md"), "# Plan\n").expect("a plan");
    let manifest = format!(
        r#"{{"name":"{}","created_at":"2026-06-01T00:00:00.000+00:00","last_touch":"2026-06-01T00:00:00.000+00:00","status":"ready","current_phase":"p1","phases":[{}]}}"#,
        name(index),
        phases.join(",")
    );
    fs::write(dir.join("manifest.json"), manifest).expect("a manifest");
}
