//! Whether a text speaks of a file.

/// Whether one of the names stands in the text, not as a part of another word.
pub(crate) fn mentions<S: AsRef<str>>(text: &str, names: &[S]) -> bool {
    names.iter().any(|name| stands_in(text, name.as_ref()))
}

fn stands_in(text: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    text.match_indices(name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(is_part_of_a_word) && !after.is_some_and(is_part_of_a_word)
    })
}

/// Returns the words of a text, by which most files are ruled out at once.
pub(super) fn words(text: &str) -> std::collections::HashSet<&str> {
    text.split(|c: char| !is_part_of_a_word(c))
        .filter(|word| !word.is_empty())
        .collect()
}

pub(super) fn is_part_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_inside_another_word_is_not_meant() {
        assert!(mentions("use crate::table;", &["table"]));
        assert!(mentions("from report.table import x", &["report.table"]));
        assert!(!mentions("tables and untable", &["table"]));
        assert!(!mentions("table_of", &["table"]));
        assert!(!mentions("anything", &[""]));
    }
}
