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

#[test]
fn work_that_weakens_tests_has_one_try_more_than_other_work() {
    for (tries, weakens, calls) in [(1, true, 2), (2, true, 3), (1, false, 1)] {
        let scene = Scene {
            tries,
            ..Scene::new()
        };
        let test = "def test_a():\n    assert f(1) == 2\n";
        scene.scratch.write("src/test_lib.py", test);
        scene.scratch.commit_all("a test");
        let script = if weakens {
            let says = Replies::new().says("refactor", "done");
            says.writes("src/test_lib.py", "")
        } else {
            refactor_that_writes("BROKEN\n", "done")
        };
        failed(&scene.refactor(&script));
        assert_eq!(scene.prompts("refactor").len(), calls, "{tries} {weakens}");
    }
}

#[test]
fn the_next_try_is_told_what_the_agent_said_to_look_at() {
    for (decision, text) in [("retry", "fine\n"), ("commit", "BROKEN\n")] {
        let scene = Scene {
            tries: 2,
            ..Scene::new()
        };
        let status = format!(
            "\nBEGIN_CONTINUOUS_REFACTORING_STATUS\ndecision: {decision}\n\
             next_retry_focus: mind the parser\nEND_CONTINUOUS_REFACTORING_STATUS\n"
        );
        let script = Replies::new().begins().says("phase.execute", &status);
        failed(&scene.phase(&script.writes("src/lib.rs", text)));
        let [first, second] = &scene.prompts("phase.execute")[..] else {
            panic!("two tries");
        };
        assert!(!first.contains("mind the parser"), "{first}");
        assert!(second.contains("mind the parser"), "{second}");
    }
}
