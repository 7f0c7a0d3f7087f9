//! A world for setting up: a fake GitHub, a repository's folder, a home.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::SecretKey;
use jiff::Timestamp;
use piton_base::{Stop, SystemClock};
use piton_durable::RealDisk;
use piton_github::operation::{ForgeOp, ForgePerformer, ForgeWorld, Secrets};
use piton_github::{Base, Client, ClientOptions, ForgeRead, Patience};
use piton_plan::files::{FileOp, FilePerformer, FileWorld};
use piton_plan::{
    Alone, ConflictMode, ErrorPolicy, Failure, Interaction, Jobs, NoRecord, Plan, PlanId, Quiet,
    Receipt, Run, SecretRef, SecretText, Verification, prepare, verify,
};
use piton_testkit::forge::{FakeGitHub, World};
use piton_traffic::operation::{TrafficOp, TrafficPerformer, TrafficWorld};
use piton_traffic::provision::{
    Destination, Gists, Parts, Said, TokenFrom, Wishes, observe, plan_create,
};
use piton_traffic::settings::{GLOBAL_FILE, Global, PROJECT_FILE, Project};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Op {
    File(FileOp),
    Forge(ForgeOp),
    Traffic(TrafficOp),
}

piton_plan::delegate_operation!(pub(crate) enum Seen for Op:
    File(FileOp),
    Forge(ForgeOp),
    Traffic(TrafficOp),
);

#[derive(Debug)]
pub(crate) struct NoWait;

impl Patience for NoWait {
    fn wait(&self, _: Duration) -> bool {
        false
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

pub(crate) struct Stage {
    pub(crate) fake: FakeGitHub,
    pub(crate) repo: tempfile::TempDir,
    pub(crate) home: tempfile::TempDir,
    client: Client,
}

pub(crate) const COLLECTOR: &str = "ghp_collector";

pub(crate) fn key() -> SecretKey {
    SecretKey::from([7; 32])
}

fn client_for(address: &str, token: &str) -> Client {
    Client::new(ClientOptions {
        base: Base::new(address, None).unwrap(),
        token: Some(token.parse().unwrap()),
        patience: Arc::new(NoWait),
        limit: Duration::from_secs(5),
        now: Timestamp::now,
    })
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(arrange: impl FnOnce(&mut World)) -> Self {
        let fake = FakeGitHub::with(|world| {
            "jo".clone_into(&mut world.login);
            let public = STANDARD.encode(key().public_key().as_bytes());
            let repo = world.repo("acme/widget");
            repo.public_key = ("key-1".to_owned(), public);
            repo.created_at = "2026-01-02T03:04:05Z".parse().unwrap();
            arrange(world);
        });
        let client = client_for(fake.address(), "ghp_owner");
        Self {
            fake,
            repo: tempfile::tempdir().unwrap(),
            home: tempfile::tempdir().unwrap(),
            client,
        }
    }

    pub(crate) fn wishes() -> Wishes {
        Wishes {
            repository: "acme/widget".parse().unwrap(),
            said: Said::default(),
            ci_workflows: None,
            secret: "TRAFFIC_GIST_TOKEN".to_owned(),
            token: TokenFrom::Variable("env:GT".parse().unwrap()),
            rotate: false,
            gists: Gists::Found,
            branch: None,
            schedule: None,
            install: Some("0.1.0".parse().unwrap()),
            parts: Parts {
                variables: true,
                files: true,
                pages: false,
                run: false,
            },
            on_conflict: said(ConflictMode::Ask),
            raw: false,
            force: false,
        }
    }

    pub(crate) fn plan(&self, wishes: &Wishes) -> Result<Plan<Op>, String> {
        let read = |path: std::path::PathBuf| std::fs::read(path).ok();
        let project = match read(self.repo.path().join(PROJECT_FILE)) {
            Some(bytes) => Project::parse(&bytes).unwrap(),
            None => Project::default(),
        };
        let global = match read(self.home.path().join(GLOBAL_FILE)) {
            Some(bytes) => Global::parse(&bytes).unwrap(),
            None => Global::default(),
        };
        let today = "2026-11-25";
        let facts =
            observe(&self.client, wishes, project, global, today).map_err(|e| e.to_string())?;
        let place = Destination {
            disk: &RealDisk,
            root: self.repo.path(),
            list: (self.home.path(), &GLOBAL_FILE.parse().unwrap()),
            earlier: &std::collections::BTreeMap::new(),
        };
        plan_create(wishes, &facts, place).map_err(|e| e.to_string())
    }

    pub(crate) fn perform(&self, plan: &Plan<Op>) -> (Vec<Receipt>, Verification) {
        let ready = prepare(plan, &[], Interaction::Unattended).unwrap();
        let id = PlanId::new(Timestamp::now(), [3; 10]);
        let backups = self.home.path().join("backups");
        let halves = Halves {
            stage: self,
            backups: &backups,
        };
        let report = Run {
            id,
            world: &halves,
            performer: &halves,
            progress: &Quiet,
            clock: &SystemClock::default(),
            record: &NoRecord,
            stop: &Stop::new(),
            policy: ErrorPolicy::SkipDependents,
            jobs: Jobs(NonZeroUsize::MIN),
        }
        .perform(&ready);
        let verification = verify(id, plan, &report.receipts, &halves, Jobs(NonZeroUsize::MIN));
        (report.receipts, verification)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.repo.path().join(path)).unwrap()
    }
}

pub(crate) fn ids(plan: &Plan<Op>) -> Vec<String> {
    plan.actions()
        .iter()
        .map(|action| action.id().to_string())
        .collect()
}

struct Halves<'a> {
    stage: &'a Stage,
    backups: &'a Path,
}

