//! What can be wrong with a template.

use std::path::PathBuf;

use super::TemplateOrigin;
use piton_durable::DiskError;

/// A prompt could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("read the prompt template {}: it is not UTF-8 text", path.display())]
    NotText { path: PathBuf },
    #[error(
        "use {}: no role and no part has that name; remove it or rename it to one of {known}",
        path.display()
    )]
    UnknownTemplate { path: PathBuf, known: String },
    #[error("use the prompt template {origin}{}: {detail}", at_line(*line))]
    Template {
        origin: TemplateOrigin,
        line: Option<usize>,
        detail: String,
    },
}

fn at_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}
