//! What a workflow or a composite action uses: its steps by name, and the
//! workflows that it calls. It reads lists of plain keys, and is no reader of
//! YAML.

/// Where workflows are.
pub(super) const FOLDER: &str = ".github/workflows/";

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    pub(super) steps: Vec<Step>,
    /// The workflows of the same repository that its jobs call.
    pub(super) calls: Vec<String>,
}

/// A step that uses an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    name: Option<Name>,
    action: String,
    /// Whether it runs only under a condition, which nobody here knows.
    pub(super) conditional: bool,
}

/// What a step does, as far as clones go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does<'a> {
    ChecksOut,
    /// It runs an action of the repository, which is in this folder.
    Runs(&'a str),
    Other,
}

impl Step {
    /// Whether a step that was run is this one.
    pub(super) fn is(&self, run: &str) -> bool {
        match &self.name {
            Some(name) => name.fits(run),
            None => run.strip_prefix("Run ") == Some(self.action.as_str()),
        }
    }

    pub(super) fn does(&self) -> Does<'_> {
        if self.action.to_lowercase().starts_with("actions/checkout@") {
            return Does::ChecksOut;
        }
        let folder = self
            .action
            .strip_prefix("./")
            .map(|path| path.trim_end_matches('/'));
        match folder {
            Some(folder) if is_inside(folder) => Does::Runs(folder),
            _ => Does::Other,
        }
    }
}

/// Whether a path stays inside the repository.
fn is_inside(path: &str) -> bool {
    !path.split('/').any(|part| matches!(part, "" | "." | ".."))
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
    name: String,
    action: String,
    conditional: bool,
}

impl Open {
    fn close(self) -> Option<Step> {
        if self.action.is_empty() {
            return None;
        }
        let name = if self.name.is_empty() {
            None
        } else {
            // A name that is all expression matches every name: it is left out.
            Some(Name::of(&self.name)?)
        };
        Some(Step {
            name,
            action: self.action,
            conditional: self.conditional,
        })
    }
}

/// Reads a workflow, or a composite action.
pub(super) fn read(text: &str) -> Uses {
    let mut uses = Uses::default();
    let mut open: Option<Open> = None;
    for line in text.lines() {
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
            uses.steps.extend(open.take().and_then(Open::close));
        }
        if open.is_none() && at > indent {
            open = Some(Open {
                indent: at,
                ..Open::default()
            });
        }
        let Some(step) = &mut open else {
            let called = key.strip_prefix("uses:").map(scalar);
            let called = called.as_deref().and_then(|path| path.strip_prefix("./"));
            if let Some(path) = called.filter(|path| path.starts_with(FOLDER) && is_inside(path)) {
                uses.calls.push(path.to_owned());
            }
            continue;
        };
        if step.indent != at {
            continue;
        }
        if let Some(name) = key.strip_prefix("name:") {
            step.name = scalar(name);
        } else if let Some(action) = key.strip_prefix("uses:") {
            step.action = scalar(action);
        } else if key.starts_with("if:") {
            step.conditional = true;
        }
    }
    uses.steps.extend(open.and_then(Open::close));
    uses
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
  calling:
    uses: ./.github/workflows/called.yml
  elsewhere:
    uses: other/tools/.github/workflows/called.yml@main
";

    #[test]
    fn the_names_of_steps_that_check_out_are_found_and_no_others() {
        let uses = read(WORKFLOW);
        let checks_out = |step: &&Step| step.does() == Does::ChecksOut;
        let steps: Vec<&Step> = uses.steps.iter().filter(checks_out).collect();
        let fits = |name: &str| steps.iter().any(|step| step.is(name));
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
        assert_eq!(steps.len(), 4);
        assert_eq!(uses.calls, [".github/workflows/called.yml"]);
    }

    #[test]
    fn an_action_of_the_repository_is_known_by_its_folder_and_none_outside_of_it() {
        let text = "runs:\n  using: composite\n  steps:\n    - uses: ./.github/actions/get/\n      if: always()\n    - uses: ./../elsewhere\n    - uses: owner/action@v1\n    - name: Plain\n      run: ls\n";
        let uses = read(text);
        let does: Vec<Does<'_>> = uses.steps.iter().map(Step::does).collect();
        assert_eq!(
            does,
            [Does::Runs(".github/actions/get"), Does::Other, Does::Other]
        );
        assert!(uses.steps[0].conditional && !uses.steps[1].conditional);
        assert!(uses.steps[0].is("Run ./.github/actions/get/"));
        assert!(!uses.steps[0].is("Run ./.github/actions"));
        assert!(uses.calls.is_empty());
    }
}
