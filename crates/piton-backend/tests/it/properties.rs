//! What holds for every text.

use std::fs;

use proptest::prelude::*;

use crate::bodies;
use crate::corpus::corpus;

/// Pieces that texts of plans are made of, whole and broken.
const PIECES: &[&str] = &[
    "<!-- WARNING: Machine-generated. Manual edits may break erk tooling. -->",
    "<!-- erk:metadata-block:plan-header -->",
    "<!-- erk:metadata-block:plan-body -->",
    "<!-- /erk:metadata-block:plan-header -->",
    "<!-- /erk:metadata-block -->",
    "<details>",
    "<details open>",
    "<summary>plan-header</summary>",
    "<summary><code>plan-header</code></summary>",
    "<summary>original-plan</summary>",
    "</details>",
    "```yaml",
    "```",
    "schema_version: '2'\ncreated_at: x\ncreated_by: y",
    "schema_version: \"2\"\r\ncreated_at: x\r\ncreated_by: y",
    "branch_name: a # why",
    "branch_name: |\n  long\n  text",
    "node_ids:\n- '1'\n- '2'",
    "node_ids: ['1', 2]",
    "x: {a: b, c: [d]}",
    "&a x: *a",
    "---",
    "\n\n---\n\n",
    "text",
    "\n",
    "\r\n",
    " ",
    "\t",
    "é",
];

proptest! {
    #[test]
    fn an_empty_patch_changes_not_one_byte_of_any_text(
        picks in prop::collection::vec((0..PIECES.len(), 0..3_usize), 0..40),
    ) {
        let mut text = String::new();
        for (piece, gap) in picks {
            text.push_str(PIECES[piece]);
            text.push_str(["\n", "\n\n", ""][gap]);
        }
        bodies::blocks(text.as_bytes());
    }

    #[test]
    fn whatever_is_in_a_header_only_the_fields_of_a_patch_change(
        picks in prop::collection::vec((13..PIECES.len(), 0..3_usize), 0..12),
    ) {
        let mut yaml = String::from("schema_version: '2'\ncreated_at: x\ncreated_by: y\n");
        for (piece, gap) in picks {
            yaml.push_str(PIECES[piece]);
            yaml.push_str(["\n", "\n\n", ""][gap]);
        }
        let text = format!(
            "before\n<!-- erk:metadata-block:plan-header -->\n<details>\n<summary>s</summary>\n\n\
             ```yaml\n{yaml}\n```\n</details>\n<!-- /erk:metadata-block:plan-header -->\nafter"
        );
        bodies::blocks(text.as_bytes());
    }

    #[test]
    fn every_text_that_is_written_reads_back(text in r"(\PC|[ \n'\x22:#\-\\\t\u{85}\u{2028}\u{feff}]){0,120}") {
        bodies::scalars(text.as_bytes());
    }

    #[test]
    fn any_reference_is_read_without_a_panic(
        text in r#"\{("(provider|pr_id|plan_id|url|created_at|synced_at|labels|issue_number|title)": ("x"|7|null|\[\]|-1|1e3),?){0,8}\}"#,
    ) {
        bodies::references(text.as_bytes());
    }

    #[test]
    fn any_document_is_read_without_a_panic(text in r"([a-c: \n\-\[\]{},&*!|>'\x22#?%@=<~0-9.\t]){0,60}") {
        bodies::scalars(text.as_bytes());
    }
}

#[test]
fn an_empty_patch_changes_not_one_byte_of_any_real_text() {
    let Some(dir) = corpus() else { return };
    let mut tried = 0;
    for entry in fs::read_dir(dir.join("bodies")).unwrap() {
        bodies::blocks(&fs::read(entry.unwrap().path()).unwrap());
        tried += 1;
    }
    println!("tried {tried}");
    assert!(tried > 0);
}

/// Returns how long this thread was at work: not how long it waited for a
/// processor, where the system tells that apart.
fn worked() -> Option<std::time::Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().next()?.parse().ok()?;
    Some(std::time::Duration::from_nanos(nanos))
}

#[test]
fn texts_that_are_made_to_take_long_do_not() {
    let started = (std::time::Instant::now(), worked());
    for piece in [
        "<!-- erk:metadata-block:a -->",
        "<!-- /erk:metadata-block:b -->",
        "<!-- erk:metadata-block:a --><!-- /erk:metadata-block:b -->",
        "<details>\n",
        "<details><summary>x</summary>```yaml\n```",
        "<details>\n<summary>original-plan</summary>\n\n",
        "```\n",
        "[",
        "- ",
        "? ",
        "&a *a ",
    ] {
        let filler = piece.repeat(1_000_000 / piece.len());
        bodies::blocks(filler.as_bytes());
        let inside = format!(
            "<!-- erk:metadata-block:plan-header -->\n<details>\n<summary>s</summary>\n\n```yaml\nschema_version: '2'\nx: |\n{}\n{filler}\n```\n</details>\n<!-- /erk:metadata-block:plan-header -->",
            " ".repeat(100_000)
        );
        bodies::blocks(inside.as_bytes());
    }
    let took = match (started.1, worked()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.0.elapsed(),
    };
    assert!(took.as_secs() < 30, "{took:?}");
}
