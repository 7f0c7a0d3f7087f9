//! What an action does, as one fixed word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an action does to its target. The word is part of the action's id and
/// of every file format; the mark stands before it where a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    Create,
    Copy,
    Set,
    Configure,
    Register,
    Write,
    Overwrite,
    /// Adds what is missing.
    Repair,
    Rename,
    /// Brings it to the form of today.
    Migrate,
    /// Brings a file of ours to the release of today.
    Upgrade,
    Update,
    /// Gives a total the greater number.
    Raise,
    Enable,
    /// Overwrites if the user says so.
    Ask,
    Move,
    Delete,
    Run,
    Publish,
    Commit,
    Comment,
    Close,
    /// Looks at the target and changes nothing; failing is its answer.
    Check,
    /// Leaves the target as it is, and says why.
    Skip,
}

/// The kinds of verbs, as far as they are treated alike.
enum Kind {
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
    pub const ALL: [Self; 24] = [
        Self::Create,
        Self::Copy,
        Self::Set,
        Self::Configure,
        Self::Register,
        Self::Write,
        Self::Overwrite,
        Self::Repair,
        Self::Rename,
        Self::Migrate,
        Self::Upgrade,
        Self::Update,
        Self::Raise,
        Self::Enable,
        Self::Ask,
        Self::Move,
        Self::Delete,
        Self::Run,
        Self::Publish,
        Self::Commit,
        Self::Comment,
        Self::Close,
        Self::Check,
        Self::Skip,
    ];

    /// Returns the word that stands in ids and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Copy => "copy",
            Self::Set => "set",
            Self::Configure => "configure",
            Self::Register => "register",
            Self::Write => "write",
            Self::Overwrite => "overwrite",
            Self::Repair => "repair",
            Self::Rename => "rename",
            Self::Migrate => "migrate",
            Self::Upgrade => "upgrade",
            Self::Update => "update",
            Self::Raise => "raise",
            Self::Enable => "enable",
            Self::Ask => "ask",
            Self::Move => "move",
            Self::Delete => "delete",
            Self::Run => "run",
            Self::Publish => "publish",
            Self::Commit => "commit",
            Self::Comment => "comment",
            Self::Close => "close",
            Self::Check => "check",
            Self::Skip => "skip",
        }
    }

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
        match self.kind() {
            Kind::Checks | Kind::Leaves => false,
            Kind::Adds
            | Kind::Sets
            | Kind::Replaces
            | Kind::Asks
            | Kind::Moves
            | Kind::Removes
            | Kind::Closes
            | Kind::Does => true,
        }
    }

    /// Whether it is performed at all; a check is, and changes nothing.
    pub const fn performed(self) -> bool {
        match self.kind() {
            Kind::Leaves => false,
            Kind::Adds
            | Kind::Sets
            | Kind::Replaces
            | Kind::Asks
            | Kind::Moves
            | Kind::Removes
            | Kind::Closes
            | Kind::Does
            | Kind::Checks => true,
        }
    }

    /// Whether it takes something away that was there before.
    pub const fn destructive(self) -> bool {
        match self.kind() {
            Kind::Replaces | Kind::Asks | Kind::Removes => true,
            Kind::Adds
            | Kind::Sets
            | Kind::Moves
            | Kind::Closes
            | Kind::Does
            | Kind::Checks
            | Kind::Leaves => false,
        }
    }

    const fn kind(self) -> Kind {
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

    /// Returns the verb with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word() == word)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
