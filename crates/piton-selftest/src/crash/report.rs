//! What came out.

use std::fmt;

use serde::Serialize;

/// One point after which not everything was as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bad {
    pub scenario: String,
    /// The number of the point; 0 when the scenario could not even begin.
    pub point: u64,
    /// The call, and the file it was about.
    pub at: String,
    /// What was done there: killed, or a fault.
    pub done: String,
    pub why: Vec<String>,
}

/// Everything that was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub points: u64,
    pub bad: Vec<Bad>,
    /// How many points each scenario has, tried or not.
    pub scenarios: Vec<(String, u64)>,
    /// Whether time was up before all points were tried.
    pub cut_short: bool,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scenario, self.point)?;
        if !self.at.is_empty() {
            write!(f, " [{}: {}]", self.at, self.done)?;
        }
        write!(f, ": {}", self.why.join("; "))
    }
}

impl Report {
    /// Returns the last line.
    pub fn sum(&self) -> String {
        format!("{} points, {} bad", self.points, self.bad.len())
    }
}
