//! The exit codes, in one table.

/// How a command ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    WaitsForPerson = 3,
    Authentication = 4,
    StalePlan = 5,
    ValidationRed = 6,
    LimitReached = 7,
    Deviation = 8,
    ChangesPending = 10,
    Interrupted = 130,
}

impl Exit {
    /// All of them with what they mean.
    pub(crate) const TABLE: [(Self, &'static str); 11] = [
        (Self::Done, "done, or nothing to do"),
        (Self::Failed, "failed"),
        (
            Self::Usage,
            "usage: the command line or the configuration is wrong",
        ),
        (Self::WaitsForPerson, "waits for a person"),
        (Self::Authentication, "authentication"),
        (
            Self::StalePlan,
            "stale plan: the world changed since it was decided",
        ),
        (Self::ValidationRed, "validation red"),
        (Self::LimitReached, "budget or limit reached"),
        (
            Self::Deviation,
            "performed, but the world deviates from the plan",
        ),
        (
            Self::ChangesPending,
            "changes pending (only `--dry-run --exit-code`)",
        ),
        (Self::Interrupted, "interrupted"),
    ];

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

/// Returns the exit codes with what they mean.
pub fn exit_codes() -> impl Iterator<Item = (u8, &'static str)> {
    (Exit::TABLE.into_iter()).map(|(exit, meaning)| (exit.code(), meaning))
}
