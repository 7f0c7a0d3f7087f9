//! Phases and refactors, from the call to the landed commit.

mod allowance;
mod hooks;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use piton_agent::script::Script;
use piton_agent::sealing::SealTerms;
use piton_agent::{Agent, CallRole, Host, Limits, ScriptAgent};
use piton_base::{Clock, Stop, SystemClock};
use piton_durable::RealDisk;
use piton_git::landing::{Onto, current};
use piton_git::slot::SlotHome;
use piton_git::{CommitId, GitRead, Repository};
use piton_loop::deciding::limits::Limits as RunLimits;
use piton_loop::dilution;
use piton_loop::effort::EffortBudget;
use piton_loop::planning::site::Site;
use piton_loop::prompts::PromptSet;
use piton_loop::runs::{RunRecord, RunSummary};
use piton_loop::slots::SlotSettings;
use piton_loop::targets::Target;
use piton_loop::validation::{Policy, ValidationCommand, Validator};
use piton_loop::work::accepted::{self, Held};
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::phase::PhaseWork;
use piton_loop::work::phase::Start;
use piton_loop::work::{
    Accepted, Allowance, Landings, Models, Piece, Shop, SourcePiece, Worked, phase, prove,
};
use piton_migration::live::load_manifest;
use piton_migration::manifest::{Manifest, Status};
use piton_migration::own::{OwnData, TargetProvenance, load_own};
use piton_migration::slug::Slug;
use piton_seal::CacheSet;
use piton_seal::{Network, Standing, Support, Wanted};
use piton_testkit::ScratchRepo;

#[derive(Debug)]
struct NoModels;

impl Models for NoModels {
    fn model(&self, _role: CallRole) -> Option<String> {
        Some("m-1".to_owned())
    }
}

struct Scene {
    scratch: ScratchRepo,
    slots: tempfile::TempDir,
    clock: SystemClock,
    slug: Slug,
    tries: u32,
    terms: SealTerms,
    dilution: dilution::Policy,
    route: bool,
    limits: RunLimits,
}

fn scripted(script: &str) -> ScriptAgent {
    let script: Script = script.parse().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    ScriptAgent::new(script, Arc::new(RealDisk), clock)
}

const MANIFEST: &str = r#"{
  "awaiting_human_review": false,
  "cooldown_until": null,
  "created_at": "2026-06-01T00:00:00.000+00:00",
  "current_phase": "first",
  "human_review_reason": null,
  "last_touch": "2026-06-01T00:00:00.000+00:00",
  "name": "tidy",
  "phases": [
    {"done": false, "effort_reason": null, "file": "phase-1-first.md", "name": "first",
     "precondition": "src/lib.rs exists", "required_effort": null},
    {"done": false, "effort_reason": null, "file": "phase-2-second.md", "name": "second",
     "precondition": "the first phase is done", "required_effort": null}
  ],
  "status": "ready",
  "wake_up_on": null
}
"#;

fn document(what: &str) -> String {
    format!("# {what}\n\n## Precondition\n\nsomething\n\n## Definition of Done\n\n{what}\n")
}

