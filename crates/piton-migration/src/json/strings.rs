//! Reading strings: escapes, halves of pairs, long plain runs.

use std::borrow::Cow;

use super::read::{JsonError, Reader};
use super::surrogate::{push_char, push_half};

impl<'a> Reader<'a> {
    /// Reads a string whose opening quote is next. Borrows unless something
    /// inside had to be undone.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        self.plain_run();
        if self.peek() == Some(b'"') {
            let run = &self.text[start..self.at];
            self.at += 1;
            return Ok(if self.guard {
                Cow::Owned(guarded(run))
            } else {
                Cow::Borrowed(run)
            });
        }
        let mut out = String::new();
        self.push_run(&mut out, start);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(byte) if byte < 0x20 => {
                    return Err(self.fail("a control character inside a string"));
                }
                Some(_) => {
                    let run = self.at;
                    self.plain_run();
                    self.push_run(&mut out, run);
                }
                None => return Err(self.fail("a string without an end")),
            }
        }
    }

    fn push_run(&self, out: &mut String, start: usize) {
        let run = &self.text[start..self.at];
        if self.guard {
            out.push_str(&guarded(run));
        } else {
            out.push_str(run);
        }
    }

    /// Moves past bytes that stand for themselves. All three that stop it are
    /// ASCII, so the position stays on a character boundary.
    fn plain_run(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let mut at = 0;
        // Eight bytes at a time: most strings are long and plain.
        while let Some(word) = rest[at..].first_chunk::<8>() {
            if has_special(u64::from_ne_bytes(*word)) {
                break;
            }
            at += 8;
        }
        let tail = &rest[at..];
        let stop = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        self.at += at + tail.iter().position(stop).unwrap_or(tail.len());
    }

    fn escape(&mut self, out: &mut String) -> Result<(), JsonError> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape(start, out);
            }
            _ => {
                self.at = start;
                return Err(self.fail("an unknown escape"));
            }
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn unicode_escape(&mut self, start: usize, out: &mut String) -> Result<(), JsonError> {
        let Some(unit) = self.four_hex() else {
            self.at = start;
            return Err(self.fail("an escape without four hex digits"));
        };
        if !(0xD800..0xE000).contains(&unit) {
            if let Some(c) = char::from_u32(u32::from(unit)) {
                push_char(out, c);
            }
            return Ok(());
        }
        if unit < 0xDC00 && self.text.as_bytes()[self.at..].starts_with(b"\\u") {
            let before_low = self.at;
            self.at += 2;
            if let Some(low) = self.four_hex().filter(|low| (0xDC00..0xE000).contains(low)) {
                let code =
                    0x1_0000 + ((u32::from(unit) - 0xD800) << 10) + (u32::from(low) - 0xDC00);
                if let Some(c) = char::from_u32(code) {
                    push_char(out, c);
                }
                return Ok(());
            }
            // What follows is an escape of its own, read on the next round.
            self.at = before_low;
        }
        push_half(out, unit);
        Ok(())
    }

    fn four_hex(&mut self) -> Option<u16> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let mut unit = 0;
        for digit in digits {
            unit = unit << 4 | char::from(*digit).to_digit(16)?;
        }
        self.at += 4;
        u16::try_from(unit).ok()
    }
}

/// Tells whether any of eight bytes is a quote, a backslash or a control
/// character. Subtracting borrows into a byte's highest bit where the byte is
/// smaller than what is subtracted; a bit that was set before does not count.
fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    let quote = word ^ u64::from_ne_bytes([b'"'; 8]);
    let backslash = word ^ u64::from_ne_bytes([b'\\'; 8]);
    let zeroed = |lanes: u64| lanes.wrapping_sub(ONES) & !lanes;
    let control = word.wrapping_sub(u64::from_ne_bytes([0x20; 8])) & !word;
    (zeroed(quote) | zeroed(backslash) | control) & HIGHS != 0
}

fn guarded(run: &str) -> String {
    let mut out = String::with_capacity(run.len() + 4);
    run.chars().for_each(|c| push_char(&mut out, c));
    out
}
