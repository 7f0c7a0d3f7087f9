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
    /// A mapping.
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

const fn now(name: &'static str, rule: Rule) -> Spec {
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

const fn former(name: &'static str, rule: Rule) -> Spec {
    Spec {
        name,
        rule,
        digits_are_text: false,
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
    now("schema_version", Rule::Immutable),
    now("created_at", Rule::Immutable),
    now("created_by", Rule::Immutable),
    now("worktree_name", Rule::Filled),
    now("branch_name", Rule::Filled),
    now("plan_comment_id", Rule::Positive),
    now("ci_summary_comment_id", Rule::Positive),
    run_id("last_dispatched_run_id", Rule::Text),
    now("last_dispatched_node_id", Rule::Text),
    now("last_dispatched_at", Rule::Text),
    now("last_local_impl_at", Rule::Text),
    now("last_local_impl_event", Rule::OneOf(&["started", "ended"])),
    now("last_local_impl_session", Rule::Text),
    now("last_local_impl_user", Rule::Text),
    now("last_remote_impl_at", Rule::Text),
    run_id("last_remote_impl_run_id", Rule::Text),
    now("last_remote_impl_session_id", Rule::Text),
    now("source_repo", Rule::Repository),
    now("objective_issue", Rule::Positive),
    now("node_ids", Rule::Texts),
    now("created_from_session", Rule::Filled),
    now("created_from_workflow_run_url", Rule::Filled),
    now("last_learn_session", Rule::Filled),
    now("last_learn_at", Rule::Filled),
    now("learn_status", LEARN_STATUS),
    run_id("learn_run_id", Rule::Filled),
    now("last_session_branch", Rule::Filled),
    now("last_session_id", Rule::Filled),
    now("last_session_at", Rule::Filled),
    now("last_session_source", Rule::OneOf(&["local", "remote"])),
    now("learn_plan_issue", Rule::Positive),
    now("learn_plan_pr", Rule::Positive),
    now("learned_from_issue", Rule::Positive),
    now("learn_materials_branch", Rule::Filled),
    now("lifecycle_stage", LIFECYCLE),
    former("last_session_gist_url", Rule::Filled),
    former("last_session_gist_id", Rule::Filled),
    former("learn_materials_gist_url", Rule::Filled),
    former("review_pr", Rule::Positive),
    former("last_review_pr", Rule::Positive),
    former(
        "plan_type",
        Rule::OneOf(&["standard", "learn", "extraction"]),
    ),
    former("source_plan_issues", Rule::Numbers),
    former("extraction_session_ids", Rule::Texts),
    former("objective_type", Rule::OneOf(&["completable", "perpetual"])),
    former("turn_context", Rule::Mapping),
    former("current_step", Rule::Count),
    former("total_steps", Rule::Count),
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
