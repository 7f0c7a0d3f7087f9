//! Where phases and refactors are worked on, from the call to the landed commit.

mod allowance;
mod asked;
mod beside;
mod between;
mod bringing;
mod commits;
mod consumed;
mod hooks;
mod looked;
mod phases;
mod plans;
mod proofs;
mod recorded;
mod refactors;
mod secrets;
mod settled;
mod stored;
mod tries;
mod widened;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piton_agent::script::Script;
use piton_agent::sealing::SealTerms;
use piton_agent::{Agent, CallRole, Host, Limits, ScriptAgent};
use piton_base::{Clock, Stop, SystemClock};
use piton_durable::RealDisk;
use piton_git::landing::{Onto, current};
use piton_git::slot::{Setup, SlotHome};
use piton_git::{CommitId, GitRead, Repository};
use piton_loop::deciding::limits::Limits as RunLimits;
use piton_loop::dilution;
use piton_loop::effort::EffortBudget;
use piton_loop::planning::site::Site;
use piton_loop::prompts::PromptSet;
use piton_loop::runs::{RunRecord, RunSummary};
use piton_loop::slots::{SetupCommand, SlotSettings};
use piton_loop::targets::Target;
use piton_loop::validation::{Policy, ValidationCommand, Validator};
use piton_loop::work::accepted::{self, Held};
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::{
    Accepted, Allowance, Landings, Models, Piece, Shop, SourcePiece, Start, Worked,
};
use piton_migration::live::load_manifest;
use piton_migration::manifest::Manifest;
use piton_migration::own::{OwnData, TargetProvenance, load_own};
use piton_migration::secret::Secret;
use piton_migration::slug::Slug;
use piton_seal::CacheSet;
use piton_seal::{Network, Standing, Support, Wanted};
use piton_testkit::{Replies, ScratchRepo, TapDisk, input_output, tidy};

#[derive(Debug)]
struct NoModels;

impl Models for NoModels {
    fn model(&self, _role: CallRole) -> Option<String> {
        Some("m-1".to_owned())
    }
}

pub(super) struct Scene {
    pub(super) scratch: ScratchRepo,
    pub(super) slots: tempfile::TempDir,
    clock: SystemClock,
    pub(super) slug: Slug,
    pub(super) tries: u32,
    terms: SealTerms,
    pub(super) dilution: dilution::Policy,
    pub(super) route: bool,
    limits: RunLimits,
}

fn scripted(script: &str) -> ScriptAgent {
    let script: Script = script.parse().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    ScriptAgent::new(script, Arc::new(RealDisk), clock)
}

impl Scene {
    pub(super) fn new() -> Self {
        let scratch = ScratchRepo::new();
        scratch.write("src/lib.rs", "fine\n");
        scratch.write("src/other.rs", "other\n");
        scratch.write("check.sh", "echo checking\n! grep -r BROKEN src\n");
        scratch.write_migration(&tidy());
        scratch.commit_all("a plan");
        Self {
            scratch,
            slots: tempfile::tempdir().unwrap(),
            clock: SystemClock::default(),
            slug: "tidy".parse().unwrap(),
            tries: 1,
            terms: SealTerms::off(),
            dilution: dilution::Policy::Refuse,
            route: false,
            limits: RunLimits::default(),
        }
    }

    /// Seals what runs on the agent's work; nothing where this kernel cannot.
    fn sealed() -> Option<Self> {
        let support = Support::observe(Network::On);
        if support.landlock < Support::SIGNALS {
            println!("skipped: this kernel cannot seal (Linux 6.12 can)");
            return None;
        }
        let standing = Standing::decide(Wanted::Require, Network::On, support).unwrap();
        let mut scene = Self::new();
        let home = scene.slots.path().join("home");
        fs::create_dir_all(home.join(".ssh")).unwrap();
        fs::write(home.join(".ssh/id"), "a key").unwrap();
        scene.terms = SealTerms {
            standing: standing.clone(),
            validation: standing.clone(),
            others: standing,
            home: Some(home),
            temporary: scene.slots.path().to_owned(),
            ..SealTerms::off()
        };
        Some(scene)
    }

    pub(super) fn repository(&self) -> Repository {
        Repository::find(self.scratch.path()).unwrap()
    }

    pub(super) fn state(&self) -> PathBuf {
        self.scratch.path().join(".git/piton")
    }

    pub(super) fn head(&self) -> CommitId {
        self.repository().head().unwrap().unwrap()
    }

    /// Gives `act` a workshop in which the agent plays `script`.
    pub(super) fn with<T>(
        &self,
        script: &str,
        act: impl FnOnce(&Shop<'_>, &RunRecord<'_>) -> T,
    ) -> T {
        self.with_agent(&scripted(script), &self.clock, act)
    }

