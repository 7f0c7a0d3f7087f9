//! Which block of a text is its header.

use thiserror::Error;

use super::field::{Field, KEY};
use super::validate::{as_text, validate};
use crate::block::{BlockError, Quoted, RawBlock, YamlBody, find_blocks, line_of, read_yaml};
use crate::yaml::Value;

/// The header of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub block: RawBlock,
    pub body: YamlBody,
}

/// Why a text has no header that counts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderFault {
    #[error("plan-header block not found")]
    Absent,
    #[error("the plan-header in line {} is broken: {}", .0.line, .0.message)]
    Broken(BlockError),
    #[error(
        "there is more than one plan-header (lines {})",
        .lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
    )]
    Several { lines: Vec<usize> },
}

impl Header {
    /// Returns the mapping.
    pub fn fields(&self) -> &Value {
        &self.body.document.value
    }

    pub(crate) fn get(&self, field: Field) -> Option<&Value> {
        self.fields().get(field.name())
    }

    /// Returns the text of a field, however it is written; none if it is null.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields().get(name).and_then(as_text)
    }

    /// Returns a field that is a whole number above zero.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok().filter(|number| *number > 0)
    }

    fn is_complete(&self) -> bool {
        !validate(self.fields())
            .iter()
            .any(super::validate::Problem::blocks_updates)
    }
}

/// Finds the one block that is the header. Readers and writers both ask here,
/// so that they never disagree. Being quoted only decides between several: real
/// texts hold fences and details that nothing closes.
pub fn find_header(text: &str) -> Result<Header, HeaderFault> {
    let mut broken = None;
    let mut found = Vec::new();
    for block in find_blocks(text) {
        if block.key != KEY {
            continue;
        }
        match read_yaml(text, &block) {
            Ok(body) => found.push(Header { block, body }),
            Err(error) => {
                broken.get_or_insert(error);
            }
        }
    }
    if found.len() > 1 {
        if found.iter().any(Header::is_complete) {
            found.retain(Header::is_complete);
        } else {
            // None of them could be changed; the problems of the first are told.
            found.truncate(1);
        }
    }
    if found.len() > 1 {
        let quoted = Quoted::of(text);
        let meant = |header: &Header| !quoted.shows(text, header.block.span.start);
        if found.iter().any(meant) {
            found.retain(meant);
        }
    }
    match (found.len(), broken) {
        (0, None) => Err(HeaderFault::Absent),
        (0, Some(error)) => Err(HeaderFault::Broken(error)),
        (1, _) => Ok(found.remove(0)),
        (_, _) => Err(HeaderFault::Several {
            lines: found
                .iter()
                .map(|header| line_of(text, header.block.span.start))
                .collect(),
        }),
    }
}
