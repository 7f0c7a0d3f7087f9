//! Settings of slots, and the command that prepares one.

use piton_agent::sealing::SealTerms;
use piton_agent::{Host, Limits};
use piton_base::Stop;
use piton_durable::RealDisk;
use piton_git::slot::{Setup, SlotUse, Slots};
use piton_git::{GitRead, View};
use piton_loop::slots::SetupCommand;

use crate::world::{World, holder};

#[test]
fn a_job_has_the_same_settings_and_tries_slots_of_its_own_first() {
    let world = World::new();
    let third = world.slots.for_job(3);
    assert_eq!(third.home, world.slots.home.clone().beginning_with(3));
    assert_eq!(third.max_new, world.slots.max_new);
}

#[test]
fn of_what_a_set_up_prints_so_much_is_stored_and_its_end_is_told() {
    let world = World::new();
    let script = "head -c 17000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1";
    let setup = SetupCommand {
        setup: Setup {
            command: script.to_owned(),
            inputs: Vec::new(),
        },
        words: vec!["sh".into(), "-c".into(), script.into()],
        host: Host::new(std::env::vars_os()),
        limits: Limits::default(),
        terms: SealTerms::off(),
    };
    let head = world.git.head().unwrap().unwrap();
    let view = View::read(&world.git).unwrap();
    let slot = Slots::new(&RealDisk, &world.git, &world.slots.home)
        .take(&head, SlotUse::Work, &view, &holder())
        .unwrap();
    let log = world.repo.path().join("setup.log");
    let stop = Stop::default();
    let failed = setup.prepare(&RealDisk, &slot, &log, "slots-test", &stop, &world.clock);
    let failed = failed.unwrap_err().to_string();
    assert!(failed.ends_with("the end"), "{failed}");
    let stored = std::fs::metadata(&log).unwrap().len();
    let most = 16 << 20;
    assert!(stored <= most && stored > most - 100_000, "{stored}");
}
