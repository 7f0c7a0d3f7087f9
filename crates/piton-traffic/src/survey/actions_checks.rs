//! Whether the collector is told its gists and its token.

use super::finding::{Code, FIX, Findings, Group};
use super::seen::Survey;
use crate::provision::{ARCHIVE_VARIABLE, BADGE_VARIABLE, SecretFound};

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    variables(seen, out);
    secret(seen, out);
}

fn variables(seen: &Survey, out: &mut Findings) {
    for (at, name, gist) in [
        (0, BADGE_VARIABLE, &seen.badge),
        (1, ARCHIVE_VARIABLE, &seen.archive),
    ] {
        let Some(both) = &seen.variables else {
            out.skip(Group::Variable, name, "the token may not read it");
            continue;
        };
        match (&both[at], gist.id()) {
            (None, _) => {
                let reason = "it is not set, so the collector does not know its gist";
                out.fail(Group::Variable, name, reason)
                    .code(Code::VariableMissing)
                    .remedy(FIX);
            }
            (Some(value), Some(id)) if value == id => {
                out.ok(Group::Variable, name, value.as_str());
            }
            (Some(value), Some(id)) => {
                let reason = format!("it is {value}, but the gist is {id}");
                out.fail(Group::Variable, name, reason)
                    .code(Code::VariableMismatch)
                    .remedy("`piton traffic verify --fix --force` sets it to the gist");
            }
            (Some(value), None) => {
                let reason = format!("it is {value}; there is no gist to compare it with");
                out.skip(Group::Variable, name, reason);
            }
        }
    }
}

fn secret(seen: &Survey, out: &mut Findings) {
    let (name, found) = &seen.secret;
    match found {
        SecretFound::Absent => out
            .fail(
                Group::Secret,
                name,
                "it is not set, so the collector has no token",
            )
            .code(Code::SecretMissing)
            .remedy("`piton traffic create` asks for the token and stores it"),
        SecretFound::Present { .. } => {
            out.ok(Group::Secret, name, "it is set");
        }
        SecretFound::Unknown => out.skip(Group::Secret, name, "the token may not read it"),
    }
}
