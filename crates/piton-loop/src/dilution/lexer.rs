//! Source text as words: comments gone, literals kept apart, places known.
//!
//! This is no parser. It knows of each language what is needed to tell code
//! from comments and strings, so that a test in a comment is no test and a
//! brace in a string closes nothing.

use super::language::Language;

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Word,
    Number,
    /// A string, a character or a regular expression; the text is what stands inside.
    Literal,
    Sign,
}

/// One word of a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// Counted from one.
    pub(super) line: usize,
    /// How far its line is indented; the first word of a line says more than the others.
    pub(super) indent: usize,
    pub(super) first: bool,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Literal && self.text == text
    }

    pub(super) fn is_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }

    pub(super) fn word(&self) -> Option<&str> {
        (self.kind == Kind::Word).then_some(self.text.as_str())
    }

    pub(super) fn literal(&self) -> Option<&str> {
        (self.kind == Kind::Literal).then_some(self.text.as_str())
    }
}

/// Splits a text into its words.
pub(super) fn words(language: Language, text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        language,
        rest: text,
        line: 1,
        indent: 0,
        fresh: true,
        found: Vec::new(),
    };
    while !lexer.rest.is_empty() {
        lexer.step();
    }
    lexer.found
}

struct Lexer<'t> {
    language: Language,
    rest: &'t str,
    line: usize,
    indent: usize,
    fresh: bool,
    found: Vec<Token>,
}

impl<'t> Lexer<'t> {
    fn step(&mut self) {
        let Some(c) = self.rest.chars().next() else {
            return;
        };
        if c == '\n' {
            self.take(1);
            (self.indent, self.fresh) = (0, true);
        } else if c.is_whitespace() {
            self.take(c.len_utf8());
            if self.fresh {
                self.indent += if c == '\t' { 8 } else { 1 };
            }
        } else if let Some(length) = self.comment() {
            self.take(length);
        } else if let Some((length, inside)) = self.literal() {
            let inside = inside.to_owned();
            self.push(Kind::Literal, inside);
            self.take(length);
        } else if c.is_alphabetic() || c == '_' || c == '$' {
            let length = self.span(|c| c.is_alphanumeric() || c == '_' || c == '$');
            self.push(Kind::Word, self.rest[..length].to_owned());
            self.take(length);
        } else if c.is_ascii_digit() {
            let length = self.span(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            self.push(Kind::Number, self.rest[..length].to_owned());
            self.take(length);
        } else {
            self.push(Kind::Sign, c.to_string());
            self.take(c.len_utf8());
        }
    }

    fn span(&self, belongs: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len())
    }

    fn push(&mut self, kind: Kind, text: String) {
        self.found.push(Token {
            kind,
            text,
            line: self.line,
            indent: self.indent,
            first: self.fresh,
        });
        self.fresh = false;
    }

    fn take(&mut self, length: usize) {
        let taken = &self.rest[..length];
        self.line += taken.matches('\n').count();
        self.rest = &self.rest[length..];
    }

    fn comment(&self) -> Option<usize> {
        let (rest, end_of_line) = (self.rest, self.span(|c| c != '\n'));
        match self.language {
            Language::Python => rest.starts_with('#').then_some(end_of_line),
            Language::Ruby if self.fresh && self.indent == 0 && rest.starts_with("=begin") => {
                Some(rest.find("\n=end").map_or(rest.len(), |at| at + 5))
            }
            // Nothing behind it is read.
            Language::Ruby if self.fresh && self.indent == 0 && rest.starts_with("__END__") => {
                Some(rest.len())
            }
            Language::Ruby => rest.starts_with('#').then_some(end_of_line),
            Language::JavaScript | Language::Rust | Language::Go | Language::Java => {
                if rest.starts_with("//") {
                    return Some(end_of_line);
                }
                rest.starts_with("/*").then(|| self.block_comment())
            }
        }
    }

