//! How agents are called, seen from outside.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world, outside the seams they test"
)]

mod acp;
mod docs;
mod ended;
mod fixture;
mod interactive;
mod leftovers;
mod misbehaving;
mod program;
mod program_fails;
mod real_programs;
mod recordings;
mod script;
mod sealed;
mod vectors;

#[test]
fn no_test_file_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs") else {
            continue;
        };
        assert!(
            module == "main" || main.contains(&format!("mod {module};")),
            "{name} is not run"
        );
    }
}

/// Says that a test could not look at what it is about.
#[expect(clippy::print_stderr, reason = "a test that skips has to say so")]
pub(crate) fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
