//! A repository of the plainest kind, known without asking git.
//!
//! Most commands begin at the top of a repository with one working tree and
//! nothing odd in its configuration. What is plain is seen here at a fraction
//! of what a git costs; whatever else is found is git's to answer.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind, RealDisk};

/// No configuration that is read here is longer.
const LONGEST: u64 = 64 << 10;
/// Sections that change what is a repository, or bring other files along.
const NOT_PLAIN: [&str; 3] = ["include", "includeif", "extensions"];

/// Returns the top and the directory of a repository, where `dir` is the top
/// of one that is plain.
pub(crate) fn at_top(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = dir.canonicalize().ok()?;
    let git = top.join(".git");
    let is_dir =
        |path: &Path| matches!(RealDisk.stat(path), Ok(Some(stat)) if stat.kind == Kind::Dir);
    if !(is_dir(&git) && is_dir(&git.join("objects")) && is_dir(&git.join("refs"))) {
        return None;
    }
    // Git refuses a repository of another user's unless it is told to trust it.
    let mine = rustix::process::geteuid();
    let ours = |path: &Path| {
        path.symlink_metadata()
            .is_ok_and(|it| it.uid() == mine.as_raw())
    };
    if !ours(&top) || !ours(&git) {
        return None;
    }
    if !matches!(RealDisk.stat(&git.join("commondir")), Ok(None)) || !names_a_commit(&git) {
        return None;
    }
    let odd = settings(&git)?.into_iter().any(|one| {
        one.section == "core"
            && (one.key == "worktree" || one.key == "bare" && one.value != "false")
    });
    (!odd).then_some((top, git))
}

/// Whether git finds this repository at `top` too. With `core.worktree` set it
/// may find none there, or another one.
pub(crate) fn leads_to(top: &Path, git_dir: &Path) -> bool {
    // It may be a link.
    let Ok(here) = top.join(".git").canonicalize() else {
        return false;
    };
    let led = match RealDisk.stat(&here) {
        Ok(Some(stat)) if stat.kind == Kind::File => {
            let Ok(text) = RealDisk.read_at_most(&here, LONGEST) else {
                return false;
            };
            let Some(named) = text.strip_prefix(b"gitdir:") else {
                return false;
            };
            top.join(OsStr::from_bytes(named.trim_ascii()))
        }
        Ok(Some(_)) => here,
        Ok(None) | Err(_) => return false,
    };
    matches!((led.canonicalize(), git_dir.canonicalize()), (Ok(led), Ok(it)) if led == it)
}

/// Returns the address of a remote, where the plain configuration of the
/// repository has it.
pub(crate) fn remote_url(common: &Path, name: &str) -> Option<String> {
    let wanted = format!("remote \"{name}\"");
    let of_it = |one: &Setting| one.section == wanted && one.key == "url";
    let last = settings(common)?.into_iter().rfind(of_it)?;
    Some(last.value)
}

/// Whether HEAD is what git takes for one.
fn names_a_commit(git: &Path) -> bool {
    let Ok(head) = RealDisk.read_at_most(&git.join("HEAD"), LONGEST) else {
        return false;
    };
    let Ok(head) = std::str::from_utf8(&head) else {
        return false;
    };
    let head = head.trim_end();
    let id = matches!(head.len(), 40 | 64) && head.bytes().all(|byte| byte.is_ascii_hexdigit());
    id || head.starts_with("ref: refs/")
}

struct Setting {
    /// As it is written, the name itself in lower case.
    section: String,
    key: String,
    value: String,
}

/// Reads the configuration, where it says everything in the plainest way.
fn settings(git: &Path) -> Option<Vec<Setting>> {
    let bytes = RealDisk.read_at_most(&git.join("config"), LONGEST).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut settings = Vec::new();
    let mut section = None;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(inside) = line.strip_prefix('[') {
            section = Some(header(inside.strip_suffix(']')?)?);
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        let plain = key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plain || value.contains(['"', '\\', '#', ';']) {
            return None;
        }
        settings.push(Setting {
            section: section.clone()?,
            key,
            value: value.to_owned(),
        });
    }
    Some(settings)
}

/// Takes a header apart: a name, or a name with a text in quotes.
fn header(inside: &str) -> Option<String> {
    let (name, rest) = match inside.split_once(' ') {
        Some((name, rest)) => (name, Some(rest.trim())),
        None => (inside, None),
    };
    let name = name.to_ascii_lowercase();
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || NOT_PLAIN.contains(&name.as_str()) {
        return None;
    }
    let Some(rest) = rest else { return Some(name) };
    let text = rest.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains(['"', '\\', ']'])).then(|| format!("{name} \"{text}\""))
}
