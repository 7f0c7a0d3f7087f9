//! Listing and doctoring whole migrations directories.
//!
//! The floor reads the bytes of the same files in the same order, with nothing
//! made of them. Time per migration should not grow with their number.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark arranges the real world and prints"
)]

use std::fs;
use std::path::{Path, PathBuf};

use piton_durable::RealDisk;
use piton_migration::consistency::examine_all;
use piton_migration::listing::{Filter, list};
use piton_migration::live::LiveDir;
use piton_migration::manifest::{Manifest, Phase, Planning};
use piton_migration::stamp::Stamp;
use piton_testkit::floor::Table;

const PHASES: usize = 5;
const LIST_BOUND: f64 = 2.0;
const DOCTOR_BOUND: f64 = 2.5;

fn main() {
    let root = tempfile::tempdir().expect("a directory");
    let mut per_migration = Vec::new();
    let mut held = true;
    for (count, rounds) in [(10, 201), (1_000, 21), (10_000, 7)] {
        let project = root.path().join(count.to_string());
        let live = LiveDir::new(&project, "migrations");
        for index in 0..count {
            write_migration(live.path(), index);
        }
        let mut table = Table::new(&format!("{count} migrations of {PHASES} phases"), rounds);
        let manifests = files(live.path(), count, &["manifest.json"]);
        let listed = table.row(
            "list",
            LIST_BOUND,
            || list(&RealDisk, &live, Filter::default()).map(|rows| assert_eq!(rows.len(), count)),
            || read_all(&manifests),
        );
        let names: Vec<_> = std::iter::once("manifest.json".to_owned())
            .chain((1..=PHASES).map(document))
            .collect();
        let all = files(live.path(), count, &names);
        let examined = table.row(
            "doctor --all",
            DOCTOR_BOUND,
            || {
                examine_all(&RealDisk, &live)
                    .map(|reports| assert!(reports.is_empty(), "{reports:?}"))
            },
            || read_all(&all),
        );
        held &= table.finish();
        let count = u32::try_from(count).expect("a small number");
        per_migration.push((count, listed.candidate / count, examined.candidate / count));
    }
    println!("\nper migration");
    for (count, list, doctor) in per_migration {
        println!("{count:>6}  list {list:>9.2?}  doctor {doctor:>9.2?}");
    }
    if !held {
        std::process::exit(1);
    }
}

fn document(number: usize) -> String {
    format!("phase-{number}-step-{number}.md")
}

fn files<S: AsRef<str>>(live: &Path, count: usize, names: &[S]) -> Vec<PathBuf> {
    let below = |index: usize| live.join(slug(index));
    (0..count)
        .flat_map(|index| {
            names
                .iter()
                .map(move |name| below(index).join(name.as_ref()))
        })
        .collect()
}

fn read_all(paths: &[PathBuf]) -> usize {
    let read = |path| fs::read(path).map_or(0, |bytes: Vec<u8>| bytes.len());
    paths.iter().map(read).sum()
}

fn slug(index: usize) -> String {
    format!("src-module-{index:05}-20260601T120000")
}

fn write_migration(live: &Path, index: usize) {
    let dir = live.join(slug(index));
    fs::create_dir_all(dir.join("approaches")).expect("directories");
    fs::write(dir.join("manifest.json"), manifest(index).encode()).expect("a manifest");
    fs::write(dir.join("plan.md"), "# Plan\n\nOne step after another.\n").expect("a plan");
    fs::write(dir.join("approaches/plain.md"), "# Plain\n").expect("an approach");
    for number in 1..=PHASES {
        let text = format!(
            "# Step {number}\n\n## Precondition\n\nStep {} is done and the tests pass.\n\n## Scope\n\n{}\n## Instructions\n\n{}\n## Definition of Done\n\n- nothing else changed\n- the tests pass\n",
            number - 1,
            "- a file that this step may touch, with a word on why\n".repeat(8),
            "Move one caller at a time and keep the old path until the last one moved.\n"
                .repeat(12),
        );
        fs::write(dir.join(document(number)), text).expect("a document");
    }
}

fn manifest(index: usize) -> Manifest {
    let now = Stamp::utc("2026-06-01T12:00:00Z".parse().expect("an instant"));
    let phases: Vec<_> = (1..=PHASES)
        .map(|number| Phase {
            name: format!("step-{number}"),
            file: document(number),
            done: false,
            precondition: "The step before is done and the tests pass.".to_owned(),
            required_effort: None,
            effort_reason: None,
        })
        .collect();
    let slug = slug(index).parse().expect("a slug");
    Planning::start(&slug, now)
        .accept_phases(phases.try_into().expect("unique names"), now)
        .approve_auto()
        .expect("phases")
        .into_manifest()
}
