//! A repository, a scripted agent and a clock, for planning in tests.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use piton_agent::outcome::Reply;
use piton_agent::script::{Change, Script};
use piton_agent::{Limits, ScriptAgent};
use piton_base::{Clock, Report, Stop, SystemClock};
use piton_durable::platform::{ProcessState, Processes};
use piton_durable::{Disk, Holder, RealDisk, TreeDigest};
use piton_git::slot::SlotHome;
use piton_git::{GitRead, Repository};
use piton_loop::clock::local_stamp;
use piton_loop::effort::EffortBudget;
use piton_loop::planning::accept::{Labels, accept};
use piton_loop::planning::brief::Briefing;
use piton_loop::planning::decide::{StepDecision, StepOptions, StepRefusal, call_role, next_step};
use piton_loop::planning::failed::FailedStep;
use piton_loop::planning::perform::{MadeStep, Performer};
use piton_loop::planning::person::Case;
use piton_loop::planning::site::Site;
use piton_loop::planning::snapshot::Snapshot;
use piton_loop::planning::verdict::{Asked, Given};
use piton_loop::prompts::PromptSet;
use piton_loop::runs::{Recorded, RunRecord, RunSummary};
use piton_loop::slots::SlotSettings;
use piton_migration::candidate::{Candidate, Proposal};
use piton_migration::consistency::{self, Mode};
use piton_migration::live::LiveDir;
use piton_migration::manifest::{MANIFEST_FILE, Manifest};
use piton_migration::own::{OWN_FILE, OwnData, Target, TargetProvenance};
use piton_migration::planning::{Cursor, PlanningState, STATE_FILE, Step};
use piton_migration::publish::PublishRequest;
use piton_migration::publish::{OsGate, PublishEnv, Published, Publisher};
use piton_migration::slug::Slug;
use piton_testkit::ScratchRepo;

/// A clock that moves on by a second whenever it is looked at.
#[derive(Debug)]
pub(crate) struct TickingClock(AtomicI64);

impl Default for TickingClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_780_000_000))
    }
}

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        let second = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_second(second).unwrap()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::fixed(jiff::tz::Offset::from_seconds(7200).unwrap())
    }
}

/// A machine on which only one process lives.
#[derive(Debug)]
struct OnlyProcess(u32);

impl Processes for OnlyProcess {
    fn state(&self, pid: u32) -> ProcessState {
        if pid == self.0 {
            ProcessState::Running { started: None }
        } else {
            ProcessState::Gone
        }
    }

    fn boot_id(&self) -> Option<String> {
        Some("this boot".into())
    }

    fn host(&self) -> String {
        "here".into()
    }

    fn own_pid(&self) -> u32 {
        self.0
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) repo: ScratchRepo,
    pub(crate) git: Repository,
    pub(crate) site: Site,
    pub(crate) slots: SlotSettings,
    /// Where slots lie.
    _outside: tempfile::TempDir,
    pub(crate) clock: TickingClock,
    pub(crate) slug: Slug,
    processes: AtomicU32,
    /// Prompts of the calls that were decided, the newest last.
    pub(crate) prompts: Mutex<Vec<String>>,
}

pub(crate) fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    }
}

fn target() -> Target {
    Target {
        description: "Put an API in front of the parser".into(),
        provenance: TargetProvenance::Paths,
        files: vec!["src/parse.rs".into()],
        scope: Some("no changes to the grammar".into()),
    }
}

/// Writes a migration that was just started.
pub(crate) fn write_started(site: &Site, slug: &Slug, clock: &dyn Clock) {
    let start = Snapshot::start(slug, target(), local_stamp(clock));
    let mut contents = start.contents;
    contents.put(MANIFEST_FILE, start.manifest.encode());
    contents.put(STATE_FILE, start.state.encode());
    contents.put(OWN_FILE, start.own.encode());
    std::fs::create_dir_all(site.live(slug)).unwrap();
    contents.write(&RealDisk, &site.live(slug)).unwrap();
}

impl World {
    /// A world with a migration that was just started.
    pub(crate) fn new() -> Self {
        Self::at(Step::Approaches)
    }

