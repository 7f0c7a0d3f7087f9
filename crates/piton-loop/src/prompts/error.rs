//! What can be wrong with a template.

use std::path::PathBuf;

use super::TemplateOrigin;
use piton_durable::DiskError;

/// A prompt could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the prompt template {} is not UTF-8 text", path.display())]
    NotText { path: PathBuf },
    #[error(
        "the prompt template {} is named after no role and no part; those are {known}",
        path.display()
    )]
    UnknownTemplate { path: PathBuf, known: String },
    #[error("in the prompt template {origin}{}: {detail}", at_line(*line))]
    Template {
        origin: TemplateOrigin,
        line: Option<usize>,
        detail: String,
    },
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}
