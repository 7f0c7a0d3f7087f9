//! Answers and refusals in a run that is carried on.

use std::path::Path;

use piton_base::Stop;
use piton_durable::DiskRead;
use piton_plan::journal::{self, Status};
use piton_plan::{
    ActionId, Ask, AskError, Draft, Input, InputKind, Interaction, Otherwise, PlanBuilder, Reply,
    SecretText, prepare,
};
use piton_testkit::SimDisk;

use crate::journal::{DIR, NOW, dir, id, lock};
use crate::toy::{Ways, World, run_ready, set, told};

struct Tells(Vec<Reply>);

impl Ask for Tells {
    fn ask(&mut self, _: &ActionId, _: &Input) -> Result<Reply, AskError> {
        Ok(self.0.remove(0))
    }
}

#[test]
fn answers_stand_when_a_run_is_carried_on_and_only_secrets_are_asked_for_again() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("test");
    for (key, kind) in [
        ("yes", InputKind::Confirm),
        ("no", InputKind::Confirm),
        ("token", InputKind::Secret),
    ] {
        builder.add_draft(Draft::new(set(key, 1)).input(Input {
            question: format!("{key}?"),
            flag: format!("--{key}"),
            kind,
            otherwise: Otherwise::Fail,
        }));
    }
    let plan = builder.build().unwrap();
    let secret = || Reply::Secret(SecretText::new("hunter2".to_owned()));
    let mut tells = Tells(vec![Reply::Yes, Reply::No, secret()]);
    let ready = prepare(&plan, &[], Interaction::Terminal(&mut tells)).unwrap();
    assert!(!format!("{ready:?}").contains("hunter2"));
    drop(journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap());
    let file = Path::new(DIR).join(format!("{}.jsonl", id(1)));
    let text = String::from_utf8(disk.read(&file).unwrap()).unwrap();
    assert!(!text.contains("hunter2"), "a secret was written down");
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let mut tells = Tells(vec![secret()]);
    let terminal = Interaction::Terminal(&mut tells);
    let (ready, writer) =
        journal::resume(&disk, dir(), &held, &found, &plan, terminal, NOW).unwrap();
    assert!(tells.0.is_empty(), "the secret was asked for");
    let (world, ways) = (World::default(), Ways::default());
    let report = run_ready(&ready, &world, &ways, &writer, &Stop::new());
    assert_eq!(
        told(&report),
        ["yes ok", "no skipped: declined", "token ok"]
    );
    writer.end(&report, NOW).unwrap();
    let journal = journal::load(&disk, dir(), id(1)).unwrap();
    assert_eq!(
        journal.status(),
        Status::Finished,
        "what was declined is settled"
    );
}

#[test]
fn what_needs_a_declined_action_is_not_asked_about_when_a_run_is_carried_on() {
    let (disk, (_dir, held)) = (SimDisk::new(), lock());
    let mut builder = PlanBuilder::new("test");
    let asks = |key: &str, kind| {
        Draft::new(set(key, 1)).input(Input {
            question: format!("{key}?"),
            flag: format!("--{key}"),
            kind,
            otherwise: Otherwise::Fail,
        })
    };
    let declined = builder.add_draft(asks("declined", InputKind::Confirm));
    // A secret is never written down, so it would be asked for again.
    let _ = builder.add_draft(asks("needs-it", InputKind::Secret).needs(&declined));
    let plan = builder.build().unwrap();
    let mut tells = Tells(vec![Reply::No]);
    let ready = prepare(&plan, &[], Interaction::Terminal(&mut tells)).unwrap();
    drop(journal::begin(&disk, dir(), &held, id(1), &ready, "", NOW).unwrap());
    let found = journal::load(&disk, dir(), id(1)).unwrap();
    let mut nobody = Tells(Vec::new());
    let terminal = Interaction::Terminal(&mut nobody);
    let resumed = journal::resume(&disk, dir(), &held, &found, &plan, terminal, NOW);
    let (ready, writer) = resumed.unwrap();
    let world = World::default();
    let report = run_ready(&ready, &world, &Ways::default(), &writer, &Stop::new());
    assert!(world.performed().is_empty());
    assert_eq!(told(&report)[0], "declined skipped: declined");
}
