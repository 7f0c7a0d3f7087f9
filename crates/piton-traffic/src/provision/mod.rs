//! Setting tracking up: what is there is observed, and one plan is decided.

mod asked;
mod decide;
mod error;
mod facts;
mod files;
mod fix;
mod gists;
mod kind;
mod observe;
mod remove;
mod secret;
mod settings;
mod settle;
mod state;
mod upgrade;
mod warnings;
mod watched;
mod wishes;

pub(crate) use asked::Asked;
pub use decide::plan_create;
pub use error::CreateError;
pub use facts::{Candidate, Facts, GistFound, SecretFound, SiteFound};
pub use files::{Filling, PlannedFile, Treat, plan_init};
pub use fix::plan_fix;
pub use kind::Kind;
pub use observe::{ObserveError, observe};
pub use remove::{RemoveParts, plan_remove};
pub use settle::{Names, SettleError, display_name, is_branch, is_cron, is_secret};
pub use state::{StateGists, add_state};
pub use upgrade::{UpgradeParts, plan_upgrade};
pub use watched::watch;
pub use wishes::{Destination, Gists, OnConflict, Parts, Said, TokenFrom, Wishes};

/// The variables that tell the collector its gists.
pub const BADGE_VARIABLE: &str = "TRAFFIC_GIST_ID";
pub const ARCHIVE_VARIABLE: &str = "TRAFFIC_ARCHIVE_GIST_ID";
/// The secret that holds the collector's token.
pub const SECRET: &str = "TRAFFIC_GIST_TOKEN";
