//! The named channels that messages go out on.

piton_base::words! {
    /// One kind of message. Data that was asked for is no message: it goes to
    /// standard output whatever the verbosity.
    #[derive(PartialOrd, Ord, Hash)]
    pub(crate) enum Channel: "a channel" {
        Agent = "agent",
        Api = "api",
        Config = "config",
        Error = "error",
        General = "general",
        Git = "git",
        Hint = "hint",
        Plan = "plan",
        Recovery = "recovery",
        Setup = "setup",
        Trace = "trace",
        Traffic = "traffic",
        Verify = "verify",
    }
}

impl Channel {
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
