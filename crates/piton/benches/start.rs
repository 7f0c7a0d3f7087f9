//! How long people wait for the program itself.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark arranges the real world"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use piton_testkit::ScratchRepo;
use piton_testkit::floor::{Table, empty_program, install, spawn};

const INIT: [&str; 7] = [
    "traffic",
    "init",
    "--owner",
    "acme",
    "--repo",
    "widget",
    "--dry-run",
];

fn main() {
    let scratch = ScratchRepo::new();
    let nothing = empty_program(scratch.path());
    let program = install(Path::new(env!("CARGO_BIN_EXE_piton")), scratch.path());
    let run = |program: &Path, args: &[&str]| {
        let status = Command::new(program)
            .args(args)
            .current_dir(scratch.path())
            .env("PITON_CI_INSTALL", "0.1.0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("it runs");
        assert!(status.success(), "{args:?}");
    };
    let mut table = Table::new("starting, against an empty Rust program", 200);
    table.row(
        "piton --version",
        2.0,
        || run(&program, &["--version"]),
        || spawn(&nothing),
    );
    table.row(
        "piton --help",
        2.0,
        || run(&program, &["--help"]),
        || spawn(&nothing),
    );
    table.row(
        "piton traffic init --dry-run",
        6.0,
        || run(&program, &INIT),
        || spawn(&nothing),
    );
    let held = table.finish();

    migrations(&scratch, 1_000);
    let mut table = Table::new("1,000 migrations, against an empty Rust program", 30);
    // What it replaces takes 150 ms of processor time for this list.
    table.row(
        "piton migration list",
        15.0,
        || run(&program, &["migration", "list"]),
        || spawn(&nothing),
    );
    if !(table.finish() && held) {
        std::process::exit(1);
    }
}

fn migrations(scratch: &ScratchRepo, number: usize) {
    for n in 0..number {
        let phases: Vec<String> = (1..=5)
            .map(|p| {
                format!(
                    "    {{\n      \"done\": false,\n      \"effort_reason\": null,\n      \"file\": \"phase-{p}-p{p}.md\",\n      \
                     \"name\": \"p{p}\",\n      \"precondition\": \"It is there.\",\n      \"required_effort\": null\n    }}"
                )
            })
            .collect();
        scratch.write(
            &format!("migrations/m-{n:04}/manifest.json"),
            &format!(
                "{{\n  \"awaiting_human_review\": false,\n  \"cooldown_until\": null,\n  \
                 \"created_at\": \"2026-05-01T10:00:00.000+00:00\",\n  \"current_phase\": \"p1\",\n  \
                 \"human_review_reason\": null,\n  \"last_touch\": \"2026-05-01T10:00:00.000+00:00\",\n  \
                 \"name\": \"m-{n:04}\",\n  \"phases\": [\n{}\n  ],\n  \"status\": \"ready\",\n  \
                 \"wake_up_on\": null\n}}\n",
                phases.join(",\n")
            ),
        );
    }
}
