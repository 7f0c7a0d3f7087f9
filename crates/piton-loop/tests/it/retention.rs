//! Old records go, live ones never.

use piton_loop::runs::{RetentionPolicy, RunState, RunUnit, removals};
use proptest::prelude::*;

fn unit(n: usize, state: RunState, bytes: u64, age_days: u64) -> RunUnit {
    RunUnit {
        id: format!("20260101T000000-{n:06}").parse().unwrap(),
        state,
        bytes,
        age_days,
    }
}

proptest! {
    #[test]
    fn whatever_the_policy_no_live_run_goes_and_the_limits_hold(
        runs in prop::collection::vec((any::<bool>(), 0..100_u64, 0..10_u64), 0..20),
        count in prop::option::of(0..10_u64),
        bytes in prop::option::of(0..500_u64),
        days in prop::option::of(0..10_u64),
    ) {
        let units: Vec<RunUnit> = runs
            .iter()
            .enumerate()
            .map(|(n, (live, bytes, age))| {
                let state = if *live { RunState::Live } else { RunState::Over };
                unit(n, state, *bytes, *age)
            })
            .collect();
        let gone = removals(RetentionPolicy { runs: count, bytes, days }, &units);
        let kept: Vec<&RunUnit> = units
            .iter()
            .filter(|unit| !gone.iter().any(|removal| removal.id == unit.id))
            .collect();
        prop_assert_eq!(kept.len() + gone.len(), units.len());
        prop_assert!(units.iter().filter(|u| u.state == RunState::Live).all(|u| kept.contains(&u)));
        let over: Vec<_> = kept.iter().filter(|u| u.state == RunState::Over).collect();
        prop_assert!(count.is_none_or(|limit| over.len() as u64 <= limit));
        prop_assert!(bytes.is_none_or(|limit| over.iter().map(|u| u.bytes).sum::<u64>() <= limit));
        prop_assert!(days.is_none_or(|limit| over.iter().all(|u| u.age_days <= limit)));
    }
}

#[test]
fn the_newest_runs_stay() {
    let units: Vec<_> = (0..5).map(|n| unit(n, RunState::Over, 1, 0)).collect();
    let policy = RetentionPolicy {
        runs: Some(2),
        bytes: None,
        days: None,
    };
    let gone: Vec<_> = removals(policy, &units)
        .into_iter()
        .map(|removal| removal.id.to_string())
        .collect();
    assert_eq!(
        gone,
        [
            "20260101T000000-000002",
            "20260101T000000-000001",
            "20260101T000000-000000"
        ]
    );
}
