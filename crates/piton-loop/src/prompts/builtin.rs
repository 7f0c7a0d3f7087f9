//! The templates that come with the program.

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../prompts/", $name)))
    };
}

/// Each template's name and text; names with an underscore are parts.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    template!("_answer.md.j2"),
    template!("_effort.md.j2"),
    template!("_migration.md.j2"),
    template!("_plan-files.md.j2"),
    template!("_retry.md.j2"),
    template!("_review.md.j2"),
    template!("_settle.md.j2"),
    template!("_settled.md.j2"),
    template!("_situation.md.j2"),
    template!("_status.md.j2"),
    template!("_taste.md.j2"),
    template!("_topics.md.j2"),
    template!("_validation.md.j2"),
    template!("_workplace.md.j2"),
    template!("approaches.md.j2"),
    template!("classify.md.j2"),
    template!("expand.md.j2"),
    template!("final-review.md.j2"),
    template!("fix-amendment.md.j2"),
    template!("human-review.md.j2"),
    template!("phase.md.j2"),
    template!("pick-best.md.j2"),
    template!("ready-check.md.j2"),
    template!("refactor.md.j2"),
    template!("review-2.md.j2"),
    template!("review.md.j2"),
    template!("revise.md.j2"),
    template!("scope-selection.md.j2"),
    template!("stored-plan.md.j2"),
    template!("taste-interview.md.j2"),
    template!("taste-refine.md.j2"),
    template!("taste-upgrade.md.j2"),
];
