//! What each area of the fake answers.

mod actions;
mod gists;
mod git;
mod graph;
mod issues;
mod pulls;
mod repository;
mod vault;

use super::reply::{Call, Refusal, Replied, found};
use super::world::{Repo, World};

pub(super) use graph::answer as graphql;

/// Answers a request that the table has.
pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Replied {
    let areas = [
        repository::answer,
        issues::answer,
        pulls::answer,
        git::answer,
        actions::answer,
        vault::answer,
        gists::answer,
    ];
    for area in areas {
        if let Some(replied) = area(world, call) {
            return replied;
        }
    }
    Err(Refusal::new(
        501,
        format!("the fake does not serve {}", call.template),
    ))
}

/// Returns the repository that a request names.
fn repo<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Repo, Refusal> {
    let name = format!("{}/{}", call.place("owner"), call.place("repo")).to_lowercase();
    let repo = found(world.repos.get_mut(&name))?;
    if repo.private && call.who.is_empty() {
        return Err(Refusal::not_found());
    }
    Ok(repo)
}

/// The rest of a path below a repository.
fn below(call: &Call<'_>) -> Option<&'static str> {
    call.template.strip_prefix("/repos/{owner}/{repo}")
}

/// Texts that people write hold so many characters at most.
fn fits(resource: &str, text: Option<&str>) -> Result<(), Refusal> {
    match text {
        Some(text) if text.chars().count() > 65_536 => Err(Refusal::custom(
            resource,
            "body is too long (maximum is 65536 characters)",
        )),
        _ => Ok(()),
    }
}
