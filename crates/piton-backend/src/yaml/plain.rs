//! Plain scalars, and the scalars of `|` and `>`.

use super::cursor::{is_blank_or_end, is_break};
use super::document::YamlError;
use super::parser::Parser;

/// What becomes of the line breaks at the end of a scalar of `|` or `>`.
enum Chomp {
    Strip,
    /// The first of them stays.
    Clip,
    Keep,
}

impl Parser<'_> {
    pub(super) fn plain_may_begin(&self, c: char, in_brackets: bool) -> bool {
        match c {
            '-' => !is_blank_or_end(self.at.second()),
            '?' | ':' => !in_brackets && !is_blank_or_end(self.at.second()),
            ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' | '\t' | ' ' => false,
            c => !is_break(c),
        }
    }

    /// Reads a plain scalar. Its further lines stand at `least` or further
    /// right; with the largest number it has none.
    pub(super) fn plain(&mut self, least: usize, in_brackets: bool) -> String {
        let mut text = String::new();
        let mut gap = String::new();
        loop {
            if self.at.peek() == Some('#') {
                break;
            }
            let word = self.plain_word(in_brackets);
            if word == 0 {
                break;
            }
            text.push_str(&gap);
            text.push_str(&self.at.rest()[..word]);
            self.at.pos += word;
            let end = self.at.clone();
            gap = self.plain_gap(least);
            if gap.is_empty()
                || self.at.peek() == Some('#')
                || (!in_brackets && self.at.line != end.line && self.at.column() < least)
                || self.plain_word(in_brackets) == 0
            {
                self.at = end;
                break;
            }
        }
        text
    }

    fn plain_word(&self, in_brackets: bool) -> usize {
        let rest = self.at.rest();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let stops = is_blank_or_end(Some(c))
                || (c == ':'
                    && (is_blank_or_end(next)
                        || (in_brackets && matches!(next, Some(',' | '[' | ']' | '{' | '}')))))
                || (in_brackets && matches!(c, ',' | '?' | '[' | ']' | '{' | '}'));
            if stops {
                return at;
            }
        }
        rest.len()
    }

    /// Reads what stands between two words of a plain scalar: spaces, or line
    /// breaks, which fold.
    fn plain_gap(&mut self, least: usize) -> String {
        let start = self.at.pos;
        self.at.skip_spaces();
        let spaces = self.at.text[start..self.at.pos].to_owned();
        if least == usize::MAX || !self.at.peek().is_some_and(is_break) {
            return spaces;
        }
        self.folded_break()
    }

    /// Reads a line break and the empty lines after it, as folding has them.
    fn folded_break(&mut self) -> String {
        let mut folded = String::new();
        let first = self.at.line_break().unwrap_or('\n');
        let mut breaks = String::new();
        loop {
            if self.at.at_marker() {
                // The document ends here, and the scalar before it.
                return String::new();
            }
            self.at.skip_spaces();
            match self.at.line_break() {
                Some(c) => breaks.push(c),
                None => break,
            }
        }
        if first != '\n' {
            folded.push(first);
        } else if breaks.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&breaks);
        folded
    }

    /// Reads a scalar of `|` or `>`.
    pub(super) fn block_scalar(&mut self, least: usize) -> Result<String, YamlError> {
        let folds = self.at.peek() == Some('>');
        self.at.bump();
        let (chomp, increment) = self.block_header()?;
        let least = least.max(1);
        let mut breaks = String::new();
        let indent = match increment {
            Some(increment) => least + increment - 1,
            None => self.block_indent(&mut breaks).max(least),
        };
        if increment.is_some() {
            self.block_breaks(indent, &mut breaks);
        }
        let mut text = String::new();
        let mut last_break = None;
        // The end of the last line that belongs to the scalar.
        let mut end = self.at.clone();
        while self.at.column() == indent && !self.at.at_end() {
            text.push_str(&breaks);
            breaks.clear();
            let starts_with_blank = matches!(self.at.peek(), Some(' ' | '\t'));
            while let Some(c) = self.at.peek().filter(|c| !is_break(*c)) {
                text.push(c);
                self.at.bump();
            }
            end = self.at.clone();
            last_break = self.at.line_break();
            self.block_breaks(indent, &mut breaks);
            if self.at.column() != indent || self.at.at_end() {
                break;
            }
            let next_is_blank = matches!(self.at.peek(), Some(' ' | '\t'));
            match last_break {
                Some('\n') if folds && !starts_with_blank && !next_is_blank => {
                    text.push_str(if breaks.is_empty() { " " } else { "" });
                }
                Some(c) => text.push(c),
                None => {}
            }
        }
        match chomp {
            Chomp::Strip => {}
            Chomp::Clip => text.extend(last_break),
            Chomp::Keep => {
                text.extend(last_break);
                text.push_str(&breaks);
            }
        }
        self.at = end;
        Ok(text)
    }

    /// Reads what stands behind `|` or `>`: what becomes of the breaks at the
    /// end, and how much deeper the text stands, where it says so.
    fn block_header(&mut self) -> Result<(Chomp, Option<usize>), YamlError> {
        let mut chomp = None;
        let mut increment = None;
        for _ in 0..2 {
            match self.at.peek() {
                Some('+') if chomp.is_none() => chomp = Some(Chomp::Keep),
                Some('-') if chomp.is_none() => chomp = Some(Chomp::Strip),
                Some(c @ '1'..='9') if increment.is_none() => {
                    increment = c.to_digit(10).map(|digit| digit as usize);
                }
                _ => break,
            }
            self.at.bump();
        }
        self.at.skip_spaces();
        if self.at.peek() == Some('#') {
            while self.at.peek().is_some_and(|c| !is_break(c)) {
                self.at.bump();
            }
        }
        if self.at.line_break().is_none() && !self.at.at_end() {
            return self.fail("expected a comment or a line break");
        }
        Ok((chomp.unwrap_or(Chomp::Clip), increment))
    }

    fn block_indent(&mut self, breaks: &mut String) -> usize {
        let mut widest = 0;
        loop {
            self.at.skip_spaces();
            widest = widest.max(self.at.column());
            match self.at.line_break() {
                Some(c) => breaks.push(c),
                None => return widest,
            }
        }
    }

    fn block_breaks(&mut self, indent: usize, breaks: &mut String) {
        loop {
            let mut column = self.at.column();
            while self.at.peek() == Some(' ') && column < indent {
                self.at.bump();
                column += 1;
            }
            match self.at.line_break() {
                Some(c) => breaks.push(c),
                None => return,
            }
        }
    }
}
