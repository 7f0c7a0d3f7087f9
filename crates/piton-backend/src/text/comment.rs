//! The comment that holds the text of a plan.

use super::escape::{escape_markers, unescape_markers};
use crate::block::{find_blocks, render_content_block};

const OLD_OPENING: &str = "<!-- erk:plan-content -->";
const OLD_CLOSING: &str = "<!-- /erk:plan-content -->";

/// Writes the comment for a plan.
pub fn wrap_comment(plan: &str) -> String {
    render_content_block(
        "plan-body",
        "<strong>📋 Implementation Plan</strong>",
        &escape_markers(plan.trim()),
    )
}

/// Takes the text of a plan out of a comment, in its form of today or in the
/// oldest one.
pub fn plan_in_comment(comment: &str) -> Option<String> {
    let block = find_blocks(comment)
        .into_iter()
        .find(|block| block.key == "plan-body")
        .and_then(|block| in_details(&comment[block.content]));
    block
        .or_else(|| in_old_markers(comment))
        .map(unescape_markers)
}

/// Takes what stands between the summary and the last end of a details
/// element: a plan may hold details of its own.
fn in_details(content: &str) -> Option<&str> {
    content.find("<details")?;
    let start = content.find("</summary>")? + "</summary>".len();
    let end = content.rfind("</details>").filter(|end| *end >= start)?;
    Some(content[start..end].trim())
}

fn in_old_markers(comment: &str) -> Option<&str> {
    let start = comment.find(OLD_OPENING)? + OLD_OPENING.len();
    let end = comment[start..].find(OLD_CLOSING)?;
    Some(comment[start..start + end].trim())
}
