//! What a program runs for, which decides how much of the network it gets.

/// What a program runs for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// An agent, or what brings a slot its packages: these need the network.
    #[default]
    Working,
    /// The project's own checks.
    Validation,
    /// Everything else: hooks and filters of the user's.
    Other,
}
