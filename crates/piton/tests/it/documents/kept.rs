//! A file of the project that is made by the program and kept in the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns a path below the top of the project.
pub(super) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// How many lines are shown from where a file differs.
const SHOWN: usize = 40;

/// Compares a file with what it should hold, or writes it when snapshots are
/// to be written.
#[track_caller]
pub(super) fn keep(path: &str, made: &str) {
    let file = project(path);
    let kept = fs::read_to_string(&file).unwrap_or_default();
    if kept == made {
        return;
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, made).unwrap();
        return;
    }
    let at = kept
        .lines()
        .zip(made.lines())
        .take_while(|(kept, made)| kept == made)
        .count();
    let was = kept.lines().nth(at).unwrap_or("(the end)");
    let says: Vec<&str> = made.lines().skip(at).take(SHOWN).collect();
    panic!(
        "{path} is not what the program says. Make it anew, and read what changed:\n\
         \n    INSTA_UPDATE=always cargo test -p piton --test it documents\n\n\
         first difference in line {}:\n- {}\n+ {}",
        at + 1,
        was,
        says.join("\n+ ")
    );
}