impl Scene {
    fn new() -> Self {
        let scratch = ScratchRepo::new();
        scratch.write("src/lib.rs", "fine\n");
        scratch.write("src/other.rs", "other\n");
        scratch.write("check.sh", "echo checking\n! grep -r BROKEN src\n");
        scratch.write("migrations/tidy/manifest.json", MANIFEST);
        scratch.write("migrations/tidy/plan.md", "# Plan\n");
        scratch.write("migrations/tidy/phase-1-first.md", &document("first"));
        scratch.write("migrations/tidy/phase-2-second.md", &document("second"));
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

    fn repository(&self) -> Repository {
        Repository::find(self.scratch.path()).unwrap()
    }

    fn state(&self) -> PathBuf {
        self.scratch.path().join(".git/piton")
    }

    fn head(&self) -> CommitId {
        self.repository().head().unwrap().unwrap()
    }

    /// Gives `act` a workshop in which the agent plays `script`.
    fn with<T>(&self, script: &str, act: impl FnOnce(&Shop<'_>, &RunRecord<'_>) -> T) -> T {
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

    fn phase(&self, script: &str) -> Worked {
        let work = PhaseWork {
            slug: &self.slug,
            start: self.start(),
        };
        self.with(script, |shop, run| phase::carry_out(shop, run, &work))
    }

    fn refactor(&self, script: &str) -> Worked {
        self.refactor_of(&["src/lib.rs"], script)
    }

    fn refactor_of(&self, files: &[&str], script: &str) -> Worked {
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
        self.with(script, |shop, run| piece.work(shop, run, &start))
    }

    fn bring(&self, work: &Accepted) -> Brought {
        self.with("", |shop, run| bring(shop, run, work).unwrap())
    }

    fn manifest(&self) -> Manifest {
        load_manifest(&RealDisk, &self.scratch.path().join("migrations/tidy")).unwrap()
    }

    fn own(&self) -> OwnData {
        load_own(&RealDisk, &self.scratch.path().join("migrations/tidy"))
            .unwrap()
            .unwrap_or_default()
    }

    fn snapshots(&self) -> Vec<String> {
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
    fn prompts(&self, role: &str) -> Vec<String> {
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

    fn unlanded(&self) -> Vec<Held> {
        accepted::all(&RealDisk, &self.repository(), &self.state()).unwrap()
    }
}

fn taken(worked: Worked) -> Accepted {
    match worked {
        Worked::Accepted(accepted) => accepted,
        other => panic!("{other:?}"),
    }
}

const READY: &str = "[[step]]\nrole = \"phase.ready-check\"\nreply = \"ready: yes\"\n";

/// A script in which the phase is ready and the agent writes `text`.
fn phase_that_writes(text: &str) -> String {
    format!(
        "{READY}[[step]]\nrole = \"phase.execute\"\nreply = \"\"\"\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: commit\ncommit_rationale: It is tidier.\nEND_CONTINUOUS_REFACTORING_STATUS\n\"\"\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nwrite = \"{text}\"\n"
    )
}

fn refactor_that_writes(text: &str, reply: &str) -> String {
    format!(
        "[[step]]\nrole = \"refactor\"\nreply = \"\"\"{reply}\"\"\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nwrite = \"{text}\"\n"
    )
}

#[test]
fn a_phase_lands_with_its_work_and_its_manifest_in_one_commit() {
    let scene = Scene::new();
    scene.scratch.write("notes.txt", "the user's\n");
    let work = taken(scene.phase(&phase_that_writes("tidy\\n")));
    // Nothing of the user's has changed until it lands.
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    assert_eq!(scene.unlanded(), [Held::Work(Box::new(work.clone()))]);

    let brought = scene.bring(&work);
    assert!(
        matches!(
            brought,
            Brought::Landed {
                rebased: false,
                in_tree: true,
                ..
            }
        ),
        "{brought:?}"
    );
    assert_eq!(scene.scratch.status(), "?? notes.txt\n");
    assert_eq!(scene.scratch.read("src/lib.rs"), "tidy\n");
    assert_eq!(scene.manifest().current_phase_name(), "second");
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    for part in [
        "piton: migration/tidy/phase-1-first.md\n\nWhy:\nIt is tidier.\n\nValidation:\nsh check.sh\n\nPiton-Run: ",
        "\nPiton-Migration: tidy\n",
        "\nPiton-Phase: phase-1-first.md\n",
        "\nPiton-Agent: script\n",
        "\nPiton-Model: m-1\n",
        "\nPiton-Effort: low\n",
    ] {
        assert!(message.contains(part), "{part:?} in {message}");
    }
    let trailers = scene.scratch.git(&[
        "log",
        "-1",
        "--format=%(trailers:key=Piton-Migration,valueonly)",
    ]);
    assert_eq!(trailers.trim(), "tidy");
    assert_eq!(scene.unlanded(), []);
    // The last one ends the migration, although nothing had to be changed.
    let work = taken(scene.phase(&format!(
        "{READY}[[step]]\nrole = \"phase.execute\"\nreply = \"it holds already\"\n"
    )));
    scene.bring(&work);
    assert_eq!(scene.manifest().status(), Status::Done);
    assert_eq!(
        scene.scratch.git(&["diff", "--name-only", "HEAD~1"]).trim(),
        "migrations/tidy/manifest.json"
    );
}

#[test]
fn a_red_phase_leaves_the_branch_as_it_was_but_for_a_note() {
    let mut scene = Scene::new();
    scene.tries = 2;
    let before = scene.head();
    for round in 1..=2 {
        let worked = scene.phase(&phase_that_writes("BROKEN\\n"));
        let Worked::Failed {
            failure,
            until,
            note,
        } = worked
        else {
            panic!("{worked:?}");
        };
        assert!(failure.story.contains("src/lib.rs:BROKEN"), "{failure}");
        assert_eq!(until.is_some(), round == 2, "a second failure has to wait");
        scene.bring(&note.unwrap());
    }
    assert_eq!(scene.own().failures, 2);
    assert!(scene.manifest().cooldown_until().is_some());
    assert_eq!(scene.manifest().current_phase_name(), "first");
    let changed = scene.scratch.git(&["diff", "--name-only", before.as_str()]);
    assert_eq!(
        changed,
        "migrations/tidy/.planning/piton.json\nmigrations/tidy/manifest.json\n"
    );
    assert_eq!(scene.scratch.subjects()[0], "piton: failed tidy");
    let snapshots = scene.snapshots();
    assert_eq!(snapshots.len(), 4, "one for each try");
    assert!(snapshots[0].contains("failure_kind: \"validation-failed\""));
    assert!(snapshots[0].contains("checking"), "{}", snapshots[0]);
}

#[test]
fn a_second_try_starts_from_the_base_and_knows_of_the_first() {
    let mut scene = Scene::new();
    scene.tries = 2;
    let script = format!(
        "{READY}[[step]]\nrole = \"phase.execute\"\nprompt-contains = \"This is try 2\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nappend = \"tidy\\n\"\n{}",
        phase_that_writes("BROKEN\\n").trim_start_matches(READY)
    );
    let work = taken(scene.phase(&script));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\ntidy\n");
    assert_eq!(scene.snapshots().len(), 1);
}

#[test]
fn a_phase_that_is_not_ready_is_put_off_in_a_commit() {
    let scene = Scene::new();
    let no = |why: &str| {
        format!(
            "[[step]]\nrole = \"phase.ready-check\"\nreply = \"ready: {why}\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/lib.rs\"\nwrite = \"written while asked to read\"\n"
        )
    };
    let worked = scene.phase(&no("unverifiable — no fresh test evidence"));
    let Worked::PutOff {
        waits_for_person,
        until,
        note,
        ..
    } = worked
    else {
        panic!("{worked:?}");
    };
    assert!(
        !waits_for_person && until.is_some(),
        "tests are no matter for a person"
    );
    scene.bring(&note);
    assert_eq!(scene.scratch.subjects()[0], "piton: defer tidy");
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    let worked = scene.phase(&no("unverifiable — has the release gone out?"));
    let Worked::PutOff {
        waits_for_person: true,
        note,
        ..
    } = worked
    else {
        panic!("{worked:?}");
    };
    scene.bring(&note);
    assert!(scene.manifest().awaiting_human_review());
}

#[test]
fn what_the_agent_does_to_piton_s_own_files_does_not_count() {
    let scene = Scene::new();
    let edit = |path: &str| {
        format!("[[step.edit]]\nbase = \"cwd\"\npath = \"{path}\"\nwrite = \"mine\"\n")
    };
    let script = phase_that_writes("tidy\\n")
        + &edit("migrations/tidy/manifest.json")
        + &edit("migrations/tidy/.planning/state.json")
        + "[[step.edit]]\nbase = \"cwd\"\npath = \"migrations/tidy/plan.md\"\nwrite = \"# Plan, corrected\"\n";
    scene.bring(&taken(scene.phase(&script)));
    assert_eq!(scene.manifest().current_phase_name(), "second");
    assert!(!scene.scratch.exists("migrations/tidy/.planning/state.json"));
    assert_eq!(
        scene.scratch.read("migrations/tidy/plan.md"),
        "# Plan, corrected"
    );
    for stray in ["migrations/other/plan.md", "piton.toml", ".piton/taste.md"] {
        let worked = scene.phase(&(phase_that_writes("tidier\\n") + &edit(stray)));
        let Worked::Failed { failure, .. } = &worked else {
            panic!("{worked:?}");
        };
        assert!(failure.story.contains(stray), "{}", failure.story);
        // What it wanted is kept for a person, where it is settings.
        let patch = failure.story.split("look at ").nth(1);
        let patch = patch.and_then(|rest| rest.split(',').next());
        assert_eq!(patch.is_some(), !stray.starts_with("migrations"), "{stray}");
        if let Some(patch) = patch {
            scene.scratch.git(&["apply", patch]);
            assert_eq!(scene.scratch.read(stray), "mine");
            assert!(
                !scene.scratch.read("src/lib.rs").contains("tidier"),
                "only the settings are offered"
            );
        }
    }
}

#[test]
fn an_agent_that_says_it_is_blocked_completes_no_phase() {
    let scene = Scene::new();
    let script = phase_that_writes("tidy\\n").replace("decision: commit", "decision: blocked");
    let worked = scene.phase(&script);
    assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
    assert_eq!(scene.manifest().current_phase_name(), "first");
}

#[test]
fn a_limit_of_the_provider_is_nobody_s_failure() {
    let scene = Scene::new();
    let script = "[[step]]\nrole = \"phase.ready-check\"\nreply = \"used up\"\nfailure = \"limit-reached\"\nuntil = \"2026-06-02T00:00:00Z\"\n";
    let worked = scene.phase(script);
    assert!(
        matches!(&worked, Worked::OutOfQuota { until: Some(_), .. }),
        "{worked:?}"
    );
    assert_eq!(scene.unlanded(), []);
    assert_eq!(scene.snapshots().len(), 0);
}

#[test]
fn a_refactor_is_one_commit_or_none() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.bring(&work);
    assert_eq!(scene.scratch.subjects()[0], "piton: random files");
    assert_eq!(scene.scratch.status(), "");
    let worked = scene.refactor("[[step]]\nrole = \"refactor\"\nreply = \"nothing is worth it\"\n");
    assert!(matches!(worked, Worked::Unchanged { .. }), "{worked:?}");
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn whatever_an_agent_asks_for_the_number_of_tries_is_bounded() {
    let mut scene = Scene::new();
    scene.tries = 3;
    for recommendation in ["same-target", "human-review", "none"] {
        let reply = format!(
            "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: retry\nretry_recommendation: {recommendation}\nEND_CONTINUOUS_REFACTORING_STATUS\n"
        );
        let before = scene.snapshots().len();
        let worked = scene.refactor(&refactor_that_writes("x\\n", &reply));
        assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
        assert_eq!(scene.snapshots().len() - before, 3, "{recommendation}");
    }
}

#[test]
fn accepted_work_whose_path_is_in_the_way_waits_and_lands_later() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.scratch.write("src/lib.rs", "being edited\n");
    let Brought::Waits { reason, hint } = scene.bring(&work) else {
        panic!("it cannot land");
    };
    assert_eq!(reason, "in the way is src/lib.rs (changed)");
    assert!(hint.unwrap().contains("lands with the next command"));
    assert_eq!(scene.scratch.read("src/lib.rs"), "being edited\n");
    scene.scratch.git(&["restore", "src/lib.rs"]);
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert!(matches!(scene.bring(held), Brought::Landed { .. }));
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
}

#[test]
fn work_that_was_put_on_top_and_cut_off_before_it_was_held_so_lands_all_the_same() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("meanwhile");
    let tip = scene.repository().head().unwrap().unwrap();
    // The note speaks of what was to be held, and the reference of what is.
    let on_top = Accepted {
        base: tip.clone(),
        commit: tip,
        ..work.clone()
    };
    on_top
        .hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    let reference = format!("refs/piton/unlanded/{}", work.name);
    scene
        .scratch
        .git(&["update-ref", &reference, work.commit.as_str()]);
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert_eq!(**held, work);
    let brought = scene.bring(held);
    assert!(matches!(brought, Brought::Landed { .. }), "{brought:?}");
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
    assert_eq!(scene.scratch.read("src/other.rs"), "the user's\n");
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn work_that_landed_before_a_kill_is_let_go_and_does_not_land_twice() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.bring(&work);
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("later");
    work.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    assert_eq!(
        scene.scratch.subjects()[..2],
        ["later", "piton: random files"]
    );
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn work_lands_on_top_of_what_the_user_committed_meanwhile_if_it_is_green_there() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("meanwhile");
    assert!(matches!(
        scene.bring(&work),
        Brought::Landed { rebased: true, .. }
    ));
    assert_eq!(
        scene.scratch.subjects()[..2],
        ["piton: random files", "meanwhile"]
    );
    assert_eq!(scene.scratch.status(), "");

    let work = taken(scene.refactor(&refactor_that_writes("best\\n", "done")));
    scene.scratch.write("src/other.rs", "BROKEN\n");
    scene.scratch.commit_all("the user broke it");
    assert!(matches!(scene.bring(&work), Brought::Red { .. }));
    assert_eq!(scene.scratch.subjects()[0], "the user broke it");
    assert_eq!(scene.unlanded(), []);
    scene.scratch.git(&["reset", "--quiet", "--hard", "HEAD~1"]);

    let work = taken(scene.refactor(&refactor_that_writes("best\\n", "done")));
    scene.scratch.write("src/lib.rs", "the user's own\n");
    scene.scratch.commit_all("the same place");
    assert_eq!(scene.bring(&work), Brought::Conflict);
    assert_eq!(scene.scratch.read("src/lib.rs"), "the user's own\n");
}

#[test]
fn the_user_s_hooks_see_what_is_to_land_and_what_they_change_is_proved_again() {
    let scene = Scene::new();
    // A relative path to the hooks means the user's own, whatever an agent puts there.
    scene.scratch.write("hooks/pre-commit", "#!/bin/sh\ngit diff --cached --name-only >> \"$SEEN\"\nsed -i s/better/best/ src/lib.rs\ngit add src/lib.rs\n".replace("$SEEN", &scene.slots.path().join("seen").display().to_string()).as_str());
    scene.scratch.write(
        "hooks/commit-msg",
        "#!/bin/sh\necho 'Signed-off-by: A Tester' >> \"$1\"\n",
    );
    for hook in ["pre-commit", "commit-msg"] {
        let path = scene.scratch.path().join("hooks").join(hook);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(path, mode).unwrap();
    }
    scene.scratch.git(&["config", "core.hooksPath", "hooks"]);
    scene.scratch.git(&["add", "--all"]);
    scene
        .scratch
        .git(&["commit", "--quiet", "--no-verify", "-m", "hooks"]);
    let planted = "[[step.edit]]\nbase = \"cwd\"\npath = \"hooks/pre-commit\"\nwrite = \"#!/bin/sh\\ntouch planted\\n\"\n";
    let script = refactor_that_writes("better\\n", "done") + planted;
    let work = taken(scene.refactor(&script));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "best\n");
    assert!(!scene.scratch.exists("planted"));
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    assert!(
        message
            .lines()
            .any(|line| line == "Signed-off-by: A Tester"),
        "{message}"
    );
    let seen = fs::read_to_string(scene.slots.path().join("seen")).unwrap();
    assert_eq!(seen, "hooks/pre-commit\nsrc/lib.rs\n");
    assert_eq!(scene.scratch.status(), "");
}

#[test]
fn a_hook_that_says_no_is_a_failed_attempt_with_its_output() {
    let mut scene = Scene::new();
    scene.tries = 2;
    scene
        .scratch
        .hook("pre-commit", "#!/bin/sh\necho no such luck >&2\nexit 1\n");
    let worked = scene.refactor(&refactor_that_writes("better\\n", "done"));
    assert!(
        matches!(&worked, Worked::Failed { failure, .. } if failure.story.contains("no such luck")),
        "{worked:?}"
    );
    assert_eq!(scene.snapshots().len(), 2);
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn the_hook_that_hears_of_commits_hears_of_what_landed() {
    let scene = Scene::new();
    let heard = scene.slots.path().join("heard");
    let script = format!("#!/bin/sh\ngit log -1 --format=%s >> {}\n", heard.display());
    scene.scratch.hook("post-commit", &script);
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    scene.bring(&work);
    assert_eq!(fs::read_to_string(heard).unwrap(), "piton: random files\n");
}

#[test]
fn a_user_who_signs_gets_signed_commits_and_work_waits_where_that_fails() {
    let scene = Scene::new();
    let sign = |script: &str| {
        let path = scene.slots.path().join("gpg");
        fs::write(&path, script).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, mode).unwrap();
        let path = path.display().to_string();
        scene.scratch.git(&["config", "gpg.program", &path]);
        scene.scratch.git(&["config", "commit.gpgsign", "true"]);
    };
    sign("#!/bin/sh\ncat > /dev/null\necho no key >&2\nexit 1\n");
    let work = taken(scene.refactor(&refactor_that_writes("better\\n", "done")));
    let Brought::Waits { reason, .. } = scene.bring(&work) else {
        panic!("it cannot be signed");
    };
    assert!(reason.contains("could not be signed"), "{reason}");
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    sign(
        "#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\necho fake\necho '-----END PGP SIGNATURE-----'\n",
    );
    let held = scene.unlanded();
    let [Held::Work(held)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert!(matches!(scene.bring(held), Brought::Landed { .. }));
    let raw = scene.scratch.git(&["cat-file", "commit", "HEAD"]);
    assert!(
        raw.contains("gpgsig -----BEGIN PGP SIGNATURE-----"),
        "{raw}"
    );
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn the_baseline_is_proved_once_for_each_tree() {
    let scene = Scene::new();
    let head = scene.head();
    let prove = |tree: &str| {
        scene.with("", |shop, run| {
            let proof = prove::baseline(shop, run, &head, tree).unwrap();
            (proof.verdict.is_good(), proof.record.is_some())
        })
    };
    assert_eq!(prove("t1"), (true, true));
    assert_eq!(prove("t1"), (true, false));
    assert_eq!(prove("t2"), (true, true));
}

#[test]
fn weakened_tests_go_back_to_the_agent_with_the_list_and_an_honest_second_try_lands() {
    let scene = Scene::new();
    scene.scratch.write(
        "src/test_lib.py",
        "def test_a():\n    assert f(1) == 2\n\n\ndef test_b():\n    assert f(2) == 3\n",
    );
    scene.scratch.commit_all("tests");
    let writes = |text: &str| {
        format!(
            "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/test_lib.py\"\nwrite = \"{text}\"\n"
        )
    };
    let dishonest = writes("def test_a():\\n    assert f(1) == 2\\n");
    // Although one try is allowed, what weakens tests goes back once.
    let worked = scene.refactor(&format!("{dishonest}{dishonest}"));
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert_eq!(failure.kind.as_str(), "tests-weakened");
    assert!(failure.story.contains("test_b was deleted"), "{failure}");
    assert_eq!(scene.snapshots().len(), 2);
    let honest = refactor_that_writes("better\\n", "done");
    let work = taken(scene.refactor(&format!("{dishonest}{honest}")));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\n");
    let prompts: Vec<String> = scene.prompts("refactor");
    let second = prompts.last().unwrap();
    assert!(
        second.contains("src/test_lib.py:5: the test test_b was deleted"),
        "{second}"
    );
}

#[test]
fn where_weakened_tests_are_only_told_the_work_lands() {
    let mut scene = Scene::new();
    scene
        .scratch
        .write("src/test_lib.py", "def test_a():\n    assert f(1) == 2\n");
    scene.scratch.commit_all("tests");
    scene.dilution = dilution::Policy::Report;
    let deletes = "[[step]]\nrole = \"refactor\"\nreply = \"done\"\n[[step.edit]]\nbase = \"cwd\"\npath = \"src/test_lib.py\"\nwrite = \"\"\n";
    taken(scene.refactor(deletes));
}

const WIDE: &str = "[[step]]\nrole = \"scope-expansion\"\nreply = \"selected-candidate: local-cluster — they go together\"\n";
const CLEAN: &str =
    "[[step]]\nrole = \"classify\"\nreply = \"decision: cohesive-cleanup — small\"\n";
const PLAN: &str =
    "[[step]]\nrole = \"classify\"\nreply = \"decision: needs-plan — it has steps\"\n";

#[test]
fn a_routed_target_is_widened_and_cleaned_up_or_becomes_a_migration() {
    let mut scene = Scene::new();
    scene.route = true;
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("they belong together");
    let clean = refactor_that_writes("routed\\n", "done");
    let work = taken(scene.refactor(&format!("{WIDE}{CLEAN}{clean}")));
    scene.bring(&work);
    let prompt = scene.prompts("refactor").pop().unwrap();
    assert!(prompt.contains("src/other.rs"), "{prompt}");
    // A migration is begun by one commit of its own; nothing else is asked.
    scene.scratch.write("src/lib.rs", "mod other;\n");
    scene.scratch.commit_all("again");
    let work = taken(scene.refactor(&format!("{WIDE}{PLAN}")));
    assert!(matches!(scene.bring(&work), Brought::Landed { .. }));
    let subject = scene.scratch.subjects()[0].clone();
    assert_eq!(subject, "piton: plan random-files");
    let dir = scene.scratch.path().join("migrations/random-files");
    let manifest = load_manifest(&RealDisk, &dir).unwrap();
    assert_eq!(manifest.status(), Status::Planning);
    let target = load_own(&RealDisk, &dir).unwrap().unwrap().target.unwrap();
    assert_eq!(target.files, ["src/lib.rs", "src/other.rs"]);
    assert_eq!(scene.scratch.status(), "");
    // The next of that name gets another one.
    let work = taken(scene.refactor_of(&[], PLAN));
    assert_eq!(work.slug.unwrap(), "random-files-2");
}

#[test]
fn an_odd_answer_to_a_question_before_the_work_fails_that_work_and_nothing_else() {
    let mut scene = Scene::new();
    scene.route = true;
    let odd = "[[step]]\nrole = \"classify\"\nreply = \"perhaps\"\n";
    let worked = scene.refactor_of(&[], odd);
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert!(
        failure.story.contains("the answer has no line"),
        "{failure}"
    );
    assert_eq!(scene.snapshots().len(), 1);
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn a_migration_that_somebody_took_further_meanwhile_is_not_landed_over() {
    let scene = Scene::new();
    let work = taken(scene.phase(&phase_that_writes("tidy\\n")));
    scene
        .scratch
        .write("migrations/tidy/notes.md", "a person's\n");
    scene.scratch.commit_all("feedback");
    assert_eq!(scene.bring(&work), Brought::Conflict);
    assert_eq!(scene.unlanded(), []);
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
