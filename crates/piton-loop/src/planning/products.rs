//! What a step must have produced before it is accepted.

use std::collections::{BTreeMap, BTreeSet};

use piton_migration::manifest::{DuplicatePhase, Phases};
use piton_migration::phase::{
    DiscoveryError, DocName, Heading, discover, has_heading, phase_from_document,
};

use piton_migration::contents::Contents;

/// The plan, below the migration's directory.
pub(super) const PLAN_FILE: &str = "plan.md";

const APPROACHES: &str = "approaches/";

/// What is missing or wrong in the files that a step left.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    #[error(
        "it wrote {}, and a choice needs at least two: files approaches/<idea>.md, each with a \
         text of its own", told(.names)
    )]
    NoChoice { names: Vec<String> },
    #[error("it left {PLAN_FILE} missing or empty")]
    NoPlan,
    #[error("it left no phase document; at least one phase-<number>-<name>.md is needed")]
    NoPhase,
    #[error("{file} has no heading \"## {}\"", heading.as_str())]
    NoHeading { file: String, heading: Heading },
    #[error("{first} and {second} have the same number; every phase needs one of its own")]
    SameNumber { first: String, second: String },
    #[error("the phase documents do not make a list of phases")]
    Phases(#[source] DiscoveryError),
    #[error("the phase documents do not make a list of phases")]
    Names(#[source] DuplicatePhase),
}

/// Returns the names of the approaches, as files' stems, with their texts.
pub(super) fn approaches(contents: &Contents) -> Vec<(String, String)> {
    contents
        .paths()
        .filter_map(|path| {
            let name = path.strip_prefix(APPROACHES)?.strip_suffix(".md")?;
            if name.is_empty() || name.contains('/') {
                return None;
            }
            Some((name.to_owned(), contents.text(path)?))
        })
        .collect()
}

/// Checks that there is something to choose from. Two files with one text are
/// one approach.
pub(super) fn check_approaches(contents: &Contents) -> Result<Vec<String>, ProductError> {
    let mut texts = BTreeSet::new();
    let names: Vec<String> = approaches(contents)
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty() && texts.insert(text.trim().to_owned()))
        .map(|(name, _)| name)
        .collect();
    if names.len() < 2 {
        return Err(ProductError::NoChoice { names });
    }
    Ok(names)
}

fn told(names: &[String]) -> String {
    match names {
        [] => "no approach".to_owned(),
        names => format!("one approach alone ({})", names.join(", ")),
    }
}

/// Checks that there is a plan that could be carried out, and returns its
/// phases as the manifest lists them.
pub(super) fn check_plan(contents: &Contents) -> Result<Phases, ProductError> {
    let plan = contents.text(PLAN_FILE).unwrap_or_default();
    if plan.trim().is_empty() {
        return Err(ProductError::NoPlan);
    }
    let found = discover(contents.top_level()).map_err(ProductError::Phases)?;
    if found.is_empty() {
        return Err(ProductError::NoPhase);
    }
    let mut numbers = BTreeMap::new();
    let mut phases = Vec::with_capacity(found.len());
    for phase in found {
        let file = phase.file.clone();
        if let Some(doc) = DocName::parse(&file)
            && let Some(first) = numbers.insert(doc.number, file.clone())
        {
            return Err(ProductError::SameNumber {
                first,
                second: file,
            });
        }
        let document = contents.get(&file).unwrap_or_default();
        phases.push(phase_from_document(phase, document).map_err(ProductError::Phases)?);
        let text = String::from_utf8_lossy(document);
        let text = piton_migration::text::with_newlines(&text);
        for heading in [Heading::Precondition, Heading::DefinitionOfDone] {
            if !has_heading(&text, heading) {
                return Err(ProductError::NoHeading { file, heading });
            }
        }
    }
    Phases::try_from(phases).map_err(ProductError::Names)
}
