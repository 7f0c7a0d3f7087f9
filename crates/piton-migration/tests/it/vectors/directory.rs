//! The migrations directory: what is visible, what a person may name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use piton_durable::{RealDisk, TreeDigest};
use piton_migration::live::LiveDir;
use piton_migration::resolve::resolve;
use serde_json::Value;

use crate::differences::exact_slug_wins;
use crate::shared::{each, same};
use crate::tree;

#[test]
fn directories_are_visible_as_recorded() {
    each("visible_dirs", |case| {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("migrations");
        fs::create_dir(&path).expect("the live directory");
        for name in case.input["dirs"].as_array().ok_or("no names")? {
            let name = name.as_str().ok_or("no name")?;
            match name {
                // By their names in the recording: a file and a link.
                "f" => fs::write(path.join(name), "").expect("a file"),
                "ln" => symlink("a", path.join(name)).expect("a link"),
                _ => fs::create_dir(path.join(name)).expect("a directory"),
            }
        }
        let live = LiveDir::new(root.path(), "migrations");
        let contents = live
            .contents(&RealDisk)
            .map_err(|error| error.to_string())?;
        let visible = contents.slugs.iter().map(|slug| slug.as_str().into());
        same(&Value::Array(visible.collect()), &case.output["visible"])
    });
}

#[test]
fn slugs_and_paths_resolve_as_recorded() {
    let root = tempfile::tempdir().expect("a directory");
    let repo = root.path().join("repo");
    for dir in [
        "migrations/good",
        "migrations/__transactions__",
        "migrations/shadow",
        "outside",
        "shadow",
    ] {
        fs::create_dir_all(repo.join(dir)).expect("a directory");
    }
    fs::write(repo.join("migrations/file"), "").expect("a file");
    symlink("good", repo.join("migrations/link")).expect("a link");
    let live = LiveDir::new(&repo, "migrations");
    each("resolver", |case| {
        let value = case.input["value"].as_str().ok_or("no value")?;
        let value = value.replace("{repo}", repo.to_str().expect("UTF-8"));
        let ours = resolve(&RealDisk, &live, Path::new(&value));
        match (case.refused(), ours) {
            (true, Err(_)) => Ok(()),
            (true, Ok(slug)) if exact_slug_wins(&value, &slug, &repo) => Ok(()),
            (true, Ok(slug)) => Err(format!("accepted as {slug}")),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(slug)) => same(&Some(slug.as_str()), &case.output["slug"].as_str()),
        }
    });
}

#[test]
fn trees_have_the_recorded_digests() {
    each("tree_digest", |case| {
        let scratch = tempfile::tempdir().expect("a directory");
        let root = scratch.path().join("root");
        if let Some(entries) = case.input["tree"].as_array() {
            tree::build(&root, entries);
        } else if let Some(kind) = case.input["root_is"].as_str() {
            match kind {
                "symlink-to-dir" => symlink(scratch.path(), &root).expect("a link"),
                "file" => fs::write(&root, "x").expect("a file"),
                "dangling-symlink" => symlink("nowhere", &root).expect("a link"),
                other => return Err(format!("an unknown kind of root: {other}")),
            }
        }
        match (case.refused(), TreeDigest::of(&RealDisk, &root)) {
            (true, Err(_)) => Ok(()),
            (true, Ok(digest)) => Err(format!("accepted: {digest}")),
            (false, Err(error)) => Err(format!("refused: {error}")),
            (false, Ok(digest)) => same(&Some(digest.as_str()), &case.output["digest"].as_str()),
        }
    });
}
