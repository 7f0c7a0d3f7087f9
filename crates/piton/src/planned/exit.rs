//! The exit code that the results of a plan come to.

use piton_plan::{ActionId, Failure, FailureKind, Outcome, Report, SkipReason, Verification};

use crate::error::Exit;

pub(super) fn exit_of(report: &Report, verification: Option<&Verification>) -> Exit {
    let failure = failed(report).map(|(_, failure)| failure.kind);
    let interrupted = report
        .receipts
        .iter()
        .any(|r| matches!(r.outcome, Outcome::Skipped(SkipReason::Interrupted)));
    match failure {
        Some(FailureKind::Auth | FailureKind::Permission) => Exit::Authentication,
        Some(FailureKind::Conflict) => Exit::StalePlan,
        Some(FailureKind::RateLimit | FailureKind::LimitReached) => Exit::LimitReached,
        Some(FailureKind::ValidationRed) => Exit::ValidationRed,
        Some(FailureKind::Input) => Exit::WaitsForPerson,
        None if interrupted => Exit::Interrupted,
        Some(
            FailureKind::NotFound | FailureKind::Network | FailureKind::Io | FailureKind::Internal,
        ) => {
            if interrupted {
                Exit::Interrupted
            } else {
                Exit::Failed
            }
        }
        None if report.journal.is_some() || !report.is_success() => Exit::Failed,
        None if verification.is_some_and(|verification| !verification.is_clean()) => {
            Exit::Deviation
        }
        None => Exit::Done,
    }
}

/// Returns the first action that failed, and why.
pub(super) fn failed(report: &Report) -> Option<(&ActionId, &Failure)> {
    let mut receipts = report.receipts.iter();
    receipts.find_map(|receipt| match &receipt.outcome {
        Outcome::Failed(failure) => Some((&receipt.action, failure)),
        Outcome::Ok | Outcome::AlreadySo | Outcome::Skipped(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use piton_plan::{Checked, Receipt, Verdict};

    use super::*;

    fn report(outcomes: impl IntoIterator<Item = Outcome>) -> Report {
        let receipt = |outcome| Receipt {
            action: "file:create:a".parse().unwrap(),
            outcome,
            message: String::new(),
            outputs: piton_plan::OutputMap::new(),
            at: Timestamp::UNIX_EPOCH,
            duration_ms: 0,
        };
        Report {
            receipts: outcomes.into_iter().map(receipt).collect(),
            journal: None,
        }
    }

    #[test]
    fn the_exit_code_follows_from_the_receipts_and_from_looking_again() {
        let failed = |kind| Outcome::Failed(Failure::new(kind, "why"));
        let exit = |outcomes: Vec<Outcome>| exit_of(&report(outcomes), None);
        assert_eq!(exit(vec![Outcome::Ok, Outcome::AlreadySo]), Exit::Done);
        assert_eq!(exit(vec![failed(FailureKind::Io)]), Exit::Failed);
        assert_eq!(exit(vec![failed(FailureKind::Auth)]), Exit::Authentication);
        assert_eq!(exit(vec![failed(FailureKind::Conflict)]), Exit::StalePlan);
        assert_eq!(
            exit(vec![failed(FailureKind::RateLimit)]),
            Exit::LimitReached
        );
        assert_eq!(exit(vec![failed(FailureKind::Input)]), Exit::WaitsForPerson);
        let kind = |kind| exit(vec![failed(kind)]);
        assert_eq!(kind(FailureKind::Permission), Exit::Authentication);
        assert_eq!(kind(FailureKind::LimitReached), Exit::LimitReached);
        assert_eq!(kind(FailureKind::ValidationRed), Exit::ValidationRed);
        let interrupted = Outcome::Skipped(SkipReason::Interrupted);
        assert_eq!(exit(vec![Outcome::Ok, interrupted]), Exit::Interrupted);
        assert_eq!(
            exit(vec![Outcome::Ok, Outcome::Skipped(SkipReason::Declined)]),
            Exit::Done
        );

        let deviation = Verification {
            checked: vec![Checked {
                action: "file:create:a".parse().unwrap(),
                verdict: Verdict::Deviation {
                    expected: "a".into(),
                    found: "b".into(),
                },
            }],
            strangers: Vec::new(),
        };
        assert_eq!(
            exit_of(&report([Outcome::Ok]), Some(&deviation)),
            Exit::Deviation
        );
        assert_eq!(
            exit_of(&report([failed(FailureKind::Io)]), Some(&deviation)),
            Exit::Failed
        );
    }
}
