//! References, commits, trees, and the contents of files.

use serde_json::{Value, json};

use super::{below, repo};
use crate::forge::arrange::sha;
use crate::forge::reply::{Call, Refusal, Replied, created, found, ok, raw};
use crate::forge::world::{Repo, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let repo = repo(world, call).ok()?;
    let reference = format!("refs/{}", call.place("ref"));
    Some(match (call.method, below) {
        ("GET", "/git/ref/{ref*}") => {
            found(repo.refs.get(&reference)).and_then(|_| ok(ref_json(repo, &reference)))
        }
        ("POST", "/git/refs") => create_ref(repo, call),
        ("GET", "/git/commits/{commit_sha}") => {
            commit_json(repo, call.place("commit_sha")).and_then(ok)
        }
        ("POST", "/git/commits") => create_commit(repo, call),
        ("POST", "/git/trees") => create_tree(repo, call),
        ("GET", "/contents/{path*}") => content(repo, call),
        _ => return None,
    })
}

fn ref_json(repo: &Repo, name: &str) -> Value {
    json!({"ref": name, "node_id": "REF", "url": "x",
        "object": {"type": "commit", "sha": repo.refs[name], "url": "x"}})
}

fn create_ref(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let (name, sha) = (
        call.text("ref").unwrap_or(""),
        call.text("sha").unwrap_or(""),
    );
    if !name.starts_with("refs/") || name.matches('/').count() < 2 {
        return Err(Refusal::new(422, "Reference name must start with 'refs/'."));
    }
    if repo.refs.contains_key(name) {
        return Err(Refusal::new(422, "Reference already exists"));
    }
    // Git keeps branches as paths: `a` and `a/b` cannot stand beside each other.
    let inside = |one: &str, other: &str| other.starts_with(&format!("{one}/"));
    if repo
        .refs
        .keys()
        .any(|have| inside(have, name) || inside(name, have))
    {
        return Err(Refusal::new(
            422,
            "Reference already exists in another form",
        ));
    }
    if !repo.commits.contains_key(sha) {
        return Err(Refusal::new(422, "Object does not exist"));
    }
    repo.refs.insert(name.to_owned(), sha.to_owned());
    created(ref_json(repo, name))
}

fn commit_json(repo: &Repo, sha: &str) -> Result<Value, Refusal> {
    let commit = found(repo.commits.get(sha))?;
    Ok(
        json!({"sha": sha, "node_id": "C", "url": "x", "message": commit.message,
        "tree": {"sha": commit.tree, "url": "x"},
        "parents": commit.parents.iter().map(|sha| json!({"sha": sha})).collect::<Vec<_>>()}),
    )
}

fn create_commit(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let tree = call.text("tree").unwrap_or("").to_owned();
    if !repo.trees.contains_key(&tree) {
        return Err(Refusal::new(422, "Tree SHA does not exist"));
    }
    let parents: Vec<String> = call.body["parents"]
        .as_array()
        .map(|all| {
            all.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    if parents
        .iter()
        .any(|parent| !repo.commits.contains_key(parent))
    {
        return Err(Refusal::new(422, "Parent SHA does not exist"));
    }
    let sha = repo.put_commit(call.text("message").unwrap_or(""), &tree, parents);
    created(commit_json(repo, &sha)?)
}

fn tree_json(repo: &Repo, tree: &str) -> Value {
    let entries = repo.trees[tree].iter().map(|(path, text)| {
        json!({"path": path, "mode": "100644", "type": "blob", "sha": sha(text), "size": text.len()})
    });
    json!({"sha": tree, "url": "x", "truncated": false, "tree": entries.collect::<Vec<_>>()})
}

fn create_tree(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let mut files = match call.text("base_tree") {
        None => std::collections::BTreeMap::new(),
        Some(base) => {
            let tree = repo
                .commits
                .get(base)
                .map_or(base, |commit| commit.tree.as_str());
            let there = repo.trees.get(tree).cloned();
            there.ok_or_else(|| Refusal::new(422, "base_tree is not a valid tree oid"))?
        }
    };
    for entry in call.body["tree"].as_array().into_iter().flatten() {
        let path = entry["path"].as_str().unwrap_or("");
        let plain = !path.is_empty()
            && !path.starts_with('/')
            && !path.split('/').any(|piece| piece == "..");
        if !plain {
            return Err(Refusal::new(
                422,
                "tree.path contains a malformed path component",
            ));
        }
        if entry["sha"].is_null() && entry.get("content").is_none() {
            files.remove(path);
        } else if let Some(content) = entry["content"].as_str() {
            files.insert(path.to_owned(), content.to_owned());
        }
    }
    let tree = repo.put_tree(files);
    created(tree_json(repo, &tree))
}

fn content(repo: &Repo, call: &Call<'_>) -> Replied {
    let reference = call.query.get("ref").unwrap_or(&repo.default_branch);
    let name = format!("refs/heads/{reference}");
    let commit = repo.refs.get(&name).unwrap_or(reference);
    let files = repo.files(commit);
    let path = call.place("path");
    let Some(text) = files.get(path) else {
        let under = format!("{path}/");
        let entries = files.iter().filter(|(one, _)| one.starts_with(&under));
        let entries: Vec<Value> = entries
            .map(|(one, text)| json!({"type": "file", "path": one, "sha": sha(text)}))
            .collect();
        return if entries.is_empty() {
            Err(Refusal::not_found())
        } else {
            ok(Value::from(entries))
        };
    };
    if call.accept.contains("raw") {
        return raw(text.clone().into_bytes());
    }
    ok(
        json!({"type": "file", "path": path, "sha": sha(text), "size": text.len(), "encoding": "base64", "content": ""}),
    )
}
