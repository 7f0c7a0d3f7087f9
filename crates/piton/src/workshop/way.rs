//! How a run goes on.

piton_base::words! {
    /// How a run goes on, by the name of its command.
    pub(crate) enum Way: "a way to run" {
        /// Action after action.
        Run = "run",
        /// One action, whose difference is shown at the end.
        Once = "run-once",
    }
}

impl Way {
    /// Returns what commits of source actions are called, if not after their
    /// targets.
    pub(crate) fn subject(self) -> Option<&'static str> {
        (self == Self::Once).then_some(self.as_str())
    }
}
