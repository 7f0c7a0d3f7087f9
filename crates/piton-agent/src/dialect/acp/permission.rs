//! What an agent that asks first is allowed.

use std::path::{Path, PathBuf};

use piton_durable::{RealDisk, follow};
use serde_json::Value;

use super::named;

/// Where an agent may write, and whether something else holds it to that.
#[derive(Debug)]
pub(super) struct Rules {
    writable: Vec<PathBuf>,
    sealed: bool,
}

/// What a tool call is about, as far as the answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Looks at one file.
    Reading,
    /// Looks through a directory, its own where it names none.
    Searching,
    Running,
    /// Touches no file: thinks, or asks the network.
    Elsewhere,
    /// Changes files, or does what nobody here knows.
    Changing,
}

impl About {
    fn of(kind: Option<&str>) -> Self {
        match kind.unwrap_or("other") {
            "read" => Self::Reading,
            "search" => Self::Searching,
            "execute" => Self::Running,
            "fetch" | "think" | "switch_mode" => Self::Elsewhere,
            _ => Self::Changing,
        }
    }
}

impl Rules {
    pub(super) fn new(writable: &[PathBuf], sealed: bool) -> Self {
        let writable = writable
            .iter()
            .map(|path| real(path).unwrap_or_else(|| path.clone()))
            .collect();
        Self { writable, sealed }
    }

    /// Tells whether a tool call may be made, from what the agent told of it
    /// before and what it asks now. Under the seal the kernel says what is read
    /// and run, and only writing is judged here. Without it every path that the
    /// call names has to be where the agent may write, and a call that could
    /// touch something has to say what.
    pub(super) fn allow(&self, told: Option<&Value>, asked: &Value, directory: &Path) -> bool {
        let kind = |call: &Value| call.get("kind").and_then(Value::as_str).map(str::to_owned);
        let kind = kind(asked).or_else(|| told.and_then(kind));
        let about = About::of(kind.as_deref());
        if self.sealed && about != About::Changing {
            return true;
        }
        let mut paths = Vec::new();
        let mut says = false;
        for call in told.into_iter().chain([asked]) {
            named::paths(&call["locations"], &mut paths);
            named::paths(&call["content"], &mut paths);
            if about == About::Running {
                says |= named::commands(call, &mut paths);
            } else {
                named::paths(&call["rawInput"], &mut paths);
            }
        }
        let says = match about {
            About::Reading | About::Changing => !paths.is_empty(),
            About::Searching | About::Elsewhere => true,
            About::Running => says,
        };
        (says || self.sealed) && paths.iter().all(|path| self.may_write(path, directory))
    }

    fn may_write(&self, path: &str, directory: &Path) -> bool {
        let path = path.strip_prefix("file://").unwrap_or(path);
        if path.starts_with('~') || path.contains("$HOME") || path.contains("${HOME}") {
            return false;
        }
        real(&directory.join(path))
            .is_some_and(|path| self.writable.iter().any(|root| path.starts_with(root)))
    }
}

