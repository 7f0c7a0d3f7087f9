//! The files of a migration as values.

use std::path::Path;

use piton_durable::{DiskRead, TreeDigest};
use piton_migration::contents::{Contents, ContentsError};
use piton_testkit::SimDisk;

const DIR: &str = "/slot/migrations/rework";

fn read(disk: &SimDisk) -> Result<Option<Contents>, ContentsError> {
    Contents::read(disk, Path::new(DIR))
}

fn of(files: &[(&str, &str)]) -> Contents {
    let mut contents = Contents::default();
    for (path, text) in files {
        contents.put(*path, *text);
    }
    contents
}

#[test]
fn what_is_read_is_written_with_its_files_and_what_may_be_run() {
    let disk = SimDisk::new();
    assert_eq!(read(&disk).unwrap(), None);
    disk.put(format!("{DIR}/plan.md"), "a plan");
    disk.put_mode(format!("{DIR}/tools/deep/run"), "#!/bin/sh", 0o750);
    disk.put_mode(format!("{DIR}/tools/read"), "of others", 0o611);
    disk.put_dir(format!("{DIR}/empty"));
    let (contents, digest) = Contents::read_with_digest(&disk, Path::new(DIR))
        .unwrap()
        .unwrap();
    assert_eq!(digest, TreeDigest::of(&disk, Path::new(DIR)).unwrap());
    let paths: Vec<&str> = contents.paths().collect();
    assert_eq!(paths, ["plan.md", "tools/deep/run", "tools/read"]);
    assert_eq!(contents.top_level().collect::<Vec<_>>(), ["plan.md"]);
    assert_eq!(contents.text("plan.md").as_deref(), Some("a plan"));
    assert_eq!(contents.get("missing"), None);
    disk.put_dir("/to");
    contents.write(&disk, Path::new("/to")).unwrap();
    let mode = |path: &str| {
        let stat = disk.stat(&Path::new("/to").join(path)).unwrap();
        stat.unwrap().mode
    };
    assert_eq!(mode("plan.md"), 0o644);
    assert_eq!(mode("tools/deep/run"), 0o755);
    assert_eq!(mode("tools/read"), 0o644);
    let again = Contents::read(&disk, Path::new("/to")).unwrap();
    assert_eq!(again, Some(contents));
}

#[test]
fn what_belongs_to_a_repository_of_its_own_is_refused_by_name() {
    for path in ["notes/.git/config", ".git", "notes/.GIT"] {
        let disk = SimDisk::new();
        disk.put(format!("{DIR}/plan.md"), "a plan");
        disk.put(format!("{DIR}/{path}"), "[core]");
        let refused = read(&disk);
        assert!(
            matches!(refused, Err(ContentsError::Repository { .. })),
            "{path}: {refused:?}"
        );
    }
}

#[test]
fn more_than_any_plan_needs_is_refused() {
    let disk = SimDisk::new();
    for number in 0..4_999 {
        disk.put(format!("{DIR}/notes/{number}"), "");
    }
    assert!(read(&disk).unwrap().is_some(), "5000 with the directory");
    disk.put(format!("{DIR}/plan.md"), "a plan");
    let refused = read(&disk);
    assert!(
        matches!(refused, Err(ContentsError::TooMany { .. })),
        "{refused:?}"
    );
    let disk = SimDisk::new();
    disk.put(format!("{DIR}/large"), vec![0; 64 << 20]);
    assert!(read(&disk).unwrap().is_some());
    disk.put(format!("{DIR}/plan.md"), "x");
    let refused = read(&disk);
    assert!(
        matches!(refused, Err(ContentsError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[test]
fn only_the_files_that_an_agent_may_write_are_taken_from_it() {
    let base = of(&[
        ("manifest.json", "ours"),
        ("plan.md", "old"),
        ("gone.md", ""),
    ]);
    let theirs = of(&[
        ("manifest.json", "theirs"),
        ("plan.md", "new"),
        ("more.md", ""),
    ]);
    assert_eq!(
        theirs.changes(&base),
        ["gone.md", "manifest.json", "more.md", "plan.md"]
    );
    let taken = theirs.over(&base, |path| path != "manifest.json");
    let expected = of(&[
        ("manifest.json", "ours"),
        ("plan.md", "new"),
        ("more.md", ""),
    ]);
    assert_eq!(taken, expected);
    assert_eq!(taken.changes(&expected), [""; 0]);
    assert!(taken.contains("more.md") && !taken.contains("gone.md"));
}
