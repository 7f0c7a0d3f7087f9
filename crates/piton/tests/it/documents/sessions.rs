//! Runs what the documents show.
//!
//! A block that opens with ```` ```console ```` holds commands (`$ piton …`,
//! continued with `> `) and what they print, both streams together; `[exit 3]`
//! stands at the end of one that does not end with 0. All blocks of a document
//! run in turn in one directory, with an empty home and a stand-in for Claude
//! Code. `…` leaves out text or lines; times, commits and names of runs are
//! not compared. With `INSTA_UPDATE=always` what no longer fits is written anew.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use piton_seal::{Network, Standing, Wanted};

use super::kept::{keep, project};
use super::masks::{fits, settled};
use super::stage::{Before, Stage};

const OPENS: &str = "```console";
const CLOSES: &str = "```";

/// Runs every block of a document and returns the document with what they
/// print in place of what does not fit.
fn run(text: &str, stage: &mut Stage) -> String {
    let mut made = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let _ = writeln!(made, "{line}");
        if line != OPENS {
            continue;
        }
        while let Some(line) = lines.next() {
            let _ = writeln!(made, "{line}");
            if line == CLOSES {
                break;
            }
            let Some(command) = line.strip_prefix("$ ") else {
                panic!("`{line}` is no command; each block begins with one");
            };
            let mut command = command.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ") || *line == ">") {
                let _ = writeln!(made, "{more}");
                let _ = write!(command, "\n{}", more.get(2..).unwrap_or_default());
            }
            let mut shown = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ") && *line != CLOSES)
            {
                shown.push(line.to_owned());
            }
            let printed = stage.run(&command);
            // An empty line before the next command is there for the eye.
            let eased = shown.last().is_some_and(String::is_empty);
            let told = &shown[..shown.len() - usize::from(eased)];
            let settled: Vec<String> = printed.iter().map(|line| settled(line)).collect();
            let right = if fits(told, &printed) {
                told.to_vec()
            } else {
                renewed(told, &settled)
            };
            for line in &right {
                let _ = writeln!(made, "{line}");
            }
            if eased {
                made.push('\n');
            }
        }
    }
    made
}

/// Returns what is to be shown instead: where something was left out before,
/// what still fits of the rest, and else all that was printed.
fn renewed(told: &[String], printed: &[String]) -> Vec<String> {
    let is_gap = |line: &String| line.trim() == "…";
    let mut kept: Vec<String> = told
        .iter()
        .filter(|line| {
            is_gap(line)
                || printed
                    .iter()
                    .any(|one| fits(&[(*line).clone()], std::slice::from_ref(one)))
        })
        .cloned()
        .collect();
    if kept.iter().all(is_gap) {
        return printed.to_vec();
    }
    kept.push("…".to_owned());
    if fits(&kept, printed) {
        kept
    } else {
        printed.to_vec()
    }
}

/// Whether this machine can seal all that there is to seal.
fn seals_here() -> bool {
    let support = piton_seal::Support::observe(Network::Off);
    let standing = Standing::decide(Wanted::Auto, Network::Off, support);
    matches!(standing, Ok(Standing::Sealed { gaps, .. }) if gaps.is_empty())
}

#[track_caller]
fn check(document: &str, before: Before) {
    if document == "docs/security.md" && !seals_here() {
        // Skipped, and said so.
        let told = format!("skipped: {document} shows a seal that this machine has not got\n");
        let _ = std::io::stderr().write_all(told.as_bytes());
        return;
    }
    let text = std::fs::read_to_string(Path::new(&project(document))).unwrap();
    let mut stage = Stage::new(before);
    keep(document, &run(&text, &mut stage));
}

/// A test for every document with blocks to run, and what its reader has before.
macro_rules! sessions {
    ($($name:ident: $document:literal after $before:ident;)*) => {
        $(#[test]
        fn $name() {
            check($document, Before::$before);
        })*

        const DOCUMENTS: &[&str] = &[$($document),*];
    };
}

sessions! {
    the_readme_works_as_printed: "README.md" after Project;
    getting_started_works_as_printed: "docs/getting-started.md" after Nothing;
    the_guide_works_as_printed: "docs/guide.md" after Project;
    agents_work_as_printed: "docs/agents.md" after SetUp;
    configuration_works_as_printed: "docs/configuration.md" after SetUp;
    cost_and_time_work_as_printed: "docs/cost-and-time.md" after Begun;
    working_inside_an_agent_works_as_printed: "docs/inside-an-agent.md" after SetUp;
    json_works_as_printed: "docs/json.md" after Begun;
    moving_over_works_as_printed: "docs/moving-over.md" after Project;
    planning_works_as_printed: "docs/planning.md" after SetUp;
    prompts_work_as_printed: "docs/prompts.md" after SetUp;
    running_works_as_printed: "docs/running.md" after SetUp;
    runs_work_as_printed: "docs/runs.md" after SetUp;
    security_works_as_printed: "docs/security.md" after Project;
    stored_plans_work_as_printed: "docs/stored-plans.md" after OnGitHub;
    taste_works_as_printed: "docs/taste.md" after Project;
    traffic_works_as_printed: "docs/traffic.md" after OnGitHub;
    troubleshooting_works_as_printed: "docs/troubleshooting.md" after Begun;
}

#[test]
fn every_document_with_blocks_to_run_is_run() {
    for document in super::links::all() {
        let text = std::fs::read_to_string(&document).unwrap();
        let runs = text.lines().any(|line| line == OPENS);
        let listed = DOCUMENTS.iter().any(|name| document == project(name));
        assert_eq!(runs, listed, "{}", document.display());
    }
}
