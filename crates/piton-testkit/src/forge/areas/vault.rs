//! Variables and secrets of Actions.

use serde_json::{Value, json};

use super::{below, repo};
use crate::forge::reply::{Body, Call, Refusal, Replied, Reply, done, list_in, ok};
use crate::forge::world::World;

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let repo = repo(world, call).ok()?;
    let name = call.place("name");
    let created = || {
        Ok(Reply {
            status: 201,
            body: Body::Json(json!({})),
        })
    };
    Some(match (call.method, below) {
        ("GET", "/actions/variables") => {
            let all = repo
                .variables
                .iter()
                .map(|(name, value)| variable(name, value));
            list_in("variables", all.collect())
        }
        ("POST", "/actions/variables") => {
            let (name, value) = (
                call.text("name").unwrap_or(""),
                call.text("value").unwrap_or(""),
            );
            if !plain(name) {
                Err(Refusal::new(
                    422,
                    "Variable name contains invalid characters.",
                ))
            } else if repo.variables.contains_key(name) {
                Err(Refusal::new(
                    409,
                    "Already exists - Variable already exists",
                ))
            } else {
                repo.variables.insert(name.to_owned(), value.to_owned());
                created()
            }
        }
        ("GET", "/actions/variables/{name}") => match repo.variables.get(name) {
            Some(value) => ok(variable(name, value)),
            None => Err(Refusal::not_found()),
        },
        ("PATCH", "/actions/variables/{name}") => match repo.variables.get_mut(name) {
            Some(value) => {
                call.text("value").unwrap_or("").clone_into(value);
                done()
            }
            None => Err(Refusal::not_found()),
        },
        ("DELETE", "/actions/variables/{name}") => match repo.variables.remove(name) {
            Some(_) => done(),
            None => Err(Refusal::not_found()),
        },
        ("GET", "/actions/secrets") => list_in(
            "secrets",
            repo.secrets.keys().map(|name| secret(name)).collect(),
        ),
        ("GET", "/actions/secrets/public-key") => {
            let (id, key) = &repo.public_key;
            ok(json!({"key_id": id, "key": key}))
        }
        ("GET", "/actions/secrets/{secret_name}") => {
            let name = call.place("secret_name");
            if repo.secrets.contains_key(name) {
                ok(secret(name))
            } else {
                Err(Refusal::not_found())
            }
        }
        ("PUT", "/actions/secrets/{secret_name}") => {
            let sealed = call.text("encrypted_value").unwrap_or("").to_owned();
            if call.text("key_id") != Some(repo.public_key.0.as_str()) {
                return Some(Err(Refusal::new(422, "key_id is not the repository's")));
            }
            let fresh = repo
                .secrets
                .insert(call.place("secret_name").to_owned(), sealed)
                .is_none();
            if fresh { created() } else { done() }
        }
        ("DELETE", "/actions/secrets/{secret_name}") => {
            match repo.secrets.remove(call.place("secret_name")) {
                Some(_) => done(),
                None => Err(Refusal::not_found()),
            }
        }
        _ => return None,
    })
}

fn plain(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn variable(name: &str, value: &str) -> Value {
    let at = "2026-01-01T00:00:00Z";
    json!({"name": name, "value": value, "created_at": at, "updated_at": at})
}

fn secret(name: &str) -> Value {
    let at = "2026-01-01T00:00:00Z";
    json!({"name": name, "created_at": at, "updated_at": at})
}
