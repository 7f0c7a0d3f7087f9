//! How often and how long the command may run.

use std::time::Duration;

piton_base::words! {
    /// What a red run followed by a green one counts as.
    #[derive(Default)]
    pub enum Flaky: "what becomes of flaky validations" {
        #[default]
        Accept = "accept",
        Refuse = "refuse",
    }
}

/// The limits of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// At least one.
    pub attempts: u32,
    pub flaky: Flaky,
    /// The longest silence.
    pub idle: Duration,
    pub deadline: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 1,
            flaky: Flaky::Accept,
            idle: Duration::from_secs(10 * 60),
            deadline: Duration::from_secs(60 * 60),
        }
    }
}
