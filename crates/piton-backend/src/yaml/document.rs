//! One document: its value, and where the values of its entries stand.

use std::ops::Range;

use thiserror::Error;

use super::value::Value;

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub value: Value,
    /// Where the value of each entry stands, if the document is a mapping in
    /// block form. None for an entry that was merged in from elsewhere.
    pub places: Option<Vec<Option<Range<usize>>>>,
    /// The column at which the keys of the outermost mapping stand.
    pub column: usize,
}

/// Why a text is no document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct YamlError {
    pub(crate) problem: String,
    /// The line within the text, from 1.
    pub(crate) line: usize,
}