impl std::fmt::Debug for Halves<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Halves")
    }
}

struct Named;

impl Secrets for Named {
    fn secret(&self, named: &SecretRef) -> Option<SecretText> {
        (named.to_string() == "env:GT").then(|| SecretText::new(COLLECTOR.to_owned()))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the halves of all families are got alike"
)]
impl Halves<'_> {
    fn forge_world(&self) -> ForgeWorld<'_> {
        ForgeWorld {
            forge: &self.stage.client,
            patience: &NoWait,
        }
    }

    fn file_world(&self) -> FileWorld<'_> {
        FileWorld {
            disk: &RealDisk,
            root: Some(self.stage.repo.path()),
        }
    }

    fn forge(&self) -> Result<ForgeWorld<'_>, Failure> {
        Ok(self.forge_world())
    }

    fn files(&self) -> Result<FileWorld<'_>, Failure> {
        Ok(self.file_world())
    }

    fn traffic(&self) -> Result<TrafficWorld<'_>, Failure> {
        Ok(TrafficWorld {
            forge: Some(self.forge_world()),
            files: self.file_world(),
        })
    }

    fn forge_performer(&self) -> Result<ForgePerformer<'_>, Failure> {
        Ok(ForgePerformer {
            forge: &self.stage.client,
            secrets: &Named,
            patience: &NoWait,
        })
    }

    fn file_performer(&self) -> Result<FilePerformer<'_>, Failure> {
        Ok(FilePerformer {
            disk: &RealDisk,
            root: Some(self.stage.repo.path()),
            backups: self.backups,
            gate: &Alone,
        })
    }

    fn traffic_performer(&self) -> Result<TrafficPerformer<'_>, Failure> {
        Ok(TrafficPerformer {
            forge: Some(self.forge_performer()?),
            files: self.file_performer()?,
            with_token: self,
            examine: self,
        })
    }
}

impl piton_traffic::operation::Examine for Halves<'_> {
    fn finding(
        &self,
        _: piton_traffic::survey::Group,
        _: &str,
        _: &piton_traffic::operation::CheckedSetup,
    ) -> Result<piton_traffic::survey::Finding, Failure> {
        Err(Failure::internal("nothing is checked here"))
    }
}

impl piton_traffic::operation::TryToken for Halves<'_> {
    fn forge(&self, token: &SecretText) -> Result<Box<dyn ForgeRead>, Failure> {
        let address = self.stage.fake.address();
        Ok(Box::new(client_for(address, token.reveal())))
    }
}

piton_plan::delegate_world!(Observe<Op> for Halves<'_>, Seen:
    File(files),
    Forge(forge),
    Traffic(traffic),
);

piton_plan::delegate_world!(Perform<Op> for Halves<'_>, Seen:
    File(file_performer),
    Forge(forge_performer),
    Traffic(traffic_performer),
);

pub(crate) fn said(mode: ConflictMode) -> piton_traffic::provision::OnConflict {
    let because = "the test says so";
    piton_traffic::provision::OnConflict { mode, because }
}
