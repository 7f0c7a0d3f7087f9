//! Recorded answers of the original, which live outside the repository.

use std::path::PathBuf;

use serde_json::Value;

/// Returns the directory of recorded data, where this machine has one.
pub(crate) fn corpus() -> Option<PathBuf> {
    Some(piton_testkit::shared_dir()?.join("corpus"))
}

/// One recorded case.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) input: Value,
    pub(crate) output: Value,
}

impl Case {
    /// Tells whether the original refused or crashed: either way piton gives
    /// an error of its own.
    pub(crate) fn refused(&self) -> bool {
        self.output.get("error").is_some() || self.output.get("crash").is_some()
    }
}

/// Runs a check over every recorded case of one family and reports all that
/// disagree, or says that there are none on this machine.
pub(crate) fn each(family: &str, check: impl Fn(&Case) -> Result<(), String>) {
    let Some(corpus) = corpus() else {
        println!("skipped: no recorded answers beside this workspace");
        return;
    };
    let path = corpus.join("vectors").join(format!("{family}.jsonl"));
    let text = std::fs::read_to_string(&path).expect("the family's file");
    let mut failures = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let mut value: Value = serde_json::from_str(line).expect("a case");
        let case = Case {
            id: value["id"].as_str().expect("an id").to_owned(),
            input: value["in"].take(),
            output: value["out"].take(),
        };
        count += 1;
        if let Err(problem) = check(&case) {
            failures.push(format!("{}: {problem}", case.id));
        }
    }
    println!("{family}: {count} cases, {} disagree", failures.len());
    assert!(count > 0, "{family} holds no cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Compares an answer with the recorded one.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs {
        Ok(())
    } else {
        Err(format!("ours {ours:?}, theirs {theirs:?}"))
    }
}
