//! Operations of the loop, looked at and performed: what goes, and what was
//! held when something was cut off.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use piton_agent::Agent;
use piton_base::{StateDir, Stop, Untold};
use piton_durable::{Lock, RealDisk};
use piton_git::{CommitId, GitRead};
use piton_loop::operation::{
    AgentChoice, Agents, LandHeld, LandWork, Lands, LoopOp, LoopPerformer, LoopWorld, Remove,
    WorkOn,
};
use piton_loop::runs::{self, ActionKind, RunBook};
use piton_loop::slots::SlotSettings;
use piton_migration::planning::Step;
use piton_plan::{
    Done, ErrorPolicy, Failure, Interaction, Jobs, NoRecord, Outcome, Plan, PlanBuilder, PlanId,
    Quiet, Report, Run, Slot, prepare,
};

use crate::world::{GOOD, World, holder};

#[derive(Debug)]
struct Desk {
    world: World,
    /// What was landed.
    landed: Mutex<Vec<String>>,
}

impl Agents for Desk {
    fn agent(&self, choice: &AgentChoice) -> Result<Arc<dyn Agent>, Failure> {
        unreachable!("nobody is called: {choice:?}")
    }

    fn slots(&self) -> Result<SlotSettings, Failure> {
        Ok(self.world.slots.clone())
    }
}

impl Lands for Desk {
    fn land(&self, held: &str) -> Result<Done, Failure> {
        self.landed.lock().unwrap().push(held.to_owned());
        Ok(Done::saying("landed"))
    }
}

impl Desk {
    fn new() -> Self {
        Self {
            world: World::new(),
            landed: Mutex::default(),
        }
    }

    fn perform(&self, plan: &Plan<LoopOp>) -> Report {
        let world = LoopWorld {
            disk: &RealDisk,
            git: &self.world.git,
            site: &self.world.site,
            slots: Some(&self.world.slots.home),
        };
        let (stop, book) = (
            Stop::new(),
            RunBook::new(&RealDisk, &self.world.clock, &Untold),
        );
        let performer = LoopPerformer {
            disk: &RealDisk,
            git: &self.world.git,
            clock: &self.world.clock,
            site: &self.world.site,
            agents: self,
            lands: self,
            stop: &stop,
            holder: holder(),
            book: &book,
            secrets: &[],
        };
        let ready = prepare(plan, &[], Interaction::Unattended).unwrap();
        Run {
            id: plan_id(),
            world: &world,
            performer: &performer,
            progress: &Quiet,
            clock: &self.world.clock,
            record: &NoRecord,
            stop: &stop,
            policy: ErrorPolicy::default(),
            jobs: Jobs::default(),
        }
        .perform(&ready)
    }

    /// Performs one operation; returns what is said of it.
    fn does(&self, operation: impl Into<LoopOp>) -> String {
        let mut builder = PlanBuilder::new("test");
        builder.add(operation.into());
        told(&self.perform(&builder.build().unwrap())).remove(0)
    }

    fn head(&self) -> CommitId {
        self.world.git.head().unwrap().unwrap()
    }

    /// Holds the commit as accepted work of this name is held.
    fn hold(&self, name: &str) {
        let reference = format!("refs/piton/unlanded/{name}");
        self.world.repo.git(&["update-ref", &reference, "HEAD"]);
    }
}

fn plan_id() -> PlanId {
    PlanId::new(jiff::Timestamp::UNIX_EPOCH, [7; 10])
}

/// Tells each receipt as what came of it and the words with it.
fn told(report: &Report) -> Vec<String> {
    let told = |receipt: &piton_plan::Receipt| match &receipt.outcome {
        Outcome::Failed(Failure { kind, message, .. }) => format!("{kind}: {message}"),
        outcome => format!("{} {}", outcome.word(), receipt.message)
            .trim_end()
            .to_owned(),
    };
    report.receipts.iter().map(told).collect()
}

fn removing<I>(id: I) -> Remove<I> {
    Remove {
        id,
        bytes: 1,
        why: "it is too old".to_owned(),
    }
}

const IN_USE: &str = "conflict: it changed since the plan was made: expected ";

#[test]
fn a_record_of_a_run_goes_once_the_run_is_over() {
    let desk = Desk::new();
    let run = desk.world.run();
    let id = run.id().clone();
    assert_eq!(
        desk.does(removing(id.clone())),
        format!("{IN_USE}a run that has ended, found a run that is under way")
    );
    assert_eq!(
        runs::list(&RealDisk, &desk.world.site.runs())
            .unwrap()
            .len(),
        1
    );
    drop(run);
    assert_eq!(desk.does(removing(id.clone())), "ok");
    assert_eq!(
        runs::list(&RealDisk, &desk.world.site.runs())
            .unwrap()
            .len(),
        0
    );
    assert_eq!(desk.does(removing(id)), "already so");
}

