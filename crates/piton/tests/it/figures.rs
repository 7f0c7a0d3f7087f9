//! What a planning step costs: how often it waits for the disk, and how often
//! it opens the manifest.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use piton_selftest::trace::{End, Point, SUPPORTED, Verdict, Watch, trace};

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};

/// More than a step takes on any machine.
const LIMIT: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
struct Figures {
    synced: Vec<PathBuf>,
    manifests_opened: Vec<PathBuf>,
}

impl Figures {
    fn add(&mut self, point: &Point) {
        match point.call {
            "fsync" | "fdatasync" | "syncfs" => self.synced.push(point.path.clone()),
            "open" | "openat" | "openat2" if point.path.ends_with("manifest.json") => {
                self.manifests_opened.push(point.path.clone());
            }
            _ => {}
        }
    }
}

/// Lets everything below a directory be old. Between two steps of real agents
/// minutes go by; what changed a moment ago is synced to be safe, and git reads
/// again what changed in the second in which it looked last.
fn age(dir: &Path) {
    let then = SystemTime::now() - Duration::from_secs(3600);
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            age(&entry.path());
        }
        let thing = std::fs::File::open(entry.path()).unwrap();
        thing.set_modified(then).unwrap();
    }
}

/// Makes the next step, and counts what it and its gits did.
fn step(env: &TestEnv, script: &[String]) -> Figures {
    age(env.path());
    // The index knows those times.
    assert_eq!(env.repo.status(), "");
    let arguments = ["migration", "step", SLUG].map(str::to_owned);
    let mut command = env.command(&[&arguments, script].concat());
    let mut figures = Figures::default();
    let everywhere = Path::new("/");
    let traced = trace(
        &mut command,
        everywhere,
        Watch::Opens,
        LIMIT,
        &mut |point| {
            figures.add(point);
            Verdict::Go
        },
    );
    assert_eq!(traced.unwrap().end, End::Exit(0));
    figures
}

#[test]
fn a_planning_step_waits_for_the_disk_at_most_seventy_times() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    // The first one makes the directories that later ones find.
    for most in [90, 70, 70, 70, 70, 70, 70] {
        let Figures { synced, .. } = step(&env, &script);
        assert!(synced.len() <= most, "{}: {synced:#?}", synced.len());
    }
}

#[test]
fn a_planning_step_opens_the_manifest_at_most_twenty_six_times() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let script = env.script("good", GOOD);
    for _ in 0..3 {
        let opened = step(&env, &script).manifests_opened;
        assert!(opened.len() <= 26, "{}: {opened:#?}", opened.len());
    }
}
