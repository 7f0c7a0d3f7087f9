//! The repository, who is signed in, traffic, releases, stars, the site.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{below, repo};
use crate::forge::reply::{Call, Refusal, Replied, created, found, list, ok};
use crate::forge::world::{Repo, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    if call.template == "/user" {
        return Some(ok(person(&call.who)));
    }
    let below = below(call)?;
    let repo = match repo(world, call) {
        Ok(repo) => repo,
        Err(refusal) => return Some(Err(refusal)),
    };
    Some(match (call.method, below) {
        ("GET", "") => ok(whole(repo)),
        ("GET", "/traffic/clones") => days(repo, "clones"),
        ("GET", "/traffic/views") => days(repo, "views"),
        ("GET", "/traffic/popular/referrers") => popular(repo, "referrers"),
        ("GET", "/traffic/popular/paths") => popular(repo, "paths"),
        ("GET", "/releases") => list(repo.releases.iter().enumerate().map(release).collect()),
        ("GET", "/stargazers") => list(
            repo.stars
                .iter()
                .map(|at| {
                    if call.accept.contains("star+json") {
                        json!({"starred_at": at.to_string(), "user": person("fan")})
                    } else {
                        person("fan")
                    }
                })
                .collect(),
        ),
        ("GET", "/stargazers/history") => list(weeks(&repo.stars, call.now)),
        ("GET", "/pages") => {
            found(repo.pages.as_ref()).and_then(|source| ok(site(call, repo, source)))
        }
        ("POST", "/pages") => publish(repo, call),
        _ => return None,
    })
}

fn publish(repo: &mut Repo, call: &Call<'_>) -> Replied {
    if repo.pages.is_some() {
        return Err(Refusal::new(409, "GitHub Pages is already enabled."));
    }
    let source = &call.body["source"];
    let branch = source["branch"].as_str().unwrap_or("");
    if !repo.refs.contains_key(&format!("refs/heads/{branch}")) {
        return Err(Refusal::new(422, "The branch does not exist."));
    }
    let path = source["path"].as_str().unwrap_or("/").to_owned();
    let source = repo.pages.insert((branch.to_owned(), path)).clone();
    created(site(call, repo, &source))
}

pub(super) fn person(login: &str) -> Value {
    json!({
        "login": login, "id": 583_231, "node_id": format!("U_{login}"), "site_admin": false,
        "html_url": format!("https://github.com/{login}"),
        "type": if login.ends_with("[bot]") { "Bot" } else { "User" },
    })
}

fn whole(repo: &Repo) -> Value {
    let (owner, name) = repo.full_name.split_once('/').unwrap_or(("", ""));
    json!({
        "id": repo.id, "node_id": format!("R_{}", repo.id), "name": name, "full_name": repo.full_name,
        "private": repo.private, "owner": person(owner), "fork": repo.fork, "archived": false,
        "html_url": format!("https://github.com/{}", repo.full_name),
        "default_branch": repo.default_branch, "created_at": repo.created_at.to_string(),
        "stargazers_count": repo.stars.len(), "forks_count": repo.forks,
        "open_issues_count": repo.issues.values().filter(|issue| issue.open).count(),
        "has_pages": repo.pages.is_some(), "description": null,
        "permissions": {"admin": true, "maintain": true, "push": true, "triage": true, "pull": true},
    })
}

fn days(repo: &Repo, what: &str) -> Replied {
    let days = repo.traffic.get(what).cloned().unwrap_or_default();
    let sum = |field: &str| {
        days.iter()
            .filter_map(|day| day[field].as_u64())
            .sum::<u64>()
    };
    let (count, uniques) = (sum("count"), sum("uniques"));
    ok(json!({"count": count, "uniques": uniques, what: days}))
}

fn popular(repo: &Repo, what: &str) -> Replied {
    ok(Value::from(
        repo.traffic.get(what).cloned().unwrap_or_default(),
    ))
}

fn release((index, release): (usize, &crate::forge::world::Release)) -> Value {
    json!({
        "id": index + 1, "tag_name": release.tag, "draft": release.draft, "prerelease": false,
        "name": release.tag,
        "assets": release.assets.iter().map(|(id, name, count)| {
            json!({"id": id, "name": name, "download_count": count, "state": "uploaded"})
        }).collect::<Vec<_>>(),
    })
}

fn site(call: &Call<'_>, repo: &Repo, (branch, path): &(String, String)) -> Value {
    json!({
        "url": "x", "status": "built", "cname": null, "custom_404": false, "build_type": "legacy",
        "html_url": format!("{}/site/{}/", call.base, repo.full_name), "public": true,
        "source": {"branch": branch, "path": path},
    })
}

/// The weeks in which stars came, newest first, each from Sunday on.
fn weeks(stars: &[Timestamp], now: Timestamp) -> Vec<Value> {
    const DAY: i64 = 86_400;
    let week_of = |at: i64| (at.div_euclid(DAY) + 4).div_euclid(7) * 7 - 4;
    let Some(first) = stars.iter().map(|at| week_of(at.as_second())).min() else {
        return Vec::new();
    };
    let mut week = week_of(now.as_second());
    let mut weeks = Vec::new();
    while week >= first {
        let on = |day: i64| {
            let of_day = |at: &&Timestamp| at.as_second().div_euclid(DAY) == week + day;
            stars.iter().filter(of_day).count()
        };
        let days: Vec<usize> = (0..7).map(on).collect();
        weeks.push(json!({
            "week": week * DAY, "total": days.iter().sum::<usize>(), "days": days,
        }));
        week -= 7;
    }
    weeks
}
