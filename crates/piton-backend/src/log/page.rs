//! The comment that holds the log of one writer.

use std::fmt::Write as _;

use super::entry::{Entry, Set};
use crate::text::LIMIT;

const MARK: &str = "<!-- piton:log:";
const MARK_END: &str = " -->";
const FENCE: &str = "```json";

/// Room that is left for the frame of the comment and one more entry.
const SPARE: usize = 6_000;

/// Who keeps a log: a session, a run of CI, a clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Writer(String);

impl Writer {
    /// Makes a writer of a name; none if it holds anything but letters, digits,
    /// `-`, `_` and `.`, or too much of it.
    pub fn new(name: &str) -> Option<Self> {
        let fits = (1..=80).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        fits.then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The log of one writer.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    pub writer: Writer,
    pub entries: Vec<Entry>,
}

impl LogPage {
    /// Begins a log.
    pub const fn new(writer: Writer) -> Self {
        Self {
            writer,
            entries: Vec::new(),
        }
    }

    /// Reads a log out of a comment. A line that is no entry is passed over.
    pub fn read(comment: &str) -> Option<Self> {
        let rest = comment.trim_start().strip_prefix(MARK)?;
        let end = rest.find(MARK_END)?;
        let writer = Writer::new(&rest[..end])?;
        let lines = &rest[rest.find(FENCE)? + FENCE.len()..];
        let entries = lines
            .lines()
            .take_while(|line| !line.starts_with("```"))
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        Some(Self { writer, entries })
    }

    /// Returns whether a change is recorded already.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Adds the entries of another reading of the same log that this one lacks.
    pub(crate) fn add_missing(&mut self, other: &Self) {
        if self.entries == other.entries {
            return;
        }
        if self.entries.is_empty() {
            self.entries.clone_from(&other.entries);
        }
        for entry in &other.entries {
            if !self.has(&entry.key) {
                self.entries.push(entry.clone());
            }
        }
        self.entries.sort_by_key(|entry| entry.at);
    }

    /// Keeps, of every field, the last entry that set it.
    fn fold_old(&mut self) {
        let mut seen: Vec<String> = Vec::new();
        let mut kept = Vec::new();
        for mut entry in std::mem::take(&mut self.entries).into_iter().rev() {
            entry.sets.retain(|Set(name, _, _)| !seen.contains(name));
            seen.extend(entry.sets.iter().map(|Set(name, _, _)| name.clone()));
            if !entry.sets.is_empty() {
                kept.push(entry);
            }
        }
        kept.reverse();
        self.entries = kept;
    }

    /// Writes the comment. Old entries are folded to one a field before it
    /// reaches its limit.
    pub fn render_within_limit(&mut self) -> String {
        let text = self.render();
        if text.chars().count() + SPARE <= LIMIT {
            return text;
        }
        self.fold_old();
        self.render()
    }

    /// Writes the comment.
    pub fn render(&self) -> String {
        let mut text = format!(
            "{MARK}{}{MARK_END}\n<details>\n<summary>piton: what <code>{}</code> recorded</summary>\n\n\
             Each line is one change of the plan's header. Leave this comment as it is.\n\n{FENCE}\n",
            self.writer.as_str(),
            self.writer.as_str()
        );
        for entry in &self.entries {
            let line = serde_json::to_string(entry).unwrap_or_default();
            let _ = writeln!(text, "{}", harmless(&line));
        }
        text.push_str("```\n\n</details>");
        text
    }
}

/// Escapes what could end the fence or the element around an entry.
fn harmless(line: &str) -> String {
    line.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('`', "\\u0060")
        .replace('@', "\\u0040")
}

/// Returns whether entries of an author count: the repository's own people, and
/// its own Actions.
pub fn trusts(association_is_own: bool, login: &str, is_bot: bool) -> bool {
    association_is_own || (is_bot && login == "github-actions[bot]")
}
