//! References, commits, trees, and the contents of files.

use serde_json::{Value, json};

use super::{below, repo};
use crate::forge::reply::{Body, Call, Refusal, Replied, Reply, created, done, ok};
use crate::forge::world::{Repo, World, sha};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let repo = repo(world, call).ok()?;
    let reference = format!("refs/{}", call.place("ref"));
    Some(match (call.method, below) {
        ("GET", "/git/ref/{ref*}") => {
            if repo.refs.contains_key(&reference) {
                ok(ref_json(repo, &reference))
            } else {
                Err(Refusal::not_found())
            }
        }
        ("POST", "/git/refs") => create_ref(repo, call),
        ("PATCH", "/git/refs/{ref*}") => update_ref(repo, call, &reference),
        ("DELETE", "/git/refs/{ref*}") => match repo.refs.remove(&reference) {
            Some(_) => done(),
            None => Err(Refusal::new(422, "Reference does not exist")),
        },
        ("GET", "/git/commits/{commit_sha}") => {
            commit_json(repo, call.place("commit_sha")).and_then(ok)
        }
        ("POST", "/git/commits") => create_commit(repo, call),
        ("GET", "/git/trees/{tree_sha}") => tree(repo, call.place("tree_sha")),
        ("POST", "/git/trees") => create_tree(repo, call),
        ("GET", "/contents/{path*}") => content(repo, call),
        ("PUT", "/contents/{path*}") => put_content(repo, call),
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

fn update_ref(repo: &mut Repo, call: &Call<'_>, name: &str) -> Replied {
    let sha = call.text("sha").unwrap_or("").to_owned();
    let Some(old) = repo.refs.get(name).cloned() else {
        return Err(Refusal::new(422, "Reference does not exist"));
    };
    if !repo.commits.contains_key(&sha) {
        return Err(Refusal::new(422, "Object does not exist"));
    }
    if call.body["force"] != true && !repo.descends(&sha, &old) {
        return Err(Refusal::new(422, "Update is not a fast forward"));
    }
    repo.refs.insert(name.to_owned(), sha);
    ok(ref_json(repo, name))
}

fn commit_json(repo: &Repo, sha: &str) -> Result<Value, Refusal> {
    let commit = repo.commits.get(sha).ok_or_else(Refusal::not_found)?;
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

fn tree(repo: &Repo, name: &str) -> Replied {
    let commit = repo
        .refs
        .get(&format!("refs/heads/{name}"))
        .map_or(name, String::as_str);
    let tree = repo
        .commits
        .get(commit)
        .map_or(commit, |commit| commit.tree.as_str());
    if !repo.trees.contains_key(tree) {
        return Err(Refusal::not_found());
    }
    ok(tree_json(repo, tree))
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
            let found = repo.trees.get(tree).cloned();
            found.ok_or_else(|| Refusal::new(422, "base_tree is not a valid tree oid"))?
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
        return Ok(Reply {
            status: 200,
            body: Body::Raw(text.clone().into_bytes()),
        });
    }
    ok(
        json!({"type": "file", "path": path, "sha": sha(text), "size": text.len(), "encoding": "base64", "content": ""}),
    )
}

fn put_content(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let branch = call
        .text("branch")
        .unwrap_or(&repo.default_branch)
        .to_owned();
    let path = call.place("path");
    let files = repo.branch_files(&branch);
    let there = files.get(path).map(sha);
    match (there, call.text("sha")) {
        (Some(_), None) => return Err(Refusal::new(422, "\"sha\" wasn't supplied.")),
        (Some(there), Some(given)) if there != given => {
            return Err(Refusal::new(409, format!("{path} does not match {given}")));
        }
        _ => {}
    }
    let text = base64(call.text("content").unwrap_or(""));
    let text = text.ok_or_else(|| Refusal::new(422, "content is not valid Base64"))?;
    let message = call.text("message").unwrap_or("").to_owned();
    repo.commit_files(&branch, &message, &[(path, &text)]);
    ok(json!({"content": {"path": path, "sha": sha(&text)}, "commit": {"message": message}}))
}

fn base64(text: &str) -> Option<String> {
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for byte in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'=')
    {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}