#[test]
fn a_journal_goes_once_nobody_is_at_its_plan() {
    let desk = Desk::new();
    let dir = StateDir::at(desk.world.site.state()).journals();
    fs::create_dir_all(&dir).unwrap();
    let journal = dir.join(format!("{}.jsonl", plan_id()));
    fs::write(&journal, "{}\n").unwrap();
    let lock = Lock::at(dir.join(format!("{}.lock", plan_id())));
    let held = lock.acquire(&holder(), Duration::ZERO).unwrap();
    assert_eq!(
        desk.does(removing(plan_id())),
        format!(
            "{IN_USE}a plan that no process is performing, found a plan that is being performed"
        )
    );
    assert!(journal.exists());
    drop(held);
    assert_eq!(desk.does(removing(plan_id())), "ok");
    assert!(!journal.exists());
    assert_eq!(desk.does(removing(plan_id())), "already so");
}

#[test]
fn slots_go_with_their_number() {
    let desk = Desk {
        world: World::at(Step::Approaches),
        ..Desk::new()
    };
    assert_eq!(
        desk.does(removing(1_u32)),
        "already so",
        "there is none yet"
    );
    desk.world.step(GOOD).unwrap();
    let home = &desk.world.slots.home;
    assert!(home.has(&RealDisk, 1));
    assert_eq!(desk.does(removing(2_u32)), "already so");
    assert_eq!(desk.does(removing(1_u32)), "ok");
    assert!(!home.has(&RealDisk, 1));
}

#[test]
fn held_work_lands_while_it_is_the_work_that_was_shown() {
    let desk = Desk::new();
    let landing = |commit: CommitId| LandHeld {
        held: "work-001".to_owned(),
        base: desk.head(),
        commit,
        subject: "tidy".to_owned(),
        onto: "main".to_owned(),
    };
    assert_eq!(
        desk.does(landing(desk.head())),
        "already so",
        "it is let go of"
    );
    desk.hold("work-001");
    desk.hold("work-002");
    let (held, other) = (desk.head(), "1".repeat(40).parse().unwrap());
    let short = held.short().to_owned();
    assert_eq!(
        desk.does(landing(other)),
        format!("{IN_USE}1111111111 is held, found {short} is held")
    );
    assert!(desk.landed.lock().unwrap().is_empty());
    assert_eq!(desk.does(landing(held)), "ok landed");
    assert_eq!(*desk.landed.lock().unwrap(), ["work-001"]);
}

/// A tick that was cut off, as its journal has it.
fn tick(desk: &Desk) -> Plan<LoopOp> {
    let held = "work-001".to_owned();
    let mut builder = PlanBuilder::<LoopOp>::new("run");
    let work = WorkOn {
        kind: ActionKind::CleanUp,
        target: "src".to_owned(),
        base: desk.head(),
        agent: "script".to_owned(),
        steps: Vec::new(),
        held: held.clone(),
    };
    let work = builder.add(work.into());
    let land = LandWork {
        commit: Slot::After(work.output(&piton_loop::operation::COMMIT)),
        onto: "main".to_owned(),
        base: desk.head(),
        held,
    };
    builder.add(land.into());
    builder.build().unwrap()
}

#[test]
fn a_tick_that_was_cut_off_is_settled_by_what_is_held_and_what_has_landed() {
    let desk = Desk::new();
    let plan = tick(&desk);
    let cut_off = told(&desk.perform(&plan));
    let conflict = "conflict: it was cut off before anything was accepted";
    assert_eq!(cut_off[0], conflict);
    assert!(cut_off[1].starts_with("skipped"), "{cut_off:?}");
    desk.hold("work-001");
    let short = desk.head().short().to_owned();
    let accepted = "ok it was accepted, and is held";
    let landed = format!("ok landed {short}");
    assert_eq!(told(&desk.perform(&plan)), [accepted, &landed]);
    // The branch has gone back to before it.
    desk.world
        .repo
        .git(&["reset", "--quiet", "--hard", "HEAD^"]);
    let waits = format!("conflict: {short} waits to land");
    assert_eq!(told(&desk.perform(&plan)), [accepted, &waits]);
}
