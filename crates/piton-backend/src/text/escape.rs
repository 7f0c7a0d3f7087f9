//! Markers that a plan only talks about, so that they open and close nothing.

/// Stands between the comment sign and the rest of a marker that is shown.
const BREAK: char = '\u{200b}';

const MARKERS: [&str; 3] = [
    "erk:metadata-block",
    "/erk:metadata-block",
    "/erk:plan-content",
];

/// Breaks the markers of a text; people see no difference.
pub(crate) fn escape_markers(text: &str) -> String {
    if !text.contains("<!-- ") {
        return text.to_owned();
    }
    let mut escaped = text.to_owned();
    for marker in MARKERS {
        escaped = escaped.replace(&format!("<!-- {marker}"), &format!("<!--{BREAK} {marker}"));
    }
    escaped
}

/// Makes the markers whole again.
pub fn unescape_markers(text: &str) -> String {
    if !text.contains(BREAK) {
        return text.to_owned();
    }
    let mut whole = text.to_owned();
    for marker in MARKERS {
        whole = whole.replace(&format!("<!--{BREAK} {marker}"), &format!("<!-- {marker}"));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::{escape_markers, unescape_markers};
    use crate::block::find_blocks;

    #[test]
    fn a_plan_that_shows_a_block_comes_back_as_it_was() {
        let plan = "a <!-- erk:metadata-block:plan-header -->x<!-- /erk:metadata-block --> b";
        let escaped = escape_markers(plan);
        assert!(find_blocks(&escaped).is_empty());
        assert_eq!(unescape_markers(&escaped), plan);
    }
}
