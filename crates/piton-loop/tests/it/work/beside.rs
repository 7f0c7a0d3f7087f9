//! Two jobs of one run, one of which lands while the other's agent works.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use piton_loop::targets::Target;
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::{Piece, SourcePiece, Worked};
use piton_migration::own::TargetProvenance;
use piton_testkit::Replies;

use crate::as_script::around;
use crate::work::{Scene, refactor_that_writes, scripted, taken};

#[test]
fn what_a_run_itself_landed_meanwhile_is_told_as_its_own() {
    let scene = Scene::new();
    let others = Replies::new()
        .says("refactor", "done")
        .writes("src/other.rs", "better\n");
    let first = taken(scene.refactor_of(&["src/other.rs"], &others));
    let (lands, landed) = channel();
    let (begun, landed) = (AtomicBool::new(false), Mutex::new(landed));
    let script = scripted(&refactor_that_writes("better\n", "done"));
    // It works until the other job has landed, or has hung up.
    let agent = around(script, |_, _, play| {
        begun.store(true, Ordering::SeqCst);
        let _ = landed.lock().unwrap().recv();
        play()
    });
    let files = vec!["src/lib.rs".to_owned()];
    let second = Piece::Source(SourcePiece {
        target: Target::plain("random files", TargetProvenance::Random, files),
        scope: None,
        subject: None,
        route: false,
    });
    let start = scene.start();
    let told = scene.with_agent(&agent, &scene.clock, |shop, run| {
        let worked = thread::scope(|scope| {
            // However this ends, the agent does not wait for ever.
            let lands = lands;
            let job = scope.spawn(|| second.work(shop, run, &start));
            while !begun.load(Ordering::SeqCst) {
                assert!(!job.is_finished(), "the agent was not asked");
                thread::yield_now();
            }
            let brought = bring(shop, run, &first);
            lands.send(()).unwrap();
            let brought = brought.unwrap();
            assert!(matches!(brought, Brought::Landed { .. }), "{brought:?}");
            job.join().unwrap()
        });
        assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
        std::fs::read_to_string(run.dir().events()).unwrap()
    });
    let meanwhile = "meanwhile 1 commit of this run landed on main";
    assert!(told.contains(meanwhile), "{told}");
    assert!(!told.contains("if that was not you"), "{told}");
}
