//! The named channels that messages go out on.

use std::str::FromStr;

/// One kind of message. Data that was asked for is no message: it goes to
/// standard output whatever the verbosity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Channel {
    Agent,
    Api,
    Config,
    Error,
    General,
    Git,
    Hint,
    Plan,
    Recovery,
    Setup,
    Trace,
    Traffic,
    Verify,
}

impl Channel {
    pub(crate) const ALL: [Self; 13] = [
        Self::Agent,
        Self::Api,
        Self::Config,
        Self::Error,
        Self::General,
        Self::Git,
        Self::Hint,
        Self::Plan,
        Self::Recovery,
        Self::Setup,
        Self::Trace,
        Self::Traffic,
        Self::Verify,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Api => "api",
            Self::Config => "config",
            Self::Error => "error",
            Self::General => "general",
            Self::Git => "git",
            Self::Hint => "hint",
            Self::Plan => "plan",
            Self::Recovery => "recovery",
            Self::Setup => "setup",
            Self::Trace => "trace",
            Self::Traffic => "traffic",
            Self::Verify => "verify",
        }
    }

    pub(crate) const fn describes(self) -> &'static str {
        match self {
            Self::Agent => "calls of agents: which, for what, how long",
            Self::Api => "requests to GitHub, with their addresses",
            Self::Config => "where settings come from",
            Self::Error => "errors and warnings",
            Self::General => "ordinary messages",
            Self::Git => "commits, worktrees and what git says",
            Self::Hint => "tips on what to do next",
            Self::Plan => "plans, their progress and results",
            Self::Recovery => "what was finished or undone after a crash",
            Self::Setup => "what setting up found and took over",
            Self::Trace => "each step with its time",
            Self::Traffic => "what collecting traffic found",
            Self::Verify => "the world compared with the plan afterwards",
        }
    }

    /// A channel that stays silent until it is asked for by name.
    pub(crate) const fn opt_in(self) -> bool {
        matches!(self, Self::Trace)
    }
}

/// A name that no channel has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no channel is called {0:?}; there are {names}", names = Channel::ALL.map(Channel::name).join(", "))]
pub(crate) struct UnknownChannel(String);

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name() == name)
            .ok_or_else(|| UnknownChannel(name.to_owned()))
    }
}
