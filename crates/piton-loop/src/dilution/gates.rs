//! Files that decide which tests run, and how.

use std::collections::BTreeSet;

const WORKFLOWS: [&str; 7] = [
    ".github/workflows/",
    ".github/actions/",
    ".circleci/",
    ".gitlab/ci",
    ".buildkite/",
    ".ci/",
    ".woodpecker/",
];
const WORKFLOW_FILES: [&str; 6] = [
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    ".travis.yml",
    "appveyor.yml",
    "bitbucket-pipelines.yml",
];
const HOOKS: [&str; 4] = [".husky/", ".githooks/", ".git-hooks/", ".hooks/"];
const HOOK_FILES: [&str; 4] = [
    ".pre-commit-config.yaml",
    "lefthook.yml",
    "lefthook.yaml",
    ".lintstagedrc",
];
const CONFIGURATIONS: [&str; 14] = [
    "pytest.ini",
    "tox.ini",
    "noxfile.py",
    "conftest.py",
    ".coveragerc",
    ".rspec",
    "spec_helper.rb",
    "rails_helper.rb",
    "test_helper.rb",
    "nextest.toml",
    "junit-platform.properties",
    "testng.xml",
    ".mocharc.json",
    ".mocharc.js",
];
const STEMS: [&str; 8] = [
    "jest.config",
    "vitest.config",
    "vitest.workspace",
    ".mocharc",
    "karma.conf",
    "playwright.config",
    "cypress.config",
    "ava.config",
];

/// Says what a file is to the tests, where a change of it may change the judge.
pub(super) fn gate(path: &str, before: &str, after: &str, command: &[String]) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path == "piton.toml" {
        return Some("piton's configuration".into());
    }
    if named_by(command, path) {
        return Some("a file named in the validation command".into());
    }
    if WORKFLOWS.iter().any(|folder| path.starts_with(folder)) || WORKFLOW_FILES.contains(&path) {
        return Some("a workflow of the CI".into());
    }
    if HOOKS.iter().any(|folder| path.starts_with(folder)) || HOOK_FILES.contains(&name) {
        return Some("a hook".into());
    }
    if CONFIGURATIONS.contains(&name) || STEMS.iter().any(|stem| name.starts_with(stem)) {
        return Some("the configuration of the tests".into());
    }
    // General files count only where a line about tests changed.
    let words: &[&str] = match name {
        "package.json" => &[
            "test", "jest", "mocha", "vitest", "\"ava\"", "posttest", "pretest",
        ],
        "pyproject.toml" | "setup.cfg" => &[
            "pytest",
            "testpaths",
            "addopts",
            "unittest",
            "coverage",
            "tox",
            "deselect",
            "ignore",
        ],
        "Cargo.toml" => &["test", "harness"],
        "pom.xml" | "build.gradle" | "build.gradle.kts" => {
            &["test", "Test", "surefire", "failsafe", "exclude"]
        }
        "Makefile" | "justfile" | "Rakefile" | "Taskfile.yml" => &["test", "check", "spec"],
        _ => return None,
    };
    let lines = |text: &str| -> BTreeSet<String> {
        let about = |line: &&str| words.iter().any(|word| line.contains(word));
        text.lines()
            .filter(about)
            .map(|line| line.trim().to_owned())
            .collect()
    };
    (lines(before) != lines(after)).then(|| "how the tests are run".into())
}

fn named_by(command: &[String], path: &str) -> bool {
    command.iter().any(|word| {
        let word = word.trim_start_matches("./");
        !word.is_empty()
            && (word == path
                || word
                    .split(['=', ':', ','])
                    .any(|part| part.trim_start_matches("./") == path))
    })
}

/// Whether a file holds recorded answers: snapshots, golden files, fixtures.
pub(super) fn is_record(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit('.').next().unwrap_or("");
    matches!(
        extension,
        "snap" | "golden" | "approved" | "ambr" | "expected" | "stdout" | "stderr"
    ) || path.split('/').any(|part| {
        matches!(
            part,
            "__snapshots__"
                | "snapshots"
                | "testdata"
                | "golden"
                | "goldens"
                | "fixtures"
                | "cassettes"
        )
    }) || name.contains(".approved.")
}
