//! What kind of text an issue or a pull request holds.

use crate::block::find_blocks;
use crate::header::{HeaderFault, find_header};
use crate::text::{PlanInBody, plan_in_body};

/// What is known of an issue or a pull request before its text is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub body: &'a str,
    pub is_pull: bool,
    pub labels: &'a [String],
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A plan whose text is in a comment.
    IssuePlan,
    /// A plan of the oldest kind: the body is the plan, and there is no header.
    BareIssuePlan,
    /// A pull request whose body holds the plan.
    PullPlan,
    /// A pull request with a header whose plan was replaced by something else.
    PullPlanWithoutText,
    /// A pull request that carries out the plan of an issue, if it says so.
    Pull {
        of: Option<u64>,
    },
    Objective,
    Issue,
}

impl TextKind {
    /// Tells what something is.
    pub fn of(seen: &Seen<'_>) -> Self {
        let blocks = find_blocks(seen.body);
        let labelled = |label: &str| seen.labels.iter().any(|own| own == label);
        if labelled("erk-objective") || blocks.iter().any(|block| block.key == "objective-header") {
            return Self::Objective;
        }
        let has_header = !matches!(find_header(seen.body), Err(HeaderFault::Absent));
        if seen.is_pull {
            return match (plan_in_body(seen.body), has_header) {
                (PlanInBody::Section(_) | PlanInBody::Flat(_), _) => Self::PullPlan,
                (PlanInBody::Nowhere, true) => Self::PullPlanWithoutText,
                (PlanInBody::Nowhere, false) => Self::Pull {
                    of: carried_out(seen.body),
                },
            };
        }
        if has_header {
            Self::IssuePlan
        } else if labelled("erk-plan") {
            Self::BareIssuePlan
        } else {
            Self::Issue
        }
    }

    pub const fn is_plan(&self) -> bool {
        match self {
            Self::IssuePlan | Self::BareIssuePlan | Self::PullPlan | Self::PullPlanWithoutText => {
                true
            }
            Self::Pull { .. } | Self::Objective | Self::Issue => false,
        }
    }

    pub const fn words(&self) -> &'static str {
        match self {
            Self::IssuePlan => "a plan in an issue",
            Self::BareIssuePlan => "a plan in an issue, without a header",
            Self::PullPlan => "a plan in a pull request",
            Self::PullPlanWithoutText => "a plan in a pull request, whose text was replaced",
            Self::Pull { .. } => "a pull request, and no plan",
            Self::Objective => "an objective, and no plan",
            Self::Issue => "an issue, and no plan",
        }
    }
}

/// Returns the issue whose plan a pull request says that it carries out.
fn carried_out(body: &str) -> Option<u64> {
    let named = body
        .lines()
        .find_map(|line| line.trim().strip_prefix("**Plan:** #"))
        .or_else(|| {
            let lower = body.to_lowercase();
            let at = lower.find("closes #")?;
            body.get(at + "closes #".len()..)
        })?;
    let digits = named
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(named.len());
    named[..digits].parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::{Seen, TextKind};

    fn check(body: &str, is_pull: bool, labels: &[&str], expected: &TextKind) {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let seen = Seen {
            body,
            is_pull,
            labels: &labels,
        };
        assert_eq!(&TextKind::of(&seen), expected, "{body}");
    }

    #[test]
    fn a_text_is_told_by_its_blocks_and_labels() {
        let header = "<!-- erk:metadata-block:plan-header -->\n<details>\n<summary>x</summary>\n\n```yaml\nschema_version: '2'\n```\n</details>\n<!-- /erk:metadata-block:plan-header -->";
        check(header, false, &["erk-plan"], &TextKind::IssuePlan);
        check("# Do it", false, &["erk-plan"], &TextKind::BareIssuePlan);
        check("# Do it", false, &[], &TextKind::Issue);
        check(header, true, &[], &TextKind::PullPlanWithoutText);
        check("Closes #12.", true, &[], &TextKind::Pull { of: Some(12) });
        check(
            "**Plan:** #7\nx",
            true,
            &[],
            &TextKind::Pull { of: Some(7) },
        );
        check(header, false, &["erk-objective"], &TextKind::Objective);
    }
}
