//! Gists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::repository::person;
use crate::forge::reply::{Call, Refusal, Replied, created, done, found, list, ok};
use crate::forge::world::{Gist, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let cut = world.gist_cut;
    let id = call.place("gist_id");
    Some(match (call.method, call.template) {
        ("GET", "/gists") => {
            let mine = world
                .gists
                .iter()
                .filter(|(_, gist)| gist.owner == call.who);
            let mut mine: Vec<_> = mine.collect();
            mine.sort_by_key(|(_, gist)| std::cmp::Reverse(gist.updated_at));
            list(
                mine.into_iter()
                    .map(|(id, gist)| shown(call, id, gist, None))
                    .collect(),
            )
        }
        ("POST", "/gists") => create(world, call, cut),
        ("GET", "/gists/{gist_id}") => {
            found(world.gists.get(id)).and_then(|gist| ok(shown(call, id, gist, Some(cut))))
        }
        ("GET", "/gists/{gist_id}/commits") => {
            found(world.gists.get(id)).and_then(|gist| list(revisions(gist)))
        }
        ("GET", "/gists/{gist_id}/{sha}") => {
            let number = u64::from_str_radix(call.place("sha"), 16).ok();
            match (world.gists.get(id), number) {
                (Some(gist), Some(number)) if number < gist.revisions => {
                    let mut then = gist.clone();
                    if let Some((at, files)) = gist.past.get(&number) {
                        (then.updated_at, then.files) = (*at, files.clone());
                    }
                    ok(shown(call, id, &then, Some(cut)))
                }
                _ => Err(Refusal::not_found()),
            }
        }
        ("PATCH", "/gists/{gist_id}") => match world.gists.get_mut(id) {
            Some(gist) if gist.owner == call.who => edit(gist, call, cut),
            _ => Err(Refusal::not_found()),
        },
        ("DELETE", "/gists/{gist_id}") => found(world.gists.remove(id)).and_then(|_| done()),
        _ => return None,
    })
}

fn create(world: &mut World, call: &Call<'_>, cut: usize) -> Replied {
    let mut files = BTreeMap::new();
    for (name, file) in call.body["files"].as_object().into_iter().flatten() {
        let content = file["content"].as_str().unwrap_or("");
        if content.is_empty() {
            return Err(Refusal::invalid("Gist", "files", "missing_field"));
        }
        files.insert(name.clone(), content.to_owned());
    }
    if files.is_empty() {
        return Err(Refusal::invalid("Gist", "files", "missing_field"));
    }
    let id = format!("{:032x}", world.next_id());
    let gist = Gist {
        description: call.text("description").unwrap_or("").to_owned(),
        public: call.body["public"].as_bool().unwrap_or(false),
        owner: call.who.clone(),
        files,
        created_at: call.now,
        updated_at: call.now,
        revisions: 1,
        past: BTreeMap::new(),
    };
    let shown = shown(call, &id, &gist, Some(cut));
    world.gists.insert(id, gist);
    created(shown)
}

fn edit(gist: &mut Gist, call: &Call<'_>, cut: usize) -> Replied {
    if let Some(description) = call.text("description") {
        description.clone_into(&mut gist.description);
    }
    let before = gist.files.clone();
    for (name, file) in call.body["files"].as_object().into_iter().flatten() {
        match file["content"].as_str() {
            Some("") => return Err(Refusal::invalid("Gist", "files", "missing_field")),
            Some(content) => {
                gist.files.insert(name.clone(), content.to_owned());
            }
            None => {
                gist.files.remove(name);
            }
        }
    }
    if gist.files != before {
        gist.past
            .insert(gist.revisions - 1, (gist.updated_at, before));
        gist.revisions += 1;
    }
    gist.updated_at = call.now;
    ok(shown(call, call.place("gist_id"), gist, Some(cut)))
}

/// The revisions of a gist, newest first.
fn revisions(gist: &Gist) -> Vec<Value> {
    let numbers = (0..gist.revisions).rev();
    numbers
        .map(|number| {
            let at = gist
                .past
                .get(&number)
                .map_or(gist.updated_at, |(at, _)| *at);
            json!({"version": format!("{number:040x}"), "committed_at": at.to_string()})
        })
        .collect()
}

/// A gist as GitHub gives it: listings without content, large files cut off.
fn shown(call: &Call<'_>, id: &str, gist: &Gist, cut: Option<usize>) -> Value {
    let mut files = serde_json::Map::new();
    for (name, text) in &gist.files {
        let mut file = json!({
            "filename": name, "type": "text/plain", "language": "Text", "size": text.len(),
            "raw_url": format!("{}/raw/{id}/{name}", call.base),
        });
        if let Some(cut) = cut {
            let end = (0..=cut.min(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at));
            file["truncated"] = json!(text.len() > cut);
            file["content"] = json!(text[..end.unwrap_or(0)]);
        }
        files.insert(name.clone(), file);
    }
    let mut out = json!({
        "id": id, "node_id": "G", "html_url": format!("https://gist.github.com/{}/{id}", gist.owner),
        "description": gist.description, "public": gist.public, "owner": person(&gist.owner),
        "files": files, "truncated": false, "comments": 0, "user": null,
        "created_at": gist.created_at.to_string(), "updated_at": gist.updated_at.to_string(),
    });
    if cut.is_some() {
        let newest: Vec<Value> = revisions(gist).into_iter().take(30).collect();
        out["history"] = Value::from(newest);
    }
    out
}
