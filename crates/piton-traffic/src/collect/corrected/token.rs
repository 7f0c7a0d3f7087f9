//! When the collector's token ends: noted, and told in time.

use super::book::Book;
use crate::collect::answers::Answers;
use crate::collect::day::Moment;

const KEY: &str = "tokenExpires";
/// How long before its end a token is warned of.
const SOON_DAYS: i64 = 14;

pub(super) fn note(book: &mut Book, answers: &Answers) -> Option<String> {
    let Some(ends) = answers.token_expires else {
        // An answer without an end comes from a token that has none.
        if answers.repo.is_ok() {
            book.ours.remove(KEY);
        }
        return None;
    };
    book.ours.set(KEY, Moment(ends).to_string());
    let days = ends.duration_since(book.now.0).as_hours() / 24;
    (days < SOON_DAYS).then(|| {
        format!(
            "the collector's token ends in {days} days; \
             `piton traffic create --rotate-token` stores a new one"
        )
    })
}
