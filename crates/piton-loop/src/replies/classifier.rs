//! The classifier's answer: which route a target takes.

use super::decision_line::{DecisionLine, Undecided};
use super::ready::is_word_char;

piton_base::words! {
    /// Where a target goes.
    #[derive(Hash)]
    pub enum Route: "a route" {
        /// One commit does it.
        CohesiveCleanup = "cohesive-cleanup",
        /// It takes a migration.
        NeedsPlan = "needs-plan",
    }
}

impl Route {
    /// Reads the route in an agent's text.
    pub fn parse(text: &str) -> Result<Self, Undecided> {
        let read = |line: DecisionLine<'_>| {
            Self::ALL.iter().copied().find(|route| {
                line.take_word(route.as_str())
                    .is_some_and(|after| !after.starts_with(is_word_char))
            })
        };
        let wanted = "\"decision: cohesive-cleanup\" or \"decision: needs-plan\"";
        DecisionLine::only(text, "decision", read, |route| *route)?
            .ok_or(Undecided::Missing { wanted })
    }
}
