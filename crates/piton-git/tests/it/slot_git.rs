//! The `.git` of a slot from one use to the next.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use piton_durable::RealDisk;

use crate::slots::{Yard, agent};

fn inode(path: &Path) -> u64 {
    path.symlink_metadata().unwrap().ino()
}

#[test]
fn what_nobody_touched_is_not_made_again() {
    let yard = Yard::new();
    let slot = yard.take();
    let config = slot.dir().join(".git/config");
    let before = inode(&config);
    drop(slot);
    yard.repo.write("more", "x");
    yard.repo.commit_all("more");
    let slot = yard.take();
    assert_eq!(inode(&config), before);
    assert!(slot.git_was_changed(&RealDisk).is_empty());
    assert_eq!(agent(&slot, "git log --format=%s"), "more\nstart\n");
    assert_eq!(agent(&slot, "git status --porcelain"), "");
    assert_eq!(
        agent(&slot, "git rev-parse main"),
        format!("{}\n", yard.head())
    );
}

#[test]
fn whatever_was_planted_is_gone_at_the_next_use() {
    let yard = Yard::new().ignoring();
    let outside = yard.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let out = outside.display();
    let tricks = [
        "echo evil >> .git/config".to_owned(),
        // As long as before.
        "sed -i s/core/cora/ .git/config".to_owned(),
        format!("cp .git/config {out}/c; rm .git/config; ln -s {out}/c .git/config"),
        format!("cp .git/HEAD {out}/h; rm .git/HEAD; ln -s {out}/h .git/HEAD"),
        format!("mv .git/info {out}/i; ln -s {out}/i .git/info"),
        format!("mv .git/objects {out}/o; ln -s {out}/o .git/objects"),
        "mkdir .git/hooks; echo evil > .git/hooks/post-checkout".to_owned(),
        "mkdir .git/refs/heads; cp .git/HEAD .git/refs/heads/mine".to_owned(),
        "echo '* filter=evil' > .git/info/attributes".to_owned(),
        "echo x > .git/shallow; echo x > .git/config.worktree".to_owned(),
        "rm .git/HEAD; mkdir .git/HEAD".to_owned(),
        "rm -r .git/refs; echo x > .git/refs".to_owned(),
        "rm .git/index; mkfifo .git/index".to_owned(),
        "rm .git/packed-refs .git/info/exclude".to_owned(),
        "chmod 000 .git/config; chmod 555 .git/refs .git/info".to_owned(),
        "chmod 400 .git/HEAD .git/index".to_owned(),
    ];
    let expected = {
        let slot = yard.take();
        listing(&slot.dir().join(".git"))
    };
    for trick in tricks {
        let slot = yard.take();
        agent(&slot, &trick);
        fs::write(slot.dir().join("kept.log"), &trick).unwrap();
        let led_to = listing(&outside);
        drop(slot);
        let slot = yard.take();
        let kept = fs::read_to_string(slot.dir().join("kept.log"));
        assert_eq!(kept.unwrap(), trick, "it is the same slot");
        assert_eq!(listing(&slot.dir().join(".git")), expected, "{trick}");
        assert_eq!(agent(&slot, "git status --porcelain"), "", "{trick}");
        assert_eq!(agent(&slot, "git log --format=%s"), "start\n", "{trick}");
        assert_eq!(listing(&outside), led_to, "{trick}");
        drop(slot);
        fs::remove_dir_all(&outside).unwrap();
        fs::create_dir(&outside).unwrap();
    }
}

/// Returns what lies below a directory: whether its owner may write it, and the
/// content of what does not depend on when it was looked at.
fn listing(dir: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            let what = if kind.is_dir() {
                waiting.push(path.clone());
                "directory".to_owned()
            } else if kind.is_file() && entry.file_name() != "index" {
                fs::read_to_string(&path).unwrap()
            } else {
                format!("file {}", kind.is_file())
            };
            let mode = path.symlink_metadata().unwrap().mode() & 0o600;
            let name = path.strip_prefix(dir).unwrap().display().to_string();
            found.push((name, format!("{mode:o} {what}")));
        }
    }
    found.sort();
    found
}
