//! A place in a text, with its line and column.

/// The characters that end a line.
pub(super) const fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What counts as white space after an indicator, the end included.
pub(super) const fn is_blank_or_end(c: Option<char>) -> bool {
    match c {
        None => true,
        Some(c) => matches!(c, ' ' | '\t') || is_break(c),
    }
}

#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) pos: usize,
    pub(super) line_start: usize,
    pub(super) line: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text,
            pos: 0,
            line_start: 0,
            line: 1,
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }

    /// Goes over one character that is no line break.
    pub(super) fn bump(&mut self) {
        if let Some(c) = self.peek() {
            self.pos += c.len_utf8();
        }
    }

    /// Goes over a line break and returns what it stands for.
    pub(super) fn line_break(&mut self) -> Option<char> {
        let c = self.peek().filter(|c| is_break(*c))?;
        self.pos += if self.rest().starts_with("\r\n") {
            2
        } else {
            c.len_utf8()
        };
        self.line_start = self.pos;
        self.line += 1;
        Some(match c {
            '\u{2028}' | '\u{2029}' => c,
            _ => '\n',
        })
    }

    pub(super) fn column(&self) -> usize {
        self.text[self.line_start..self.pos].chars().count()
    }

    /// Returns whether only spaces stand before this place on its line.
    pub(super) fn fresh_line(&self) -> bool {
        self.text[self.line_start..self.pos]
            .bytes()
            .all(|b| b == b' ')
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.rest().starts_with(' ') {
            self.pos += 1;
        }
    }

    /// Goes over spaces, comments and line breaks. Returns whether a line
    /// ended.
    pub(super) fn skip_trivia(&mut self) -> bool {
        let mut crossed = false;
        loop {
            self.skip_spaces();
            if self.peek() == Some('#') {
                while self.peek().is_some_and(|c| !is_break(c)) {
                    self.bump();
                }
            }
            if self.line_break().is_none() {
                return crossed;
            }
            crossed = true;
        }
    }

    /// Returns whether a document begins or ends here.
    pub(super) fn at_marker(&self) -> bool {
        self.pos == self.line_start
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
            && is_blank_or_end(self.rest()[3..].chars().next())
    }

    /// Returns whether an indicator stands here that needs a blank after it.
    pub(super) fn at_indicator(&self, indicator: char) -> bool {
        self.peek() == Some(indicator) && is_blank_or_end(self.second())
    }
}
