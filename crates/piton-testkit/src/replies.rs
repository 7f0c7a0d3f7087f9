//! What a scripted agent replies and does, as the text of its script.

use std::fmt::Write as _;
use std::ops::Deref;

/// A script that grows call by call: each of its calls replies, and may then
/// do something to files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a script that nobody plays says nothing"]
pub struct Replies(String);

impl Replies {
    pub fn new() -> Self {
        Self::default()
    }

    /// Replies to a call of a role, or to any where it names none.
    pub fn says(mut self, role: &str, reply: &str) -> Self {
        self.0 += "[[step]]\n";
        if !role.is_empty() {
            self = self.field("role", role);
        }
        self.field("reply", reply)
    }

    /// Fails in one of the ways that a script has words for.
    pub fn fails(self, role: &str, failure: &str, message: &str) -> Self {
        self.says(role, message).field("failure", failure)
    }

    /// Adds to a file of the directory that the call works in.
    pub fn appends(self, path: &str, text: &str) -> Self {
        self.edit("cwd", path).field("append", text)
    }

    /// Writes a file of the directory that the call works in.
    pub fn writes(self, path: &str, text: &str) -> Self {
        self.edit("cwd", path).field("write", text)
    }

    /// Writes a file of the directory that the call's work is looked for in.
    pub fn hands_in(self, path: &str, text: &str) -> Self {
        self.edit("workspace", path).field("write", text)
    }

    /// Goes on with the calls of another script.
    pub fn then(mut self, more: &Self) -> Self {
        self.0 += &more.0;
        self
    }

    /// Says that a phase may begin.
    pub fn begins(self) -> Self {
        self.says("phase.ready-check", "ready: yes")
    }

    /// Lets a phase begin, and carries it out by what it adds to `src/lib.rs`.
    pub fn carries_out(self, text: &str) -> Self {
        self.begins()
            .says("phase.execute", "done")
            .appends("src/lib.rs", text)
    }

    /// Cleans up by what it adds to `src/lib.rs`.
    pub fn cleans_up(self, text: &str) -> Self {
        self.says("refactor", "done").appends("src/lib.rs", text)
    }

    /// Finds two ways, which is the first step of planning.
    pub fn finds_ways(self) -> Self {
        self.says("planning.approaches", "two ways")
            .hands_in("approaches/one.md", "# One\n\nThe one way.\n")
            .hands_in("approaches/two.md", "# Two\n\nThe other.\n")
    }

    fn edit(mut self, base: &str, path: &str) -> Self {
        self.0 += "[[step.edit]]\n";
        self.field("base", base).field("path", path)
    }

    /// Adds a field to the call, or to the edit, that came last.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        // A text in JSON is one in TOML.
        let value = serde_json::Value::from(value);
        writeln!(self.0, "{name} = {value}").expect("a text grows");
        self
    }
}

impl Deref for Replies {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}
