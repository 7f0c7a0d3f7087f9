//! Operations of the loop, looked at and performed: what goes, and what was
//! held when something was cut off.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use piton_agent::{Agent, Host, Limits};
use piton_base::{StateDir, Stop, Untold};
use piton_durable::{Lock, RealDisk};
use piton_git::{CommitId, GitRead};
use piton_loop::operation::{
    AgentChoice, Agents, LandHeld, LandWork, Lands, LoopOp, LoopPerformer, LoopWorld, Remove,
    WorkOn, secrets_of,
};
use piton_loop::runs::{self, ActionKind, RunBook, RunId};
use piton_loop::slots::SlotSettings;
use piton_migration::planning::Step;
use piton_migration::secret::Secret;
use piton_plan::{
    Done, ErrorPolicy, Failure, Interaction, Jobs, Key, NoRecord, Operation, Outcome, Plan,
    PlanBuilder, PlanId, Quiet, Report, Run, Slot, Verb, Verdict, prepare, verify,
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

    fn looking(&self) -> LoopWorld<'_> {
        LoopWorld {
            disk: &RealDisk,
            git: &self.world.git,
            site: &self.world.site,
            slots: Some(&self.world.slots.home),
        }
    }

    fn perform(&self, plan: &Plan<LoopOp>) -> Report {
        let world = self.looking();
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
        self.hold_at(name, "HEAD");
    }

    fn hold_at(&self, name: &str, commit: &str) {
        let reference = format!("refs/piton/unlanded/{name}");
        self.world.repo.git(&["update-ref", &reference, commit]);
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

#[test]
fn what_is_removed_is_named_in_the_plan() {
    let run: RunId = "20260601T120000-000001".parse().unwrap();
    for (operation, kind, target) in [
        (LoopOp::from(removing(run)), "run", "20260601T120000-000001"),
        (
            removing(plan_id()).into(),
            "journal",
            &plan_id().to_string(),
        ),
        (removing(3_u32).into(), "slots", "3"),
    ] {
        assert_eq!(operation.key(), Key::new(kind, Verb::Delete, target));
    }
}

#[test]
fn the_agent_that_a_plan_names_may_take_as_long_as_the_plan_says() {
    let mut choice = AgentChoice {
        name: "script".to_owned(),
        command: None,
        script: None,
        idle_seconds: 10_000,
        deadline_seconds: 20_000,
        grace_seconds: 7,
    };
    let seconds = Duration::from_secs;
    let usual = Limits::default();
    let limits = Limits {
        idle: seconds(10_000),
        tool_idle: seconds(10_000),
        deadline: seconds(20_000),
        after_result: seconds(7),
        politeness: usual.politeness,
    };
    assert!(usual.tool_idle < limits.tool_idle);
    assert_eq!(choice.limits(), limits);
    choice.idle_seconds = 1;
    let patient = Limits {
        idle: seconds(1),
        tool_idle: usual.tool_idle,
        ..limits
    };
    assert_eq!(choice.limits(), patient, "a tool may be silent for longer");
}

#[test]
fn a_secret_of_the_environment_is_known_by_its_variable() {
    let variables = [
        ("GITHUB_TOKEN", "ghp_0123456789abcdef"),
        ("HOME", "/home/me"),
    ];
    let secrets = secrets_of(&Host::new(
        variables.map(|(name, it)| (name.into(), it.into())),
    ));
    let within = |text: &str| Secret::within(&secrets, text.as_bytes()).map(str::to_owned);
    let found = within("token = ghp_0123456789abcdef");
    assert_eq!(found.as_deref(), Some("GITHUB_TOKEN"));
    assert_eq!(within("cd /home/me"), None);
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
    desk.hold_at("work-000", "HEAD^");
    desk.hold_at("work-002", "HEAD^");
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
    let settled = desk.perform(&plan);
    assert_eq!(told(&settled), [accepted, &landed]);
    // What it did was looked at when it landed, and leaves nothing to look at.
    let receipts = &settled.receipts;
    let looked = verify(plan_id(), &plan, receipts, &desk.looking(), Jobs::default());
    let verdicts: Vec<Verdict> = looked.checked.into_iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Verdict::NotApplicable, Verdict::NotApplicable]);
    // The branch has gone back to before it.
    desk.world
        .repo
        .git(&["reset", "--quiet", "--hard", "HEAD^"]);
    let waits = format!("conflict: {short} waits to land");
    assert_eq!(told(&desk.perform(&plan)), [accepted, &waits]);
}
