//! `piton completions`: completions for a shell.

use clap::Args;
use clap_complete::Shell;

use crate::cli::definition;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton completions bash > ~/.local/share/bash-completion/completions/piton
  piton completions zsh > ~/.zfunc/_piton
  piton completions fish > ~/.config/fish/completions/piton.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every command ends in the same way"
)]
pub(crate) fn run(context: &Context, args: &CompletionsArgs) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "piton", &mut script);
    context.out.data(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}
