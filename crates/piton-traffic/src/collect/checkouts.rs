//! Steps that check out under a name of their own: the workflow's file tells.

use std::collections::BTreeMap;

use piton_github::endpoints::contents;
use piton_github::endpoints::runs::Run;
use piton_github::{ForgeRead, RepoName};

use super::answers::{JobSeen, StepSeen};

/// So many files are read in one run of the collector, and no more.
const MOST_FILES: usize = 50;
const FOLDER: &str = ".github/workflows/";
/// How the names begin that GitHub gives steps by itself.
const GIVEN: [&str; 6] = [
    "set up job",
    "complete job",
    "post ",
    "run ",
    "pre ",
    "initialize containers",
];

/// The workflows that were read so far, each revision once.
pub(super) struct Checkouts<'a> {
    forge: &'a dyn ForgeRead,
    repo: &'a RepoName,
    read: BTreeMap<(String, String), Vec<Name>>,
}

impl<'a> Checkouts<'a> {
    pub(super) fn new(forge: &'a dyn ForgeRead, repo: &'a RepoName) -> Self {
        Self {
            forge,
            repo,
            read: BTreeMap::new(),
        }
    }

    /// Marks the steps that check out. A workflow that cannot be read tells
    /// nothing, and then the usual names count alone.
    pub(super) fn mark(&mut self, run: &Run, jobs: &mut [JobSeen]) {
        let mut named: Vec<&mut StepSeen> = jobs
            .iter_mut()
            .flat_map(|job| &mut job.steps)
            .filter(|step| step.ran() && !step.is_checkout() && has_own_name(&step.name))
            .collect();
        let path = run.path.split('@').next().unwrap_or_default();
        let Some(revision) = run.head_sha.as_deref() else {
            return;
        };
        if named.is_empty() || !path.starts_with(FOLDER) {
            return;
        }
        let names = self.names(path, revision);
        for step in &mut named {
            step.checks_out = names.iter().any(|name| name.fits(&step.name));
        }
    }

    fn names(&mut self, path: &str, revision: &str) -> &[Name] {
        let key = (path.to_owned(), revision.to_owned());
        if !self.read.contains_key(&key) {
            let names = if self.read.len() < MOST_FILES {
                let text = contents::read(self.forge, self.repo, path, Some(revision));
                text.map(|text| names_in(&String::from_utf8_lossy(&text)))
            } else {
                Ok(Vec::new())
            };
            self.read.insert(key.clone(), names.unwrap_or_default());
        }
        self.read.get(&key).map_or(&[], Vec::as_slice)
    }
}

fn has_own_name(name: &str) -> bool {
    let name = name.to_lowercase();
    !GIVEN.iter().any(|given| name.starts_with(given))
}

/// The name of a step: what stands before and after everything in it that is
/// filled in later.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    begins: String,
    /// `None` where nothing is filled in.
    ends: Option<String>,
}

impl Name {
    fn of(text: &str) -> Option<Self> {
        let Some((begins, rest)) = text.split_once("${{") else {
            return (!text.is_empty()).then(|| Self {
                begins: text.to_owned(),
                ends: None,
            });
        };
        let (_, ends) = rest.rsplit_once("}}")?;
        let says_something = !(begins.trim().is_empty() && ends.trim().is_empty());
        says_something.then(|| Self {
            begins: begins.to_owned(),
            ends: Some(ends.to_owned()),
        })
    }

    fn fits(&self, name: &str) -> bool {
        match &self.ends {
            None => name == self.begins,
            Some(ends) => name
                .strip_prefix(&self.begins)
                .is_some_and(|rest| rest.ends_with(ends)),
        }
    }
}

/// A step, while its lines are read.
#[derive(Default)]
struct Open {
    /// Where its keys stand.
    indent: usize,
    name: Option<Name>,
    checks_out: bool,
}

/// Returns the names that steps with `actions/checkout` have in a workflow. It
/// reads lists of plain keys, and is no reader of YAML.
fn names_in(workflow: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut open: Option<Open> = None;
    let mut close = |open: &mut Option<Open>| {
        if let Some(Open {
            name: Some(name),
            checks_out: true,
            ..
        }) = open.take()
        {
            names.push(name);
        }
    };
    for line in workflow.lines() {
        let text = line.trim_start();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let indent = line.len() - text.len();
        let (at, key) = match text.strip_prefix("- ") {
            None => (indent, text),
            Some(rest) => {
                let key = rest.trim_start();
                (indent + text.len() - key.len(), key)
            }
        };
        // Deeper lines are a step's own lists and texts.
        if open.as_ref().is_some_and(|step| indent < step.indent) {
            close(&mut open);
        }
        if open.is_none() && at > indent {
            open = Some(Open {
                indent: at,
                ..Open::default()
            });
        }
        let Some(step) = open.as_mut().filter(|step| step.indent == at) else {
            continue;
        };
        if let Some(name) = key.strip_prefix("name:") {
            step.name = Name::of(&scalar(name));
        } else if let Some(uses) = key.strip_prefix("uses:") {
            step.checks_out = scalar(uses).to_lowercase().starts_with("actions/checkout@");
        }
    }
    close(&mut open);
    names
}

/// A text as YAML writes it on one line.
fn scalar(text: &str) -> String {
    let text = text.trim();
    for quote in ['\'', '"'] {
        if let Some(rest) = text.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default().to_owned();
        }
    }
    let plain = text.split(" #").next().unwrap_or_default();
    plain.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKFLOW: &str = "\
name: CI
on: [push]
jobs:
  test:
    strategy:
      matrix:
        include:
          - name: actions/checkout@v4
            uses: nothing
    steps:
      - name: Get the sources   # a word
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: 'actions/checkout@v4'
        name: \"Second: copy\"
      - name: Build
        run: |
          - name: Not a step
            uses: actions/checkout@v4
      - name: Clone ${{ matrix.os }} tree
        uses: Actions/Checkout@8e5e7e5
      - name: ${{ matrix.all }}
        uses: actions/checkout@v4
  other:
    steps:
    - name: Flat
      uses: actions/checkout@v3
";

    #[test]
    fn the_names_of_steps_that_check_out_are_found_and_no_others() {
        let names = names_in(WORKFLOW);
        let fits = |name: &str| names.iter().any(|one| one.fits(name));
        for name in [
            "Get the sources",
            "Second: copy",
            "Clone linux tree",
            "Flat",
        ] {
            assert!(fits(name), "{name}");
        }
        for name in [
            "Build",
            "Not a step",
            "CI",
            "actions/checkout@v4",
            "Clone the tree.",
            "",
        ] {
            assert!(!fits(name), "{name}");
        }
        assert_eq!(names.len(), 4);
    }
}