    /// Rust's nest, the others end at the first end.
    fn block_comment(&self) -> usize {
        if self.language != Language::Rust {
            return self.rest[2..]
                .find("*/")
                .map_or(self.rest.len(), |at| at + 4);
        }
        let (mut depth, mut at) = (0usize, 0);
        while at < self.rest.len() {
            let rest = &self.rest[at..];
            if rest.starts_with("/*") {
                (depth, at) = (depth + 1, at + 2);
            } else if rest.starts_with("*/") {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.rest.len()
    }

    /// Returns how long the literal here is, and what stands in it.
    fn literal(&self) -> Option<(usize, &'t str)> {
        let rest = self.rest;
        if self.language == Language::Rust
            && let Some(found) = raw_string(rest)
        {
            return Some(found);
        }
        let prefix = match self.language {
            Language::Python => rest.bytes().take_while(u8::is_ascii_alphabetic).count(),
            Language::Rust => usize::from(rest.starts_with(['b', 'c'])),
            Language::JavaScript | Language::Go | Language::Java | Language::Ruby => 0,
        };
        let quoted = &rest[prefix..];
        if prefix > 2 {
            return None;
        }
        let quote = quoted.chars().next()?;
        let triple = matches!(self.language, Language::Python | Language::Java)
            && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"));
        let length = match (self.language, quote) {
            _ if triple => closed(quoted, &quoted[..3], true, true),
            (Language::Rust, '\'') => character(quoted)?,
            (Language::Go, '`') => closed(quoted, "`", false, true),
            (Language::JavaScript, '`') => template(quoted),
            (Language::JavaScript, '/') if self.operand_expected() => regex(quoted)?,
            (Language::Ruby, '/') if self.operand_expected() => regex(quoted)?,
            (_, '"') => closed(quoted, "\"", true, self.language == Language::Rust),
            (_, '\'') => closed(quoted, "'", true, false),
            _ => return None,
        };
        let marks = if triple { 3 } else { 1 };
        let inside = quoted
            .get(marks..length.saturating_sub(marks).max(marks))
            .unwrap_or("");
        Some((prefix + length, inside))
    }

    /// Whether a slash here begins a regular expression and does not divide.
    fn operand_expected(&self) -> bool {
        match self.found.last() {
            None => true,
            Some(token) => match token.kind {
                Kind::Sign => !matches!(token.text.as_str(), ")" | "]" | "}"),
                Kind::Word => matches!(
                    token.text.as_str(),
                    "return"
                        | "typeof"
                        | "case"
                        | "in"
                        | "of"
                        | "if"
                        | "and"
                        | "or"
                        | "when"
                        | "unless"
                ),
                Kind::Number | Kind::Literal => false,
            },
        }
    }
}

/// Returns the length up to and with the closing mark. A string that is not
/// closed on its line, where it has to be, ends there: what follows is read.
fn closed(text: &str, mark: &str, escapes: bool, lines: bool) -> usize {
    let mut chars = text.char_indices().skip(mark.len());
    while let Some((at, c)) = chars.next() {
        if text[at..].starts_with(mark) {
            return at + mark.len();
        }
        match c {
            '\n' if !lines => return at,
            '\\' if escapes => drop(chars.next()),
            _ => {}
        }
    }
    text.len()
}

/// A template string; what stands in its `${…}` is part of it, templates and
/// braces too.
fn template(text: &str) -> usize {
    let mut open = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let in_text = open.last() == Some(&'`');
        match c {
            '\\' if in_text => drop(chars.next()),
            '`' if in_text => {
                open.pop();
                if open.is_empty() {
                    return at + 1;
                }
            }
            '$' if in_text => open.extend(chars.next_if(|(_, next)| *next == '{').map(|it| it.1)),
            '`' => open.push(c),
            '{' if !in_text => open.push(c),
            '}' if !in_text => drop(open.pop()),
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `br#"…"#` and the like.
fn raw_string(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let rest = rest.strip_prefix('r')?;
    let hashes = rest.bytes().take_while(|&b| b == b'#').count();
    let inner = rest[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let before = text.len() - inner.len();
    let length = inner.find(&end).unwrap_or(inner.len());
    Some((
        (before + length + end.len()).min(text.len()),
        &inner[..length],
    ))
}

/// A character of Rust; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        return Some(closed(text, "'", true, false));
    }
    let (at, quote) = chars.next()?;
    (quote == '\'').then_some(at + 1)
}

fn regex(text: &str) -> Option<usize> {
    let (mut class, mut escaped) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(language: Language, text: &str) -> String {
        let words = words(language, text);
        let shown = |token: &Token| match token.kind {
            Kind::Literal => format!("<{}>", token.text),
            _ => token.text.clone(),
        };
        words.iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_are_gone_and_strings_are_apart() {
        let python = "x = 'a # b' # c\ny = \"\"\"d\n\"e\"\n\"\"\"\nrb'f'";
        assert_eq!(
            told(Language::Python, python),
            "x = <a # b> y = <d\n\"e\"\n> <f>"
        );
        let rust = "/* a /* b */ c */ 'x' '\\'' &'a str r#\"q\"d\"# b\"e\" // f";
        assert_eq!(told(Language::Rust, rust), "<x> <\\'> & ' a str <q\"d> <e>");
        let script = "a / b; /re[/]x/.test('y'); `t ${f(`u`)}`; // z\n\"v\"";
        assert_eq!(
            told(Language::JavaScript, script),
            "a / b ; <re[/]x> . test ( <y> ) ; <t ${f(`u`)}> ; <v>"
        );
        assert_eq!(
            told(Language::Ruby, "=begin\nit 'x'\n=end\nit 'y' # z"),
            "it <y>"
        );
        assert_eq!(
            told(Language::Go, "`a\\` + \"b\\\"c\" /* d */"),
            "<a\\> + <b\\\"c>"
        );
    }

    #[test]
    fn a_text_ends_where_its_language_lets_it_end() {
        let lines = "\"a\nb\" c";
        assert_eq!(told(Language::Rust, lines), "<a\nb> c");
        assert_eq!(told(Language::Python, "\"'a\nx + y"), "<'> x + y");
        assert_eq!(told(Language::Ruby, "a / b / c"), "a / b / c");
        assert_eq!(told(Language::Ruby, "f /b/ if /c/"), "f / b / if <c>");
        for (script, words) in [
            ("`a\\`b` c", "<a\\`b> c"),
            ("`}a` + `${`}`}` c", "<}a> + <${`}`}> c"),
            ("/a\\/b/ + c", "<a\\/b> + c"),
            ("= / b\n/ c", "= / b / c"),
        ] {
            assert_eq!(told(Language::JavaScript, script), words);
        }
    }

    #[test]
    fn what_is_never_closed_ends_with_the_text() {
        for language in [
            Language::Python,
            Language::Rust,
            Language::Java,
            Language::Ruby,
        ] {
            for text in [
                "\"abc",
                "'",
                "/* x",
                "\"\"\"x",
                "r#\"x",
                "=begin\nx",
                "\\",
                "'\\",
            ] {
                let _ = words(language, text);
            }
        }
    }
}
