//! How a file that is in the way is settled.

piton_base::words! {
    /// What happens to a destination that exists and differs.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum ConflictMode: "a conflict mode" {
        /// Keeps the destination.
        Skip = "skip",
        /// Replaces it.
        Overwrite = "overwrite",
        /// Replaces it if the source was modified later.
        Newer = "newer",
        /// Replaces it if the source is larger.
        Larger = "larger",
        /// Keeps it and writes the source beside it under a new name.
        Rename = "rename",
        /// Refuses the whole plan.
        Fail = "fail",
        /// Asks the user for each file.
        Ask = "ask",
    }
}
