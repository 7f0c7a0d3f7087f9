//! What sort of failure an error is.

use super::exit::Exit;

piton_base::words! {
    /// What sort of failure it is; decides the exit code.
    pub(crate) enum ErrorKind: "a kind of failure" {
        /// The command line or the configuration is wrong.
        Usage = "usage",
        /// It was tried and did not work.
        Failed = "failed",
        /// Nothing goes on before a person decides.
        NeedsPerson = "needs_person",
        /// The world is not what the plan was decided on.
        Stale = "stale_plan",
        /// Nobody is signed in, or whoever is may not do this.
        Authentication = "auth",
        /// The validation command is red before anything was done.
        ValidationRed = "validation_red",
        /// What may be used is used up for now.
        LimitReached = "limit_reached",
        Interrupted = "interrupted",
        /// A fault of piton itself.
        Internal = "internal",
    }
}

impl ErrorKind {
    /// Returns what sort of failure it was that work ended so; none where it
    /// went well, or goes on once a person has done something.
    pub(crate) const fn of_work(exit: Exit) -> Option<Self> {
        match exit {
            Exit::Done | Exit::WaitsForPerson | Exit::ChangesPending => None,
            Exit::Failed | Exit::Deviation => Some(Self::Failed),
            Exit::Usage => Some(Self::Usage),
            Exit::Authentication => Some(Self::Authentication),
            Exit::StalePlan => Some(Self::Stale),
            Exit::ValidationRed => Some(Self::ValidationRed),
            Exit::LimitReached => Some(Self::LimitReached),
            Exit::Interrupted => Some(Self::Interrupted),
        }
    }

    pub(crate) const fn exit(self) -> Exit {
        match self {
            Self::Usage => Exit::Usage,
            Self::Failed | Self::Internal => Exit::Failed,
            Self::NeedsPerson => Exit::WaitsForPerson,
            Self::Stale => Exit::StalePlan,
            Self::Authentication => Exit::Authentication,
            Self::ValidationRed => Exit::ValidationRed,
            Self::LimitReached => Exit::LimitReached,
            Self::Interrupted => Exit::Interrupted,
        }
    }
}
