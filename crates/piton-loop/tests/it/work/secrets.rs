//! Secrets in the files that an agent writes.

use piton_loop::targets::Target;
use piton_loop::work::{Piece, Shop, SourcePiece, Worked};
use piton_migration::own::TargetProvenance;
use piton_migration::secret::Secret;

use super::{Scene, refactor_that_writes};

const SECRET: &str = "s3cr3t-t0k3n-of-mine";

/// What comes of an agent that writes `text` into a file.
fn writes(scene: &Scene, text: &str) -> Worked {
    let secrets = [Secret::new("API_TOKEN", SECRET).unwrap()];
    let piece = Piece::Source(SourcePiece {
        target: Target::plain("all", TargetProvenance::Random, Vec::new()),
        scope: None,
        subject: None,
        route: false,
    });
    let start = scene.start();
    scene.with(&refactor_that_writes(text, "done"), |shop, run| {
        let shop = Shop {
            secrets: &secrets,
            ..shop.clone()
        };
        piece.work(&shop, run, &start)
    })
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
