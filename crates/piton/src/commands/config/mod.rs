//! `piton config`: what is set, by whom; setting it.

mod get;
mod set;
mod show;
mod written;

crate::context::group! {
    /// Show and change settings
    ///
    /// A value comes from the first of: flag, environment (PITON_*), piton.toml,
    /// the user's file (~/.config/piton/config.toml), default.
    #[command(
        defer = true,
        after_help = "\
Examples:
  piton config show --origin
  piton config get validation-command
  piton config set validation-command \"cargo test\""
    )]
    ConfigCommand {
        Show(show::ShowArgs),
        Get(get::GetArgs),
        Set(set::SetArgs),
    }
}
