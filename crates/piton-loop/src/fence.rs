//! Quoting text so that nothing in it can end the quotation.

/// Returns the text in a fenced block whose fence is longer than every run of
/// back-ticks inside; ends with a line break.
pub(crate) fn fenced(text: &str, info: &str) -> String {
    let fence = "`".repeat(piton_base::text::longest_ticks(text).max(2) + 1);
    let body = text.strip_suffix('\n').unwrap_or(text);
    format!("{fence}{info}\n{body}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_can_close_its_own_fence(text in "[`a\n]{0,60}") {
            let quoted = fenced(&text, "text");
            let fence: String = quoted.chars().take_while(|c| *c == '`').collect();
            let inner: Vec<&str> = quoted.lines().collect();
            let inner = &inner[1..inner.len() - 1];
            prop_assert!(inner.iter().all(|line| !line.contains(&fence)));
        }
    }
}
