//! Publishing a migration of 20 files.
//!
//! The floor writes the same bytes and syncs as often as publishing does, one
//! after the other, with nothing decided or checked, and runs the git commands
//! that a script would: one that looks, and two that commit.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark arranges the real world and prints"
)]

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use piton_durable::platform::RealProcesses;
use piton_durable::{Disk, RealDisk, TreeDigest};
use piton_git::{GitRead, Repository};
use piton_migration::consistency::Mode;
use piton_migration::live::LiveDir;
use piton_migration::publish::{OsGate, PublishEnv, PublishRequest, Publisher};
use piton_testkit::floor::Table;
use piton_testkit::{Op, ScratchRepo, recording};

const FILES: usize = 20;
const ROUNDS: usize = 21;

fn main() {
    let mut table = Table::new(&format!("publish a migration of {FILES} files"), ROUNDS);
    // A commit on a branch that may have moved, which a kill leaves whole or
    // undone, takes more gits than a script's `add` and `commit`.
    for (name, message, bound) in [
        ("publish, no commit", None, 1.5),
        ("publish and commit", Some("bench"), 2.0),
    ] {
        let fixture = Fixture::new(message);
        let (disk, recorded) = recording(RealDisk);
        fixture.publish(&disk);
        let ops = recorded.ops();
        let syncs = ops.iter().filter(|op| Op::is_sync(op)).count();
        table.row(
            name,
            bound,
            || fixture.publish(&RealDisk),
            || fixture.floor(syncs),
        );
        println!("  {} writes of ours, of which {syncs} syncs", ops.len());
    }
    if !table.finish() {
        std::process::exit(1);
    }
}

struct Fixture {
    /// The message of the commit, where one is made.
    message: Option<&'static str>,
    repo: ScratchRepo,
    /// Where the floor writes and commits.
    plain: ScratchRepo,
    git: Repository,
    work: tempfile::TempDir,
    /// How often was published, and how often the floor did as much.
    rounds: [Cell<usize>; 2],
    /// What is live, which a caller knows from building its candidate.
    base: RefCell<TreeDigest>,
}

impl Fixture {
    fn new(message: Option<&'static str>) -> Self {
        let [repo, plain] = [ScratchRepo::new(), ScratchRepo::new()];
        if message.is_none() {
            // What is not committed would be somebody's unfinished work.
            for repo in [&repo, &plain] {
                repo.write(".gitignore", "/migrations/\n");
                repo.commit_all("ignore");
            }
        }
        let work = tempfile::tempdir().expect("a directory");
        for side in 0..2 {
            let dir = work.path().join(side.to_string()).join("rework");
            for (path, content) in files(side) {
                let path = dir.join(path);
                fs::create_dir_all(path.parent().expect("a parent")).expect("parents");
                fs::write(path, content).expect("a file");
            }
        }
        let bench = Fixture {
            message,
            git: Repository::find(repo.path()).expect("a repository"),
            repo,
            plain,
            work,
            rounds: Default::default(),
            base: RefCell::new(TreeDigest::missing()),
        };
        bench.publish(&RealDisk);
        bench
    }

    /// Counts a round, so that each differs from the one before.
    fn next(&self, whose: usize) -> usize {
        let round = &self.rounds[whose];
        round.set(round.get() + 1);
        round.get()
    }

    /// Publishes the one and the other candidate in turns.
    fn publish(&self, disk: &dyn Disk) {
        let gate = OsGate::new(self.git.common_dir(), &RealProcesses, Duration::ZERO);
        let live = LiveDir::new(self.repo.path(), "migrations");
        let side = (self.next(0) % 2).to_string();
        let slug = "rework".parse().expect("a slug");
        let request = PublishRequest {
            workspace: self.work.path().join(side).join("rework"),
            base: self.base.borrow().clone(),
            slug,
            mode: Mode::ReadyPublish,
            operation: "bench".into(),
            commit: self.message.map(str::to_owned),
            tip: None,
        };
        let published = Publisher::new(PublishEnv {
            disk,
            git: &self.git,
            gate: &gate,
            processes: &RealProcesses,
            live: &live,
            now: Timestamp::now(),
        })
        .publish(&request)
        .expect("it publishes");
        self.base.replace(published.digest);
    }

    /// Writes the same files, each with its sync, makes the other syncs on a
    /// directory that a file was just put into, and lets git do its part.
    fn floor(&self, syncs: usize) {
        let round = self.next(1);
        let extra = self.work.path().join(format!("floor-{round}"));
        let dir = self.plain.path().join("migrations/rework");
        let handle = make(&extra);
        let mut done = 0;
        for (path, content) in files(round % 2) {
            let file = dir.join(path);
            fs::create_dir_all(file.parent().expect("a parent")).expect("parents");
            fs::write(&file, content).expect("a file");
            File::open(file)
                .expect("it opens")
                .sync_all()
                .expect("it syncs");
            done += 1;
        }
        for number in done..syncs {
            fs::write(extra.join(format!("extra-{number}")), "").expect("a file");
            handle.sync_all().expect("it syncs");
        }
        let git = |args: &[&str]| {
            let durably = ["-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync"];
            let args = [&durably[..], args, &["--", "migrations/rework"]].concat();
            self.plain.git(&args);
        };
        git(&["status", "--porcelain=v2", "-z", "--ignored=matching"]);
        if let Some(message) = self.message {
            git(&["add", "--all", "--force"]);
            git(&["commit", "--quiet", "--no-verify", "-m", message]);
        }
    }
}

fn make(dir: &Path) -> File {
    fs::create_dir_all(dir).expect("a directory");
    File::open(dir).expect("it opens")
}

/// Twenty files in four directories, of about 2 KiB each.
fn files(side: usize) -> Vec<(String, String)> {
    let phases: Vec<_> = (1..=8)
        .map(|number| {
            serde_json::json!({
                "done": false,
                "effort_reason": null,
                "file": document(number),
                "name": format!("part-{number}"),
                "precondition": "none",
                "required_effort": null,
            })
        })
        .collect();
    let manifest = serde_json::json!({
        "awaiting_human_review": false,
        "cooldown_until": null,
        "created_at": "2026-04-15T22:49:51.000+00:00",
        "current_phase": "part-1",
        "human_review_reason": null,
        "last_touch": "2026-04-15T22:49:51.000+00:00",
        "name": "rework",
        "phases": phases,
        "status": "ready",
        "wake_up_on": null,
    });
    let manifest = serde_json::to_string_pretty(&manifest).expect("it renders");
    let text = format!("A sentence of side {side} that is about as long as most. ").repeat(40);
    let mut files = vec![
        ("manifest.json".to_owned(), manifest),
        ("plan.md".to_owned(), text.clone()),
    ];
    for number in 1..=8 {
        files.push((
            document(number),
            format!("# Part\n\n## Precondition\n\nnone\n\n## Definition of Done\n\n{text}\n"),
        ));
    }
    for number in 0..FILES - files.len() {
        let dir = ["approaches", ".planning/stages"][number % 2];
        files.push((format!("{dir}/{number}.md"), text.clone()));
    }
    files
}

fn document(number: usize) -> String {
    format!("phase-{number}-part-{number}.md")
}
