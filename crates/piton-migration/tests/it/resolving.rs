//! What a person may type for a migration.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use piton_durable::RealDisk;
use piton_migration::live::LiveDir;
use piton_migration::resolve::{ResolveError, resolve};

use crate::scratch::Project;

fn found(project: &Project, value: impl AsRef<Path>) -> Result<String, ResolveError> {
    resolve(&RealDisk, &project.live, value.as_ref()).map(|slug| slug.to_string())
}

#[test]
fn a_slug_wins_over_a_file_of_its_name() {
    let project = Project::new();
    project.ready("src");
    fs::create_dir(project.root().join("src")).expect("a directory");
    assert_eq!(found(&project, "src").expect("the migration"), "src");
}

#[test]
fn paths_below_the_live_directory_resolve() {
    let project = Project::new();
    project.ready("a");
    for path in ["migrations/a", "./migrations/a/", "migrations/./a"] {
        assert_eq!(found(&project, path).expect(path), "a");
    }
    let absolute = project.live.path().join("a");
    assert_eq!(found(&project, absolute).expect("absolute"), "a");
}

#[test]
fn a_live_directory_behind_a_link_resolves() {
    let project = Project::new();
    project.ready("a");
    symlink("migrations", project.root().join("door")).expect("a link");
    let live = LiveDir::new(project.root(), "door");
    let through = resolve(&RealDisk, &live, Path::new("door/a")).expect("the migration");
    assert_eq!(through.as_str(), "a");
}

#[test]
fn everything_that_would_leave_is_refused() {
    let project = Project::new();
    project.ready("a");
    project.write("a/sub/x", "");
    project.write("file", "");
    project.write(".hidden/manifest.json", "{}");
    project.write("__internal/manifest.json", "{}");
    fs::create_dir(project.root().join("outside")).expect("a directory");
    symlink("../outside", project.live.path().join("escape")).expect("a link");
    symlink("migrations/a", project.root().join("alias")).expect("a link");
    for value in [
        "",
        ".",
        "..",
        "/",
        "a/../a",
        "migrations/../migrations/a",
        "migrations",
        "migrations/a/sub",
        "migrations/a/manifest.json",
        "outside",
        "escape",
        "migrations/escape",
        "alias",
        "file",
        "migrations/file",
        ".hidden",
        "migrations/.hidden",
        "__internal",
        "migrations/__internal",
        "/dev/null",
        "/etc",
        "nowhere",
        "a/",
        " a",
        "a\0",
        "a\n",
        "\u{202e}a",
    ] {
        let error = found(&project, value).expect_err(value);
        assert!(!error.to_string().contains('\0'), "{error}");
    }
    let told = |value: &str| found(&project, value).expect_err(value);
    assert!(matches!(told("escape"), ResolveError::Link { value } if value == "escape"));
    assert!(matches!(
        told("migrations/escape"),
        ResolveError::Link { .. }
    ));
    assert!(matches!(told("file"), ResolveError::NotADirectory { value } if value == "file"));
    assert!(matches!(told("nowhere"), ResolveError::Unknown { value, .. } if value == "nowhere"));
    assert!(matches!(told("outside"), ResolveError::Outside { value, .. } if value == "outside"));
    assert!(matches!(told("a/../a"), ResolveError::Parent { value } if value == "a/../a"));
    let name = "x".repeat(5000);
    assert!(found(&project, &name).is_err());
    assert!(matches!(
        found(&project, OsStr::from_bytes(b"\xff")),
        Err(ResolveError::NotUtf8 { .. })
    ));
}
