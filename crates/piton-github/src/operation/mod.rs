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
pub use gist::{CreateGist, EditGist, GIST_ID, GIST_URL, GistChange, KeepGist};
pub use issue::{ISSUE_NUMBER, OpenIssue};
pub use pull::{OpenPull, PULL_NUMBER, ReadyPull};
pub use removal::{RemoveGist, RemoveSecret, RemoveVariable};
pub use secret::{KeepSecret, SECRET_FLAG, SetSecret};
pub use site::EnableSite;
pub use variable::SetVariable;
pub use workflow::EnableWorkflow;
pub use world::{ForgePerformer, ForgeWorld, Secrets};

/// One operation on a forge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeOp {
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

piton_plan::delegate_operation!(pub enum ForgeSeen for ForgeOp:
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
);

piton_plan::delegate_world!(Observe<ForgeOp> for ForgeWorld<'_>, ForgeSeen:
    CreateGist(this),
    EditGist(this),
    KeepGist(this),
    SetVariable(this),
    SetSecret(this),
    KeepSecret(this),
    EnableSite(this),
    EnableWorkflow(this),
    RemoveVariable(this),
    RemoveSecret(this),
    RemoveGist(this),
    Dispatch(this),
    OpenIssue(this),
    OpenPull(this),
    ReadyPull(this),
    WriteComment(this),
);

piton_plan::delegate_world!(Perform<ForgeOp> for ForgePerformer<'_>, ForgeSeen:
    CreateGist(this),
    EditGist(this),
    KeepGist(this),
    SetVariable(this),
    SetSecret(this),
    KeepSecret(this),
    EnableSite(this),
    EnableWorkflow(this),
    RemoveVariable(this),
    RemoveSecret(this),
    RemoveGist(this),
    Dispatch(this),
    OpenIssue(this),
    OpenPull(this),
    ReadyPull(this),
    WriteComment(this),
);
