//! A checkout and the settings that hold in it, found without starting a
//! program.

use std::path::PathBuf;

use piton_backend::folder::{Checkout, CheckoutError};
use piton_backend::store::{PlanId, Provider};
use piton_base::StateDir;
use piton_github::{Client, RepoName};

use crate::config::Settings;
use crate::context::{Context, forge};
use crate::error::CommandError;

/// Why the plan at an address is none of those that are kept here, if it is not.
/// Its number alone would be that of another plan.
pub(crate) fn elsewhere(context: &Context, text: &str) -> Option<String> {
    let (host, named) = PlanId::home_of(text)?;
    let place = StoredPlace::find(context).ok()?;
    let set = place.settings.plans_repository();
    let set = set.or_else(|| context.environment.get("GITHUB_REPOSITORY"));
    let here = match (set, &place.checkout.remote) {
        (Some(set), _) => set.to_owned(),
        (None, Some(remote)) => RepoName::from_remote(remote, &host)?.to_string(),
        (None, None) => return None,
    };
    (!here.eq_ignore_ascii_case(&named))
        .then(|| format!("that is a plan of {named}, and plans are kept in {here} here"))
}

/// Where stored plans are looked at from.
#[derive(Debug)]
pub(crate) struct StoredPlace {
    pub(crate) checkout: Checkout,
    pub(crate) settings: Settings,
}

impl StoredPlace {
    /// Finds it around the working directory.
    pub(crate) fn find(context: &Context) -> Result<Self, CommandError> {
        let checkout = Checkout::around(&context.disk, &context.directory).map_err(|error| {
            let way_out = match &error {
                CheckoutError::Bare(_) => "run it in a clone or worktree with files in it",
                CheckoutError::None(_) | CheckoutError::Disk(_) | CheckoutError::Strange(_) => {
                    "run it inside a repository, name one with -C DIR, or make one with `git init`"
                }
            };
            CommandError::usage("could not find the repository to work in")
                .with_source(error)
                .hint(way_out)
        })?;
        Self::over(context, checkout)
    }

    /// Reads the settings of a checkout.
    pub(crate) fn over(context: &Context, checkout: Checkout) -> Result<Self, CommandError> {
        let settings = context.settings(Some(&checkout.root))?;
        Ok(Self { checkout, settings })
    }

    /// Returns the provider that the settings name.
    pub(crate) fn provider(&self) -> Provider {
        // Settings that are none of these words are refused when they are read.
        let word = self.settings.plans_backend::<String>();
        word.parse().unwrap_or(Provider::GithubIssue)
    }

    /// Returns the way to GitHub, and the repository there that has the code.
    pub(crate) fn code(&self, context: &Context) -> Result<(Client, RepoName), CommandError> {
        let client = forge::client(context, &self.settings)?;
        let remote = self.checkout.remote.as_deref();
        let repository = forge::repository(context, &client, None, remote)?;
        Ok((client, repository))
    }

    /// Returns where this clone keeps what it knows about stored plans.
    pub(crate) fn state(&self) -> PathBuf {
        StateDir::of(&self.checkout.common_dir).path().join("plans")
    }

    /// Returns where what could not be sent waits.
    pub(crate) fn outbox(&self) -> PathBuf {
        StateDir::of(&self.checkout.common_dir)
            .path()
            .join("outbox")
    }
}
