//! The few things that are asked by GraphQL. The fake reads no schema: it knows
//! these texts by what they name, and refuses all others.

use serde_json::{Value, json};

use super::issues::node;
use crate::forge::reply::{Refusal, Replied, ok};
use crate::forge::world::{Comment, World};

pub(crate) fn answer(world: &mut World, body: &Value) -> Replied {
    let Some(text) = body["query"].as_str() else {
        return Err(Refusal::new(
            400,
            "A query attribute must be specified and must be a string.",
        ));
    };
    let variables = &body["variables"];
    if let Some(number) = variables.get("number")
        && (text.contains("$number: Int!")
            && number.as_i64().is_none_or(|n| i32::try_from(n).is_err()))
    {
        return ok(json!({"errors": [{"message": "number is no Int"}]}));
    }
    if text.contains("markPullRequestReadyForReview") {
        return ready(world, variables["id"].as_str().unwrap_or(""));
    }
    if text.contains("IssueComment") && text.contains("userContentEdits") {
        return comment_edits(world, variables);
    }
    if text.contains("userContentEdits") {
        return edits(world, variables);
    }
    Err(Refusal::new(400, "the fake does not know that query"))
}

fn ready(world: &mut World, id: &str) -> Replied {
    let name = "markPullRequestReadyForReview";
    for repo in world.repos.values_mut() {
        let mut numbers = repo.issues.keys().copied();
        let number = numbers.find(|number| node(repo, *number) == id);
        if let Some(pull) = number.and_then(|number| repo.issues.get_mut(&number)?.pull.as_mut()) {
            pull.draft = false;
            return ok(json!({"data": {name: {"pullRequest": {"isDraft": false}}}}));
        }
    }
    let message = format!("Could not resolve to a node with the global id of '{id}'.");
    ok(json!({"data": {name: null}, "errors": [{"type": "NOT_FOUND", "message": message}]}))
}

fn edits(world: &mut World, variables: &Value) -> Replied {
    let name = format!(
        "{}/{}",
        variables["owner"].as_str().unwrap_or(""),
        variables["name"].as_str().unwrap_or("")
    );
    let number = variables["number"].as_u64().unwrap_or(0);
    let found = world
        .repos
        .get(&name.to_lowercase())
        .and_then(|repo| Some((repo, repo.issues.get(&number)?)));
    let Some((repo, issue)) = found else {
        return ok(json!({"data": {"repository": null},
            "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to an issue."}]}));
    };
    let most = usize::try_from(variables["most"].as_u64().unwrap_or(100)).unwrap_or(100);
    // A body that was never edited has no versions, not even its first.
    let versions = if issue.versions.len() > 1 {
        &issue.versions[..]
    } else {
        &[]
    };
    let comments: Vec<Value> = repo
        .comments
        .iter()
        .filter(|(_, comment)| comment.issue == number)
        .map(|(id, comment)| said(*id, comment))
        .collect();
    let wanted = variables["versions"].as_u64();
    let wanted = wanted.map_or(most, |wanted| usize::try_from(wanted).unwrap_or(most));
    let nodes = nodes(versions, wanted);
    let all = comments.len();
    let comments: Vec<Value> = comments.into_iter().take(most).collect();
    ok(
        json!({"data": {"repository": {"issueOrPullRequest": {"body": issue.body,
            "userContentEdits": {"nodes": nodes},
            "comments": {"totalCount": all, "nodes": comments}}}}}),
    )
}

fn nodes(versions: &[(String, jiff::Timestamp, String)], most: usize) -> Vec<Value> {
    versions
        .iter()
        .rev()
        .take(most)
        .map(|(who, at, text)| {
            json!({"editedAt": at.to_string(), "editor": {"login": who}, "diff": text})
        })
        .collect()
}

fn comment_edits(world: &mut World, variables: &Value) -> Replied {
    let id = variables["id"].as_str().unwrap_or("");
    let number: Option<u64> = id.strip_prefix("IC_").and_then(|id| id.parse().ok());
    let found = number.and_then(|number| {
        let repo = world
            .repos
            .values()
            .find(|repo| repo.comments.contains_key(&number))?;
        Some(
            repo.comment_versions
                .get(&number)
                .map_or(&[][..], Vec::as_slice),
        )
    });
    let Some(versions) = found else {
        let message = format!("Could not resolve to a node with the global id of '{id}'.");
        return ok(
            json!({"data": {"node": null}, "errors": [{"type": "NOT_FOUND", "message": message}]}),
        );
    };
    ok(json!({"data": {"node": {"userContentEdits": {"nodes": nodes(versions, 100)}}}}))
}

fn said(id: u64, comment: &Comment) -> Value {
    let bot = comment.user.strip_suffix("[bot]");
    json!({"fullDatabaseId": id.to_string(), "body": comment.body,
        "authorAssociation": comment.association,
        "author": {"__typename": if bot.is_some() { "Bot" } else { "User" },
            "login": bot.unwrap_or(&comment.user)}})
}
