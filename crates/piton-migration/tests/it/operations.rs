//! Operations on migrations, looked at and performed in a real repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use piton_base::{Report, StateDir, Stop, SystemClock};
use piton_durable::RealDisk;
use piton_durable::platform::RealProcesses;
use piton_git::{GitRead, Repository};
use piton_migration::live::LiveDir;
use piton_migration::operation::{
    CommitHooks, CommitPath, Hooked, MigrationEvent, MigrationOp, MigrationPerformer,
    MigrationWorld, Recover, SetAside, Settled, ToCommit,
};
use piton_migration::publish::{OsGate, PublishEnv, Publisher};
use piton_migration::secret::Secret;
use piton_plan::{
    Alone, ErrorPolicy, Failure, FailureKind, Interaction, Jobs, NoRecord, Outcome, Plan,
    PlanBuilder, PlanId, Quiet, Receipt, Run, Verdict, prepare, verify,
};

use crate::publish::world::{World, now};

mod moving;
mod publishing;

/// What the user's hooks make of what is to be committed.
type Hook = fn(&ToCommit<'_>) -> Result<Option<Hooked>, Failure>;

/// A repository with the migration `rework` in it, where plans of one
/// operation are performed.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) git: Repository,
    pub(crate) live: LiveDir,
    pub(crate) state: StateDir,
    gate: OsGate,
    settled: Settled,
    hook: Option<Hook>,
    /// The commits that the hooks heard of.
    heard: Mutex<Vec<String>>,
    told: Mutex<Vec<MigrationEvent>>,
    secrets: Vec<Secret>,
}

impl Report<MigrationEvent> for Desk {
    fn report(&self, event: MigrationEvent) {
        self.told.lock().unwrap().push(event);
    }
}

impl CommitHooks for Desk {
    fn before(&self, what: &ToCommit<'_>) -> Result<Option<Hooked>, Failure> {
        assert_eq!(what.destination, "migrations/rework");
        self.hook.map_or(Ok(None), |hook| hook(what))
    }

    fn after(&self, commit: &str) {
        self.heard.lock().unwrap().push(commit.to_owned());
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        let world = World::with("rework", "old");
        let git = Repository::find(world.root()).unwrap();
        Self {
            live: LiveDir::new(world.root(), "migrations"),
            state: StateDir::of(git.common_dir()),
            gate: OsGate::new(git.common_dir(), &RealProcesses, Duration::ZERO),
            settled: Settled::default(),
            hook: None,
            heard: Mutex::default(),
            told: Mutex::default(),
            secrets: Vec::new(),
            git,
            world,
        }
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.state.journals().join("a-plan.backups")
    }

