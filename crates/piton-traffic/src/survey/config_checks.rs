//! Whether the checkout and the user's list know the set-up, and say the same.

use super::finding::{Code, FIX, Findings, Group};
use super::seen::Survey;
use crate::settings::{PROJECT_FILE, is_date, is_gist_id};

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    let name = &seen.repository.to_string();
    let Some(project) = &seen.project else {
        if seen.entry.is_none() {
            let reason = "neither the checkout nor your list knows this set-up";
            out.warn(Group::Config, PROJECT_FILE, reason)
                .code(Code::NoConfig)
                .remedy(FIX);
        } else {
            out.skip(Group::Config, PROJECT_FILE, "it does not exist here");
        }
        return;
    };
    let lacks: Vec<&str> = ["owner", "repo", "badge_gist_id", "archive_gist_id"]
        .into_iter()
        .filter(|field| project.get(field).is_none())
        .collect();
    let odd = |field: &str| project.get(field).is_some_and(|id| !is_gist_id(&id));
    if !lacks.is_empty() {
        let reason = format!("it lacks {}", lacks.join(", "));
        out.fail(Group::Config, PROJECT_FILE, reason).remedy(FIX);
    } else if odd("badge_gist_id") || odd("archive_gist_id") {
        let reason = "the id of a gist is not 20 or 32 hexadecimal digits";
        out.fail(Group::Config, PROJECT_FILE, reason).remedy(FIX);
    } else if project.get("created").is_none_or(|day| !is_date(&day)) {
        let reason = "`created` is not a day of the calendar";
        out.fail(Group::Config, PROJECT_FILE, reason).remedy(FIX);
    } else if project
        .repository()
        .is_some_and(|named| !named.same(&seen.repository))
    {
        let reason = format!("the repository is called {name} now");
        out.warn(Group::Config, PROJECT_FILE, reason).remedy(FIX);
    } else {
        out.ok(Group::Config, PROJECT_FILE, "it says all that it must");
    }
    match &seen.entry {
        None => out
            .warn(
                Group::Config,
                name,
                "your list of tracked repositories does not have it",
            )
            .remedy(FIX),
        Some(entry) => {
            let differs = entry.badge_gist_id != project.get("badge_gist_id")
                || entry.archive_gist_id != project.get("archive_gist_id");
            if differs {
                let reason = format!("your list names other gists than {PROJECT_FILE}");
                out.warn(Group::Config, name, reason).remedy(FIX);
            } else {
                out.ok(Group::Config, name, "your list says the same");
            }
        }
    }
}
