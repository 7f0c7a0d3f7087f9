//! What was found, in words, and which of it sends the work back.

use std::fmt;

/// One way in which a change weakens what judges it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(crate) enum Loss {
    /// A file that decides how tests are run was touched.
    GateTouched { what: String },
    /// A test is gone, and nothing that stands for it came.
    Deleted { test: String },
    /// A test is there and is not run.
    Skipped { test: String, why: String },
    /// A test checks nothing any more.
    Emptied { test: String },
    /// A module of tests is no longer part of the program.
    Unlinked { module: String },
    /// A mark lets one test run and passes over all others.
    Focused { mark: String },
    /// Something that stands outside of all tests keeps them from running.
    HeldBack { mark: String },
    /// A table of a test lost rows, each of which was tested.
    FewerRows {
        test: String,
        before: usize,
        after: usize,
    },
    /// A test is gone together with the code that it tested.
    DeletedWithCode { test: String, code: String },
    /// A test checks less than before.
    FewerAssertions {
        test: String,
        before: usize,
        after: usize,
    },
    /// A test asks for less than before.
    Weaker { test: String },
    /// A test puts something in the place of what it looks at.
    Mocked { test: String, how: String },
    /// Expected values changed in the same change as the code.
    ExpectedChanged { test: String },
    /// A recorded answer changed in the same change as the code.
    RecordChanged,
}

/// A loss, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    pub(crate) loss: Loss,
    pub(crate) path: String,
    pub(crate) line: usize,
}

piton_base::words! {
    /// What becomes of work that weakens tests.
    #[derive(Default)]
    pub enum Policy: "a dilution policy" {
        /// Findings are told and nothing else.
        Report = "report",
        /// Deleted and skipped tests send the work back; the rest is told.
        #[default]
        Refuse = "refuse",
    }
}

impl Finding {
    /// Returns what was found of a file as a whole.
    pub(super) fn of_file(loss: Loss, path: &str) -> Self {
        Self {
            loss,
            path: path.to_owned(),
            line: 0,
        }
    }

    /// Whether work with this finding is refused where the policy refuses.
    pub(crate) fn is_grave(&self) -> bool {
        match self.loss {
            Loss::Deleted { .. }
            | Loss::Skipped { .. }
            | Loss::Emptied { .. }
            | Loss::FewerRows { .. }
            | Loss::Unlinked { .. }
            | Loss::HeldBack { .. }
            | Loss::Focused { .. } => true,
            Loss::GateTouched { .. }
            | Loss::DeletedWithCode { .. }
            | Loss::FewerAssertions { .. }
            | Loss::Weaker { .. }
            | Loss::Mocked { .. }
            | Loss::ExpectedChanged { .. }
            | Loss::RecordChanged => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        match &self.loss {
            Loss::GateTouched { what } => write!(f, ": {what} was changed"),
            Loss::Deleted { test } => write!(f, ": the test {test} was deleted"),
            Loss::Skipped { test, why } => write!(f, ": the test {test} no longer runs: {why}"),
            Loss::Emptied { test } => write!(f, ": the test {test} no longer checks anything"),
            Loss::Unlinked { module } => {
                write!(f, ": the tests in module {module} are no longer built")
            }
            Loss::Focused { mark } => write!(f, ": {mark} keeps all other tests from running"),
            Loss::HeldBack { mark } => write!(f, ": {mark} keeps tests from running"),
            Loss::DeletedWithCode { test, code } => {
                write!(f, ": the test {test} was deleted together with {code}")
            }
            Loss::FewerAssertions {
                test,
                before,
                after,
            } => {
                write!(f, ": the test {test} has {after} of {before} checks left")
            }
            Loss::FewerRows {
                test,
                before,
                after,
            } => write!(f, ": the test {test} has {after} of {before} rows left"),
            Loss::Weaker { test } => write!(f, ": the test {test} asks for less than before"),
            Loss::Mocked { test, how } => {
                write!(
                    f,
                    ": the test {test} now puts something in place of what it tests ({how})"
                )
            }
            Loss::ExpectedChanged { test } => {
                write!(
                    f,
                    ": what the test {test} expects changed together with the code"
                )
            }
            Loss::RecordChanged => {
                f.write_str(": a recorded answer changed together with the code")
            }
        }
    }
}

/// Whether the policy sends work with these findings back.
pub fn refused(policy: Policy, findings: &[Finding]) -> bool {
    match policy {
        Policy::Report => false,
        Policy::Refuse => findings.iter().any(Finding::is_grave),
    }
}

/// Renders the findings as a list, for the agent that gets its work back.
pub fn tell(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| format!("- {finding}\n"));
    lines.collect()
}
