//! Which comments count: what strangers write does not.

use piton_github::endpoints::comments::Comment;
use piton_github::endpoints::issues::Association;
use piton_github::endpoints::people::Person;

use crate::log::trusts;

/// Returns whether a comment was written by the repository's own people or by
/// its own Actions.
pub(super) fn is_trusted(comment: &Comment) -> bool {
    counts(comment.author_association, comment.user.as_ref())
}

/// Returns whether an author is one of those.
pub(super) fn counts(association: Association, author: Option<&Person>) -> bool {
    let (login, is_bot) = author.map_or(("", false), |person| {
        (person.login.as_str(), person.is_bot())
    });
    trusts(association.trusted(), login, is_bot)
}

/// Returns the comments that count, as id and text.
pub(super) fn trusted(comments: &[Comment]) -> impl Iterator<Item = (u64, &str)> {
    let trusted = comments.iter().filter(|comment| is_trusted(comment));
    trusted.map(|comment| (comment.id, comment.body.as_str()))
}