    fn publisher(&self) -> Publisher<'_> {
        Publisher::new(PublishEnv {
            disk: &RealDisk,
            git: &self.git,
            gate: &self.gate,
            processes: &RealProcesses,
            live: &self.live,
            now: now(),
        })
    }

    /// Lets `act` look at the world.
    fn looking<T>(&self, act: impl FnOnce(&MigrationWorld<'_>) -> T) -> T {
        let publisher = self.publisher();
        act(&MigrationWorld {
            disk: &RealDisk,
            git: &self.git,
            live: &self.live,
            leftovers: &publisher,
            settled: &self.settled,
        })
    }

    pub(crate) fn perform(&self, plan: &Plan<MigrationOp>) -> Receipt {
        let (backups, publisher) = (self.backups(), self.publisher());
        let performer = MigrationPerformer {
            disk: &RealDisk,
            git: &self.git,
            live: &self.live,
            publisher,
            hooks: self,
            state: &self.state,
            backups: &backups,
            gate: &Alone,
            report: self,
            settled: &self.settled,
            secrets: &self.secrets,
        };
        let ready = prepare(plan, &[], Interaction::Unattended).unwrap();
        let report = self.looking(|world| {
            Run {
                id: plan_id(),
                world,
                performer: &performer,
                progress: &Quiet,
                clock: &SystemClock::default(),
                record: &NoRecord,
                stop: &Stop::new(),
                policy: ErrorPolicy::default(),
                jobs: Jobs::default(),
            }
            .perform(&ready)
        });
        report.receipts.into_iter().next().unwrap()
    }

    /// Performs one operation; returns what is said of it.
    pub(crate) fn does(&self, operation: impl Into<MigrationOp>) -> String {
        told(self.perform(&plan_of(operation)))
    }

    /// Whether all is as the plan said, after it was performed.
    pub(crate) fn verified(&self, plan: &Plan<MigrationOp>, receipt: Receipt) -> bool {
        let receipts = [receipt];
        let jobs = Jobs::default();
        let seen = self.looking(|world| verify(plan_id(), plan, &receipts, world, jobs));
        seen.checked[0].verdict == Verdict::Verified
    }

    fn events(&self) -> Vec<MigrationEvent> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

fn plan_id() -> PlanId {
    PlanId::new(jiff::Timestamp::UNIX_EPOCH, [7; 10])
}

pub(crate) fn plan_of(operation: impl Into<MigrationOp>) -> Plan<MigrationOp> {
    let mut builder = PlanBuilder::new("test");
    builder.add(operation.into());
    builder.build().unwrap()
}

/// Tells a receipt as what came of it and the words with it.
pub(crate) fn told(receipt: Receipt) -> String {
    match receipt.outcome {
        Outcome::Failed(Failure { kind, message, .. }) => format!("{kind}: {message}"),
        outcome => format!("{} {}", outcome.word(), receipt.message)
            .trim_end()
            .to_owned(),
    }
}

fn committing(path: &str, also: &[&str]) -> CommitPath {
    CommitPath {
        path: path.parse().unwrap(),
        also: also.iter().map(|path| path.parse().unwrap()).collect(),
        message: "remove it\n\nIt was not wanted.\n".to_owned(),
    }
}

#[test]
fn a_commit_of_a_path_takes_what_is_there_and_nothing_else() {
    let desk = Desk::new();
    let repo = &desk.world.repo;
    repo.write("migrations/rework/plan.md", "# Other\n");
    repo.write("new.md", "by hand\n");
    repo.write("also.md", "also\n");
    let said = desk.does(committing("migrations/rework", &["also.md"]));
    assert!(said.starts_with("ok committed as "), "{said}");
    assert_eq!(repo.subjects()[0], "remove it");
    assert_eq!(repo.status(), "?? new.md\n");
    let events = desk.events();
    let [
        MigrationEvent::Committed {
            path,
            subject,
            commit,
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (path.as_str(), subject.as_str()),
        ("migrations/rework", "remove it")
    );
    assert_eq!(commit, repo.git(&["rev-parse", "HEAD"]).trim());
    repo.write(".git/info/exclude", "*.log\n");
    repo.write("migrations/rework/build.log", "ignored\n");
    let said = desk.does(committing("migrations/rework", &["also.md"]));
    assert_eq!(said, "already so");
    fs::remove_dir_all(repo.path().join("migrations/rework")).unwrap();
    let said = desk.does(committing("migrations/rework", &[]));
    assert!(said.starts_with("ok committed as "), "{said}");
    let tracked = repo.git(&["ls-files", "migrations"]);
    assert_eq!(tracked, "");
}

#[test]
fn what_git_never_laid_out_and_is_gone_is_committed_as_gone() {
    let desk = Desk::new();
    let repo = &desk.world.repo;
    repo.write("src/lib.rs", "");
    repo.commit_all("a source");
    // The migrations are outside of what is laid out.
    repo.git(&["sparse-checkout", "set", "src"]);
    assert!(!repo.exists("migrations/rework"));
    assert_eq!(repo.status(), "");
    let said = desk.does(committing("migrations/rework", &[]));
    assert!(said.starts_with("ok committed as "), "{said}");
    assert_eq!(repo.git(&["ls-files", "migrations"]), "");
    assert_eq!(
        desk.does(committing("migrations/rework", &[])),
        "already so"
    );
}

#[test]
fn what_is_set_aside_is_kept_and_gone_from_the_working_tree() {
    let desk = Desk::new();
    let aside = || SetAside {
        path: "migrations/rework/notes".parse().unwrap(),
        why: "it is broken".to_owned(),
    };
    let said = desk.does(aside());
    let kept = said.strip_prefix("ok kept in ").unwrap();
    assert!(Path::new(kept).starts_with(desk.state.failures()), "{kept}");
    let note = Path::new(kept).join("deep/more.md");
    assert_eq!(fs::read_to_string(note).unwrap(), "oldoldold");
    assert!(!desk.world.repo.exists("migrations/rework/notes"));
    assert_eq!(desk.does(aside()), "already so");
}

#[test]
fn recovery_puts_back_what_an_interrupted_publish_moved_away() {
    let desk = Desk::new();
    let recover = || Recover { found: Vec::new() };
    assert_eq!(
        desk.does(recover()),
        "already so",
        "nothing was interrupted"
    );
    let live = desk.world.root().join("migrations/rework");
    let transaction = desk.live.transactions().join("0".repeat(32));
    fs::create_dir_all(&transaction).unwrap();
    fs::rename(&live, transaction.join("rollback")).unwrap();
    let said = desk.does(recover());
    assert!(
        said.starts_with("ok put the migration rework back"),
        "{said}"
    );
    assert!(live.join("plan.md").is_file());
    assert_eq!(desk.does(recover()), "already so");
}

/// Fails as a hook does that says no.
pub(crate) fn says_no(_: &ToCommit<'_>) -> Result<Option<Hooked>, Failure> {
    Err(Failure::new(FailureKind::Conflict, "not on a Friday"))
}
