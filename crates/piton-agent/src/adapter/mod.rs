//! Adapters: what piton knows of an agent's command line, as data.

mod arguments;
mod builtin;
mod command;
mod recipes;
mod rules;
mod spec;

pub use arguments::{Blanks, fill};
pub use builtin::{resolve, sign_in};
pub use rules::{FailureClass, FailureRule, ReplyErrors};
pub use spec::{
    AdapterError, AdapterSpec, EnvironmentSpec, PromptDelivery, ReplySource, VersionSpec,
};
