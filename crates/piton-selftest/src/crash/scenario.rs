//! What is tried, as data.

/// A command that is killed at each of its points, with what comes before it
/// and what must be true after the next one.
///
/// Commands are words with a space between; what stands after ` :: ` is one
/// word. In them `{agent}` stands for the options of a scripted agent, `{plan}`
/// for a file outside the repository, and `{person}` for nothing: it says that
/// sessions may be held, as with a person at the terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// Each of these must go well.
    pub(super) arrange: Ground,
    /// The command that is killed.
    pub(super) command: &'static str,
    /// The next ordinary command, which must succeed.
    pub(super) next: &'static str,
    /// What it may say instead, where there was nothing to go on with.
    pub(super) nothing: Option<&'static str>,
    /// What must be true then, or after the killed command was given again.
    pub(super) holds: &'static [Check],
    /// The directory of the migration that must be sound at every moment.
    pub(super) live: Option<&'static str>,
    /// The migrations directory in the end, which is as it was committed. None
    /// where committing is the user's.
    pub(super) committed: Option<&'static str>,
}

/// What is done before, one list after the other.
pub(super) type Ground = [&'static [Step]; 5];

/// One thing that is done before.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Piton(&'static str),
    /// The same, which ends with 3: it waits for a person.
    Waits(&'static str),
    Git(&'static str),
    /// What git runs in a shell at the top of the repository.
    Shell(&'static str),
    /// The repository is made again, by a git with this setting. One that does
    /// not know it makes the usual one.
    Anew(&'static str),
    Write(&'static str, &'static str),
    Append(&'static str, &'static str),
    /// Changes of the user's own, which nobody may touch from here on.
    Edits,
    /// A piton that is killed at the first such call on such a path.
    Killed {
        command: &'static str,
        call: &'static str,
        path: &'static str,
    },
}

/// What must be true in the end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    There(&'static str),
    Gone(&'static str),
    /// A directory with nothing in it, or none at all.
    Empty(&'static str),
    /// A file holds exactly this.
    Is(&'static str, &'static str),
    /// A file holds this somewhere.
    Says(&'static str, &'static str),
    /// One file of a directory, and no more, holds this somewhere.
    Once(&'static str, &'static str),
    /// One commit, and no more, has this in its subject.
    CommittedOnce(&'static str),
}

pub(super) fn words(command: &str) -> Vec<&str> {
    let (words, last) = match command.split_once(" :: ") {
        Some((words, last)) => (words, Some(last)),
        None => (command, None),
    };
    words.split(' ').chain(last).collect()
}
