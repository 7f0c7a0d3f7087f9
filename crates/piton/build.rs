//! Tells the program which commit it was built from, where git can tell.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script asks git and cargo, not piton's crates"
)]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A linked working tree keeps them elsewhere: git knows where.
    for name in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", name]);
        if let Some(path) = path.filter(|path| std::path::Path::new(path).exists()) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    // A source archive, also one unpacked inside somebody's repository, is of no
    // commit: the version then stands alone.
    let described = git(&["ls-files", "build.rs"])
        .and_then(|_| git(&["log", "-1", "--abbrev=10", "--format=%h %cs"]));
    let version = env!("CARGO_PKG_VERSION");
    match described {
        Some(commit) => println!("cargo:rustc-env=PITON_VERSION={version} ({commit})"),
        None => println!("cargo:rustc-env=PITON_VERSION={version}"),
    }
}

/// What git answers, where it answers something.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
