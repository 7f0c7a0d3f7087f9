//! Candidates and surroundings that are refused before anything is published.

use std::fs;

use piton_durable::RealDisk;
use piton_migration::publish::{Cause, PublishRefusal, PublishRequest, Stage};

use super::world::World;
use crate::candidates::proposal_of;

pub(crate) fn blocked(
    told: Result<piton_migration::publish::Published, Box<PublishRefusal>>,
) -> Box<PublishRefusal> {
    match told {
        Err(refusal) if refusal.kept.is_none() && refusal.unclean.is_none() => refusal,
        other => panic!("not blocked: {other:?}"),
    }
}

#[test]
fn a_stale_base_is_refused_with_both_digests() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    let newer = world.request("rework", "newer");
    world.publish(&newer).unwrap();
    world.candidate("rework", "new");
    let refusal = blocked(world.publish(&request));
    let text = refusal.to_string();
    assert!(text.contains(request.base.as_str()), "{text}");
    assert!(text.contains(world.digest("rework").as_str()), "{text}");
    assert!(
        world
            .repo
            .read("migrations/rework/plan.md")
            .contains("newer")
    );
    world.assert_tidy();
}

#[test]
fn uncommitted_work_blocks_and_is_listed() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    world
        .repo
        .write("migrations/rework/plan.md", "edited by hand");
    world
        .repo
        .write("migrations/rework/extra.md", "new by hand");
    let refusal = blocked(world.publish(&request));
    assert_eq!(
        refusal.to_string(),
        "rework has changes that are not committed: migrations/rework/plan.md, \
         migrations/rework/extra.md"
    );
    assert_eq!(
        world.repo.read("migrations/rework/plan.md"),
        "edited by hand"
    );
}

#[test]
fn a_file_that_git_ignores_is_work_of_the_user_s_too() {
    let world = World::with("rework", "old");
    world.repo.write(".gitignore", "*.log\n");
    world.repo.commit_all("ignore");
    let request = world.request("rework", "new");
    world.repo.write("migrations/rework/build.log", "mine\n");
    let refusal = blocked(world.publish(&request));
    assert!(matches!(refusal.cause, Cause::Dirty { .. }), "{refusal}");
    assert_eq!(world.repo.read("migrations/rework/build.log"), "mine\n");
}

#[test]
fn an_inconsistent_candidate_is_refused_with_its_findings() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    fs::remove_file(request.workspace.join("plan.md")).unwrap();
    let refusal = blocked(world.publish(&request));
    let Cause::Findings {
        stage,
        ref findings,
    } = refusal.cause
    else {
        panic!("{refusal}");
    };
    assert_eq!(stage, Stage::Workspace);
    assert!(!findings.is_empty());
    let text = refusal.to_string();
    assert!(text.contains("the candidate is not consistent"), "{text}");
    assert!(text.contains("; - missing-plan "), "{text}");
    assert!(world.repo.read("migrations/rework/plan.md").contains("old"));
    world.assert_tidy();
}

#[test]
fn links_in_a_candidate_are_refused_by_name() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let link = request.workspace.join("notes/link");
    std::os::unix::fs::symlink(elsewhere.path(), link).unwrap();
    let refusal = blocked(world.publish(&request));
    assert!(refusal.to_string().contains("notes/link"), "{refusal}");
    world.assert_tidy();
}

#[test]
fn a_workspace_of_another_name_or_in_the_wrong_place_is_refused() {
    let world = World::with("rework", "old");
    let request = world.request("rework", "new");
    let named = PublishRequest {
        workspace: world.work.path().to_owned(),
        ..request.clone()
    };
    assert!(matches!(
        blocked(world.publish(&named)).cause,
        Cause::WrongName { .. }
    ));
    let missing = PublishRequest {
        workspace: world.work.path().join("nowhere/rework"),
        ..request.clone()
    };
    assert!(matches!(
        blocked(world.publish(&missing)).cause,
        Cause::WrongName { .. }
    ));
    let inside = PublishRequest {
        workspace: world.root().join("migrations/rework"),
        ..request.clone()
    };
    assert!(matches!(
        blocked(world.publish(&inside)).cause,
        Cause::InsideLive { .. }
    ));
    std::os::unix::fs::symlink(
        world.root().join("migrations"),
        world.work.path().join("way"),
    )
    .unwrap();
    let around = PublishRequest {
        workspace: world.work.path().join("way/rework"),
        ..request
    };
    assert!(matches!(
        blocked(world.publish(&around)).cause,
        Cause::InsideLive { .. }
    ));
    assert_eq!(world.repo.status(), "");
}

#[test]
fn a_candidate_that_is_not_consistent_is_not_even_built() {
    use piton_migration::candidate::CandidateError;

    let world = World::new();
    let below = world.root().join(".git/piton/work/candidates/run");
    let proposal = |missing: Option<&str>| {
        let files = super::world::files("rework", "new").into_iter();
        proposal_of(files.filter(|(path, _)| missing != Some(path.as_str())))
    };
    let refused = proposal(Some("phase-1-one.md")).build(&RealDisk, &below, None);
    match refused {
        Err(CandidateError::Inconsistent { findings, .. }) => assert!(!findings.is_empty()),
        other => panic!("{other:?}"),
    }
    assert!(!below.join("rework").exists());
    proposal(None).build(&RealDisk, &below, None).unwrap();
    assert!(below.join("rework").exists());
}
