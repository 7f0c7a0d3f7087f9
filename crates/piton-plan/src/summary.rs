//! A plan in one line.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::operation::Operation;
use crate::plan::Plan;
use crate::verb::Verb;

/// What a plan comes to. A function of the plan alone, and so the same before
/// a rehearsal and before the real thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub command: String,
    /// How many actions each verb has; only verbs that occur, in fixed order.
    #[serde(serialize_with = "as_map")]
    pub counts: Vec<(Verb, usize)>,
    pub total: usize,
    pub changes: usize,
    pub unchanged: usize,
    pub destructive: usize,
    pub conflicts: usize,
    pub will_ask: usize,
    pub warnings: usize,
}

impl Summary {
    pub fn of<O: Operation>(plan: &Plan<O>) -> Self {
        let operations = || plan.actions().iter().map(crate::Action::operation);
        let count = |is: &dyn Fn(&O) -> bool| operations().filter(|o| is(o)).count();
        let changes = count(&|o| o.key().verb.changes());
        Self {
            command: plan.command().to_owned(),
            counts: Verb::ALL
                .iter()
                .map(|&verb| (verb, count(&|o| o.key().verb == verb)))
                .filter(|(_, times)| *times > 0)
                .collect(),
            total: plan.len(),
            changes,
            unchanged: plan.len() - changes,
            destructive: count(&Operation::destructive),
            conflicts: count(&|o| {
                o.conflict()
                    .is_some_and(|mode| mode != crate::ConflictMode::Skip)
            }),
            will_ask: plan
                .actions()
                .iter()
                .filter(|a| a.input().is_some())
                .count(),
            warnings: plan.warnings().len(),
        }
    }

    /// Returns the counts without the command, such as `2 create, 1 unchanged`.
    pub fn counted(&self) -> String {
        let mut parts: Vec<String> = self
            .counts
            .iter()
            .map(|(verb, times)| match verb {
                Verb::Skip => format!("{times} unchanged"),
                verb => format!("{times} {verb}"),
            })
            .collect();
        if self.will_ask > 0 {
            parts.push(format!("{} will ask", self.will_ask));
        }
        if self.warnings > 0 {
            parts.push(counted(self.warnings, "warning"));
        }
        if parts.is_empty() {
            parts.push("nothing to do".to_owned());
        }
        parts.join(", ")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.command, self.counted())
    }
}

fn as_map<S: Serializer>(counts: &[(Verb, usize)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(counts.iter().copied())
}

/// Returns a number with its noun.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
