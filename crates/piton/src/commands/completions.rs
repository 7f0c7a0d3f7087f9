//! `piton completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::completing::shell;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};

/// Print what makes a shell complete piton
///
/// Commands and options, and the names that there are: migrations, runs,
/// settings, roles and agents.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton completions bash > ~/.local/share/bash-completion/completions/piton
  piton completions zsh > ~/.zfunc/_piton          with ~/.zfunc in fpath
  piton completions fish > ~/.config/fish/completions/piton.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(context: &Context, args: &CompletionsArgs) -> CommandResult {
    let name = args.shell.to_string();
    let script = shell::script(&name)
        .ok()
        .flatten()
        .ok_or_else(|| CommandError::failed(format!("there are no completions for {name}")))?;
    context.out.exact(&script);
    Ok(Exit::Done)
}
