//! What publishes left behind.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use piton_durable::{DiskRead, Kind};

use super::code::Code;
use super::finding::Finding;
use super::mode::Mode;
use crate::json::{Value, parse};
use crate::live::LiveDir;

/// The lock's name in the transactions directory.
pub(crate) const LOCK_DIR: &str = ".lock";
/// The file in the lock that says whose it is.
pub(crate) const OWNER_FILE: &str = "owner.json";
const MAX_OWNER: u64 = 64 << 10;

/// Looks at the transactions directory; `kind` is what stands at its name.
pub fn examine(disk: &dyn DiskRead, live: &LiveDir, kind: Kind) -> Vec<Finding> {
    let root = live.transactions();
    let finding =
        |code, path: &Path, message| Finding::new(Mode::Doctor, code, path.to_owned(), message);
    if kind != Kind::Dir {
        let message = "is not a directory".to_owned();
        return vec![finding(Code::TransactionRootInvalid, &root, message)];
    }
    let entries = match disk.list(&root) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("cannot be listed: {error}");
            return vec![finding(Code::TransactionRootInvalid, &root, message)];
        }
    };
    let mut findings = Vec::new();
    if entries.iter().any(|entry| entry.name == LOCK_DIR) {
        let lock = root.join(LOCK_DIR);
        let message = lock_message(disk, &lock);
        findings.push(finding(Code::PublishLockPresent, &lock, message));
    }
    for entry in entries {
        if entry.kind == Kind::Dir && entry.name != LOCK_DIR {
            let message = "left over from a publish".to_owned();
            let path = root.join(&entry.name);
            findings.push(finding(Code::TransactionLeftover, &path, message));
        }
    }
    findings
}

fn lock_message(disk: &dyn DiskRead, lock: &Path) -> String {
    let mut message = "a publish holds the lock".to_owned();
    let modified = disk
        .stat(lock)
        .ok()
        .flatten()
        .and_then(|stat| stat.modified);
    if let Some(at) = modified.and_then(|at| Timestamp::try_from(at).ok()) {
        let _ = write!(message, "; modified {at:.0}");
    }
    if let Ok(bytes) = disk.read_at_most(&lock.join(OWNER_FILE), MAX_OWNER)
        && let Ok(text) = std::str::from_utf8(&bytes)
        && let Ok(Value::Object(owner)) = parse(text)
    {
        for field in ["pid", "operation", "created_at"] {
            let told = match owner.get(field) {
                Some(Value::Int(number)) => (*number).to_owned(),
                Some(Value::String(text)) => text.escape_debug().to_string(),
                _ => continue,
            };
            let _ = write!(message, "; {field}={told}");
        }
    }
    message
}
