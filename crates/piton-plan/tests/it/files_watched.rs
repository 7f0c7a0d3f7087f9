//! Files that a plan watches and no action of it names.

use std::path::Path;

use piton_base::RepoPath;
use piton_plan::files::FileWorld;
use piton_plan::{ConflictMode, Plan, PlanBuilder, Verdict, files::FileOp};
use piton_testkit::SimDisk;

use crate::files::{ROOT, path, perform, wanted};

const WATCHED: [&str; 3] = ["docs/page.html", "notes.md", "settings.json"];

fn world(disk: &SimDisk) -> FileWorld<'_> {
    FileWorld {
        disk,
        root: Some(Path::new(ROOT)),
    }
}

/// A plan that writes the notes, and watches them with two other files.
fn plan(disk: &SimDisk) -> Plan<FileOp> {
    let mut builder = PlanBuilder::new("create");
    let notes = wanted("notes.md", "new\n");
    let root = Path::new(ROOT);
    builder.add(piton_plan::files::decide(disk, root, &notes, ConflictMode::Overwrite).unwrap());
    for name in WATCHED {
        builder.watch(path(name));
    }
    builder.build().unwrap()
}

/// Performs the plan while somebody else is at work, and returns what changed.
fn changed(disk: &SimDisk, meanwhile: impl FnOnce()) -> Vec<(String, Verdict)> {
    let plan = plan(disk);
    let watched = world(disk).watch(&plan);
    assert!(perform(disk, &plan)[0].outcome.is_good());
    meanwhile();
    let changed = watched.changed().into_iter();
    changed
        .map(|checked| (checked.action.to_string(), checked.verdict))
        .collect()
}

fn scene() -> SimDisk {
    let disk = SimDisk::new();
    disk.put("/repo/docs/page.html", "a page\n");
    disk.put("/repo/notes.md", "old\n");
    disk
}

#[test]
fn what_nobody_touched_is_not_told_and_neither_is_what_an_action_wrote() {
    let disk = scene();
    assert_eq!(changed(&disk, || {}), []);
}

#[test]
fn a_file_that_changed_although_no_action_names_it_is_a_deviation() {
    let disk = scene();
    let told = changed(&disk, || disk.put("/repo/docs/page.html", "cut\n"));
    let [(id, Verdict::Deviation { expected, found })] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(id, "file:skip:docs/page.html");
    assert!(
        expected.ends_with("(7 bytes), which no action changes"),
        "{expected}"
    );
    assert!(found.ends_with("(4 bytes)"), "{found}");
}

#[test]
fn a_file_of_the_same_length_with_other_bytes_has_changed() {
    let disk = scene();
    let told = changed(&disk, || disk.put("/repo/docs/page.html", "a_page\n"));
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_file_that_appeared_is_a_deviation() {
    let disk = scene();
    let told = changed(&disk, || disk.put("/repo/settings.json", "{}\n"));
    let [(id, Verdict::Deviation { expected, .. })] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(id, "file:skip:settings.json");
    assert_eq!(expected, "no file, which no action changes");
}

#[test]
fn what_was_changed_between_deciding_and_performing_is_none_of_the_plans_doing() {
    let disk = scene();
    let plan = plan(&disk);
    disk.put("/repo/docs/page.html", "edited since\n");
    let watched = world(&disk).watch(&plan);
    perform(&disk, &plan);
    assert!(watched.changed().is_empty());
}

#[test]
fn what_a_plan_watches_is_kept_in_its_file() {
    let disk = scene();
    let plan = plan(&disk);
    let text = serde_json::to_string(&plan).unwrap();
    let read: Plan<FileOp> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, plan);
    let names: Vec<_> = read.watches().iter().map(RepoPath::as_str).collect();
    assert_eq!(names, WATCHED);
    // A name that leads out of the repository is refused as everywhere.
    let bad = text.replace("settings.json\"]", "../settings.json\"]");
    assert_ne!(bad, text);
    assert!(serde_json::from_str::<Plan<FileOp>>(&bad).is_err());
}
