//! Issues, comments, labels.

use serde_json::{Value, json};

use super::repository::person;
use super::{below, fits, repo};
use crate::forge::reply::{Call, Refusal, Replied, created, done, found, list, ok};
use crate::forge::world::{Comment, Repo, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let next = world.next_id();
    let trusted = world.login.clone();
    let repo = repo(world, call).ok()?;
    Some(match (call.method, below) {
        ("GET", "/issues") => list(listed(repo, call)),
        ("POST", "/issues") => open(repo, call),
        ("GET", "/issues/{issue_number}") => number(repo, call)
            .map(|number| json(repo, number))
            .and_then(ok),
        ("PATCH", "/issues/{issue_number}") => number(repo, call).and_then(|number| {
            edit(repo, call, number)?;
            ok(json(repo, number))
        }),
        ("GET", "/issues/{issue_number}/comments") => number(repo, call)
            .and_then(|number| list(comments(repo, call, |comment| comment.issue == number))),
        ("GET", "/issues/comments") => {
            let mut all = comments(repo, call, |_| true);
            if call
                .query
                .get("direction")
                .is_some_and(|word| word == "desc")
            {
                all.reverse();
            }
            list(all)
        }
        ("POST", "/issues/{issue_number}/comments") => number(repo, call).and_then(|number| {
            let body = call.text("body").unwrap_or("");
            if body.trim().is_empty() {
                return Err(Refusal::custom("IssueComment", "Body cannot be blank"));
            }
            fits("IssueComment", Some(body))?;
            let association = if call.who == trusted || call.who == "github-actions[bot]" {
                "MEMBER"
            } else {
                "NONE"
            };
            repo.comments.insert(
                next,
                Comment {
                    issue: number,
                    body: body.to_owned(),
                    user: call.who.clone(),
                    association: association.to_owned(),
                    created_at: call.now,
                    updated_at: call.now,
                },
            );
            if let Some(issue) = repo.issues.get_mut(&number) {
                issue.updated_at = call.now;
            }
            created(comment_json(repo, next, &repo.comments[&next]))
        }),
        (method, "/issues/comments/{comment_id}") => comment(repo, call, method),
        ("POST", "/issues/{issue_number}/labels") => number(repo, call).and_then(|number| {
            let names = call.body["labels"].as_array().cloned().unwrap_or_default();
            for name in names.iter().filter_map(Value::as_str) {
                repo.label(name);
                let issue = repo.issues.get_mut(&number).expect("it was found");
                if !issue
                    .labels
                    .iter()
                    .any(|have| have.eq_ignore_ascii_case(name))
                {
                    issue.labels.push(name.to_owned());
                }
            }
            ok(Value::from(labels_of(repo, number)))
        }),
        ("GET", "/labels/{name}") => {
            let name = call.place("name").to_lowercase();
            found(repo.labels.get(&name)).and_then(|label| ok(label_json(label)))
        }
        ("POST", "/labels") => new_label(repo, call),
        _ => return None,
    })
}

fn listed(repo: &Repo, call: &Call<'_>) -> Vec<Value> {
    let ask = |name: &str| call.query.get(name).map(String::as_str);
    let labels: Vec<&str> = ask("labels")
        .map(|text| text.split(',').collect())
        .unwrap_or_default();
    let state = ask("state").unwrap_or("open");
    let mut these: Vec<u64> = repo
        .issues
        .iter()
        .filter(|(_, issue)| match state {
            "all" => true,
            "closed" => !issue.open,
            _ => issue.open,
        })
        .filter(|(_, issue)| {
            labels.iter().all(|label| {
                issue
                    .labels
                    .iter()
                    .any(|have| have.eq_ignore_ascii_case(label))
            })
        })
        .filter(|(_, issue)| ask("creator").is_none_or(|login| issue.user == login))
        .filter(|(_, issue)| {
            let since = ask("since").and_then(|text| text.parse().ok());
            since.is_none_or(|since: jiff::Timestamp| issue.updated_at >= since)
        })
        .map(|(number, _)| *number)
        .collect();
    if ask("direction") != Some("asc") {
        these.reverse();
    }
    these.into_iter().map(|number| json(repo, number)).collect()
}

