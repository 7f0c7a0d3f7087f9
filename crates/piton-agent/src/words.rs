//! Splitting a command line that a person wrote into words.

use thiserror::Error;

/// Text that is no command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WordsError {
    #[error("a quote is opened and never closed in {0:?}")]
    Unclosed(String),
    #[error("the command is empty; it needs at least a program")]
    Empty,
}

/// Splits at white space; quotes and backslashes keep words together as in a
/// shell. Nothing is expanded: no variables, no globs, no substitutions.
pub fn split(line: &str) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some('"') | None, '\\') => {
                let escaped = letters
                    .next()
                    .ok_or_else(|| WordsError::Unclosed(line.to_owned()))?;
                let word = word.get_or_insert_default();
                // Inside double quotes a backslash is itself, except before these.
                if quote.is_some() && !matches!(escaped, '"' | '\\' | '$' | '`') {
                    word.push('\\');
                }
                word.push(escaped);
            }
            (Some(_), _) => word.get_or_insert_default().push(letter),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err(WordsError::Unclosed(line.to_owned()));
    }
    words.extend(word);
    if words.is_empty() {
        Err(WordsError::Empty)
    } else {
        Ok(words)
    }
}

/// Writes words so that a shell reads them back as they are, for messages.
pub fn join<S: AsRef<str>>(words: &[S]) -> String {
    let quoted = words.iter().map(|word| {
        let word = word.as_ref();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.to_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_and_backslashes_keep_words_together() {
        let check = |line: &str, words: &[&str]| assert_eq!(split(line).unwrap(), words);
        check("gemini -p", &["gemini", "-p"]);
        check(
            "  a\t'b c'  \"d \\\" e\" f\\ g ''",
            &["a", "b c", "d \" e", "f g", ""],
        );
        check(r#"sh -c "echo \n $HOME""#, &["sh", "-c", r"echo \n $HOME"]);
    }

    #[test]
    fn an_open_quote_and_an_empty_line_are_refused() {
        assert!(matches!(split("a 'b"), Err(WordsError::Unclosed(_))));
        assert!(matches!(split("a \\"), Err(WordsError::Unclosed(_))));
        assert_eq!(split("  "), Err(WordsError::Empty));
    }

    proptest! {
        #[test]
        fn joined_words_split_back_to_themselves(words in proptest::collection::vec("\\PC{0,8}", 1..5)) {
            prop_assert_eq!(split(&join(&words)).unwrap(), words);
        }

        #[test]
        fn any_text_splits_or_is_refused(line in "\\PC*") {
            let _ = split(&line);
        }
    }
}
