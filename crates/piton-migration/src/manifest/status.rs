//! The five statuses of a migration.

piton_base::words! {
    /// What the manifest says about the whole migration, in the order of its life.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Status: "a status" {
        Planning = "planning",
        Ready = "ready",
        /// Accepted wherever `ready` is and never written by a transition.
        InProgress = "in-progress",
        Skipped = "skipped",
        Done = "done",
    }
}

impl Status {
    /// Tells whether phases are being carried out.
    pub(crate) fn is_executing(self) -> bool {
        match self {
            Self::Ready | Self::InProgress => true,
            Self::Planning | Self::Skipped | Self::Done => false,
        }
    }
}
