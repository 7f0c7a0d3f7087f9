//! The fields of a header: their names, their rules, and what may change them.

use std::fmt;

/// The key of the block.
pub const KEY: &str = "plan-header";

/// What the value of a field must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Set once, when the plan is made.
    Immutable,
    /// A text; it may be empty.
    Text,
    /// A text that is not empty.
    Filled,
    /// `owner/repo`.
    Repository,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number above zero.
    Positive,
    /// A whole number from zero.
    Count,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Numbers,
    Mapping,
}

/// One field that a header can have.
#[derive(Debug, PartialEq, Eq)]
pub struct Spec {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
    /// Whether a whole number is taken for the text of its digits.
    pub(crate) digits_are_text: bool,
}

/// A field of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field(&'static Spec);

impl Field {
    /// Finds a field by its name.
    pub fn named(name: &str) -> Option<Self> {
        FIELDS.iter().find(|spec| spec.name == name).map(Self)
    }

    pub const fn name(self) -> &'static str {
        self.0.name
    }

    pub const fn rule(self) -> Rule {
        self.0.rule
    }

    pub(crate) const fn digits_are_text(self) -> bool {
        self.0.digits_are_text
    }

    pub(crate) fn is_immutable(self) -> bool {
        self.0.rule == Rule::Immutable
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

const fn plain(name: &'static str, rule: Rule) -> Spec {
    Spec {
        name,
        rule,
        digits_are_text: false,
    }
}

const fn run_id(name: &'static str, rule: Rule) -> Spec {
    Spec {
        name,
        rule,
        digits_are_text: true,
    }
}

const LEARN_STATUS: Rule = Rule::OneOf(&[
    "completed_no_plan",
    "completed_with_plan",
    "not_started",
    "pending",
    "pending_review",
    "plan_completed",
]);

const LIFECYCLE: Rule = Rule::OneOf(&[
    "impl",
    "implemented",
    "implementing",
    "planned",
    "planning",
    "prompted",
]);

/// Every field there ever was, in the order in which a new header has them.
pub const FIELDS: &[Spec] = &[
    plain("schema_version", Rule::Immutable),
    plain("created_at", Rule::Immutable),
    plain("created_by", Rule::Immutable),
    plain("worktree_name", Rule::Filled),
    plain("branch_name", Rule::Filled),
    plain("plan_comment_id", Rule::Positive),
    plain("ci_summary_comment_id", Rule::Positive),
    run_id("last_dispatched_run_id", Rule::Text),
    plain("last_dispatched_node_id", Rule::Text),
    plain("last_dispatched_at", Rule::Text),
    plain("last_local_impl_at", Rule::Text),
    plain("last_local_impl_event", Rule::OneOf(&["started", "ended"])),
    plain("last_local_impl_session", Rule::Text),
    plain("last_local_impl_user", Rule::Text),
    plain("last_remote_impl_at", Rule::Text),
    run_id("last_remote_impl_run_id", Rule::Text),
    plain("last_remote_impl_session_id", Rule::Text),
    plain("source_repo", Rule::Repository),
    plain("objective_issue", Rule::Positive),
    plain("node_ids", Rule::Texts),
    plain("created_from_session", Rule::Filled),
    plain("created_from_workflow_run_url", Rule::Filled),
    plain("last_learn_session", Rule::Filled),
    plain("last_learn_at", Rule::Filled),
    plain("learn_status", LEARN_STATUS),
    run_id("learn_run_id", Rule::Filled),
    plain("last_session_branch", Rule::Filled),
    plain("last_session_id", Rule::Filled),
    plain("last_session_at", Rule::Filled),
    plain("last_session_source", Rule::OneOf(&["local", "remote"])),
    plain("learn_plan_issue", Rule::Positive),
    plain("learn_plan_pr", Rule::Positive),
    plain("learned_from_issue", Rule::Positive),
    plain("learn_materials_branch", Rule::Filled),
    plain("lifecycle_stage", LIFECYCLE),
    plain("last_session_gist_url", Rule::Filled),
    plain("last_session_gist_id", Rule::Filled),
    plain("learn_materials_gist_url", Rule::Filled),
    plain("review_pr", Rule::Positive),
    plain("last_review_pr", Rule::Positive),
    plain(
        "plan_type",
        Rule::OneOf(&["standard", "learn", "extraction"]),
    ),
    plain("source_plan_issues", Rule::Numbers),
    plain("extraction_session_ids", Rule::Texts),
    plain("objective_type", Rule::OneOf(&["completable", "perpetual"])),
    plain("turn_context", Rule::Mapping),
    plain("current_step", Rule::Count),
    plain("total_steps", Rule::Count),
];

#[cfg(test)]
mod tests {
    use super::{FIELDS, Field};

    #[test]
    fn every_field_is_found_by_its_name_and_there_once() {
        for spec in FIELDS {
            assert_eq!(Field::named(spec.name).map(Field::name), Some(spec.name));
            assert_eq!(FIELDS.iter().filter(|s| s.name == spec.name).count(), 1);
        }
        assert_eq!(Field::named("nope"), None);
    }
}
