//! Two planning steps of different migrations, made at once.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use piton_agent::{Agent, ScriptAgent};
use piton_base::{Report, StateDir, Stop, SystemClock, Untold};
use piton_durable::RealDisk;
use piton_durable::platform::RealProcesses;
use piton_git::GitRead;
use piton_loop::effort::EffortBudget;
use piton_loop::operation::{AgentChoice, Agents, Lands, LoopOp, LoopPerformer, LoopWorld};
use piton_loop::planning::plan::{Planned, plan_step};
use piton_loop::runs::{self, FinalStatus, RunBook};
use piton_loop::slots::SlotSettings;
use piton_migration::live::LiveDir;
use piton_migration::operation::{
    CommitHooks, Hooked, MigrationEvent, MigrationOp, MigrationPerformer, MigrationWorld, Settled,
    ToCommit,
};
use piton_migration::publish::{OsGate, PublishEnv, Publisher};
use piton_plan::{
    Alone, Done, ErrorPolicy, Failure, Interaction, Jobs, NoRecord, PlanBuilder, PlanId, Run,
    prepare, verify,
};
use serde::{Deserialize, Serialize};

use crate::as_script::around;
use crate::world::{GOOD, World, holder};

/// Every round takes a few seconds; fifty of them were made by hand.
const ROUNDS: usize = 3;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Op {
    Migration(MigrationOp),
    Loop(LoopOp),
}

piton_plan::delegate_operation!(pub(crate) enum Seen for Op: Migration(MigrationOp), Loop(LoopOp));

/// A repository without hooks.
#[derive(Debug)]
struct NoHooks;

impl CommitHooks for NoHooks {
    fn before(&self, _what: &ToCommit<'_>) -> Result<Option<Hooked>, Failure> {
        Ok(None)
    }

    fn after(&self, _commit: &str) {}
}

/// Where two agents wait for one another. If one never comes, the other goes
/// on, and the test tells what failed.
#[derive(Debug, Default)]
struct Meeting(Mutex<usize>, Condvar);

impl Meeting {
    fn wait(&self) {
        let mut here = self.0.lock().unwrap();
        *here += 1;
        self.1.notify_all();
        let limit = Duration::from_secs(30);
        drop(self.1.wait_timeout_while(here, limit, |here| *here < 2));
    }
}

#[derive(Debug)]
struct Two<'a> {
    world: &'a World,
    live: LiveDir,
    gate: OsGate,
    state: StateDir,
    settled: Settled,
    stop: Stop,
    both: Arc<Meeting>,
    book: RunBook<'a>,
}

impl Agents for Two<'_> {
    fn agent(&self, _: &AgentChoice) -> Result<Arc<dyn Agent>, Failure> {
        let both = Arc::clone(&self.both);
        // It answers when the other one does.
        Ok(Arc::new(around(script(), move |_, _, play| {
            let record = play();
            both.wait();
            record
        })))
    }

    fn slots(&self) -> Result<SlotSettings, Failure> {
        Ok(self.world.slots.clone())
    }
}

impl Lands for Two<'_> {
    fn land(&self, held: &str) -> Result<Done, Failure> {
        unreachable!("nothing is held: {held}")
    }
}

impl Report<MigrationEvent> for Two<'_> {
    fn report(&self, event: MigrationEvent) {
        self.book.report(event);
    }
}

impl<'a> Two<'a> {
    fn publisher(&self) -> Publisher<'_> {
        Publisher::new(PublishEnv {
            disk: &RealDisk,
            git: &self.world.git,
            gate: &self.gate,
            processes: &RealProcesses,
            live: &self.live,
            now: jiff::Timestamp::UNIX_EPOCH,
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "halves are got alike")]
    fn looking_at_migrations(&self) -> Result<MigrationWorld<'_>, Failure> {
        Ok(MigrationWorld {
            disk: &RealDisk,
            git: &self.world.git,
            live: &self.live,
            leftovers: &Nothing,
            settled: &self.settled,
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "halves are got alike")]
    fn looking_at_the_loop(&self) -> Result<LoopWorld<'_>, Failure> {
        Ok(LoopWorld {
            disk: &RealDisk,
            git: &self.world.git,
            site: &self.world.site,
            slots: None,
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "halves are got alike")]
    fn migrations(&self) -> Result<MigrationPerformer<'_>, Failure> {
        Ok(MigrationPerformer {
            disk: &RealDisk,
            git: &self.world.git,
            live: &self.live,
            publisher: self.publisher(),
            hooks: &NoHooks,
            state: &self.state,
            backups: Path::new("/nowhere"),
            gate: &Alone,
            report: self,
            settled: &self.settled,
            secrets: &[],
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "halves are got alike")]
    fn the_loop(&self) -> Result<LoopPerformer<'_, 'a>, Failure> {
        Ok(LoopPerformer {
            disk: &RealDisk,
            git: &self.world.git,
            clock: &self.world.clock,
            site: &self.world.site,
            agents: self,
            lands: self,
            stop: &self.stop,
            holder: holder(),
            book: &self.book,
            secrets: &[],
        })
    }
}

