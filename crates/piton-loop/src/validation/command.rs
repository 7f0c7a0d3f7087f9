//! The command, word by word.

use piton_agent::words::{self, WordsError};

/// A validation command. No shell ever sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationCommand {
    text: String,
    words: Vec<String>,
}

/// A text that is no command.
#[derive(Debug, thiserror::Error)]
#[error("the validation command {text:?} cannot be understood")]
pub struct CommandError {
    text: String,
    #[source]
    source: WordsError,
}

impl ValidationCommand {
    /// Reads a command; `None` where the text says that there is none.
    pub fn read(text: &str) -> Result<Option<Self>, CommandError> {
        let text = text.trim();
        if matches!(text.to_lowercase().as_str(), "" | "none" | "n/a" | "na") {
            return Ok(None);
        }
        match words::split(text) {
            Ok(words) => Ok(Some(Self {
                text: text.to_owned(),
                words,
            })),
            Err(source) => Err(CommandError {
                text: text.to_owned(),
                source,
            }),
        }
    }

    /// Returns the command as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns program and arguments.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Returns a word that a shell would take for its own, and the program gets
    /// as it is.
    pub fn meant_for_a_shell(&self) -> Option<&str> {
        let mut words = self.words.iter().map(String::as_str);
        words.find(|word| matches!(*word, "&&" | "||" | "|"))
    }

    pub(super) fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    pub(super) fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_nothing_are_no_command_and_broken_ones_are_an_error() {
        for text in ["", "  ", "none", "N/A"] {
            assert!(
                ValidationCommand::read(text).expect("fine").is_none(),
                "{text}"
            );
        }
        assert!(ValidationCommand::read("cargo 'test").is_err());
        let command = ValidationCommand::read("sh -c 'a b' ; x").expect("fine");
        let command = command.expect("one");
        assert_eq!(command.arguments(), ["-c", "a b", ";", "x"]);
        assert_eq!(command.words(), ["sh", "-c", "a b", ";", "x"]);
    }

    #[test]
    fn what_a_shell_would_read_is_told_from_what_it_is_given() {
        let word = |text| {
            let command = ValidationCommand::read(text).expect("fine").expect("one");
            command.meant_for_a_shell().map(str::to_owned)
        };
        assert_eq!(word("npm test && cargo test").as_deref(), Some("&&"));
        assert_eq!(word("cargo test | tee log").as_deref(), Some("|"));
        assert_eq!(word("sh -c 'npm test && cargo test'"), None);
        assert_eq!(word("cargo test --all"), None);
    }
}
