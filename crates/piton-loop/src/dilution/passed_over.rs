//! Lines of configuration by which tests are passed over, or red ones let by.

use super::finding::{Finding, Loss};

/// What says so in any file that decides how tests are run.
const MARKS: [&str; 29] = [
    "--deselect",
    "--ignore=",
    "--ignore ",
    "--ignore-glob",
    "collect_ignore",
    "-k \"not ",
    "-k 'not ",
    "-k=\"not ",
    "-k not ",
    "testPathIgnorePatterns",
    "modulePathIgnorePatterns",
    "coveragePathIgnorePatterns: [\"<rootDir>/tests",
    "passWithNoTests",
    "--pass-with-no-tests",
    "<skipTests>true",
    "<skip>true",
    "maven.test.skip",
    "-DskipTests",
    "<exclude>",
    "<testFailureIgnore>true",
    "ignoreFailures = true",
    "autotests = false",
    "test = false",
    "harness = false",
    "default-filter = \"not",
    "-- --skip",
    "--exclude-pattern",
    "--tag ~",
    "--dangerously-ignore-unhandled-errors",
];

/// They pass over tests where they stand in a file of that kind.
const MARKS_OF: [(&str, &str); 6] = [
    ("Cargo.toml", "exclude = ["),
    ("vitest.config", "exclude:"),
    ("build.gradle", "exclude "),
    ("build.gradle", "exclude("),
    ("build.gradle", "enabled = false"),
    (".mocharc", "ignore"),
];

/// A command that is red counts as green.
const LET_BY: [&str; 4] = ["|| true", "|| exit 0", "; true", "continue-on-error: true"];

/// No tests of the project's own are there.
const HARMLESS: [&str; 12] = [
    "node_modules",
    "dist",
    "build",
    "coverage",
    "target",
    ".venv",
    "venv",
    "vendor",
    ".git",
    "out",
    "__pycache__",
    ".tox",
];

/// Finds such lines that came with a change of a file that decides how tests
/// are run.
pub(super) fn came(path: &str, before: Option<&str>, after: &str) -> Vec<Finding> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known: Vec<&str> = before.unwrap_or_default().lines().map(str::trim).collect();
    let lines: Vec<&str> = after.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if known.contains(&line) || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let own = MARKS_OF
            .iter()
            .filter(|(file, _)| name.starts_with(file))
            .map(|(_, mark)| *mark);
        let mark = MARKS
            .into_iter()
            .chain(own)
            .find(|mark| line.contains(mark));
        let mark = mark.filter(|mark| !is_harmless(mark, &whole(&lines, at)));
        // A workflow that is new lets nothing by that was held before.
        let let_by = before.and_then(|_| {
            let tests = about_tests(line) || line.starts_with("continue-on-error");
            LET_BY.into_iter().find(|mark| tests && line.contains(mark))
        });
        if let Some(mark) = mark.or(let_by) {
            found.push(Finding {
                loss: Loss::HeldBack {
                    mark: format!("`{}`", mark.trim()),
                },
                path: path.to_owned(),
                line: at + 1,
            });
        }
    }
    found
}

/// A list that begins on a line, with the lines over which it goes on.
fn whole(lines: &[&str], at: usize) -> String {
    const LONGEST: usize = 20;
    let mut all = String::new();
    for line in lines.iter().skip(at).take(LONGEST) {
        all.push_str(line);
        all.push('\n');
        let open = all.matches(['[', '(']).count();
        if all.matches([']', ')']).count() >= open {
            break;
        }
    }
    all
}

/// Whether nothing but places without tests are named.
fn is_harmless(mark: &str, text: &str) -> bool {
    let rest = text.replacen(mark, " ", 1);
    let names = rest.split(|c: char| !(c.is_alphanumeric() || "_.-".contains(c)));
    let names: Vec<&str> = names
        .map(|name| name.trim_matches(['.', '-']))
        .filter(|name| !name.is_empty())
        .collect();
    let bare = |name: &&&str| {
        HARMLESS
            .iter()
            .any(|it| it.trim_start_matches('.') == **name)
    };
    names.iter().any(|name| bare(&name)) && !about_tests(&rest)
}

fn about_tests(line: &str) -> bool {
    let line = line.to_lowercase();
    [
        "test", "spec", "jest", "cargo", "mvn", "gradle", "tox", "check",
    ]
    .iter()
    .any(|word| line.contains(word))
}