    /// Its migration, for a person to decide about.
    pub(crate) fn case(&self) -> Case<'_> {
        Case {
            disk: &RealDisk,
            git: &self.git,
            site: &self.site,
            slug: &self.slug,
            prefix: "piton",
        }
    }

    fn bare() -> Self {
        let repo = ScratchRepo::new();
        repo.write("src/parse.rs", "pub fn parse() {}\n");
        repo.write(".gitignore", "target/\n");
        repo.commit_all("a parser");
        let git = Repository::find(repo.path()).unwrap();
        let state = git.common_dir().join("piton");
        let site = Site::new(repo.path(), "migrations", &state).unwrap();
        let outside = tempfile::tempdir().unwrap();
        let slots = SlotSettings::at(SlotHome::new(outside.path(), &git).unwrap());
        Self {
            repo,
            git,
            site,
            slots,
            _outside: outside,
            clock: TickingClock::default(),
            slug: "add-api".parse().unwrap(),
            processes: AtomicU32::new(100),
            prompts: Mutex::default(),
        }
    }

    /// A world whose plan has come to `step`, as [`GOOD`] goes, in one commit.
    pub(crate) fn at(step: Step) -> Self {
        let world = Self::bare();
        let script: Script = GOOD.parse().unwrap();
        let now = || local_stamp(&world.clock);
        let mut base = Snapshot::start(&world.slug, target(), now());
        while base.state.cursor() != Cursor::Step(step) {
            let Cursor::Step(next) = base.state.cursor() else {
                panic!("{step} never comes")
            };
            let played = script
                .steps
                .iter()
                .find(|played| played.role == Some(call_role(next)))
                .unwrap();
            let mut produced = base.contents.clone();
            for edit in &played.edits {
                if let Change::Write(text) = &edit.change {
                    produced.put(edit.path.to_str().unwrap(), text.as_bytes());
                }
            }
            let reply = Reply {
                text: played.reply.clone(),
                structured: None,
            };
            let labels = Labels::default();
            let given = Given {
                reply: &reply,
                asked: Asked::Prose,
            };
            let accepted =
                accept(&world.site, &base, next, produced, given, &labels, now()).unwrap();
            let file = |name| accepted.contents.get(name).unwrap();
            base = Snapshot {
                manifest: Manifest::decode(file(MANIFEST_FILE)).unwrap(),
                state: PlanningState::decode(file(STATE_FILE)).unwrap(),
                own: OwnData::decode(file(OWN_FILE)).unwrap(),
                contents: accepted.contents,
                ..base
            };
        }
        if step == Step::Approaches {
            base.contents.put(MANIFEST_FILE, base.manifest.encode());
            base.contents.put(STATE_FILE, base.state.encode());
            base.contents.put(OWN_FILE, base.own.encode());
        }
        std::fs::create_dir_all(world.live()).unwrap();
        base.contents.write(&RealDisk, &world.live()).unwrap();
        world.repo.commit_all("planned so far");
        world
    }

    /// Starts another migration beside this one.
    pub(crate) fn also_start(&self, slug: &Slug) {
        write_started(&self.site, slug, &self.clock);
        self.repo.commit_all("another migration");
    }

    pub(crate) fn decide(&self) -> Result<StepDecision, StepRefusal> {
        let prompts = PromptSet::built_in().unwrap();
        let budget = EffortBudget::new(None, None).unwrap();
        let options = StepOptions {
            briefing: Briefing {
                prompts: &prompts,
                taste: "Deleting code is best.",
                budget,
                validation: Some("cargo test"),
                answer_by_schema: false,
            },
            effort: budget.for_call(),
            model: Some("m-1".into()),
            commit_prefix: "piton",
        };
        let base = Snapshot::read(&RealDisk, &self.site, &self.slug)?;
        let decision = next_step(&RealDisk, &self.git, &self.site, base, &options)?;
        self.prompts.lock().unwrap().push(decision.prompt.clone());
        Ok(decision)
    }

    pub(crate) fn make(
        &self,
        decision: &StepDecision,
        script: &str,
    ) -> Result<MadeStep, Box<FailedStep>> {
        self.make_on(&RealDisk, decision, script)
    }

    pub(crate) fn make_on(
        &self,
        disk: &dyn Disk,
        decision: &StepDecision,
        script: &str,
    ) -> Result<MadeStep, Box<FailedStep>> {
        self.make_in(&self.run(), disk, decision, script)
    }

    pub(crate) fn make_in(
        &self,
        run: &RunRecord<'_>,
        disk: &dyn Disk,
        decision: &StepDecision,
        script: &str,
    ) -> Result<MadeStep, Box<FailedStep>> {
        let agent = ScriptAgent::new(
            script.parse().unwrap(),
            Arc::new(RealDisk),
            Arc::new(SystemClock::default()),
        );
        let performer = Performer {
            disk,
            git: &self.git,
            clock: &self.clock,
            site: &self.site,
            slots: &self.slots,
            agent: &agent,
            limits: Limits::default(),
            stop: &Stop::default(),
            holder: holder(),
            secrets: &[],
        };
        performer.call(decision, run)
    }

    pub(crate) fn run(&self) -> RunRecord<'_> {
        self.run_told_to(&piton_base::Untold)
    }

    pub(crate) fn run_told_to<'a>(&'a self, report: &'a dyn Report<Recorded>) -> RunRecord<'a> {
        let summary = RunSummary::new("migration step add-api", "/r");
        RunRecord::begin(
            &RealDisk,
            &self.clock,
            &self.site.runs(),
            &holder(),
            report,
            summary,
        )
        .unwrap()
    }

    /// Decides, makes and publishes the next step.
    pub(crate) fn step(&self, script: &str) -> Result<MadeStep, Box<FailedStep>> {
        let decision = self.decide().unwrap();
        let made = self.make(&decision, script)?;
        self.publish(&made.candidate);
        Ok(made)
    }

    /// Makes the step fail and returns its failure.
    pub(crate) fn fail(&self, script: &str) -> FailedStep {
        let before = self.picture();
        let decision = self.decide().unwrap();
        let failed = *self.make(&decision, script).unwrap_err();
        assert_eq!(self.picture(), before, "a failed step changed something");
        failed
    }

    pub(crate) fn publish_proposal(&self, proposal: Proposal) {
        let candidate = {
            let below = self.site.candidates().join("a-person");
            proposal.build(&RealDisk, &below, None).unwrap().0
        };
        self.publish(&candidate);
    }

    pub(crate) fn request(&self, candidate: &Candidate) -> PublishRequest {
        PublishRequest {
            slug: self.slug.clone(),
            workspace: candidate.dir.clone(),
            base: TreeDigest::of(&RealDisk, &self.live()).unwrap(),
            mode: candidate.mode,
            operation: "a test".into(),
            commit: Some(candidate.message.clone()),
            tip: None,
        }
    }

    pub(crate) fn publish(&self, candidate: &Candidate) -> Published {
        let published = self
            .publisher(&RealDisk, |publisher| {
                publisher.publish(&self.request(candidate))
            })
            .unwrap();
        assert!(
            published.commit.is_some(),
            "a step always changes something"
        );
        candidate.remove(&RealDisk).unwrap();
        published
    }

    /// Does what every command that writes does first.
    pub(crate) fn recover(&self) {
        self.publisher(&RealDisk, |publisher| publisher.recover().map(drop))
            .unwrap();
    }

    pub(crate) fn publisher<T>(&self, disk: &dyn Disk, act: impl FnOnce(&Publisher<'_>) -> T) -> T {
        // Every call stands for a process of its own; the ones before are gone.
        let pid = self.processes.fetch_add(1, Ordering::Relaxed);
        let processes = OnlyProcess(pid);
        let gate = OsGate::new(self.git.common_dir(), &processes, Duration::ZERO);
        let live = LiveDir::new(self.repo.path(), "migrations");
        act(&Publisher::new(PublishEnv {
            disk,
            git: &self.git,
            gate: &gate,
            processes: &processes,
            live: &live,
            now: Timestamp::now(),
        }))
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::read(&RealDisk, &self.site, &self.slug).unwrap()
    }

    pub(crate) fn last_prompt(&self) -> String {
        self.prompts.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn check(&self, mode: Mode) {
        let findings = consistency::check(&RealDisk, &self.live(), &self.slug, mode);
        assert!(!consistency::has_errors(&findings), "{findings:?}");
    }

    pub(crate) fn live(&self) -> PathBuf {
        self.site.live(&self.slug)
    }

    /// Everything durable that the user has: commits, references, the working
    /// tree.
    pub(crate) fn picture(&self) -> (Vec<String>, String, String, String) {
        (
            self.repo.subjects(),
            self.repo
                .git(&["for-each-ref", "refs/heads", "refs/tags", "refs/stash"]),
            self.repo.status(),
            TreeDigest::of(&RealDisk, &self.live()).unwrap().to_string(),
        )
    }
}

/// What the scripted agent does at each step when all goes well.
pub(crate) const GOOD: &str = include_str!("../fixtures/all-well.toml");

/// One step that replies and edits.
pub(crate) fn one(role: &str, reply: &str, edits: &str) -> String {
    format!("[[step]]\nrole = \"{role}\"\nreply = '''{reply}'''\n{edits}\n")
}
