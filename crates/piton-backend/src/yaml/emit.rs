//! Writes values as erk writes them: block style, order kept,
//! folded at 80 columns.

use super::resolve::resolve;
use super::value::{Kind, Scalar, Value};

/// The column after which a long scalar is folded at the next space.
const WIDTH: usize = 80;

/// Writes the entries of a mapping, one after another, without a line break at
/// the end.
pub(crate) fn emit_mapping(entries: &[(Value, Value)]) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let mut writer = Writer::default();
    writer.entries(entries, 0);
    writer.out
}

/// Writes one entry of the outermost mapping.
pub fn emit_entry(key: &str, value: &Value) -> String {
    emit_mapping(&[(Value::text(key), value.clone())])
}

#[derive(Default)]
struct Writer {
    out: String,
    column: usize,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn new_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.column = 0;
        self.push(&" ".repeat(indent));
    }

    fn entries(&mut self, entries: &[(Value, Value)], indent: usize) {
        for (at, (key, value)) in entries.iter().enumerate() {
            if at > 0 {
                self.new_line(indent);
            }
            match key {
                Value::Scalar(scalar) => self.scalar(scalar, indent, true),
                Value::List(_) | Value::Map(_) => self.push(&key.key_text()),
            }
            self.push(":");
            if !self.fits_the_line(value, indent + 2) {
                // A list begins below its key, a mapping further right.
                let is_list = matches!(value, Value::List(_));
                let below = if is_list { indent } else { indent + 2 };
                self.new_line(below);
                self.nested(value, below);
            }
        }
    }

    /// Writes what needs no lines of its own: a scalar, or what is empty.
    fn fits_the_line(&mut self, value: &Value, indent: usize) -> bool {
        match value {
            Value::Scalar(scalar) => {
                self.push(" ");
                self.scalar(scalar, indent, false);
            }
            Value::List(items) if items.is_empty() => self.push(" []"),
            Value::Map(entries) if entries.is_empty() => self.push(" {}"),
            Value::List(_) | Value::Map(_) => return false,
        }
        true
    }

    fn nested(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Scalar(_) => {}
            Value::List(items) => self.items(items, indent),
            Value::Map(entries) => self.entries(entries, indent),
        }
    }

    fn items(&mut self, items: &[Value], indent: usize) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.new_line(indent);
            }
            self.push("-");
            if !self.fits_the_line(item, indent + 2) {
                self.push(" ");
                self.nested(item, indent + 2);
            }
        }
    }

    fn scalar(&mut self, scalar: &Scalar, indent: usize, is_key: bool) {
        match &scalar.kind {
            Kind::Null => self.push("null"),
            Kind::Bool(truth) => self.push(if *truth { "true" } else { "false" }),
            Kind::Int(Some(number)) => self.push(&number.to_string()),
            Kind::Int(None) | Kind::Float | Kind::Date | Kind::Timestamp => {
                self.push(&scalar.text.clone());
            }
            Kind::Binary(_) => {
                let text = scalar.text.split_whitespace().collect::<String>();
                self.push(&format!("!!binary '{text}'"));
            }
            Kind::Text => self.text(&scalar.text, indent, is_key),
        }
    }

    fn text(&mut self, text: &str, indent: usize, is_key: bool) {
        let analysis = Analysis::of(text);
        let reads_back = resolve(text) == Some(Kind::Text);
        if reads_back && analysis.plain && !(is_key && analysis.multiline) {
            self.plain(text, indent, !is_key);
        } else if analysis.single_quoted && !(is_key && analysis.multiline) {
            self.single_quoted(text, indent, !is_key);
        } else {
            self.double_quoted(text, indent, !is_key);
        }
    }

    fn plain(&mut self, text: &str, indent: usize, split: bool) {
        for (at, part) in runs_of_spaces(text) {
            let last = at + part.len() == text.len();
            if part == " " && self.column > WIDTH && split && !last {
                self.new_line(indent);
            } else {
                self.push(part);
            }
        }
    }

    fn single_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.push("'");
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            let run = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
            if first == ' ' {
                let end = run(|c| c == ' ');
                let inner = at > 0 && end < rest.len();
                if end == 1 && self.column > WIDTH && split && inner {
                    self.new_line(indent);
                } else {
                    self.push(&rest[..end]);
                }
                rest = &rest[end..];
            } else if is_line(first) {
                let end = run(is_line);
                let breaks = &rest[..end];
                if first == '\n' {
                    self.out.push('\n');
                }
                self.out.push_str(breaks);
                self.column = 0;
                self.push(&" ".repeat(indent));
                rest = &rest[end..];
            } else if first == '\'' {
                self.push("''");
                rest = &rest[1..];
            } else {
                let end = run(|c| c != ' ' && c != '\'' && !is_line(c));
                self.push(&rest[..end]);
                rest = &rest[end..];
            }
        }
        self.push("'");
    }

    fn double_quoted(&mut self, text: &str, indent: usize, split: bool) {
        self.push("\"");
        let chars: Vec<char> = text.chars().collect();
        let mut start = 0;
        let mut end = 0;
        while end <= chars.len() {
            let c = chars.get(end).copied();
            if c.is_none_or(|c| !shows_in_double_quotes(c)) {
                if start < end {
                    let run: String = chars[start..end].iter().collect();
                    self.push(&run);
                    start = end;
                }
                if let Some(c) = c {
                    self.push(&escaped(c));
                    start = end + 1;
                }
            }
            let inner = end > 0 && end + 1 < chars.len();
            if inner
                && (c == Some(' ') || start >= end)
                && self.column + end.saturating_sub(start) > WIDTH
                && split
            {
                let run: String = chars[start.min(end)..end].iter().collect();
                if start < end {
                    start = end;
                }
                self.push(&run);
                self.push("\\");
                self.new_line(indent);
                if chars.get(start) == Some(&' ') {
                    self.push("\\");
                }
            }
            end += 1;
        }
        self.push("\"");
    }
}

