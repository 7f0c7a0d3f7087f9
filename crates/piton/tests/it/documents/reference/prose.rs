//! Text that stands outside code.

/// Escapes what Markdown or HTML would take for its own, outside code.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        in_code ^= c == '`';
        if !in_code && matches!(c, '<' | '*' | '_' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[test]
fn code_stays_as_it_is_and_prose_cannot_become_markup() {
    assert_eq!(prose("a <b> and `<c_d>`"), "a \\<b> and `<c_d>`");
}
