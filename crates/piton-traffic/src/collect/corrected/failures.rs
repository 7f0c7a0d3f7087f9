//! Sources that failed: noted, told, and loud when it happens again and again.

use super::book::Book;
use crate::collect::answers::{Answer, Answers};
use crate::collect::outcome::Given;
use crate::ordered::{Json, Object};

const KEY: &str = "failures";
/// So many failures in a row end the run with an error.
const LOUD: i64 = 3;

/// Notes how each source did. Returns the error when one failed too often.
pub(super) fn note(book: &mut Book, answers: &Answers, given: &Given) -> Option<String> {
    let archive = match (&given.archive_gist, &given.archive) {
        (Some(_), None) => Some("it cannot be read"),
        _ => None,
    };
    let actions = answers
        .runs
        .values()
        .find_map(|seen| seen.failed.as_deref());
    let sources = [
        ("releases", why(&answers.releases)),
        ("clones", why(&answers.clones)),
        ("views", why(&answers.views)),
        ("repository", why(&answers.repo)),
        ("referrers", why(&answers.referrers)),
        ("paths", why(&answers.paths)),
        ("actions", actions),
        ("stars", answers.stars.as_ref().and_then(why)),
        ("archive", archive),
    ];
    let now = book.now.to_string();
    let mut loud = Vec::new();
    let failures = book.ours.object_mut(KEY);
    for (name, failure) in sources {
        let Some(why) = failure else {
            failures.remove(name);
            continue;
        };
        let entry = failures.object_mut(name);
        // The same run told twice is one failure.
        if entry.text("last") != Some(now.as_str()) {
            entry.set("count", entry.or_zero("count") + 1);
        }
        entry.set("last", now.as_str());
        entry.set("reason", why);
        if entry.or_zero("count") >= LOUD {
            loud.push(format!(
                "{name} failed {} times in a row: {why}",
                entry.or_zero("count")
            ));
        }
    }
    (!loud.is_empty()).then(|| loud.join("; "))
}

fn why<T>(answer: &Answer<T>) -> Option<&str> {
    answer.as_ref().err().map(String::as_str)
}

/// Tells every failure, for people.
pub(super) fn told(book: &Book) -> Vec<String> {
    let failures = book.ours.object(KEY).into_iter().flat_map(Object::iter);
    failures
        .filter_map(|(name, entry)| Some((name, entry.get("reason").and_then(Json::text)?)))
        .map(|(name, why)| format!("{name} could not be read: {why}"))
        .collect()
}
