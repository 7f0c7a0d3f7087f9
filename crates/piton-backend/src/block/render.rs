//! Writes whole blocks, in the form of today.

use crate::yaml::{Value, emit_mapping};

/// The comment that stands above every block.
pub const WARNING: &str =
    "<!-- WARNING: Machine-generated. Manual edits may break erk tooling. -->";

/// Writes a block of YAML.
pub(crate) fn render_block(key: &str, entries: &[(Value, Value)]) -> String {
    let yaml = emit_mapping(entries);
    format!(
        "{WARNING}\n<!-- erk:metadata-block:{key} -->\n<details>\n<summary>{key}</summary>\n\n\
         ```yaml\n\n{yaml}\n\n```\n\n</details>\n<!-- /erk:metadata-block:{key} -->"
    )
}

/// Writes a block that holds markdown.
pub(crate) fn render_content_block(key: &str, summary: &str, content: &str) -> String {
    format!(
        "{WARNING}\n<!-- erk:metadata-block:{key} -->\n<details open>\n<summary>{summary}</summary>\n\n\
         {content}\n\n</details>\n<!-- /erk:metadata-block:{key} -->"
    )
}
