//! What every request for a plan stands on: its number, its text, its mark.

use piton_github::endpoints::issues::Issue;
use piton_github::endpoints::people::Person;

use crate::log::trusts;
use crate::store::{BackendError, Document, PlanId};

/// Returns the number of a plan on GitHub.
pub(super) fn number(id: &PlanId) -> Result<u64, BackendError> {
    id.number().ok_or_else(|| BackendError::ForeignId {
        id: id.clone(),
        expected: "plans on GitHub have numbers",
    })
}

/// Returns an issue, or the pull request that it is, as a document.
pub(super) fn document(issue: Issue) -> Document {
    let trusted = trusts(
        issue.author_association.trusted(),
        issue
            .user
            .as_ref()
            .map_or("", |person| person.login.as_str()),
        issue.user.as_ref().is_some_and(Person::is_bot),
    );
    Document {
        trusted,
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
