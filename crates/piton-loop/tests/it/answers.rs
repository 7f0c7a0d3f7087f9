//! Answers that were paid for and wait to be published, and what is none.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use piton_base::StateDir;
use piton_durable::{Lock, RealDisk};
use piton_git::{GitRead, Tip};
use piton_loop::planning::sweep::{leftovers, sweep};
use piton_loop::planning::waiting::Waiting;
use piton_plan::PlanId;
use piton_testkit::{TapDisk, input_output};

use crate::world::{GOOD, World, holder};

fn find(world: &World, on: &Tip) -> bool {
    let found = Waiting::find(&RealDisk, &world.site, &world.slug, on);
    found.unwrap().is_some()
}

/// A world in which an answer waits, and the note that says so.
fn answered() -> (World, Tip, PathBuf) {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let beside = made.candidate.dir.parent().unwrap().to_owned();
    let mut notes = fs::read_dir(beside)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    let note = notes.next().unwrap();
    assert_eq!(notes.next(), None);
    (world, decision.on.clone(), note)
}

#[test]
fn an_answer_waits_on_the_branch_that_it_was_asked_on() {
    let (world, main, _) = answered();
    world.repo.git(&["switch", "--quiet", "--create", "other"]);
    let other = world.git.tip().unwrap();
    let forget = |on| Waiting::forget(&RealDisk, &world.site, &world.slug, Some(on)).unwrap();
    assert!(find(&world, &main));
    assert!(!find(&world, &other));
    forget(&other);
    assert!(find(&world, &main), "another branch forgets nothing of it");
    let stranger = "stranger".parse().unwrap();
    let strangers = Waiting::find(&RealDisk, &world.site, &stranger, &main);
    assert!(strangers.unwrap().is_none());
    Waiting::forget(&RealDisk, &world.site, &stranger, None).unwrap();
    assert!(find(&world, &main), "nor does another migration");
    forget(&main);
    assert!(!find(&world, &main));
}

#[test]
fn an_answer_is_for_what_is_live_and_the_newest_of_several_counts() {
    let (world, on, note) = answered();
    let decision = world.decide().unwrap();
    world.make(&decision, GOOD).unwrap();
    let find = || Waiting::find(&RealDisk, &world.site, &world.slug, &on).unwrap();
    let newest = find().unwrap().candidate.dir;
    let first = note.parent().unwrap();
    assert!(newest.parent().unwrap() > first, "{}", newest.display());
    // Its note holds a copy of its files, so it waits without them as well.
    fs::remove_dir_all(&newest).unwrap();
    assert_eq!(find().unwrap().candidate.dir, newest);
    fs::remove_dir_all(newest.parent().unwrap()).unwrap();
    let left = find().unwrap().candidate.dir;
    assert_eq!(left.parent().unwrap(), first);
    let file = "migrations/add-api/notes.md";
    world.repo.write(file, "a person's\n");
    world.repo.commit_all("by hand");
    assert!(find().is_none(), "it was asked about something else");
}

#[test]
fn an_answer_is_where_its_note_is_whatever_place_that_names() {
    let (world, on, note) = answered();
    let beside = note.parent().unwrap();
    let text = fs::read_to_string(&note).unwrap();
    let moved = text.replace(&beside.display().to_string(), "/elsewhere");
    assert_ne!(moved, text);
    fs::write(&note, moved).unwrap();
    let found = Waiting::find(&RealDisk, &world.site, &world.slug, &on);
    assert_eq!(
        found.unwrap().unwrap().candidate.dir,
        beside.join("add-api")
    );
}

#[test]
fn a_note_that_says_nothing_is_no_answer_and_is_left_where_it_is() {
    let (world, on, note) = answered();
    let text = fs::read_to_string(&note).unwrap();
    let newer = text.replacen("\"version\": 2", "\"version\": 3", 1);
    assert!(newer != text);
    for spoilt in [&newer, &text[..20], ""] {
        fs::write(&note, spoilt).unwrap();
        assert!(!find(&world, &on));
        sweep(&RealDisk, &world.site).unwrap();
        assert!(note.is_file(), "nobody knows what was paid for");
    }
    fs::remove_file(&note).unwrap();
    fs::create_dir(&note).unwrap();
    assert!(!find(&world, &on));
    fs::remove_dir(&note).unwrap();
    fs::write(&note, &text).unwrap();
    assert!(find(&world, &on));
}

#[test]
fn a_note_that_cannot_be_read_at_this_moment_is_an_error_and_not_taken_for_none() {
    let (world, on, note) = answered();
    let looks = AtomicUsize::new(0);
    let failing = TapDisk::looking(RealDisk, move |path| {
        if path == note && looks.fetch_add(1, Ordering::SeqCst) == 0 {
            return Err(input_output());
        }
        Ok(())
    });
    let found = Waiting::find(&failing, &world.site, &world.slug, &on);
    assert!(found.is_err(), "{found:?}");
    let found = Waiting::find(&failing, &world.site, &world.slug, &on);
    assert!(found.unwrap().is_some());
}

#[test]
fn what_a_run_or_a_plan_left_goes_once_it_is_over_and_nothing_else() {
    let world = World::new();
    let plan = PlanId::new(Timestamp::UNIX_EPOCH, [7; 10]);
    let home = world.site.candidates();
    let left = || -> Vec<String> {
        let left = leftovers(&RealDisk, &world.site).unwrap();
        let names = left.iter().map(|dir| dir.file_name().unwrap());
        names
            .map(|name| name.to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(left(), [] as [String; 0], "there is no such directory");
    for name in [&plan.to_string(), "somebody-s", ".hidden"] {
        fs::create_dir_all(home.join(name)).unwrap();
    }
    fs::write(home.join("file"), "x").unwrap();
    let journals = StateDir::at(world.site.state()).journals();
    fs::create_dir_all(&journals).unwrap();
    let lock = Lock::at(journals.join(format!("{plan}.lock")));
    let held = lock.acquire(&holder(), Duration::ZERO).unwrap();
    assert_eq!(left(), [] as [String; 0], "somebody performs the plan");
    drop(held);
    assert_eq!(left(), [plan.to_string()]);
    sweep(&RealDisk, &world.site).unwrap();
    assert!(home.join("somebody-s").is_dir() && home.join("file").is_file());
    assert!(!home.join(plan.to_string()).exists());
}
