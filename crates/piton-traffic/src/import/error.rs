//! Why nothing could be taken from a file.

use super::names::DAYS;
use super::sqlite::SqliteError;

/// Why nothing could be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("it is not UTF-8 text")]
    NotText,
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
    #[error("no table of it has a column with days and one with clones, views or downloads")]
    NoTable,
    #[error("it has several repositories, told apart by numbers alone")]
    Several,
    #[error("it has nothing of {repository}, only of {others}")]
    NotIn { repository: String, others: String },
    #[error(
        "its first line names no column with days (expected one of: {})",
        DAYS.join(", ")
    )]
    NoDay,
    #[error("its first line names no column with clones, views or downloads")]
    NoNumbers,
    #[error("line {line}: `{text}` is not a day")]
    BadDay { line: usize, text: String },
    #[error("line {line}: `{text}` is not a number from 0 upwards")]
    BadNumber { line: usize, text: String },
    #[error("it has neither `dailyHistory` nor a list of days")]
    NoRows,
}
