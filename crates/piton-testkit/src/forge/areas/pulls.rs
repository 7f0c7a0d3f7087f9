//! Pull requests.

use serde_json::{Value, json};

use super::issues::node;
use super::repository::person;
use super::{below, fits, repo};
use crate::forge::reply::{Call, Refusal, Replied, created, found, list, ok};
use crate::forge::world::{PullSide, Repo, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let repo = repo(world, call).ok()?;
    Some(match (call.method, below) {
        ("GET", "/pulls") => list(listed(repo, call)),
        ("POST", "/pulls") => open(repo, call),
        ("GET", "/pulls/{pull_number}") => number(repo, call)
            .map(|number| pull_json(repo, number))
            .and_then(ok),
        _ => return None,
    })
}

fn number(repo: &Repo, call: &Call<'_>) -> Result<u64, Refusal> {
    let number = call.number("pull_number");
    let is = repo
        .issues
        .get(&number)
        .is_some_and(|issue| issue.pull.is_some());
    found(is.then_some(number))
}

fn listed(repo: &Repo, call: &Call<'_>) -> Vec<Value> {
    let ask = |name: &str| call.query.get(name).map(String::as_str);
    let state = ask("state").unwrap_or("open");
    // Without an owner the filter is ignored, as GitHub does.
    let head = ask("head")
        .and_then(|head| head.split_once(':'))
        .map(|(_, branch)| branch);
    let mut these: Vec<u64> = repo
        .issues
        .iter()
        .filter_map(|(number, issue)| Some((number, issue, issue.pull.as_ref()?)))
        .filter(|(_, issue, _)| state == "all" || issue.open == (state == "open"))
        .filter(|(_, _, pull)| head.is_none_or(|branch| pull.head == branch))
        .filter(|(_, _, pull)| ask("base").is_none_or(|base| pull.base == base))
        .map(|(number, _, _)| *number)
        .collect();
    if ask("direction") != Some("asc") {
        these.reverse();
    }
    these
        .into_iter()
        .map(|number| pull_json(repo, number))
        .collect()
}

fn open(repo: &mut Repo, call: &Call<'_>) -> Replied {
    let head = call
        .text("head")
        .unwrap_or("")
        .rsplit(':')
        .next()
        .unwrap_or("")
        .to_owned();
    let base = call.text("base").unwrap_or("").to_owned();
    let at = |branch: &str| repo.refs.get(&format!("refs/heads/{branch}")).cloned();
    let head_commit =
        at(&head).ok_or_else(|| Refusal::invalid("PullRequest", "head", "invalid"))?;
    let base_commit =
        at(&base).ok_or_else(|| Refusal::invalid("PullRequest", "base", "invalid"))?;
    let owner = repo.full_name.split('/').next().unwrap_or("").to_owned();
    let taken = repo.issues.values().any(|issue| {
        let same = |pull: &PullSide| pull.head == head && pull.base == base;
        issue.open && issue.pull.as_ref().is_some_and(same)
    });
    if taken {
        return Err(Refusal::custom(
            "PullRequest",
            format!("A pull request already exists for {owner}:{head}."),
        ));
    }
    if repo.descends(&base_commit, &head_commit) {
        let message = format!("No commits between {base} and {head}");
        return Err(Refusal::custom("PullRequest", message));
    }
    let title = call.text("title").unwrap_or("");
    if title.trim().is_empty() {
        return Err(Refusal::invalid("PullRequest", "title", "missing_field"));
    }
    fits("PullRequest", call.text("body"))?;
    let number = repo.add_issue(
        title,
        call.text("body").unwrap_or(""),
        &[],
        &call.who,
        call.now,
    );
    repo.issues
        .get_mut(&number)
        .expect("it was just opened")
        .pull = Some(PullSide {
        head,
        base,
        draft: call.body["draft"].as_bool().unwrap_or(false),
        merged: false,
    });
    created(pull_json(repo, number))
}

fn pull_json(repo: &Repo, number: u64) -> Value {
    let issue = &repo.issues[&number];
    let pull = issue.pull.as_ref().expect("it is one");
    let owner = repo.full_name.split('/').next().unwrap_or("");
    let side = |branch: &str| {
        json!({
            "label": format!("{owner}:{branch}"), "ref": branch,
            "sha": repo.refs.get(&format!("refs/heads/{branch}")).cloned().unwrap_or_else(|| "0".repeat(40)),
            "user": person(owner), "repo": {"id": repo.id, "full_name": repo.full_name},
        })
    };
    let labels = issue
        .labels
        .iter()
        .map(|name| json!({"name": name, "color": "ededed"}));
    json!({
        "number": number, "id": 4_000_000_000_u64 + number, "node_id": node(repo, number),
        "html_url": format!("https://github.com/{}/pull/{number}", repo.full_name),
        "title": issue.title,
        "body": if issue.body.is_empty() { Value::Null } else { Value::from(issue.body.as_str()) },
        "state": if issue.open { "open" } else { "closed" }, "draft": pull.draft, "locked": false,
        "merged_at": pull.merged.then(|| issue.updated_at.to_string()),
        "labels": labels.collect::<Vec<_>>(), "assignees": [], "user": person(&issue.user),
        "created_at": issue.created_at.to_string(), "updated_at": issue.updated_at.to_string(),
        "closed_at": null, "author_association": "MEMBER",
        "head": side(&pull.head), "base": side(&pull.base),
    })
}
