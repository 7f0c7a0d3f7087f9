//! Operations on a forge, for plans.
//!
//! What creates something carries a mark: a description, a branch, or a distinct
//! id. Looking finds the mark, newest first, and then what was wanted holds
//! already; so nothing is created twice.

mod dispatch;
mod gist;
mod pull;
mod removal;
mod secret;
mod site;
mod variable;
mod workflow;
mod world;

use serde::{Deserialize, Serialize};

pub use dispatch::{DISTINCT_ID, Dispatch, RUN_ID, RUN_NODE};
pub use gist::{CreateGist, EditGist, GIST_ID, GistChange, KeepGist};
pub use pull::{OpenPull, ReadyPull};
pub use removal::{RemoveGist, RemoveSecret, RemoveVariable};
pub use secret::{KeepSecret, SECRET_FLAG, SetSecret};
pub use site::EnableSite;
pub use variable::SetVariable;
pub use workflow::EnableWorkflow;
pub use world::{ForgePerformer, ForgeWorld, Secrets};

piton_plan::family! {
    /// One operation on a forge.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum ForgeOp, ForgeSeen for ForgeWorld<'_>, ForgePerformer<'_> {
        CreateGist(CreateGist),
        EditGist(EditGist),
        KeepGist(KeepGist),
        SetVariable(SetVariable),
        SetSecret(SetSecret),
        KeepSecret(KeepSecret),
        EnableSite(EnableSite),
        EnableWorkflow(EnableWorkflow),
        RemoveVariable(RemoveVariable),
        RemoveSecret(RemoveSecret),
        RemoveGist(RemoveGist),
        Dispatch(Dispatch),
        OpenPull(OpenPull),
        ReadyPull(ReadyPull),
    }
}
