//! Building the directories that recorded cases describe.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

/// Builds the entries of a case below `root`.
pub(crate) fn build(root: &Path, entries: &[Value]) {
    fs::create_dir_all(root).expect("the root");
    for entry in entries {
        let path = root.join(entry["path"].as_str().expect("a path"));
        let parent = path.parent().expect("a parent");
        fs::create_dir_all(parent).expect("the parents");
        match entry["type"].as_str() {
            Some("dir") => fs::create_dir_all(&path).expect("a directory"),
            Some("symlink") => {
                symlink(entry["target"].as_str().expect("a target"), &path).expect("a link");
                continue;
            }
            Some("fifo") => {
                fifo(&path);
                continue;
            }
            _ => fs::write(&path, bytes(entry)).expect("a file"),
        }
        if let Some(mode) = entry["mode"].as_str() {
            let mode = u32::from_str_radix(mode, 8).expect("an octal mode");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        }
    }
}

fn bytes(entry: &Value) -> Vec<u8> {
    if let Some(hex) = entry["hex"].as_str() {
        return (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
            .collect();
    }
    entry["content"].as_str().unwrap_or_default().into()
}

fn fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "a fifo");
}

/// Copies a directory, with the modes that the recorded answers assume.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).expect("a mode");
    for entry in fs::read_dir(from).expect("a listing") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::write(&target, fs::read(entry.path()).expect("bytes")).expect("a file");
            fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).expect("a mode");
        }
    }
}
