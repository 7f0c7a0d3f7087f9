//! The gists of a repository that is tracked, found, made and kept.

use std::fs;

use jiff::Timestamp;
use piton_plan::Outcome;
use piton_testkit::forge::{Fault, FaultKind};
use serde_json::Value;

use crate::provision::{ARCHIVE, BADGES, gists, set_up};
use crate::world::{Stage, ids};

#[test]
fn the_gists_are_made_as_the_original_makes_them() {
    let Some(shared) = piton_testkit::shared_dir() else {
        println!("skipped: the corpus is not here");
        return;
    };
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    for (file, description) in [("badge", BADGES), ("archive", ARCHIVE)] {
        let path = shared.join(format!("corpus/traffic/create_{file}_gist_request.json"));
        let recorded: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let log = stage.fake.log();
        let sent = log
            .iter()
            .find(|logged| logged.method == "POST" && logged.body["description"] == description)
            .unwrap();
        assert_eq!(sent.body["public"], recorded["public"]);
        for (name, file) in recorded["files"].as_object().unwrap() {
            let ours = sent.body["files"][name]["content"].as_str().unwrap();
            if name == "archive.json" {
                // The sentence in it is free.
                assert!(ours.starts_with("{\n  \"repo\": \"acme/widget\",\n  \"description\": "));
            } else {
                assert_eq!(ours, file["content"].as_str().unwrap(), "{name}");
            }
        }
    }
}

#[test]
fn a_second_gist_is_never_made_however_the_first_is_known() {
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    let made = gists(&stage);
    for forget in 0..3 {
        match forget {
            0 => fs::remove_file(stage.repo.path().join(".ghtraf.json")).unwrap(),
            1 => fs::remove_file(stage.home.path().join(".ghtraf/config.json")).unwrap(),
            _ => stage
                .fake
                .world(|world| world.repo("acme/widget").variables.clear()),
        }
        set_up(&stage, &Stage::wishes());
        assert_eq!(gists(&stage), made, "forgotten: {forget}");
    }
    let by_description = ids(&stage.plan(&Stage::wishes()).unwrap());
    assert!(by_description.contains(&"gist:skip:badge".to_owned()));
}

#[test]
fn a_gist_that_fails_blocks_its_own_side_only() {
    let stage = Stage::new();
    stage.fake.fault(Fault::new(
        "POST",
        "/gists",
        FaultKind::Status(403, "no gists for you"),
    ));
    let plan = stage.plan(&Stage::wishes()).unwrap();
    let (receipts, _) = stage.perform(&plan);
    let outcome = |id: &str| {
        let receipt = receipts
            .iter()
            .find(|receipt| receipt.action.to_string() == id)
            .unwrap();
        receipt.outcome.clone()
    };
    match outcome("gist:create:badge") {
        Outcome::Failed(failure) => assert!(failure.message.contains("no gists for you")),
        other => panic!("{other:?}"),
    }
    for done in [
        "gist:create:archive",
        "variable:set:TRAFFIC_ARCHIVE_GIST_ID",
        "secret:set:TRAFFIC_GIST_TOKEN",
        "file:copy:docs/stats/favicon.svg",
    ] {
        assert_eq!(outcome(done), Outcome::Ok, "{done}");
    }
    for blocked in [
        "variable:set:TRAFFIC_GIST_ID",
        "file:copy:docs/stats/index.html",
        "file:copy:.github/workflows/traffic-badges.yml",
        "config:write:.ghtraf.json",
        "config:register:acme/widget",
    ] {
        assert!(matches!(outcome(blocked), Outcome::Skipped(_)), "{blocked}");
    }
    set_up(&stage, &Stage::wishes());
    assert_eq!(gists(&stage).len(), 2, "the archive that was made is found");
}

#[test]
fn two_gists_that_disagree_are_told_and_nothing_is_planned() {
    let stage = Stage::new();
    set_up(&stage, &Stage::wishes());
    let other = stage.fake.world(|world| {
        let other = world.add_gist("mine", true, &[("state.json", "{}")], Timestamp::now());
        let repo = world.repo("acme/widget");
        repo.variables
            .insert("TRAFFIC_GIST_ID".to_owned(), other.clone());
        other
    });
    let refused = stage.plan(&Stage::wishes()).unwrap_err();
    let first = &gists(&stage)[BADGES];
    for told in [
        first.as_str(),
        &other,
        "by the configuration",
        "by the repository's variable",
    ] {
        assert!(refused.contains(told), "{told}: {refused}");
    }
    let mut wishes = Stage::wishes();
    wishes.said.badge_gist = Some(first.clone());
    let plan = stage.plan(&wishes).unwrap();
    assert!(ids(&plan).contains(&"variable:overwrite:TRAFFIC_GIST_ID".to_owned()));
    assert!(plan.has_destructive());
}

#[test]
fn old_gists_are_renamed_and_lost_badges_come_back_but_the_state_is_never_touched() {
    let stage = Stage::with(|world| {
        let now = Timestamp::now();
        let state = "{\"totalClones\": 7}";
        world.add_gist(
            "acme/widget traffic badges",
            true,
            &[("state.json", state), ("views.json", "{}")],
            now,
        );
        world.add_gist(
            "acme/widget traffic archives (private)",
            false,
            &[("archive-init.json", "{}")],
            now,
        );
    });
    let plan = stage.plan(&Stage::wishes()).unwrap();
    for id in [
        "gist:repair:badge",
        "gist:rename:badge",
        "gist:rename:archive",
    ] {
        assert!(ids(&plan).contains(&id.to_owned()), "{:?}", ids(&plan));
    }
    set_up(&stage, &Stage::wishes());
    let made = gists(&stage);
    stage.fake.world(|world| {
        let gist = &world.gists[&made[BADGES]];
        assert_eq!(gist.files["state.json"], "{\"totalClones\": 7}");
        assert_eq!(gist.files.len(), 5);
    });
    stage.fake.world(|world| {
        let gist = world.gists.get_mut(&made[BADGES]).unwrap();
        gist.files
            .insert("state.json".to_owned(), "{\"tot".to_owned());
    });
    let refused = stage.plan(&Stage::wishes()).unwrap_err();
    assert!(refused.contains("is not JSON"), "{refused}");
}

#[test]
fn a_repository_that_moved_keeps_its_gists_under_its_new_name() {
    let stage = Stage::with(|world| {
        world
            .renamed
            .insert("old/name".to_owned(), "acme/widget".to_owned());
        world.add_gist(
            "[GTT] old/name \u{b7} badges",
            true,
            &[("state.json", "{}")],
            Timestamp::now(),
        );
    });
    let mut wishes = Stage::wishes();
    wishes.repository = "old/name".parse().unwrap();
    let plan = stage.plan(&wishes).unwrap();
    assert!(
        plan.warnings()
            .join("\n")
            .contains("is called acme/widget now")
    );
    assert!(
        ids(&plan).contains(&"gist:rename:badge".to_owned()),
        "{:?}",
        ids(&plan)
    );
    set_up(&stage, &wishes);
    assert!(gists(&stage).contains_key(BADGES));
}
