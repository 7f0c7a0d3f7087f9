//! What a planning step costs besides its agent.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world"
)]

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use piton_agent::{Limits, ScriptAgent};
use piton_base::{Stop, SystemClock, Untold};
use piton_durable::platform::RealProcesses;
use piton_durable::{Holder, RealDisk};
use piton_git::slot::SlotHome;
use piton_git::{Git, GitRead, Repository};
use piton_loop::clock::local_stamp;
use piton_loop::effort::EffortBudget;
use piton_loop::planning::brief::Briefing;
use piton_loop::planning::decide::{StepOptions, next_step};
use piton_loop::planning::perform::Performer;
use piton_loop::planning::site::Site;
use piton_loop::planning::snapshot::Snapshot;
use piton_loop::prompts::PromptSet;
use piton_loop::runs::{FinalStatus, RunRecord, RunSummary};
use piton_loop::slots::SlotSettings;
use piton_migration::live::LiveDir;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::own::{OWN_FILE, Target, TargetProvenance};
use piton_migration::planning::STATE_FILE;
use piton_migration::publish::{OsGate, PublishEnv, PublishRequest, Publisher};
use piton_migration::slug::Slug;
use piton_testkit::ScratchRepo;
use piton_testkit::floor::Table;

/// More than there are rounds.
const MIGRATIONS: usize = 100;

const SCRIPT: &str = "[[step]]\nreply = 'Two ways.'\n[[step.edit]]\n\
                      path = 'approaches/a.md'\nwrite = 'a way'\n\
                      [[step.edit]]\npath = 'approaches/b.md'\nwrite = 'another'\n";

fn main() {
    let repo = ScratchRepo::new();
    for n in 0..500 {
        repo.write(&format!("src/file-{n}.rs"), "fn nothing() {}\n");
    }
    repo.commit_all("some files");
    let git = Repository::find(repo.path()).expect("a repository");
    let state = git.common_dir().join("piton");
    let site = Site::new(repo.path(), "migrations", &state).expect("a place");
    let outside = tempfile::tempdir().expect("a directory");
    let home = SlotHome::new(outside.path(), &git).expect("a place for slots");
    let slots = SlotSettings::at(home);
    for n in 0..MIGRATIONS {
        start(&repo, &site, &format!("m-{n}"));
    }
    repo.commit_all("some migrations");
    let number = Cell::new(0);
    let next = || {
        number.set(number.get() + 1);
        number.get()
    };
    let step = || planning_step(&git, &site, &slots, &format!("m-{}", next()));
    let commit = || {
        let path = format!("floor/{}.md", next());
        repo.write(&path, "a way");
        git.commit_paths(&[Path::new(&path)], "a way")
    };
    let mut table = Table::new("planning: a step without its agent", 15);
    table.row("decide, call, publish, commit", 12.0, step, commit);
    std::process::exit(i32::from(!table.finish()));
}

/// Lays out a migration that was just started.
fn start(repo: &ScratchRepo, site: &Site, slug: &str) {
    let target = Target {
        description: "a change".into(),
        provenance: TargetProvenance::Paths,
        files: vec![],
        scope: None,
    };
    let slug: Slug = slug.parse().expect("a slug");
    let start = Snapshot::start(&slug, target, local_stamp(&SystemClock::default()));
    for (name, text) in [
        (MANIFEST_FILE, start.manifest.encode()),
        (STATE_FILE, start.state.encode()),
        (OWN_FILE, start.own.encode()),
    ] {
        let path = format!("{}/{name}", site.relative(&slug));
        repo.write(&path, &String::from_utf8(text).expect("text"));
    }
}

/// Makes one step: everything it takes, with an agent that takes none.
fn planning_step(git: &Repository, site: &Site, slots: &SlotSettings, slug: &str) {
    let prompts = PromptSet::built_in().expect("templates");
    let budget = EffortBudget::new(None, None).expect("a budget");
    let options = StepOptions {
        briefing: Briefing {
            prompts: &prompts,
            taste: "none",
            budget,
            validation: None,
            answer_by_schema: false,
        },
        effort: budget.for_call(),
        model: None,
        commit_prefix: "piton",
    };
    let slug: Slug = slug.parse().expect("a slug");
    let base = Snapshot::read(&RealDisk, site, &slug).expect("a migration");
    let decision = next_step(&RealDisk, git, site, base, &options).expect("a step");
    let agent = ScriptAgent::new(
        SCRIPT.parse().expect("a script"),
        Arc::new(RealDisk),
        Arc::new(SystemClock::default()),
    );
    let holder = Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: jiff::Timestamp::now(),
        what: "a benchmark".into(),
    };
    let performer = Performer {
        disk: &RealDisk,
        git,
        clock: &SystemClock::default(),
        site,
        slots,
        agent: &agent,
        limits: Limits::default(),
        stop: &Stop::default(),
        holder: holder.clone(),
        secrets: &[],
    };
    let summary = RunSummary::new("a benchmark", "/");
    let clock = SystemClock::default();
    let (runs, untold) = (site.runs(), &Untold);
    let run =
        RunRecord::begin(&RealDisk, &clock, &runs, &holder, untold, summary).expect("a run record");
    let made = performer.call(&decision, &run).expect("a step");
    let gate = OsGate::new(git.common_dir(), &RealProcesses, Duration::ZERO);
    let live = LiveDir::new(site.root(), site.migrations());
    Publisher::new(PublishEnv {
        disk: &RealDisk,
        git,
        gate: &gate,
        processes: &RealProcesses,
        live: &live,
        now: jiff::Timestamp::now(),
    })
    .publish(&PublishRequest {
        slug,
        workspace: made.candidate.dir.clone(),
        base: decision.base.digest.clone(),
        mode: made.candidate.mode,
        operation: "a benchmark".into(),
        commit: Some(made.candidate.message.clone()),
        tip: None,
    })
    .expect("a publish");
    made.candidate.remove(&RealDisk).expect("gone");
    run.finish(FinalStatus::Completed, None, None)
        .expect("a summary");
}
