//! Operations on a forge, for plans.
//!
//! What creates something carries a mark: the plan and the action, in a body,
//! a description or a distinct id. Looking finds the mark, newest first, and
//! then what was wanted holds already; so nothing is created twice.

mod comment;
mod dispatch;
mod gist;
mod issue;
mod pull;
mod removal;
mod secret;
mod site;
mod variable;
mod workflow;
mod world;

use serde::{Deserialize, Serialize};

pub use comment::WriteComment;
pub use dispatch::{DISTINCT_ID, Dispatch, RUN_ID, RUN_NODE};
pub use gist::{CreateGist, EditGist, GIST_ID, GistChange, KeepGist};
pub use issue::{ISSUE_NUMBER, OpenIssue};
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
        OpenIssue(OpenIssue),
        OpenPull(OpenPull),
        ReadyPull(ReadyPull),
        WriteComment(WriteComment),
    }
}
