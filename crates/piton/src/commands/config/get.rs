//! `piton config get`: one value.

use clap::Args;
use serde_json::json;

use super::written::{settings, unknown};
use crate::config::Key;
use crate::context::Context;
use crate::error::{CommandResult, Exit};

/// Print the value of one setting
///
/// Ends with 1 when the setting exists but has no value.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton config get migrations-dir\n  piton config get agent.model"
)]
pub(crate) struct GetArgs {
    /// The setting, such as agent.model
    #[arg(add = crate::completing::keys())]
    key: String,
}

pub(crate) fn run(context: &Context, args: &GetArgs) -> CommandResult {
    let key = Key::find(&args.key).map_err(unknown)?;
    let settings = settings(context)?;
    let found = settings.get(key.as_str());
    if context.out.json_wanted() {
        let (value, origin) = found.map_or((None, None), |(value, origin)| {
            (Some(&value.written), Some(origin.to_string()))
        });
        context
            .out
            .json(json!({ "key": key.as_str(), "value": value, "origin": origin }));
    } else if let Some((value, _)) = found {
        context.out.data(&format!("{value}\n"));
    }
    Ok(if found.is_some() {
        Exit::Done
    } else {
        Exit::Failed
    })
}
