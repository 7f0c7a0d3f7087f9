//! Planning steps of a run, which land like any other work.

use std::fs;

use piton_durable::RealDisk;
use piton_loop::planning::site::Site;
use piton_loop::planning::snapshot::Snapshot;
use piton_loop::work::{Piece, Shop, Worked};
use piton_migration::own::load_own;
use piton_migration::planning::{Cursor, Step};
use piton_migration::secret::Secret;
use piton_migration::slug::Slug;
use piton_testkit::Replies;

use crate::work::{Scene, taken};
use crate::world::write_started;

const HOME: &str = "migrations/add-api";

struct Planning {
    scene: Scene,
    site: Site,
    slug: Slug,
}

impl Planning {
    /// A repository in which a migration was just started.
    fn new() -> Self {
        let scene = Scene::new();
        let site = Site::new(scene.scratch.path(), "migrations", &scene.state()).unwrap();
        let slug: Slug = "add-api".parse().unwrap();
        write_started(&site, &slug, &scene.clock);
        scene.scratch.commit_all("a migration");
        Self { scene, site, slug }
    }

    /// Makes the next step, and returns what came of it and what was told.
    fn step(&self, script: &str) -> (Worked, String) {
        self.step_with(script, &[])
    }

    fn step_with(&self, script: &str, secrets: &[Secret]) -> (Worked, String) {
        let piece = Piece::Plan(self.slug.clone());
        let start = self.scene.start();
        self.scene.with(script, |shop, run| {
            let shop = Shop {
                secrets,
                ..shop.clone()
            };
            let worked = piece.work(&shop, run, &start);
            let told = fs::read_to_string(run.dir().events()).unwrap();
            (worked, told)
        })
    }

    fn cursor(&self) -> Cursor {
        let live = Snapshot::read(&RealDisk, &self.site, &self.slug).unwrap();
        live.state.cursor()
    }
}

fn story(worked: Worked) -> String {
    match worked {
        Worked::Failed { failure, .. } => failure.story,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_planning_step_is_one_commit_of_its_migration_alone() {
    let planning = Planning::new();
    let (worked, _) = planning.step(&Replies::new().finds_ways());
    let work = taken(worked);
    assert_eq!(work.slug.as_deref(), Some("add-api"));
    assert_eq!(planning.cursor(), Cursor::Step(Step::Approaches), "not yet");
    planning.scene.bring(&work);
    assert_eq!(planning.cursor(), Cursor::Step(Step::PickBest));
    let scratch = &planning.scene.scratch;
    assert_eq!(scratch.subjects()[0], "piton: planning/add-api/approaches");
    let told = scratch.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert!(told.contains("approaches/one.md"), "{told}");
    assert!(told.lines().all(|file| file.starts_with(HOME)), "{told}");
    let message = scratch.git(&["log", "-1", "--format=%B"]);
    assert!(
        message.contains("\nPiton-Migration: add-api\n"),
        "{message}"
    );
    assert_eq!(scratch.status(), "");
}

#[test]
fn new_files_beside_a_plan_are_thrown_away_and_changed_ones_refused() {
    let planning = Planning::new();
    let script = Replies::new().finds_ways().writes("new.rs", "new\n");
    let (worked, told) = planning.step(&script);
    let thrown = "new files outside migrations/add-api were thrown away: new.rs";
    assert!(told.contains(thrown), "{told}");
    planning.scene.bring(&taken(worked));
    assert!(!planning.scene.scratch.exists("new.rs"));
    let planning = Planning::new();
    let script = Replies::new().finds_ways().writes("src/lib.rs", "worse\n");
    assert_eq!(
        story(planning.step(&script).0),
        "the agent changed files outside migrations/add-api: src/lib.rs; planning writes nowhere \
         else"
    );
    assert_eq!(planning.scene.unlanded().len(), 1, "the note of it");
}

#[test]
fn a_step_that_failed_is_kept_as_evidence_and_noted_in_its_migration() {
    let planning = Planning::new();
    let fails = Replies::new().fails("planning.approaches", "crashed", "boom");
    let (worked, _) = planning.step(&fails);
    let Worked::Failed {
        failure,
        until: None,
        note: Some(note),
    } = worked
    else {
        panic!("{worked:?}");
    };
    assert!(failure.story.contains("boom"), "{failure}");
    assert_eq!(planning.scene.snapshots().len(), 1);
    planning.scene.bring(&note);
    let own = load_own(&RealDisk, &planning.site.live(&planning.slug));
    assert_eq!(own.unwrap().unwrap().failures, 1);
    assert_eq!(planning.cursor(), Cursor::Step(Step::Approaches));
    assert_eq!(planning.scene.scratch.status(), "");
}

#[test]
fn a_plan_that_is_in_no_commit_is_not_worked_on() {
    let mut planning = Planning::new();
    planning.slug = "another".parse().unwrap();
    write_started(&planning.site, &planning.slug, &planning.scene.clock);
    let (worked, _) = planning.step(&Replies::new().finds_ways());
    assert_eq!(worked, Worked::NotCommitted);
    assert!(planning.scene.prompts("planning.approaches").is_empty());
}

#[test]
fn nobody_is_asked_about_a_plan_whose_record_is_gone_or_broken() {
    for (file, text, why) in [
        (".planning/state.json", None, "has no planning record"),
        (".planning/state.json", Some("{}"), "cannot be read"),
        ("phase-1-one.md", Some("# One\n"), "phase"),
    ] {
        let planning = Planning::new();
        let scratch = &planning.scene.scratch;
        let path = format!("{HOME}/{file}");
        match text {
            None => fs::remove_file(scratch.path().join(path)).unwrap(),
            Some(text) => scratch.write(&path, text),
        }
        if file.starts_with("phase") {
            scratch.write(&format!("{HOME}/phase-1-two.md"), "# Two\n");
        }
        scratch.commit_all("broken");
        let (worked, _) = planning.step(&Replies::new().finds_ways());
        let told = story(worked);
        assert!(told.contains(why), "{told}");
        assert!(planning.scene.prompts("planning.approaches").is_empty());
    }
}

#[test]
fn a_plan_into_which_a_secret_was_written_is_not_taken() {
    let planning = Planning::new();
    let secrets = [Secret::new("API_TOKEN", "s3cr3t-t0k3n-of-mine").unwrap()];
    let path = "approaches/three.md";
    let script = Replies::new().finds_ways();
    let script = script.hands_in(path, "s3cr3t-t0k3n-of-mine");
    assert_eq!(
        story(planning.step_with(&script, &secrets).0),
        "the agent wrote the value of API_TOKEN into approaches/three.md; none of its work was \
         taken"
    );
}
