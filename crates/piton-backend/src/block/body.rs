//! What stands in a block: a details element around a fence with YAML.

use std::ops::Range;

use thiserror::Error;

use super::find::RawBlock;
use super::line_of;
use crate::yaml::{Document, Value};

/// The YAML of a block and where it stands in the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlBody {
    /// The YAML, without the white space around it.
    pub place: Range<usize>,
    pub document: Document,
}

/// Why a block has no YAML that counts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct BlockError {
    pub message: String,
    /// The line in the whole text, from 1.
    pub line: usize,
}

/// Reads the YAML of a block; it is a mapping.
pub fn read_yaml(text: &str, block: &RawBlock) -> Result<YamlBody, BlockError> {
    let content = &text[block.content.clone()];
    let found = in_details(content).or_else(|| match block.key.as_str() {
        // An old writer left the details element out, or put it around.
        "workflow-started" => in_bare_fence(content),
        "objective-roadmap" => in_front_matter(content),
        _ => None,
    });
    let Some(inner) = found else {
        return Err(BlockError {
            message: "Body does not match expected <details> structure".to_owned(),
            line: line_of(text, block.span.start),
        });
    };
    let place = block.content.start + inner.start..block.content.start + inner.end;
    let document = Document::parse(&text[place.clone()]).map_err(|error| BlockError {
        message: format!("Failed to parse YAML content: {error}"),
        line: line_of(text, place.start) + error.line - 1,
    })?;
    match document.value {
        Value::Map(_) => Ok(YamlBody { place, document }),
        Value::Scalar(_) | Value::List(_) => Err(BlockError {
            message: format!(
                "YAML content is not a dict, got {}",
                document.value.python_name()
            ),
            line: line_of(text, place.start),
        }),
    }
}

/// How many details elements are tried; a block has one.
const DETAILS: usize = 32;

fn in_details(content: &str) -> Option<Range<usize>> {
    content
        .match_indices("<details")
        .take(DETAILS)
        .find_map(|(at, _)| details_at(content, at))
}

fn details_at(content: &str, at: usize) -> Option<Range<usize>> {
    let rest = &content[at + "<details".len()..];
    let rest = rest.strip_prefix('>').or_else(|| {
        let open = rest.trim_start();
        (open.len() < rest.len())
            .then_some(open)?
            .strip_prefix("open>")
    })?;
    let rest = rest.trim_start().strip_prefix("<summary>")?;
    let rest = rest.strip_prefix("<code>").unwrap_or(rest);
    let words = rest.find('<').filter(|length| *length > 0)?;
    let rest = &rest[words..];
    let rest = rest.strip_prefix("</code>").unwrap_or(rest);
    let rest = rest.strip_prefix("</summary>")?.trim_start();
    fence(content, rest.strip_prefix("```yaml")?, |after| {
        after.trim_start().starts_with("</details>")
    })
}

/// Finds the end of a fence whose closing line fits, and returns what stands
/// in it.
fn fence(content: &str, rest: &str, fits: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let inner = rest.trim_start();
    let start = content.len() - inner.len();
    let end = inner
        .match_indices("```")
        .find(|(at, _)| fits(&inner[at + 3..]))?
        .0;
    Some(start..start + inner[..end].trim_end().len())
}

fn in_bare_fence(content: &str) -> Option<Range<usize>> {
    let rest = content.trim_start().strip_prefix("```yaml")?;
    let rest =
        &content[content.len() - content.trim_start().len() + "```yaml".len()..][..rest.len()];
    fence(content, rest, |after| after.trim().is_empty())
}

fn in_front_matter(content: &str) -> Option<Range<usize>> {
    let trimmed = content.trim_start();
    let rest = trimmed
        .strip_prefix("---\n")
        .or_else(|| trimmed.strip_prefix("---\r\n"))?;
    let start = content.len() - rest.len();
    let end = rest
        .match_indices("\n---")
        .find(|(at, _)| rest[at + 4..].trim().is_empty())?
        .0;
    Some(start..start + rest[..end].trim_end().len())
}
