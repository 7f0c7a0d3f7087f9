//! Variables and secrets of Actions.

use serde_json::{Value, json};

use super::{below, repo};
use crate::forge::reply::{Call, Refusal, Replied, created, done, found, ok};
use crate::forge::world::World;

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let repo = repo(world, call).ok()?;
    let name = call.place("name");
    let created = || created(json!({}));
    Some(match (call.method, below) {
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
        ("GET", "/actions/variables/{name}") => {
            found(repo.variables.get(name)).and_then(|value| ok(variable(name, value)))
        }
        ("PATCH", "/actions/variables/{name}") => {
            found(repo.variables.get_mut(name)).and_then(|value| {
                call.text("value").unwrap_or("").clone_into(value);
                done()
            })
        }
        ("DELETE", "/actions/variables/{name}") => {
            found(repo.variables.remove(name)).and_then(|_| done())
        }
        ("GET", "/actions/secrets/public-key") => {
            let (id, key) = &repo.public_key;
            ok(json!({"key_id": id, "key": key}))
        }
        ("GET", "/actions/secrets/{secret_name}") => {
            let name = call.place("secret_name");
            found(repo.secrets.get(name)).and_then(|_| ok(secret(name)))
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
            found(repo.secrets.remove(call.place("secret_name"))).and_then(|_| done())
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