#[derive(Debug)]
struct Nothing;

impl piton_migration::publish::Leftovers for Nothing {
    fn is_anything_left(&self) -> bool {
        false
    }
}

piton_plan::delegate_world!(Observe<Op> for Two<'_>, Seen:
    Migration(looking_at_migrations), Loop(looking_at_the_loop));
piton_plan::delegate_world!(Perform<Op> for Two<'_>, Seen:
    Migration(migrations), Loop(the_loop));

fn script() -> ScriptAgent {
    let clock = Arc::new(SystemClock::default());
    ScriptAgent::new(GOOD.parse().unwrap(), Arc::new(RealDisk), clock)
}

#[test]
fn two_steps_made_at_once_are_recorded_each_with_its_own_commit() {
    for _ in 0..ROUNDS {
        round();
    }
}

fn round() {
    let mut world = World::new();
    let slugs = [world.slug.clone(), "add-cli".parse().unwrap()];
    world.also_start(&slugs[1]);
    let choice = AgentChoice {
        name: "script".into(),
        command: None,
        script: None,
        idle_seconds: 60,
        deadline_seconds: 60,
        grace_seconds: 5,
    };
    let mut builder = PlanBuilder::<Op>::new("two steps");
    for slug in &slugs {
        world.slug = slug.clone();
        let with = Planned {
            site: &world.site,
            choice: &choice,
            agent: &script(),
            budget: EffortBudget::new(None, None).unwrap(),
            command: "two steps",
        };
        plan_step(&mut builder, &world.decide().unwrap(), &with);
    }
    let plan = builder.build().unwrap();
    let two = Two {
        live: LiveDir::new(world.site.root(), world.site.migrations()),
        gate: OsGate::new(
            world.git.common_dir(),
            &RealProcesses,
            Duration::from_millis(1),
        ),
        state: StateDir::of(world.git.common_dir()),
        settled: Settled::default(),
        stop: Stop::new(),
        both: Arc::new(Meeting::default()),
        book: RunBook::new(&RealDisk, &world.clock, &Untold),
        world: &world,
    };
    let id = PlanId::new(jiff::Timestamp::UNIX_EPOCH, [1; 10]);
    let jobs = Jobs(NonZeroUsize::new(2).unwrap());
    let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
    let report = Run {
        id,
        world: &two,
        performer: &two,
        progress: &piton_plan::Quiet,
        clock: &world.clock,
        record: &NoRecord,
        stop: &two.stop,
        policy: ErrorPolicy::Continue,
        jobs,
    }
    .perform(&ready);
    assert!(report.is_success(), "{:#?}", report.receipts);
    assert!(verify(id, &plan, &report.receipts, &two, jobs).is_clean());
    two.book.close().unwrap();

    let listed = runs::list(&RealDisk, &world.site.runs()).unwrap();
    let [run] = &listed[..] else {
        panic!("{listed:#?}")
    };
    let summary = run.summary.as_ref().unwrap();
    assert_eq!(summary.final_status, FinalStatus::Completed);
    assert_eq!(summary.counts.commits_created, 2);
    assert_eq!(summary.attempts.len(), 2);
    for slug in &slugs {
        let of = |target: &&runs::Attempt| target.target == slug.as_str();
        let attempt = summary.attempts.iter().find(of).unwrap();
        let sha = attempt.commit_sha.as_deref().unwrap();
        let told = world.repo.git(&["show", "--format=%s", "--name-only", sha]);
        let mut lines = told.lines();
        assert_eq!(
            lines.next().unwrap(),
            format!("piton: planning/{slug}/approaches")
        );
        let home = format!("migrations/{slug}/");
        let files: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        assert!(files.iter().all(|file| file.starts_with(&home)), "{told}");
    }
    assert_eq!(world.repo.status(), "");
}
