//! Tells the program which commit it was built from, where git can tell.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script asks git and cargo, not piton's crates"
)]

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for path in ["../../.git/HEAD", "../../.git/logs/HEAD"] {
        if std::path::Path::new(path).exists() {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    // A source archive has no .git: the version then stands alone.
    let described = Command::new("git")
        .args(["log", "-1", "--abbrev=10", "--format=%h %cs"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|text| text.trim().to_owned());
    let version = env!("CARGO_PKG_VERSION");
    match described {
        Some(commit) if !commit.is_empty() => {
            println!("cargo:rustc-env=PITON_VERSION={version} ({commit})");
        }
        _ => println!("cargo:rustc-env=PITON_VERSION={version}"),
    }
}
