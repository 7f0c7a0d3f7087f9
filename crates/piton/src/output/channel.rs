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
        self.told().0
    }

    pub(crate) const fn describes(self) -> &'static str {
        self.told().1
    }

    /// Its name, and what goes out on it.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Agent => ("agent", "calls of agents: which, for what, how long"),
            Self::Api => ("api", "requests to GitHub, with their addresses"),
            Self::Config => ("config", "where settings come from"),
            Self::Error => ("error", "errors and warnings"),
            Self::General => ("general", "ordinary messages"),
            Self::Git => ("git", "commits, worktrees and what git says"),
            Self::Hint => ("hint", "tips on what to do next"),
            Self::Plan => ("plan", "plans, their progress and results"),
            Self::Recovery => ("recovery", "what was finished or undone after a crash"),
            Self::Setup => ("setup", "what setting up found and took over"),
            Self::Trace => ("trace", "each step with its time"),
            Self::Traffic => ("traffic", "what collecting traffic found"),
            Self::Verify => ("verify", "the world compared with the plan afterwards"),
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
