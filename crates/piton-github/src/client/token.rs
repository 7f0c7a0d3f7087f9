//! The token that a client signs in with.

use std::fmt;
use std::str::FromStr;

/// A token; it prints as `***` and has no serialised form.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text is no token. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("the token is empty")]
    Empty,
    #[error("a token holds letters, digits and signs only, and no space or line end")]
    Form,
}

impl Token {
    /// Opens the token; whoever calls this answers for where it goes.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Takes the token out of a text that somebody else wrote.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, "***")
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            Err(InvalidToken::Empty)
        } else if text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidToken::Form)
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token: Token = " ghp_secret\n".parse().unwrap();
        assert_eq!(token.reveal(), "ghp_secret");
        assert_eq!(format!("{token} {token:?}"), "*** ***");
        assert_eq!(token.hidden_in("bad ghp_secret!"), "bad ***!");
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_no_token() {
        for text in ["", "  ", "a b", "a\r\nHost: evil", "t\u{e9}"] {
            assert!(text.parse::<Token>().is_err(), "{text:?}");
        }
    }
}
