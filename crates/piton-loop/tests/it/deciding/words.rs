//! Why a run ends, and why a migration is left alone, in words.

use piton_base::Effort;
use piton_durable::RealDisk;
use piton_loop::deciding::memory::Tried;
use piton_loop::deciding::next::Next;
use piton_loop::deciding::observe::migrations;
use piton_loop::deciding::stand::NotNow;
use piton_loop::deciding::stop::{Budget, Stop};
use piton_loop::deciding::world::Seen;
use piton_loop::targets::Source;
use piton_migration::live::LiveDir;
use piton_migration::manifest::Status;
use piton_migration::own::{DeferralCause, OWN_FILE, OwnData};
use piton_testkit::{ScratchRepo, tidy};
use serde_json::json;

use super::{Scene, hours};

#[test]
fn why_a_run_ends_is_said_in_words() {
    let stops = [
        Stop::CountReached { actions: 3 },
        Stop::TargetsUsedUp,
        Stop::NothingEligible { next: None },
        Stop::NothingEligible {
            next: Some(hours(2)),
        },
        Stop::WaitsForPeople {
            migrations: vec!["one".to_owned(), "two".to_owned()],
        },
        Stop::WaitsToLand,
        Stop::Failures { in_a_row: 1 },
        Stop::Failures { in_a_row: 3 },
        Stop::OutOfQuota { until: None },
        Stop::OutOfQuota {
            until: Some(hours(2)),
        },
        Stop::Budget(Budget::Time),
        Stop::Budget(Budget::Tokens),
        Stop::Budget(Budget::Money),
        Stop::Budget(Budget::Day),
    ];
    assert_eq!(
        stops.map(|stop| stop.to_string()),
        [
            "the number of actions is reached (3)",
            "all targets were taken up",
            "nothing is left to do",
            "nothing can be done before 2026-06-10T14:00:00Z",
            "all that is left waits for a person: one, two",
            "accepted work waits to land",
            "the last action failed",
            "3 actions in a row failed",
            "the limit of the agent's provider is reached",
            "the limit of the agent's provider is reached until 2026-06-10T14:00:00Z",
            "the time for this run is used up",
            "the tokens for this run are used up",
            "the money for this run is used up",
            "the money for this day is used up",
        ]
    );
}

#[test]
fn why_a_migration_is_left_alone_is_said_in_words() {
    let reason = || "it is red".to_owned();
    let sleeps = |cause| NotNow::Sleeps {
        until: hours(2),
        cause,
    };
    let reasons = [
        NotNow::Broken { reason: reason() },
        NotNow::AwaitsPerson { reason: reason() },
        NotNow::Over(Status::Done),
        sleeps(None),
        sleeps(Some(DeferralCause::Failing { reason: reason() })),
        sleeps(Some(DeferralCause::NotReady { reason: reason() })),
        sleeps(Some(DeferralCause::OverBudget)),
        NotNow::OverBudget {
            asks: Effort::High,
            allowed: Effort::Low,
        },
        NotNow::NothingOpen,
        NotNow::WaitsToLand,
        NotNow::UnderWay,
    ];
    assert_eq!(
        reasons.map(|reason| reason.to_string()),
        [
            "cannot be used: it is red",
            "waits for a person: it is red",
            "is done",
            "is put off until 2026-06-10T14:00:00Z",
            "is put off until 2026-06-10T14:00:00Z: it is red",
            "is put off until 2026-06-10T14:00:00Z: it is red",
            "is put off until 2026-06-10T14:00:00Z",
            "asks for high effort, and low is allowed",
            "has no phase left, and is not done",
            "has accepted work that waits to land",
            "is being worked on",
        ]
    );
}

#[test]
fn a_supply_without_end_is_never_used_up_although_nothing_of_it_is_free() {
    let mut scene = Scene::of(&[]);
    scene.source = Source::Ambient(Vec::new());
    scene.memory.begin(&Tried::Source);
    scene
        .memory
        .remember(&Tried::Source, &super::Outcome::Landed);
    let next = Next::Stop(Stop::NothingEligible { next: None });
    assert_eq!(scene.next(), next);
}

#[test]
fn why_a_migration_was_put_off_is_read_wherever_its_manifest_says_that_it_was() {
    let at = json!("2026-06-10T14:00:00.000+00:00");
    let mut own = OwnData::new();
    own.deferral = Some(DeferralCause::Failing {
        reason: "it is red".to_owned(),
    });
    for (cooldown, wake, is_read) in [
        (json!(null), json!(null), false),
        (at.clone(), json!(null), true),
        (json!(null), at.clone(), true),
        (at.clone(), at, true),
    ] {
        let scratch = ScratchRepo::new();
        let mut manifest = tidy();
        manifest["cooldown_until"] = cooldown;
        manifest["wake_up_on"] = wake;
        scratch.write_migration(&manifest);
        let text = String::from_utf8(own.encode()).unwrap();
        scratch.write(&format!("migrations/tidy/{OWN_FILE}"), &text);
        let live = LiveDir::new(scratch.path(), "migrations");
        let found = migrations(&RealDisk, &live).unwrap();
        let Seen::Known(known) = &found[0].seen else {
            panic!("{found:?}");
        };
        let deferral = own.deferral.clone().filter(|_| is_read);
        assert_eq!(known.own.deferral, deferral, "{manifest}");
    }
}
