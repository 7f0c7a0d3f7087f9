//! The reader: text in, value or the place of the mistake out.

use thiserror::Error;

use super::value::{Object, Value};

/// Nesting beyond this is refused, so that no file can exhaust the stack.
const MAX_DEPTH: u32 = 400;
/// The original refuses integers with more digits than this.
const MAX_INT_DIGITS: usize = 4300;

/// Why a text is no JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what} at byte {offset}")]
pub struct JsonError {
    pub offset: usize,
    pub what: &'static str,
}

/// What git puts between the two sides of a merge.
const MERGED: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// Parses a whole text.
pub fn parse(text: &str) -> Result<Value<'_>, JsonError> {
    whole(text).map_err(|error| {
        let rest = text.get(error.offset..).unwrap_or_default();
        if MERGED.iter().any(|mark| rest.starts_with(mark)) {
            JsonError {
                what: "a merge left both sides in it (take one for the whole directory: \
                       `git checkout --ours DIR` or `--theirs DIR`)",
                ..error
            }
        } else {
            error
        }
    })
}

fn whole(text: &str) -> Result<Value<'_>, JsonError> {
    let mut reader = Reader {
        text,
        at: 0,
        guard: text.contains('\u{10FFFE}'),
    };
    if text.starts_with('\u{feff}') {
        return Err(reader.fail("unexpected byte-order mark"));
    }
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.fail("unexpected text after the value"));
    }
    Ok(value)
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Whether the text holds the character that carried halves begin with,
    /// which then has to be told apart from them.
    pub(super) guard: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn fail(&self, what: &'static str) -> JsonError {
        JsonError {
            offset: self.at,
            what,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        // Between most tokens there is nothing, or one space.
        match rest {
            [b' ', next, ..] if !is_space(next) => self.at += 1,
            [next, ..] if !is_space(next) => {}
            _ => self.at += rest.iter().take_while(|byte| is_space(byte)).count(),
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    fn value(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value<'a>, JsonError> {
        if self.take("null") {
            Ok(Value::Null)
        } else if self.take("true") {
            Ok(Value::Bool(true))
        } else if self.take("false") {
            Ok(Value::Bool(false))
        } else if self.take("NaN") {
            Ok(Value::Float("NaN"))
        } else if self.take("Infinity") {
            Ok(Value::Float("Infinity"))
        } else {
            Err(self.fail("expected a value"))
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.fail("nesting too deep"));
        }
        self.at += 1;
        self.skip_space();
        if self.eat(b'}') {
            return Ok(Value::Object(Object::default()));
        }
        let mut object = Object::roomy();
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.fail("expected a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.fail("expected `:`"));
            }
            self.skip_space();
            let value = self.value(depth + 1)?;
            object.push(key, value);
            self.skip_space();
            if self.eat(b'}') {
                return Ok(Value::Object(object));
            }
            if !self.eat(b',') {
                return Err(self.fail("expected `,` or `}`"));
            }
            self.skip_space();
        }
    }

    fn array(&mut self, depth: u32) -> Result<Value<'a>, JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.fail("nesting too deep"));
        }
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(Value::Array(items));
            }
            if !self.eat(b',') {
                return Err(self.fail("expected `,` or `]`"));
            }
            self.skip_space();
        }
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let negative = self.eat(b'-');
        if negative && self.take("Infinity") {
            return Ok(Value::Float("-Infinity"));
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.fail("expected a digit")),
        }
        let digits = self.at - start - usize::from(negative);
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            let fraction = self.at;
            self.digits();
            if self.at == fraction {
                // The point belongs to whatever comes next, which then is refused.
                self.at = whole;
            }
        }
        let before_exponent = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            let exponent = self.at;
            self.digits();
            if self.at == exponent {
                self.at = before_exponent;
            }
        }
        let written = &self.text[start..self.at];
        if self.at > whole {
            return Ok(Value::Float(written));
        }
        if digits > MAX_INT_DIGITS {
            self.at = start;
            return Err(self.fail("an integer with too many digits"));
        }
        Ok(Value::Int(written))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> JsonError {
        parse(text).expect_err(text)
    }

    #[test]
    fn what_the_original_takes_beyond_the_standard_is_taken() {
        for text in [
            "NaN",
            "Infinity",
            "-Infinity",
            " [NaN, 1e5]\r\n",
            "\"\\ud800\"",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn both_sides_of_a_merge_are_told_as_what_they_are() {
        for text in [
            "{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> x\n}",
            "{\"a\": 1,\n<<<<<<< HEAD\n",
        ] {
            assert!(
                refused(text).what.starts_with("a merge left both sides"),
                "{text}"
            );
        }
        assert!(!refused("{<<").what.contains("merge"));
    }

    #[test]
    fn what_the_original_refuses_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "-",
            "1.",
            ".5",
            "+1",
            "'a'",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"",
            "\u{feff}1",
            "nul",
            "1 2",
            "// x\n1",
            "\u{a0}1",
            "1e",
            "-NaN",
        ] {
            refused(text);
        }
    }

    #[test]
    fn of_duplicate_keys_the_last_wins() {
        let Ok(Value::Object(object)) = parse(r#"{"a": 1, "a": "x"}"#) else {
            panic!("an object")
        };
        assert_eq!(object.get("a"), Some(&Value::String("x".into())));
    }

    #[test]
    fn surrogate_pairs_join_whatever_the_case_of_their_digits() {
        assert_eq!(
            parse("\"\\uD83d\\ude00\""),
            Ok(Value::String("\u{1F600}".into()))
        );
    }

    #[test]
    fn a_string_ends_where_it_ends_wherever_that_is_in_a_word() {
        for length in 0..40 {
            for (special, valid) in [("\\n", true), ("\u{1}", false), ("\u{7f}\u{e9}", true)] {
                let text = format!("\"{}{special}{}\"", "x".repeat(length), "y".repeat(13));
                assert_eq!(parse(&text).is_ok(), valid, "{text:?}");
            }
        }
    }

    #[test]
    fn hostile_nesting_is_refused_and_ordinary_nesting_is_not() {
        refused(&"[".repeat(100_000));
        let nested = format!("{}1{}", "[".repeat(300), "]".repeat(300));
        assert!(parse(&nested).is_ok());
    }
}
