//! The last look at the directory of a migration before work begins on it.

use piton_durable::RealDisk;
use piton_git::Repository;
use piton_loop::deciding::gate::Gate;
use piton_loop::deciding::observe::DiskGate;
use piton_loop::deciding::stand::{NotNow, Stand};
use piton_migration::live::LiveDir;
use piton_migration::planning::Step;
use piton_migration::slug::Slug;
use piton_testkit::{ScratchRepo, tidy};

use crate::world::World;

const PHASE: Stand = Stand::Phase { index: 0 };
const NOT_COMMITTED: &str = "it has changes that are not committed";

fn refuses(repo: &ScratchRepo, slug: &str, stand: &Stand) -> Option<String> {
    let git = Repository::find(repo.path()).unwrap();
    let live = LiveDir::new(repo.path(), "migrations");
    let slug: Slug = slug.parse().unwrap();
    DiskGate::new(&RealDisk, &git, &live).refuses(&slug, stand)
}

#[test]
fn what_differs_from_its_commit_is_not_worked_on_and_holds_up_no_other() {
    let world = World::at(Step::Expand);
    world.also_start(&"other".parse().unwrap());
    let plan = |slug| refuses(&world.repo, slug, &Stand::Plan);
    assert_eq!((plan("add-api"), plan("other")), (None, None));
    world.repo.write("src/parse.rs", "// being edited\n");
    assert_eq!((plan("add-api"), plan("other")), (None, None));
    world
        .repo
        .write("migrations/other/notes.md", "a person's\n");
    assert_eq!(plan("add-api"), None);
    assert_eq!(plan("other").as_deref(), Some(NOT_COMMITTED));
    let asleep = Stand::NotNow(NotNow::NothingOpen);
    assert_eq!(refuses(&world.repo, "other", &asleep), None);
}

#[test]
fn migrations_that_are_in_no_commit_are_not_worked_on() {
    let repo = ScratchRepo::new();
    repo.write_migration(&tidy());
    let phase = || refuses(&repo, "tidy", &PHASE);
    assert_eq!(phase().as_deref(), Some(NOT_COMMITTED));
    // A rule ignores it, so git has nothing to say of it.
    repo.write(".gitignore", "migrations/\n");
    repo.git(&["add", ".gitignore"]);
    repo.git(&["commit", "--quiet", "--message", "a rule"]);
    let told = phase().unwrap();
    assert!(told.contains("it is in no commit"), "{told}");
    assert!(told.contains("git add --force migrations/tidy"), "{told}");
    repo.git(&["add", "--force", "migrations"]);
    repo.git(&["commit", "--quiet", "--message", "all the same"]);
    assert_eq!(phase(), None);
}

#[test]
fn a_plan_that_git_ignores_is_worked_on_all_the_same() {
    let world = World::at(Step::Expand);
    world.repo.write(".gitignore", "migrations/\n");
    world
        .repo
        .git(&["rm", "--quiet", "--cached", "-r", "migrations"]);
    world.repo.git(&["add", ".gitignore"]);
    world
        .repo
        .git(&["commit", "--quiet", "--message", "ignored"]);
    assert_eq!(refuses(&world.repo, "add-api", &Stand::Plan), None);
}

#[test]
fn what_does_not_fit_together_is_not_worked_on() {
    let repo = ScratchRepo::new();
    repo.write_migration(&tidy());
    repo.commit_all("a plan");
    assert_eq!(refuses(&repo, "tidy", &PHASE), None);
    let no_record = refuses(&repo, "tidy", &Stand::Plan);
    assert!(no_record.is_some(), "it has no planning record");
    repo.git(&["rm", "--quiet", "migrations/tidy/phase-1-first.md"]);
    repo.commit_all("without its document");
    let told = refuses(&repo, "tidy", &PHASE).unwrap();
    assert!(told.contains("phase-1-first.md"), "{told}");
}
