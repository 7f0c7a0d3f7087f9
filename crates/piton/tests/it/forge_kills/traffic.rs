//! Traffic tracking of a repository.

use std::fs;

use piton_testkit::forge::FakeGitHub;

use super::{Case, Ground, tried, words};
use crate::env::TestEnv;
use crate::traffic;
use crate::traffic_stage::{collect, edit, running, state};
use crate::traffic_takeover;

fn tracked((env, fake): (TestEnv, FakeGitHub)) -> Ground {
    Ground {
        env,
        fake,
        reach: |fake, mut command| {
            command
                .env("GITHUB_API_URL", fake.address())
                .env("GH_TOKEN", "ghp_owner")
                .env("GT", "ghp_collector")
                .env("PITON_CI_INSTALL", "0.1.0");
            command
        },
    }
}

fn a_repository_to_track() -> Ground {
    tracked((TestEnv::new(), traffic::fake()))
}

#[test]
fn traffic_tracking_is_set_up_once() {
    let args = |_: &Ground| words(&traffic::CREATE);
    tried(&Case {
        arrange: a_repository_to_track,
        args,
        done: None,
    });
}

fn a_tracked_repository() -> Ground {
    let ground = a_repository_to_track();
    let ran = ground.run(&words(&traffic::CREATE));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    ground
}

#[test]
fn traffic_tracking_is_taken_away_whole() {
    let args = |_: &Ground| words(&["traffic", "remove", "--repo", "acme/widget", "-y"]);
    tried(&Case {
        arrange: a_tracked_repository,
        args,
        done: None,
    });
}

#[test]
fn every_day_is_collected_once() {
    let args = |ground: &Ground| {
        let ids = ground.fake.world(|world| {
            let of = |public| {
                let mut gists = world.gists.iter();
                gists
                    .find(|(_, gist)| gist.public == public)
                    .unwrap()
                    .0
                    .clone()
            };
            (of(true), of(false))
        });
        let mut args = words(&["traffic", "collect", "--repository", "acme/widget"]);
        args.extend(words(&["--badge-gist", &ids.0, "--archive-gist", &ids.1]));
        args
    };
    tried(&Case {
        arrange: || tracked(running()),
        args,
        done: None,
    });
}

/// A state that lacks a day, and a column of another.
fn a_state_with_holes() -> Ground {
    let (env, fake) = running();
    collect(&env, &fake);
    let mut holes = state(&fake);
    let rows = holes["dailyHistory"].as_array_mut().unwrap();
    rows.remove(3);
    rows[5].as_object_mut().unwrap().remove("uniqueViews");
    edit(&fake, "state.json", &holes.to_string());
    tracked((env, fake))
}

#[test]
fn holes_are_filled_in_once() {
    let args = |_: &Ground| words(&["traffic", "backfill"]);
    tried(&Case {
        arrange: a_state_with_holes,
        args,
        done: None,
    });
}

#[test]
fn an_older_set_up_is_brought_up_to_date_once() {
    let args = |_: &Ground| words(&["traffic", "upgrade", "--force"]);
    tried(&Case {
        arrange: || tracked(traffic_takeover::set_up("0.3.10")),
        args,
        done: None,
    });
}

/// A set-up of which a variable, a file, a badge and the schedule are gone.
fn a_broken_set_up() -> Ground {
    let (env, fake) = running();
    collect(&env, &fake);
    fake.world(|world| {
        let repo = world.repo("acme/widget");
        repo.variables.remove("TRAFFIC_GIST_ID");
        let workflow = repo.workflows.get_mut("traffic-badges.yml").unwrap();
        "disabled_inactivity".clone_into(&mut workflow.state);
        let gist = world.gists.values_mut().find(|gist| gist.public).unwrap();
        gist.files.remove("clones.json");
        "acme/widget traffic badges".clone_into(&mut gist.description);
    });
    fs::remove_file(env.path().join("docs/stats/README.md")).unwrap();
    tracked((env, fake))
}

#[test]
fn a_broken_set_up_is_mended_whole() {
    let args = |_: &Ground| words(&["traffic", "verify", "--fix", "--force"]);
    tried(&Case {
        arrange: a_broken_set_up,
        args,
        done: None,
    });
}