/// Splits a text into runs of spaces and runs of other characters.
fn runs_of_spaces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let spaces = rest.starts_with(' ');
        let end = rest.find(|c| (c == ' ') != spaces).unwrap_or(rest.len());
        let found = (at, &rest[..end]);
        at += end;
        (end > 0).then_some(found)
    })
}

const fn is_line(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

const fn is_blank(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_line(c)
}

const fn shows_in_double_quotes(c: char) -> bool {
    match c {
        '"' | '\\' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        _ => false,
    }
}

fn escaped(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            let code = u32::from(c);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

/// Which styles can show a text.
struct Analysis {
    multiline: bool,
    plain: bool,
    single_quoted: bool,
}

impl Analysis {
    fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let mut lines = false;
        let mut special = false;
        let mut break_space = false;
        let mut space_break = false;
        let mut after_blank = true;
        let mut after_space = false;
        let mut after_break = false;
        for (at, &c) in chars.iter().enumerate() {
            let before_blank = chars.get(at + 1).is_none_or(|c| is_blank(*c));
            indicators |= if at == 0 {
                match c {
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\''
                    | '"' | '%' | '@' | '`' => true,
                    '?' | ':' | '-' => before_blank,
                    _ => false,
                }
            } else {
                (c == ':' && before_blank) || (c == '#' && after_blank)
            };
            lines |= is_line(c);
            // A next-line character would read back as a line feed.
            special |= !shows(c) || c == '\u{85}';
            break_space |= c == ' ' && after_break;
            space_break |= is_line(c) && after_space;
            after_space = c == ' ';
            after_break = is_line(c);
            after_blank = is_blank(c);
        }
        let edge = |c: Option<&char>| c.is_some_and(|c| *c == ' ' || is_line(*c));
        let edges = edge(chars.first()) || edge(chars.last());
        let only_double = space_break || special;
        Self {
            multiline: lines,
            plain: !chars.is_empty()
                && !edges
                && !break_space
                && !only_double
                && !lines
                && !indicators,
            single_quoted: !break_space && !only_double,
        }
    }
}

/// Returns whether a character can stand in a scalar without an escape.
const fn shows(c: char) -> bool {
    match c {
        '\u{feff}' => false,
        '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        c => c as u32 >= 0x1_0000 && (c as u32) < 0x10_ffff,
    }
}
