//! Until when a migration is put off.

use jiff::{SignedDuration, Timestamp};
use piton_migration::own::{DeferralCause, OwnData};

/// A phase that is not ready is asked about again after this time.
const NOT_READY: SignedDuration = SignedDuration::from_hours(6);
/// A second failure in a row; each more doubles it.
const SECOND_FAILURE: SignedDuration = SignedDuration::from_mins(10);
/// No failure puts a migration off for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Notes that the ready-check said no, and returns when it is asked again.
pub(crate) fn not_ready(own: &mut OwnData, reason: &str, now: Timestamp) -> Timestamp {
    let until = later(now, NOT_READY);
    own.deferral = Some(DeferralCause::NotReady {
        reason: reason.to_owned(),
    });
    own.retry_at = Some(until);
    until
}

/// Notes that only a person can tell; there is no time to wait for.
pub fn unverifiable(own: &mut OwnData, reason: &str) {
    own.deferral = Some(DeferralCause::Unverifiable {
        reason: reason.to_owned(),
    });
    own.retry_at = None;
}

/// Notes a failure, and returns until when the migration is left alone. One
/// failure may be chance; after that the wait grows, to a day.
pub fn failed(own: &mut OwnData, reason: &str, now: Timestamp) -> Option<Timestamp> {
    own.failures = own.failures.saturating_add(1);
    own.deferral = Some(DeferralCause::Failing {
        reason: reason.to_owned(),
    });
    own.retry_at = match own.failures {
        0 | 1 => None,
        again => {
            let doublings = (again - 2).min(16);
            let wait = SECOND_FAILURE
                .checked_mul(1 << doublings)
                .unwrap_or(LONGEST);
            Some(later(now, wait.min(LONGEST)))
        }
    };
    own.retry_at
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_after_failures_grows_to_a_day() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().expect("an instant");
        let mut own = OwnData::new();
        let waits: Vec<Option<i64>> = (0..12)
            .map(|_| failed(&mut own, "red", now).map(|at| at.duration_since(now).as_mins()))
            .collect();
        assert_eq!(&waits[..4], [None, Some(10), Some(20), Some(40)]);
        assert_eq!(waits[11], Some(24 * 60));
        own.failures = u32::MAX;
        assert!(failed(&mut own, "red", now).is_some());
    }

    #[test]
    fn each_deferral_says_why_and_until_when() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().expect("an instant");
        let reason = "it waits".to_owned();
        let mut own = OwnData::new();
        let until = not_ready(&mut own, &reason, now);
        assert_eq!(until.duration_since(now), SignedDuration::from_hours(6));
        assert_eq!(own.retry_at, Some(until));
        let expected = DeferralCause::NotReady {
            reason: reason.clone(),
        };
        assert_eq!(own.deferral, Some(expected));
        unverifiable(&mut own, &reason);
        assert_eq!(own.retry_at, None, "no time tells what only a person can");
        let expected = DeferralCause::Unverifiable {
            reason: reason.clone(),
        };
        assert_eq!(own.deferral, Some(expected));
        failed(&mut own, &reason, now);
        assert_eq!(own.deferral, Some(DeferralCause::Failing { reason }));
    }
}
