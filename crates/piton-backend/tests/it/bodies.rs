//! What fuzz targets and property tests try on any bytes.

use piton_backend::block::{find_blocks, read_yaml};
use piton_backend::folder::read_reference;
use piton_backend::header::{Edited, Patch, apply_patch, find_header};
use piton_backend::text::{footer, header_lines, plan_in_body, plan_in_comment};
use piton_backend::yaml::{Document, Value, emit_entry};

/// Any text is read without a panic, and an empty patch changes nothing of it.
pub(crate) fn blocks(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for block in find_blocks(text) {
        let _ = read_yaml(text, &block);
    }
    let _ = (footer(text), header_lines(text), plan_in_comment(text));
    if let Some(place) = plan_in_body(text).place() {
        assert!(text.get(place).is_some());
    }
    let empty = Patch::from_json("{}").unwrap();
    if let Ok(edited) = apply_patch(text, &empty) {
        assert_eq!(edited, Edited::Same);
    }
    let patch =
        Patch::from_json(r#"{"branch_name": "b", "node_ids": ["1"], "last_learn_at": null}"#)
            .unwrap();
    if let Ok(Edited::Changed { text: edited, .. }) = apply_patch(text, &patch) {
        let before = find_header(text).unwrap();
        let after = find_header(&edited).unwrap();
        assert_eq!(after.text("branch_name"), Some("b"));
        let (before, after) = (before.block.content, after.block.content);
        assert_eq!(text[..before.start], edited[..after.start]);
        assert_eq!(text[before.end..], edited[after.end..]);
    }
}

/// Any document is read without a panic, and any text is written so that it
/// reads back.
pub(crate) fn scalars(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = Document::parse(text);
    let written = emit_entry("key", &Value::text(text));
    let read = Document::parse(&written).unwrap_or_else(|error| panic!("{error}: {written:?}"));
    assert_eq!(read.value.get("key").and_then(Value::as_text), Some(text));
}

/// Any bytes are read as a reference without a panic, and what was written is
/// read back.
pub(crate) fn references(bytes: &[u8]) {
    use piton_backend::folder::RefFile;
    if let RefFile::Plan(plan) = read_reference(bytes) {
        let again = read_reference(plan.render().as_bytes());
        let expected = piton_backend::folder::PlanRef {
            nodes: None,
            ..plan
        };
        assert_eq!(again, RefFile::Plan(expected));
    }
}
