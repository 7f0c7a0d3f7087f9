//! Marks by which something that was written is found again.

/// Returns the mark of a comment with a key.
pub fn comment_mark(key: &str) -> String {
    format!("<!-- piton:comment:{key} -->")
}
