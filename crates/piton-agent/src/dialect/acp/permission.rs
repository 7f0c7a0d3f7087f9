//! What an agent that asks first is allowed.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

/// Where an agent may write, and whether something else holds it to that.
#[derive(Debug)]
pub(super) struct Rules {
    writable: Vec<PathBuf>,
    sealed: bool,
}

impl Rules {
    pub(super) fn new(writable: &[PathBuf], sealed: bool) -> Self {
        let writable = writable.iter().map(|path| plain(path)).collect();
        Self { writable, sealed }
    }

    /// Tells whether a tool call may be made. Under the seal the kernel says
    /// what is read and run, and only writing is judged here; without it every
    /// path that the call names has to lie where the agent may write.
    pub(super) fn allow(&self, call: &Value, directory: &Path) -> bool {
        let kind = call.get("kind").and_then(Value::as_str).unwrap_or("other");
        let only_reads = matches!(kind, "read" | "search" | "fetch" | "think" | "execute");
        if self.sealed && only_reads {
            return true;
        }
        let mut paths = Vec::new();
        collect(&call["locations"], &mut paths);
        collect(&call["rawInput"], &mut paths);
        collect(&call["content"], &mut paths);
        paths.iter().all(|path| {
            let path = plain(&directory.join(path));
            self.writable.iter().any(|root| path.starts_with(root))
        })
    }
}

/// Keys whose text is a path, in the tools of the programs that were looked at.
const PATHS: [&str; 12] = [
    "path",
    "file_path",
    "filePath",
    "abs_path",
    "absolute_path",
    "absolutePath",
    "cwd",
    "workdir",
    "directory",
    "dir_path",
    "destination",
    "target_file",
];

/// Collects every text under such a key, and every whole text that is an absolute path.
fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if PATHS.contains(&key.as_str()) => into.push(text.clone()),
                    Value::String(text)
                        if text.starts_with('/') && !text.contains(char::is_whitespace) =>
                    {
                        into.push(text.clone());
                    }
                    _ => collect(value, into),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes `.` and `..` out of a path by its text alone. Links are followed by
/// nobody here; where there is no seal, a link in the slot can lead outside.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn without_a_seal_nothing_outside_is_touched() {
        let rules = Rules::new(&["/slot".into(), "/tmp/call".into()], false);
        let allow = |call: Value| rules.allow(&call, Path::new("/slot"));
        assert!(allow(
            json!({ "kind": "edit", "locations": [{ "path": "/slot/src/a.rs" }] })
        ));
        assert!(allow(
            json!({ "kind": "edit", "locations": [{ "path": "src/a.rs" }] })
        ));
        assert!(allow(
            json!({ "kind": "execute", "rawInput": { "command": "cargo test" } })
        ));
        assert!(!allow(
            json!({ "kind": "edit", "locations": [{ "path": "/home/me/.bashrc" }] })
        ));
        assert!(!allow(
            json!({ "kind": "edit", "locations": [{ "path": "/slot/../home/me/.bashrc" }] })
        ));
        assert!(!allow(
            json!({ "kind": "edit", "locations": [{ "path": "../x" }] })
        ));
        assert!(!allow(
            json!({ "kind": "edit", "locations": [{ "path": "/slots/a" }] })
        ));
        assert!(!allow(
            json!({ "kind": "read", "rawInput": { "file_path": "/home/me/.ssh/id" } })
        ));
        assert!(!allow(
            json!({ "kind": "execute", "rawInput": { "command": ["ls"], "cwd": "/" } })
        ));
        assert!(!allow(
            json!({ "kind": "move", "rawInput": { "moves": [{ "to": "/etc/x" }] } })
        ));
    }

    #[test]
    fn under_the_seal_only_writing_is_judged() {
        let rules = Rules::new(&["/slot".into()], true);
        let allow = |call: Value| rules.allow(&call, Path::new("/slot"));
        assert!(allow(
            json!({ "kind": "read", "locations": [{ "path": "/usr/include/a.h" }] })
        ));
        assert!(!allow(
            json!({ "kind": "edit", "locations": [{ "path": "/home/me/.bashrc" }] })
        ));
        assert!(!allow(
            json!({ "kind": "delete", "rawInput": { "path": "/home/me/x" } })
        ));
    }
}
