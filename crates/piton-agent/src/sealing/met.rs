//! Seeing that a program ran into its seal.

/// What is told then.
pub const MET_THE_SEAL: &str = "it ran sealed, and something was refused; `piton selftest \
     --seal` shows what a sealed program may do";

/// Tells whether the end of what a program printed speaks of a refusal. It may
/// have been another's, so it is only ever told, and decides nothing.
pub fn met_the_seal(text: &str) -> bool {
    const WORDS: [&str; 5] = [
        "permission denied",
        "operation not permitted",
        "eacces",
        "eperm",
        "invalid cross-device link",
    ];
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_seen_in_the_words_of_many_tools() {
        for told in [
            "sh: 1: cannot create /x: Permission denied",
            "Error: EACCES: permission denied, open '/x'",
            "OSError: [Errno 18] Invalid cross-device link",
        ] {
            assert!(met_the_seal(told), "{told}");
        }
        assert!(!met_the_seal("assertion failed"));
    }
}