    /// The same with any agent, at any time.
    fn with_agent<T>(
        &self,
        agent: &dyn Agent,
        clock: &dyn Clock,
        act: impl FnOnce(&Shop<'_>, &RunRecord<'_>) -> T,
    ) -> T {
        let repository = self.repository();
        let site = Site::new(self.scratch.path(), "migrations", &self.state()).unwrap();
        let home = SlotHome::new(self.slots.path(), &repository).unwrap();
        let mut slots = SlotSettings::at(home);
        slots.terms = self.terms.clone();
        let stop = Stop::default();
        let prompts = PromptSet::built_in().unwrap();
        let variables = std::env::vars_os().filter(|(name, _)| name == "PATH");
        let host = Host::new(variables);
        let command = ValidationCommand::read("sh check.sh").unwrap();
        let notes = self.state().join("work/calls");
        let holder = crate::world::holder();
        let allowance = Allowance::new(self.limits, clock);
        let landings = Landings::default();
        let shop = Shop {
            disk: &RealDisk,
            repository: &repository,
            clock,
            site: &site,
            slots: &slots,
            agent,
            limits: Limits::default(),
            allowance: &allowance,
            landings: &landings,
            stop: &stop,
            holder: holder.clone(),
            prompts: &prompts,
            taste: "Deleting code is best.",
            budget: EffortBudget::new(None, None).unwrap(),
            models: &NoModels,
            validator: Validator {
                disk: &RealDisk,
                clock,
                stop: &stop,
                host: &host,
                command: command.as_ref(),
                policy: Policy::default(),
                notes: &notes,
                terms: &slots.terms,
                caches: CacheSet::default(),
            },
            dilution: self.dilution,
            secrets: &[],
            prefix: "piton",
            tries: self.tries,
            mission: None,
            amendment: None,
        };
        let summary = RunSummary::new("run", &self.scratch.path().display().to_string());
        let run = RunRecord::begin(
            &RealDisk,
            clock,
            &site.runs(),
            &holder,
            &piton_base::Untold,
            summary,
        )
        .unwrap();
        act(&shop, &run)
    }

    fn start(&self) -> Start {
        let (onto, base) = current(&self.repository()).unwrap().unwrap();
        Start {
            base,
            onto,
            attempt: 1,
        }
    }

    pub(super) fn phase(&self, script: &str) -> Worked {
        let (piece, start) = (Piece::Phase(self.slug.clone()), self.start());
        self.with(script, |shop, run| piece.work(shop, run, &start))
    }

    pub(super) fn refactor(&self, script: &str) -> Worked {
        self.refactor_of(&["src/lib.rs"], script)
    }

    pub(super) fn refactor_of(&self, files: &[&str], script: &str) -> Worked {
        self.refactor_with(files, &scripted(script))
    }

    /// The same by any agent.
    pub(super) fn refactor_by(&self, agent: &dyn Agent) -> Worked {
        self.refactor_with(&["src/lib.rs"], agent)
    }

    fn refactor_with(&self, files: &[&str], agent: &dyn Agent) -> Worked {
        let piece = Piece::Source(SourcePiece {
            target: Target::plain(
                "random files",
                TargetProvenance::Random,
                files.iter().map(ToString::to_string).collect(),
            ),
            scope: None,
            subject: None,
            route: self.route,
        });
        let start = self.start();
        self.with_agent(agent, &self.clock, |shop, run| {
            piece.work(shop, run, &start)
        })
    }

    /// Starts a migration that is to be planned.
    pub(super) fn planning(&self) -> (Site, Piece) {
        let site = Site::new(self.scratch.path(), "migrations", &self.state()).unwrap();
        let slug: Slug = "add-api".parse().unwrap();
        crate::world::write_started(&site, &slug, &self.clock);
        self.scratch.commit_all("a migration");
        (site, Piece::Plan(slug))
    }

    pub(super) fn bring(&self, work: &Accepted) -> Brought {
        self.with("", |shop, run| bring(shop, run, work).unwrap())
    }

    pub(super) fn manifest(&self) -> Manifest {
        load_manifest(&RealDisk, &self.scratch.path().join("migrations/tidy")).unwrap()
    }

    pub(super) fn own(&self) -> OwnData {
        load_own(&RealDisk, &self.scratch.path().join("migrations/tidy"))
            .unwrap()
            .unwrap_or_default()
    }

    pub(super) fn snapshots(&self) -> Vec<String> {
        let dir = self.state().join("failures");
        let Ok(entries) = fs::read_dir(dir) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        names.sort();
        names
    }

    /// Returns what was asked in a role, in all runs, in the order of asking.
    pub(super) fn prompts(&self, role: &str) -> Vec<String> {
        let mut found = Vec::new();
        for run in fs::read_dir(self.state().join("runs")).unwrap() {
            let Ok(calls) = fs::read_dir(run.unwrap().path().join("calls")) else {
                continue;
            };
            found.extend(calls.map(|call| call.unwrap().path()).filter(|call| {
                let name = call.file_name().unwrap().to_str().unwrap();
                name.ends_with(&format!("-{role}")) && call.join("prompt.md").is_file()
            }));
        }
        found.sort();
        found
            .iter()
            .map(|call| fs::read_to_string(call.join("prompt.md")).unwrap())
            .collect()
    }

