//! What an action does, as one fixed word.

piton_base::words! {
    /// What an action does to its target. The word is part of the action's id
    /// and of every file format; the mark stands before it where a plan is shown.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Verb: "a verb" {
        Create = "create",
        Copy = "copy",
        Set = "set",
        Configure = "configure",
        Register = "register",
        Write = "write",
        Overwrite = "overwrite",
        /// Adds what is missing.
        Repair = "repair",
        Rename = "rename",
        /// Brings it to the form of today.
        Migrate = "migrate",
        /// Brings a file of ours to the release of today.
        Upgrade = "upgrade",
        Update = "update",
        /// Gives a total the greater number.
        Raise = "raise",
        Enable = "enable",
        /// Overwrites if the user says so.
        Ask = "ask",
        Move = "move",
        Delete = "delete",
        Run = "run",
        Publish = "publish",
        Commit = "commit",
        Comment = "comment",
        Close = "close",
        /// Looks at the target and changes nothing; failing is its answer.
        Check = "check",
        /// Leaves the target as it is, and says why.
        Skip = "skip",
    }
}

/// The kinds of verbs, as far as they are treated alike.
pub(crate) enum Kind {
    Adds,
    Sets,
    Replaces,
    /// Replaces if the user says so.
    Asks,
    Moves,
    Removes,
    Closes,
    Does,
    Checks,
    Leaves,
}

impl Verb {
    /// Returns the mark that tells the kinds apart without colour.
    pub const fn mark(self) -> char {
        match self.kind() {
            Kind::Adds => '+',
            Kind::Sets => '=',
            Kind::Replaces => '~',
            Kind::Asks => '?',
            Kind::Moves => '>',
            Kind::Removes | Kind::Closes => '-',
            Kind::Does => '*',
            Kind::Checks => ':',
            Kind::Leaves => '.',
        }
    }

    /// Whether performing it changes anything.
    pub const fn changes(self) -> bool {
        !matches!(self.kind(), Kind::Checks | Kind::Leaves)
    }

    /// Whether it is performed at all; a check is, and changes nothing.
    pub const fn performed(self) -> bool {
        !matches!(self.kind(), Kind::Leaves)
    }

    /// Whether it takes something away that was there before.
    pub const fn destructive(self) -> bool {
        matches!(self.kind(), Kind::Replaces | Kind::Asks | Kind::Removes)
    }

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Create | Self::Copy => Kind::Adds,
            Self::Set
            | Self::Configure
            | Self::Register
            | Self::Write
            | Self::Repair
            | Self::Rename
            | Self::Migrate
            | Self::Upgrade
            | Self::Update
            | Self::Raise
            | Self::Enable => Kind::Sets,
            Self::Overwrite => Kind::Replaces,
            Self::Ask => Kind::Asks,
            Self::Move => Kind::Moves,
            Self::Delete => Kind::Removes,
            Self::Close => Kind::Closes,
            Self::Run | Self::Publish | Self::Commit | Self::Comment => Kind::Does,
            Self::Check => Kind::Checks,
            Self::Skip => Kind::Leaves,
        }
    }
}