/// Returns where a path leads with the links that are there today, as far as
/// that can be told.
fn real(path: &Path) -> Option<PathBuf> {
    let followed = follow(&RealDisk, path).ok()?;
    Some(followed.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn allowed(sealed: bool, call: &Value) -> bool {
        Rules::new(&["/slot".into(), "/tmp/call".into()], sealed).allow(
            None,
            call,
            Path::new("/slot"),
        )
    }

    #[test]
    fn without_a_seal_what_lies_in_the_slot_is_touched() {
        for call in [
            json!({ "kind": "edit", "locations": [{ "path": "/slot/src/a.rs" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "src/a.rs" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "src/../a.rs" }] }),
            json!({ "kind": "edit", "rawInput": { "filepath": "src/a.rs", "content": "/* ../ */" } }),
            json!({ "kind": "edit", "content": [{ "type": "diff", "path": "/slot/a", "newText": "/etc" }] }),
            json!({ "kind": "search", "rawInput": { "pattern": "fn main" } }),
            json!({ "kind": "think" }),
            json!({ "kind": "fetch", "rawInput": { "url": "https://docs.rs/a" } }),
            json!({ "kind": "execute", "rawInput": { "command": "cargo test --workspace" } }),
            json!({ "kind": "execute", "rawInput": { "command": "/usr/bin/env sh a.sh 2>/dev/null; ls" } }),
            json!({ "kind": "execute", "rawInput": { "command": ["sh", "-c", "curl https://a/b"] } }),
            json!({ "kind": "execute", "title": "cargo test [in /slot/src] (Runs the tests)" }),
        ] {
            assert!(allowed(false, &call), "{call}");
        }
    }

    #[test]
    fn without_a_seal_nothing_outside_is_touched() {
        for call in [
            json!({ "kind": "edit", "locations": [{ "path": "/home/me/.bashrc" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "/slot/../home/me/.bashrc" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "../x" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "/slots/a" }] }),
            json!({ "kind": "edit", "locations": [{ "path": "/slot/a" }, { "path": "/etc/a" }] }),
            json!({ "kind": "edit", "rawInput": { "file_path": "/home/me/My file" } }),
            json!({ "kind": "edit", "rawInput": { "paths": ["a", "../b"] } }),
            json!({ "kind": "edit", "rawInput": { "uri": "file:///home/me/x" } }),
            json!({ "kind": "delete", "rawInput": { "path": "~/x" } }),
            json!({ "kind": "read", "rawInput": { "file_path": "/home/me/.ssh/id" } }),
            json!({ "kind": "search", "rawInput": { "path": "/home/me" } }),
            json!({ "kind": "move", "rawInput": { "moves": [{ "to": "/etc/x" }] } }),
            json!({ "kind": "execute", "rawInput": { "command": ["ls"], "cwd": "/" } }),
            json!({ "kind": "execute", "rawInput": { "command": "cat /home/me/.ssh/id" } }),
            json!({ "kind": "execute", "rawInput": { "command": "cd .. && rm -rf x" } }),
            json!({ "kind": "execute", "rawInput": { "command": "cp a ~/b" } }),
            json!({ "kind": "execute", "rawInput": { "command": "cp a \"$HOME/b\"" } }),
            json!({ "kind": "execute", "rawInput": { "command": "tar -C/etc -xf a" } }),
            json!({ "kind": "execute", "rawInput": { "command": "make DESTDIR=/usr install" } }),
            json!({ "kind": "execute", "rawInput": { "command": "rm /usr/bin/git" } }),
            json!({ "kind": "execute", "title": "cat /etc/passwd" }),
        ] {
            assert!(!allowed(false, &call), "{call}");
        }
    }

    #[test]
    fn without_a_seal_a_call_that_does_not_say_what_it_touches_is_refused() {
        for call in [
            json!({}),
            json!({ "title": "save" }),
            json!({ "kind": "edit" }),
            json!({ "kind": "edit", "rawInput": { "content": "x" } }),
            json!({ "kind": "read", "locations": [] }),
            json!({ "kind": "execute" }),
            json!({ "kind": "teleport" }),
        ] {
            assert!(!allowed(false, &call), "{call}");
        }
    }

    #[test]
    fn what_was_told_before_counts_with_what_is_asked() {
        let rules = Rules::new(&["/slot".into()], false);
        let allow =
            |told: &Value, asked: &Value| rules.allow(Some(told), asked, Path::new("/slot"));
        let inside = json!({ "kind": "edit", "locations": [{ "path": "/slot/a" }] });
        let outside = json!({ "kind": "edit", "locations": [{ "path": "/etc/a" }] });
        assert!(allow(&inside, &json!({ "toolCallId": "1" })));
        assert!(!allow(&outside, &json!({ "toolCallId": "1" })));
        assert!(!allow(&outside, &inside));
    }

    #[test]
    fn under_the_seal_only_writing_is_judged() {
        for (call, expected) in [
            (
                json!({ "kind": "read", "locations": [{ "path": "/usr/include/a.h" }] }),
                true,
            ),
            (
                json!({ "kind": "execute", "rawInput": { "command": "ls /" } }),
                true,
            ),
            (json!({ "kind": "edit" }), true),
            (
                json!({ "kind": "edit", "locations": [{ "path": "/home/me/.bashrc" }] }),
                false,
            ),
            (
                json!({ "kind": "delete", "rawInput": { "path": "/home/me/x" } }),
                false,
            ),
        ] {
            assert_eq!(allowed(true, &call), expected, "{call}");
        }
    }
}