    pub(super) fn unlanded(&self) -> Vec<Held> {
        accepted::all(&RealDisk, &self.repository(), &self.state()).unwrap()
    }
}

pub(super) fn taken(worked: Worked) -> Accepted {
    match worked {
        Worked::Accepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

/// A phase is ready, and the agent writes `text`.
pub(super) fn phase_that_writes(text: &str) -> Replies {
    let status = "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: commit\n\
                  commit_rationale: It is tidier.\nEND_CONTINUOUS_REFACTORING_STATUS\n";
    Replies::new()
        .begins()
        .says("phase.execute", status)
        .writes("src/lib.rs", text)
}

/// Returns a refactor whose target names no file.
fn piece() -> Piece {
    Piece::Source(SourcePiece {
        target: Target::plain("all", TargetProvenance::Random, Vec::new()),
        scope: None,
        subject: None,
        route: false,
    })
}

/// Returns what sets a slot up by a line of the shell.
fn setup(script: &str) -> SetupCommand {
    SetupCommand {
        setup: Setup {
            command: script.to_owned(),
            inputs: Vec::new(),
        },
        words: ["sh", "-c", script].map(str::to_owned).into(),
        host: Host::new(std::env::vars_os()),
        limits: Limits::default(),
        terms: SealTerms::off(),
    }
}

pub(super) fn refactor_that_writes(text: &str, reply: &str) -> Replies {
    Replies::new()
        .says("refactor", reply)
        .writes("src/lib.rs", text)
}

#[test]
fn work_made_on_no_branch_lands_where_that_commit_is_and_nowhere_else() {
    let scene = Scene::new();
    scene.scratch.git(&["switch", "--quiet", "--detach"]);
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    assert_eq!(work.onto, Onto::Detached);
    let waits = |part: &str| {
        let before = scene.scratch.git(&["rev-parse", "HEAD"]);
        let Brought::Waits { reason, hint } = scene.bring(&work) else {
            panic!("it must not land");
        };
        assert!(reason.contains(part), "{reason}");
        assert!(hint.unwrap().contains("git branch NAME"));
        assert_eq!(scene.scratch.git(&["rev-parse", "HEAD"]), before);
        assert_eq!(scene.scratch.status(), "");
    };
    scene.scratch.git(&["switch", "--quiet", "main"]);
    waits("now main is");
    assert_eq!(
        scene.scratch.git(&["symbolic-ref", "HEAD"]).trim(),
        "refs/heads/main"
    );
    // Some other commit that the user looks at.
    scene
        .scratch
        .git(&["switch", "--quiet", "--orphan", "other"]);
    scene
        .scratch
        .git(&["checkout", "--quiet", "main", "--", "."]);
    scene.scratch.commit_all("other");
    scene.scratch.git(&["switch", "--quiet", "--detach"]);
    waits("is checked out");
    scene
        .scratch
        .git(&["switch", "--quiet", "--detach", "main"]);
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
}

#[test]
fn work_whose_note_the_disk_does_not_give_is_not_taken_for_lost() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    assert!(matches!(&scene.unlanded()[..], [Held::Work(held)] if **held == work));
    let failing = TapDisk::looking(RealDisk, |path| {
        let is_note = path.parent().is_some_and(|dir| dir.ends_with("unlanded"));
        if is_note {
            return Err(input_output());
        }
        Ok(())
    });
    let found = accepted::all(&failing, &scene.repository(), &scene.state());
    assert!(found.is_err(), "{found:?}");
}

#[test]
fn what_cannot_be_looked_through_for_secrets_is_not_taken() {
    for at in 0..6 {
        let scene = Scene::new();
        let secrets = [Secret::new("API_TOKEN", "s3cr3t-t0k3n-of-mine").unwrap()];
        let slots = scene.slots.path().canonicalize().unwrap();
        // One look at the file fails, and no other.
        let count = AtomicUsize::new(0);
        let failing = TapDisk::looking(RealDisk, move |path| {
            let is_it = path.starts_with(&slots) && path.ends_with("src/lib.rs");
            if is_it && count.fetch_add(1, Ordering::SeqCst) == at {
                return Err(input_output());
            }
            Ok(())
        });
        let piece = Piece::Source(SourcePiece {
            target: Target::plain(
                "random files",
                TargetProvenance::Random,
                vec!["src/lib.rs".to_owned()],
            ),
            scope: None,
            subject: None,
            route: false,
        });
        let start = scene.start();
        let script = refactor_that_writes("s3cr3t-t0k3n-of-mine\\n", "done");
        let worked = scene.with(&script, |shop, run| {
            let shop = Shop {
                disk: &failing,
                secrets: &secrets,
                ..shop.clone()
            };
            piece.work(&shop, run, &start)
        });
        assert!(matches!(worked, Worked::Failed { .. }), "{at}: {worked:?}");
        assert!(scene.unlanded().is_empty(), "{at}");
    }
}
