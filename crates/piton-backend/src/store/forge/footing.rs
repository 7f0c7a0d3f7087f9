//! What every request for a plan stands on: its number, its text, its mark.

use piton_github::endpoints::issues::Issue;

use super::trust::counts;
use crate::store::{BackendError, Document, PlanId, Result};

/// Returns the number of a plan on GitHub.
pub(super) fn number(id: &PlanId) -> Result<u64> {
    id.number().ok_or_else(|| BackendError::ForeignId {
        id: id.clone(),
        expected: "plans on GitHub have numbers",
    })
}

/// Returns an issue, or the pull request that it is, as a document.
pub(super) fn document(issue: Issue) -> Document {
    Document {
        trusted: counts(issue.author_association, issue.user.as_ref()),
        id: PlanId::from(issue.number),
        title: issue.title,
        body: issue.body,
        state: issue.state,
        url: issue.html_url,
        labels: issue.labels.into_iter().map(|label| label.name).collect(),
        assignees: issue
            .assignees
            .unwrap_or_default()
            .into_iter()
            .map(|person| person.login)
            .collect(),
        author: issue.user.map(|person| person.login),
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        is_merged: issue
            .pull_request
            .as_ref()
            .is_some_and(|mark| mark.merged_at.is_some()),
        is_pull: issue.pull_request.is_some(),
        is_draft: issue.draft.unwrap_or(false),
    }
}

/// The mark that tells one creation from another, so that it is found again.
pub(super) fn mark(key: &str) -> String {
    format!("<!-- piton:made:{key} -->")
}
