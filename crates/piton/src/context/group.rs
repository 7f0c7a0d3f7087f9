//! Commands that have commands of their own.

/// A command that has commands of its own, each in a file below it: the enum that
/// the command line is read into, and `run`, which hands over to the one named.
macro_rules! group {
    ($(#[$about:meta])* $group:ident { $($named:ident($room:ident::$args:ident),)* }) => {
        #[derive(Debug, clap::Subcommand)]
        $(#[$about])*
        pub(crate) enum $group {
            $($named(Box<$room::$args>),)*
        }

        pub(crate) fn run(
            context: &crate::context::Context,
            command: &$group,
        ) -> crate::error::CommandResult {
            match command {
                $($group::$named(args) => $room::run(context, args),)*
            }
        }
    };
}
pub(crate) use group;
