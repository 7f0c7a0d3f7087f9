//! `piton config set`: changes one setting in a file.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Args;
use piton_agent::Host;
use piton_git::GitRead;
use piton_plan::PlanBuilder;
use piton_plan::files::Content;

use super::written::unknown;
use crate::config::{self, Key, Layer};
use crate::context::{CONFIG_FILE, Context};
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::operation::Op;
use crate::operation::files::{put, read};
use crate::planned::{PlanArgs, site};
use crate::planning::readiness;

/// Set one setting in piton.toml, or in the user's file
///
/// Comments and order stay as they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton config set agent.model opus
  piton config set --user agent.use codex
  piton config set models.planning.review sonnet --dry-run")]
pub(crate) struct SetArgs {
    /// The setting, such as agent.model
    #[arg(add = crate::completing::keys())]
    key: String,

    /// Its value, as it would be written on a command line
    value: String,

    /// Set it for the user, in every repository
    #[arg(long)]
    user: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &SetArgs) -> CommandResult {
    let key = Key::find(&args.key).map_err(unknown)?;
    let value = key
        .kind()
        .parse(&args.value)
        .map_err(|why| CommandError::usage(format!("`{key}` {why}")))?;

    context.refuse_secret("the value", &args.value)?;

    if key.is_users_only() && !args.user {
        return Err(CommandError::usage(format!(
            "`{key}` is allowed only in the user's own settings"
        ))
        .hint(format!("set it there: `piton config set --user {key} …`")));
    }

    if !args.user {
        context.recover_if_any(args.plan.changes_nothing(), None)?;
    }
    let site = site::anywhere(context)?;
    let file = file(context, args.user)?;
    let old = read(&context.disk, &file)?;
    // A file with something wrong in it is repaired by hand, not written to.
    Layer::parse(&file, old.as_deref().unwrap_or_default()).map_err(|error| {
        CommandError::usage(format!("could not use {error}")).with_source(error.problem)
    })?;
    let text = String::from_utf8_lossy(old.as_deref().unwrap_or_default());
    let new =
        config::set(&text, &key, &value).or_usage(format!("could not edit {}", file.display()))?;

    if key.as_str() == "validation-command" {
        warn_of_no_check(context, args)?;
    }
    let mut builder = PlanBuilder::new("config set");
    let name = file.file_name().and_then(OsStr::to_str);
    let (Some(root), Some(name)) = (file.parent(), name) else {
        let text = format!("{} names no file", file.display());
        return Err(CommandError::usage(text));
    };
    let path = name
        .parse()
        .or_usage(format!("could not write {}", file.display()))?;
    let why = format!("{key} = {value}");
    if let Some(file) = put((&context.disk, root), path, Content::Text(new), &why)? {
        builder.add(if args.user {
            Op::from(file.outside(root.to_owned()))
        } else {
            Op::File(file)
        });
    }
    site.carry_out(&args.plan, &builder.build()?)
}

/// Warns of a validation command that cannot start. Where one stands that is a
/// file of a repository, is for the repository to know.
fn warn_of_no_check(context: &Context, args: &SetArgs) -> Result<(), CommandError> {
    let top = if args.user {
        None
    } else {
        Some(context.repository()?.top().to_owned())
    };
    let is_of_a_repository = |program: &str| program.contains('/') && !program.starts_with('/');
    if top.is_none()
        && args
            .value
            .split_whitespace()
            .next()
            .is_some_and(is_of_a_repository)
    {
        return Ok(());
    }
    let host = Host::new(context.environment.raw());
    let host = match top {
        Some(top) => host.with_directory(top),
        None => host,
    };
    if let Some(line) = readiness::cannot_start(&args.value, &host) {
        context.out.warn(&line);
    }
    Ok(())
}

/// Returns the file that the setting goes to.
fn file(context: &Context, is_users: bool) -> Result<PathBuf, CommandError> {
    if !is_users {
        return Ok(context.repository()?.top().join(CONFIG_FILE));
    }
    context.environment.user_config().ok_or_else(|| {
        CommandError::usage("could not find the user's settings file")
            .hint("set HOME or XDG_CONFIG_HOME")
    })
}