fn open(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let title = call.text("title").unwrap_or("");
    if title.trim().is_empty() {
        return Err(Refusal::invalid("Issue", "title", "missing_field"));
    }
    fits("Issue", call.text("body"))?;
    let labels: Vec<&str> = call.body["labels"]
        .as_array()
        .map(|labels| labels.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let number = repo.add_issue(
        title,
        call.text("body").unwrap_or(""),
        &labels,
        &call.who,
        call.now,
    );
    created(json(repo, number))
}

/// Changes title, body and state, of an issue or of a pull request.
fn edit(repo: &mut Repo, call: &Call<'_>, number: u64) -> Result<(), Refusal> {
    fits("Issue", call.text("body"))?;
    let issue = found(repo.issues.get_mut(&number))?;
    if let Some(title) = call.text("title") {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = call.text("body")
        && body != issue.body
    {
        body.clone_into(&mut issue.body);
        issue
            .versions
            .push((call.who.clone(), call.now, body.to_owned()));
    }
    match call.text("state") {
        None => {}
        Some("open") => issue.open = true,
        Some("closed") => {
            issue.open = false;
            issue.state_reason = Some(call.text("state_reason").unwrap_or("completed").to_owned());
        }
        Some(_) => return Err(Refusal::invalid("Issue", "state", "invalid")),
    }
    issue.updated_at = call.now;
    Ok(())
}

fn number(repo: &Repo, call: &Call<'_>) -> Result<u64, Refusal> {
    let number = call.number("issue_number");
    if repo.deleted.contains(&number) {
        return Err(Refusal::new(410, "This issue was deleted"));
    }
    found(repo.issues.contains_key(&number).then_some(number))
}

pub(super) fn json(repo: &Repo, number: u64) -> Value {
    let issue = &repo.issues[&number];
    let kind = if issue.pull.is_some() {
        "pull"
    } else {
        "issues"
    };
    let mut out = json!({
        "number": number, "id": 3_000_000_000_u64 + number, "node_id": node(repo, number),
        "url": format!("https://api.github.com/repos/{}/issues/{number}", repo.full_name),
        "html_url": format!("https://github.com/{}/{kind}/{number}", repo.full_name),
        "title": issue.title,
        "body": if issue.body.is_empty() { Value::Null } else { Value::from(issue.body.as_str()) },
        "state": if issue.open { "open" } else { "closed" }, "state_reason": issue.state_reason,
        "labels": labels_of(repo, number),
        "assignees": issue.assignees.iter().map(|login| person(login)).collect::<Vec<_>>(),
        "user": person(&issue.user), "locked": false, "author_association": "MEMBER",
        "comments": repo.comments.values().filter(|comment| comment.issue == number).count(),
        "created_at": issue.created_at.to_string(), "updated_at": issue.updated_at.to_string(),
        "closed_at": null,
    });
    if let Some(pull) = &issue.pull {
        out["draft"] = json!(pull.draft);
        out["pull_request"] =
            json!({"merged_at": pull.merged.then(|| issue.updated_at.to_string())});
    }
    out
}

pub(super) fn node(repo: &Repo, number: u64) -> String {
    let kind = if repo.issues[&number].pull.is_some() {
        "PR"
    } else {
        "I"
    };
    format!("{kind}_{}_{number}", repo.id)
}

fn labels_of(repo: &Repo, number: u64) -> Vec<Value> {
    let labels = &repo.issues[&number].labels;
    labels
        .iter()
        .filter_map(|name| repo.labels.get(&name.to_lowercase()))
        .map(label_json)
        .collect()
}

fn label_json((name, color, description): &(String, String, String)) -> Value {
    json!({"id": 1, "node_id": "LA_1", "name": name, "color": color, "default": false,
        "description": description})
}

fn new_label(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let name = call.text("name").unwrap_or("");
    if repo.labels.contains_key(&name.to_lowercase()) {
        return Err(Refusal::invalid("Label", "name", "already_exists"));
    }
    let color = call.text("color").unwrap_or("ededed");
    if color.len() != 6 || !color.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Refusal::invalid("Label", "color", "invalid"));
    }
    let label = (
        name.to_owned(),
        color.to_owned(),
        call.text("description").unwrap_or("").to_owned(),
    );
    repo.labels.insert(name.to_lowercase(), label.clone());
    created(label_json(&label))
}

fn comments(repo: &Repo, call: &Call<'_>, wanted: impl Fn(&Comment) -> bool) -> Vec<Value> {
    let since: Option<jiff::Timestamp> = call.query.get("since").and_then(|text| text.parse().ok());
    repo.comments
        .iter()
        .filter(|(_, comment)| wanted(comment))
        .filter(|(_, comment)| since.is_none_or(|since| comment.updated_at >= since))
        .map(|(id, comment)| comment_json(repo, *id, comment))
        .collect()
}

fn comment(repo: &mut Repo, call: &Call<'_>, method: &str) -> Replied {
    let id = call.number("comment_id");
    if !repo.comments.contains_key(&id) {
        return Err(Refusal::not_found());
    }
    match method {
        "DELETE" => {
            repo.comments.remove(&id);
            return done();
        }
        "PATCH" => {
            fits("IssueComment", call.text("body"))?;
            let body = call.text("body").unwrap_or("").to_owned();
            repo.edit_comment(id, &call.who, &body, call.now);
        }
        _ => {}
    }
    ok(comment_json(repo, id, &repo.comments[&id]))
}

fn comment_json(repo: &Repo, id: u64, comment: &Comment) -> Value {
    json!({
        "id": id, "node_id": format!("IC_{id}"), "body": comment.body, "user": person(&comment.user),
        "html_url": format!("https://github.com/{}/issues/{}#issuecomment-{id}", repo.full_name, comment.issue),
        "issue_url": format!("https://api.github.com/repos/{}/issues/{}", repo.full_name, comment.issue),
        "created_at": comment.created_at.to_string(), "updated_at": comment.updated_at.to_string(),
        "author_association": comment.association,
        "performed_via_github_app": if comment.user == "github-actions[bot]" {
            json!({"id": 15368, "slug": "github-actions", "name": "GitHub Actions"})
        } else { Value::Null },
    })
}
