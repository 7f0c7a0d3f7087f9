//! Reading a text that holds one document.

use super::cursor::is_break;
use super::document::{Document, YamlError};
use super::parser::Parser;

impl Document {
    /// Reads a text that must hold exactly one document.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        Parser::new(text).document()
    }
}

impl Parser<'_> {
    fn document(mut self) -> Result<Document, YamlError> {
        if let Some(strange) = self.at.text.chars().find(|c| !printable(*c)) {
            return self.fail(format!(
                "special characters are not allowed: {}",
                strange.escape_unicode()
            ));
        }
        if self.at.rest().starts_with('\u{feff}') {
            self.at.bump();
            self.at.line_start = self.at.pos;
        }
        self.at.skip_trivia();
        let mut directives = false;
        while self.at.pos == self.at.line_start && self.at.peek() == Some('%') {
            directives = true;
            while self.at.peek().is_some_and(|c| !is_break(c)) {
                self.at.bump();
            }
            self.at.skip_trivia();
        }
        let explicit = self.at.at_marker() && self.at.rest().starts_with("---");
        if explicit {
            self.at.pos += 3;
        } else if directives {
            return self.fail("expected '<document start>'");
        }
        let (value, _) = self.block_value(0, None, !explicit)?;
        self.at.skip_trivia();
        while self.at.at_marker() && self.at.rest().starts_with("...") {
            self.at.pos += 3;
            self.at.skip_trivia();
        }
        if !self.at.at_end() {
            return self.fail(if self.at.at_marker() {
                "expected a single document in the stream"
            } else {
                "expected the end of the document"
            });
        }
        Ok(Document {
            value,
            places: self.places,
            column: self.column,
        })
    }
}

const fn printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}
