//! Secrets in the files that an agent writes.

use std::sync::atomic::{AtomicBool, Ordering};

use piton_agent::Agent;
use piton_durable::RealDisk;
use piton_loop::work::{Shop, Worked};
use piton_migration::secret::Secret;
use piton_testkit::{Replies, TapDisk, input_output};

use super::{Scene, piece, refactor_that_writes, scripted};
use crate::as_script::around;

const SECRET: &str = "s3cr3t-t0k3n-of-mine";

fn secrets() -> [Secret; 1] {
    [Secret::new("API_TOKEN", SECRET).unwrap()]
}

/// What comes of the work of an agent.
fn by(scene: &Scene, agent: &dyn Agent) -> Worked {
    let start = scene.start();
    scene.with_agent(agent, &scene.clock, |shop, run| {
        let shop = Shop {
            secrets: &secrets(),
            ..shop.clone()
        };
        piece().work(&shop, run, &start)
    })
}

/// What comes of an agent that writes `text` into a file.
fn writes(scene: &Scene, text: &str) -> Worked {
    by(scene, &scripted(&refactor_that_writes(text, "done")))
}

#[test]
fn a_secret_that_was_committed_in_a_file_before_is_the_user_s_own_doing() {
    let scene = Scene::new();
    let more = format!("{SECRET}\\nmore\\n");
    let Worked::Failed { failure, .. } = writes(&scene, &more) else {
        panic!("the agent wrote it down");
    };
    assert!(failure.story.contains("API_TOKEN"), "{failure}");
    scene.scratch.write("src/lib.rs", &format!("{SECRET}\n"));
    scene.scratch.commit_all("the user's own");
    let worked = writes(&scene, &more);
    assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
}

#[test]
fn every_file_that_the_agent_wrote_is_looked_through_and_a_link_is_not_followed() {
    let scene = Scene::new();
    // What it points to holds the secret, and is not committed.
    let outside = scene.slots.path().join("outside");
    std::fs::write(&outside, SECRET).unwrap();
    let written = Replies::new().says("refactor", "done");
    let links = around(scripted(&written), |call, _, play| {
        std::os::unix::fs::symlink(&outside, call.cwd.join("link")).unwrap();
        std::fs::remove_file(call.cwd.join("src/other.rs")).unwrap();
        play()
    });
    let worked = by(&scene, &links);
    assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
    let bytes = around(scripted(&written), |call, _, play| {
        let text = [b"\xff\xfe", SECRET.as_bytes()].concat();
        std::fs::write(call.cwd.join("notes.bin"), text).unwrap();
        play()
    });
    let Worked::Failed { failure, .. } = by(&scene, &bytes) else {
        panic!("it was taken");
    };
    assert_eq!(
        failure.story,
        "the agent wrote the value of API_TOKEN into notes.bin; none of its work was taken"
    );
}

#[test]
fn a_file_that_cannot_be_looked_through_is_named_and_nothing_is_taken() {
    let scene = Scene::new();
    let script = refactor_that_writes("better\n", "done").writes("src/new.rs", "new\n");
    let slots = scene.slots.path().canonicalize().unwrap();
    // It can be looked at and not be read.
    let seen = AtomicBool::new(false);
    let disk = TapDisk::looking(RealDisk, move |path| {
        let is_it = path.starts_with(&slots) && path.ends_with("src/new.rs");
        if is_it && seen.swap(true, Ordering::SeqCst) {
            return Err(input_output());
        }
        Ok(())
    });
    let start = scene.start();
    let worked = scene.with(&script, |shop, run| {
        let shop = Shop {
            disk: &disk,
            secrets: &secrets(),
            ..shop.clone()
        };
        piece().work(&shop, run, &start)
    });
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    let told = "cannot be looked through for secrets";
    assert!(failure.story.starts_with("src/new.rs"), "{failure}");
    assert!(failure.story.contains(told), "{failure}");
}
