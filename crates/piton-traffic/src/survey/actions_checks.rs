//! Whether the collector is told its gists and its token.

use super::finding::{Code, FIX, Finding, Group};
use super::seen::Survey;
use crate::provision::{ARCHIVE_VARIABLE, BADGE_VARIABLE, SecretFound};

pub(super) fn check(seen: &Survey, out: &mut Vec<Finding>) {
    variables(seen, out);
    secret(seen, out);
}

fn variables(seen: &Survey, out: &mut Vec<Finding>) {
    for (at, name, gist) in [
        (0, BADGE_VARIABLE, &seen.badge),
        (1, ARCHIVE_VARIABLE, &seen.archive),
    ] {
        let Some(both) = &seen.variables else {
            out.push(Group::Variable.skip(name, "it may not be looked at"));
            continue;
        };
        match (&both[at], gist.id()) {
            (None, _) => out.push(
                Group::Variable
                    .fail(
                        name,
                        "it is not set, so the collector does not know its gist",
                    )
                    .code(Code::VariableMissing)
                    .remedy(FIX),
            ),
            (Some(value), Some(id)) if value == id => {
                out.push(Group::Variable.ok(name, value.clone()));
            }
            (Some(value), Some(id)) => out.push(
                Group::Variable
                    .fail(name, format!("it is {value}, but the gist is {id}"))
                    .code(Code::VariableMismatch)
                    .remedy("`piton traffic verify --fix --force` sets it to the gist"),
            ),
            (Some(value), None) => out.push(Group::Variable.skip(
                name,
                format!("it is {value}; there is no gist to compare it with"),
            )),
        }
    }
}

fn secret(seen: &Survey, out: &mut Vec<Finding>) {
    let (name, found) = &seen.secret;
    match found {
        SecretFound::Absent => out.push(
            Group::Secret
                .fail(name, "it is not set, so the collector has no token")
                .code(Code::SecretMissing)
                .remedy("`piton traffic create` asks for the token and stores it"),
        ),
        SecretFound::Present { .. } => {
            out.push(Group::Secret.ok(name, "it is set"));
        }
        SecretFound::Unknown => out.push(Group::Secret.skip(name, "it may not be looked at")),
    }
}
