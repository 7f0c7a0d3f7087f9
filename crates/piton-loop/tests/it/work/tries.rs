//! How often work is tried again, and after what.

use piton_loop::work::Worked;
use piton_testkit::Replies;

use crate::work::{Scene, phase_that_writes, refactor_that_writes};

fn three_tries() -> Scene {
    Scene {
        tries: 3,
        ..Scene::new()
    }
}

fn failed(worked: &Worked) {
    assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
}

/// A status in which an agent asks for another try.
const AGAIN: &str = "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: retry\n\
                     END_CONTINUOUS_REFACTORING_STATUS\n";

#[test]
fn an_agent_that_crashes_is_called_again_for_a_refactor_and_not_for_a_phase() {
    let scene = three_tries();
    failed(&scene.refactor(&Replies::new().fails("refactor", "crashed", "boom")));
    assert_eq!(scene.prompts("refactor").len(), 3);
    let crashes = Replies::new()
        .begins()
        .fails("phase.execute", "crashed", "boom");
    failed(&scene.phase(&crashes));
    assert_eq!(scene.prompts("phase.execute").len(), 1);
}

#[test]
fn a_phase_whose_work_was_not_good_enough_is_tried_again() {
    let scene = three_tries();
    failed(&scene.phase(&phase_that_writes("BROKEN\n")));
    assert_eq!(scene.prompts("phase.execute").len(), 3, "it was red");
    let scene = three_tries();
    let asks = Replies::new().begins().says("phase.execute", AGAIN);
    failed(&scene.phase(&asks));
    assert_eq!(scene.prompts("phase.execute").len(), 3, "it asks for it");
}

#[test]
fn what_lands_is_held_by_nothing_any_more() {
    let scene = Scene::new();
    let work = super::taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    let held = || scene.scratch.git(&["for-each-ref", "refs/piton/unlanded"]);
    let notes = piton_loop::work::accepted::notes(&scene.state());
    assert_ne!(held(), "");
    assert_eq!(std::fs::read_dir(&notes).unwrap().count(), 1);
    scene.bring(&work);
    assert_eq!(held(), "");
    assert_eq!(std::fs::read_dir(&notes).unwrap().count(), 0);
}
