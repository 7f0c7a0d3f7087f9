//! Where piton answers otherwise than the original, on purpose.
//!
//! Each difference is a rule, so that it holds for cases nobody recorded yet,
//! and each says why.

/// The original does not see a decision that is a list item, or in bold, and
/// fails the whole planning step for it. Agents write Markdown all the time.
pub(crate) fn said_in_markdown(stdout: &str) -> bool {
    stdout.lines().any(|line| {
        let line = line.trim();
        line.starts_with(['-', '*', '+', '>', '_', '`'])
            && line.to_lowercase().contains("final-decision:")
    })
}
