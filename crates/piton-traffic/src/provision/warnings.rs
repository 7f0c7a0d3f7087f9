//! What whoever sets tracking up should know beforehand.

use piton_github::endpoints::repository::Repository;
use piton_plan::{Operation, PlanBuilder};

use super::facts::{Facts, SiteFound};
use super::secret::stores;
use super::settle::Names;
use super::wishes::{TokenFrom, Wishes};
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};

/// What whoever sets this up should know beforehand.
pub(super) fn warn<O: Operation>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    facts: &Facts,
    names: &Names,
) {
    let Some(repository) = &facts.repository else {
        builder.warn(format!(
            "{} was not found: its variables and its secret are left to you: \
             gh variable set {BADGE_VARIABLE}, gh variable set {ARCHIVE_VARIABLE}, gh secret set {}",
            wishes.repository, wishes.secret
        ));
        return;
    };
    warn_of_repository(builder, wishes, names, repository);
    if let Some(there) = &facts.workflows {
        for name in names
            .ci_workflows
            .iter()
            .filter(|name| !there.contains(name))
        {
            builder.warn(format!(
                "no workflow of the repository is called `{name}`; the name counts, not the name of the file"
            ));
        }
    }
    if facts.site == SiteFound::Off && !wishes.parts.pages {
        builder.warn("Pages is off: the dashboard is not served; --enable-pages switches it on");
    }
    if names.created > facts.today {
        builder.warn(format!(
            "the repository's day {} is in the future",
            names.created
        ));
    } else if names.created.as_str() < &repository.created_at.to_string()[..10] {
        builder.warn(format!(
            "{} is before the day on which the repository was created, {}",
            names.created,
            &repository.created_at.to_string()[..10]
        ));
    }
    if wishes.parts.variables && stores(wishes, facts) && wishes.token == TokenFrom::Asked {
        builder.warn("what the token may do is not known before it is tried");
    }
    if wishes.parts.run && !facts.deployed {
        builder.warn(
            "the workflow is not on the default branch yet: commit and push it, then start it",
        );
    }
}

/// What there is to know of the repository itself.
fn warn_of_repository<O: Operation>(
    builder: &mut PlanBuilder<O>,
    wishes: &Wishes,
    names: &Names,
    repository: &Repository,
) {
    if !repository.full_name.same(&wishes.repository) {
        builder.warn(format!(
            "{} is called {} now",
            wishes.repository, repository.full_name
        ));
    }
    if repository.default_branch != names.branch {
        builder.warn(format!(
            "pushes to {} collect, but the default branch is {}",
            names.branch, repository.default_branch
        ));
    }
    if repository.private {
        builder.warn("the repository is private, but the badge gist is public: its traffic numbers become public");
    }
    if repository.fork {
        builder.warn(
            "the repository is a fork: GitHub runs no schedules in forks until you switch them on",
        );
    }
}
