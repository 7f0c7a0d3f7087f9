//! Rebuilding the phase list from the documents in a migration.

use thiserror::Error;

use super::metadata::{Metadata, MetadataError};
use super::name::{Discovered, DocName};
use crate::manifest::Phase;

/// A phase document that was found, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPhase {
    pub name: String,
    pub file: String,
}

/// Why the documents make no phase list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DiscoveryError {
    #[error("{second} has the phase name of {first}; every phase needs a name of its own")]
    DuplicateName { first: String, second: String },
    #[error("{file} has no decimal number; name it phase-<number>-<name>.md")]
    Number { file: String },
    #[error("{file} is not UTF-8")]
    NotUtf8 { file: String },
    #[error("{file} declares something that cannot be used")]
    Metadata {
        file: String,
        #[source]
        source: MetadataError,
    },
}

/// Finds the phase documents among the names of files in a migration's root,
/// ordered by number. Where numbers are equal the given order stays.
pub fn discover<'a>(
    files: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<FoundPhase>, DiscoveryError> {
    let mut found = Vec::new();
    for file in files {
        match DocName::discover(file) {
            Discovered::Phase(doc) => found.push((doc, file)),
            Discovered::OtherFile => {}
            Discovered::Unnumberable => {
                return Err(DiscoveryError::Number {
                    file: file.to_owned(),
                });
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.number.cmp(&b.number));
    let mut seen = std::collections::HashMap::new();
    for (doc, file) in &found {
        if let Some(first) = seen.insert(doc.name, *file) {
            return Err(DiscoveryError::DuplicateName {
                first: first.to_owned(),
                second: (*file).to_owned(),
            });
        }
    }
    Ok(found
        .into_iter()
        .map(|(doc, file)| FoundPhase {
            name: doc.name.to_owned(),
            file: file.to_owned(),
        })
        .collect())
}

/// Builds the manifest's entry of a phase from its document's bytes.
pub fn phase_from_document(found: FoundPhase, document: &[u8]) -> Result<Phase, DiscoveryError> {
    let Ok(text) = std::str::from_utf8(document) else {
        return Err(DiscoveryError::NotUtf8 { file: found.file });
    };
    let metadata = match Metadata::read(text) {
        Ok(metadata) => metadata,
        Err(source) => {
            return Err(DiscoveryError::Metadata {
                file: found.file,
                source,
            });
        }
    };
    Ok(Phase {
        precondition: metadata
            .precondition
            .unwrap_or_else(|| format!("{} states no precondition of its own.", found.file)),
        required_effort: metadata.required_effort,
        effort_reason: metadata.effort_reason,
        name: found.name,
        file: found.file,
        done: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_documents_of_one_name_are_refused_and_two_of_one_number_are_not() {
        assert!(discover(["phase-1-a.md", "phase-01-b.md"]).is_ok());
        assert!(matches!(
            discover(["phase-1-a.md", "phase-2-a.md"]),
            Err(DiscoveryError::DuplicateName { .. })
        ));
    }

    #[test]
    fn a_document_that_is_no_text_is_refused_by_name() {
        let found = FoundPhase {
            name: "a".to_owned(),
            file: "phase-1-a.md".to_owned(),
        };
        assert_eq!(
            phase_from_document(found, b"\xff"),
            Err(DiscoveryError::NotUtf8 {
                file: "phase-1-a.md".to_owned()
            })
        );
    }
}
