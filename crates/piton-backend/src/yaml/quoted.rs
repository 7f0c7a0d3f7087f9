//! Scalars in quotes.

use super::cursor::is_break;
use super::document::YamlError;
use super::parser::Parser;

impl Parser<'_> {
    /// Reads a scalar in quotes of this kind.
    pub(super) fn quoted(&mut self, quote: char) -> Result<String, YamlError> {
        self.at.bump();
        let mut text = String::new();
        loop {
            match self.at.peek() {
                None => return self.fail("found unexpected end of stream in a quoted scalar"),
                Some(c) if c == quote => {
                    self.at.bump();
                    // A single quote that is doubled stands for one.
                    if quote != '\'' || self.at.peek() != Some(quote) {
                        return Ok(text);
                    }
                    self.at.bump();
                    text.push(quote);
                }
                Some('\\') if quote == '"' => {
                    self.at.bump();
                    self.escape(&mut text)?;
                }
                Some(c) if c == ' ' || c == '\t' || is_break(c) => self.quoted_gap(&mut text)?,
                Some(c) => {
                    text.push(c);
                    self.at.bump();
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), YamlError> {
        let Some(c) = self.at.peek() else {
            return self.fail("found unexpected end of stream in a quoted scalar");
        };
        if is_break(c) {
            self.at.line_break();
            self.leading_blanks(text)?;
            return Ok(());
        }
        let stands_for = match c {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            ' ' | '"' | '\\' | '/' => c,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' => return self.code(2, text),
            'u' => return self.code(4, text),
            'U' => return self.code(8, text),
            c => {
                return self.fail(format!(
                    "found unknown escape character '{}'",
                    c.escape_debug()
                ));
            }
        };
        self.at.bump();
        text.push(stands_for);
        Ok(())
    }

    fn code(&mut self, digits: usize, text: &mut String) -> Result<(), YamlError> {
        self.at.bump();
        let read = self
            .at
            .rest()
            .get(..digits)
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let Some(c) = read else {
            return self.fail(format!(
                "expected escape sequence of {digits} hexadecimal numbers"
            ));
        };
        text.push(c);
        self.at.pos += digits;
        Ok(())
    }

    /// Reads white space within quotes: as it is within a line, folded where a
    /// line ends.
    fn quoted_gap(&mut self, text: &mut String) -> Result<(), YamlError> {
        let start = self.at.pos;
        while matches!(self.at.peek(), Some(' ' | '\t')) {
            self.at.bump();
        }
        if !self.at.peek().is_some_and(is_break) {
            text.push_str(&self.at.text[start..self.at.pos]);
            return Ok(());
        }
        let first = self.at.line_break().unwrap_or('\n');
        let mut breaks = String::new();
        self.leading_blanks(&mut breaks)?;
        if first != '\n' {
            text.push(first);
        } else if breaks.is_empty() {
            text.push(' ');
        }
        text.push_str(&breaks);
        Ok(())
    }

    /// Goes over white space at the beginning of lines, and gathers the breaks
    /// of empty ones.
    fn leading_blanks(&mut self, breaks: &mut String) -> Result<(), YamlError> {
        loop {
            if self.at.at_marker() {
                return self.fail("found unexpected document separator");
            }
            while matches!(self.at.peek(), Some(' ' | '\t')) {
                self.at.bump();
            }
            match self.at.line_break() {
                Some(c) => breaks.push(c),
                None => return Ok(()),
            }
        }
    }
}
