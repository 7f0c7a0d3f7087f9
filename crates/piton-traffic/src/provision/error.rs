//! Why no plan for setting up can be made.

use piton_plan::PlanFaults;
use piton_plan::files::DecideError;

use super::kind::Kind;
use super::settle::SettleError;

/// Why no plan can be made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    Settle(#[from] SettleError),
    #[error(
        "two {} gists are named: {}", kind.name(), named_by(candidates)
    )]
    Disagree {
        kind: Kind,
        /// Each id, with what names it.
        candidates: Vec<(String, &'static str)>,
    },
    #[error("gist {id}, named by {by}, is not a gist of tracking: it lacks {lacks}")]
    NotOurs {
        id: String,
        by: &'static str,
        lacks: &'static str,
    },
    #[error("state.json of gist {id} is not JSON")]
    Damaged { id: String },
    #[error("neither `ci.install` nor `traffic.install` says which piton it installs")]
    NoInstall,
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Files(Vec<DecideError>),
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    #[error("the plan has faults")]
    Faults(#[source] PlanFaults),
}

impl CreateError {
    /// Returns what a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Damaged { .. } => {
                vec!["`piton traffic backfill --source gist-history` restores it".to_owned()]
            }
            Self::Files(errors) => {
                let mut hints: Vec<String> = errors
                    .iter()
                    .filter_map(|error| error.hint().map(str::to_owned))
                    .collect();
                hints.dedup();
                hints
            }
            Self::NotOurs { .. }
            | Self::Disagree { .. }
            | Self::Settle(_)
            | Self::NoInstall
            | Self::Unreadable(..)
            | Self::Faults(_) => Vec::new(),
        }
    }
}

fn named_by(candidates: &[(String, &'static str)]) -> String {
    let each = candidates.iter().map(|(id, by)| format!("{id} (by {by})"));
    each.collect::<Vec<_>>().join(", ")
}
