//! The tables that tests go through. Each row is a test of its own, so that a
//! row that goes is a test that goes, and tests that became rows are none.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::code::{OPEN, after_closing, is_at, over, until_end};
use super::hollow::split;
use super::language::Language;
use super::lexer::{Kind, Token};

/// Words that take up what stands before them, piece by piece.
const TAKE_UP: [&str; 7] = [
    "each",
    "forEach",
    "each_with_index",
    "each_pair",
    "iter",
    "into_iter",
    "map",
];

/// One row: its words, and the values in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) words: Vec<String>,
    pub(super) values: BTreeSet<String>,
}

/// The rows of a test.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) rows: BTreeSet<Row>,
    /// Whether it goes through something that does not stand in its file.
    pub(super) is_elsewhere: bool,
}

/// What of a file tables are found by, looked up once.
pub(super) struct File<'w> {
    language: Language,
    words: &'w [Token],
    /// Lists that are given a name, each with its opening bracket.
    names: BTreeMap<&'w str, usize>,
    /// Loops that may make tests: where their list stands, and their block.
    loops: Vec<(usize, Range<usize>)>,
}

impl<'w> File<'w> {
    pub(super) fn new(language: Language, words: &'w [Token]) -> Self {
        let mut file = Self {
            language,
            words,
            names: BTreeMap::new(),
            loops: Vec::new(),
        };
        file.names = file.named_lists();
        if matches!(language, Language::JavaScript | Language::Ruby) {
            file.loops = (0..words.len())
                .filter_map(|at| Some((at, file.around(at)?)))
                .collect();
        }
        file
    }

    /// Reads the tables of a test: in its marks from `head` on, in its body, and
    /// around it where a loop makes tests.
    pub(super) fn table(&self, head: usize, body: &Range<usize>) -> Table {
        let mut reader = Reader {
            file: self,
            table: Table::default(),
        };
        for at in head..body.start {
            reader.mark(at);
        }
        for at in body.clone() {
            reader.goes_over(at, body.end);
        }
        for (at, span) in &self.loops {
            if *at < head && span.contains(&body.start) {
                reader.goes_over(*at, head);
            }
        }
        reader.table
    }

    fn is(&self, at: usize, text: &str) -> bool {
        is_at(self.words, at, text)
    }

    fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        self.words.get(at).is_some_and(|it| it.is_any(texts))
    }

    /// The brackets after `Stream.of` in a method.
    fn method(&self, name: &str) -> Option<usize> {
        let at = (0..self.words.len())
            .find(|at| self.is(*at, name) && self.is(at + 1, "(") && self.is(at + 2, ")"))?;
        let of = (at..self.words.len().min(at + 20))
            .find(|at| self.is_any(*at, &["of", "asList"]) && self.is(at + 1, "("))?;
        Some(of + 1)
    }

    /// The block of a loop that is told by its list.
    fn around(&self, at: usize) -> Option<Range<usize>> {
        let line = || self.words[..=at].iter().rposition(|it| it.first);
        if self.is_any(at, &["in", "of"]) {
            let line = line().filter(|line| self.is(*line, "for"))?;
            let head = after_closing(self.words, line + 1);
            return Some(head..after_closing(self.words, head));
        }
        if !self.is(at, "[") && self.words[at].kind != Kind::Word {
            return None;
        }
        let list = over(self.words, at, &["["]);
        let called = self.is(list, ".") && self.is_any(list + 1, &TAKE_UP);
        if !called {
            return None;
        }
        match self.language {
            Language::Ruby => Some(until_end(self.words, line()?)),
            Language::Python
            | Language::JavaScript
            | Language::Rust
            | Language::Go
            | Language::Java => Some(list..after_closing(self.words, list + 2)),
        }
    }

    /// The bracket that opens a list: `[`, `&[`, `vec![`, `[]int{`.
    fn list(&self, from: usize) -> Option<usize> {
        let mut at = from;
        match self.language {
            Language::Python => self.is_any(at, &OPEN).then_some(at),
            Language::JavaScript | Language::Ruby => self.is(at, "[").then_some(at),
            Language::Java => self.is(at, "{").then_some(at),
            Language::Rust => {
                while self.is(at, "&") {
                    at += 1;
                }
                if self.is(at, "vec") && self.is(at + 1, "!") {
                    at += 2;
                }
                self.is(at, "[").then_some(at)
            }
            Language::Go => {
                if self.is(at, "map") {
                    at += 1;
                }
                if !self.is(at, "[") {
                    return None;
                }
                at = after_closing(self.words, at);
                if self.is(at, "struct") {
                    at = after_closing(self.words, at + 1);
                }
                (at..at + 8).find(|at| self.is(*at, "{"))
            }
        }
    }

    /// The first comma in no brackets.
    fn comma(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        while at < end && !self.is(at, ",") {
            at = over(self.words, at, &OPEN);
        }
        at
    }

    fn named_lists(&self) -> BTreeMap<&'w str, usize> {
        let mut names = BTreeMap::new();
        for sign in (1..self.words.len()).filter(|at| self.is(*at, "=")) {
            let Some(open) = self.list(sign + 1) else {
                continue;
            };
            // Back to the beginning of the line: `const CASES: &[u32] = &[`.
            for at in (sign.saturating_sub(16)..sign).rev() {
                if let Some(name) = self.words[at].word() {
                    names.entry(name).or_insert(open);
                }
                if self.words[at].first || self.is(at, ";") {
                    break;
                }
            }
        }
        names
    }
}

/// Returns the values that stand in words: texts and numbers.
pub(super) fn values(language: Language, words: &[Token]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, token) in words.iter().enumerate() {
        // The name of a row: `id='two'`.
        let names = at >= 2 && words[at - 1].is("=") && words[at - 2].is("id");
        match token.kind {
            Kind::Literal if names => {}
            // A line of a table may be one text.
            Kind::Literal if language == Language::Java => {
                found.extend(token.text.split(',').map(|part| part.trim().to_owned()));
                found.insert(token.text.clone());
            }
            Kind::Literal | Kind::Number => {
                found.insert(token.text.clone());
            }
            Kind::Word | Kind::Sign => {}
        }
    }
    found
}

/// Returns the values that make one row another than the next: numbers where
/// there are any, else texts that are no sentences.
pub(super) fn telling(values: &BTreeSet<String>) -> Vec<&String> {
    let number = |value: &&String| value.starts_with(|c: char| c.is_ascii_digit());
    let numbers: Vec<&String> = values.iter().filter(number).collect();
    if !numbers.is_empty() {
        return numbers;
    }
    let sentence = |value: &&String| value.contains([' ', '%', '{']);
    let texts: Vec<&String> = values.iter().filter(|it| !sentence(it)).collect();
    if texts.is_empty() {
        values.iter().collect()
    } else {
        texts
    }
}

struct Reader<'f, 'w> {
    file: &'f File<'w>,
    table: Table,
}

impl Reader<'_, '_> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.file.is(at, text)
    }

    fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        self.file.is_any(at, texts)
    }

    /// Reads a mark before a test: `parametrize(…)`, `.each(…)`, `#[case(…)]`.
    fn mark(&mut self, at: usize) {
        match self.file.language {
            Language::Python => self.python_mark(at),
            Language::JavaScript => self.javascript_mark(at),
            Language::Rust => self.rust_mark(at),
            Language::Java => self.java_mark(at),
            Language::Go | Language::Ruby => {}
        }
    }

    fn python_mark(&mut self, at: usize) {
        if self.is(at, "parametrize") && self.is(at + 1, "(") {
            let end = after_closing(self.file.words, at + 1);
            let comma = self.file.comma(at + 2, end);
            let named = self.is(comma + 1, "argvalues") && self.is(comma + 2, "=");
            self.take(comma + if named { 3 } else { 1 });
        }
    }

    fn javascript_mark(&mut self, at: usize) {
        if !self.is(at, "each") {
            return;
        }
        if self.is(at + 1, "(") {
            self.take(at + 2);
        } else if let Some(text) = self.file.words.get(at + 1).and_then(Token::literal) {
            self.lines(text.lines().skip(1));
        }
    }

    fn rust_mark(&mut self, at: usize) {
        let is_case = self.is_any(at, &["case", "test_case"])
            && at >= 2
            && self.is(at - 1, "[")
            && self.is(at - 2, "#");
        if is_case {
            let end = after_closing(self.file.words, at - 1);
            let words = self.file.words;
            self.add(&words[at..end.saturating_sub(1)]);
        } else if self.is(at, "values") && self.is(at + 1, "(") {
            self.elements(at + 1);
        }
    }

    fn java_mark(&mut self, at: usize) {
        let sources = ["ValueSource", "CsvSource", "EnumSource", "Parameters"];
        if self.is_any(at, &sources) && self.is(at + 1, "(") {
            let end = after_closing(self.file.words, at + 1);
            let open = (at + 2..end).find(|open| self.is(*open, "{"));
            if let Some(open) = open {
                self.elements(open);
            } else if let Some(text) = (at + 2..end)
                .find_map(|place| self.file.words[place].literal())
                .filter(|text| text.contains('\n'))
            {
                self.lines(text.lines());
            }
        } else if self.is(at, "MethodSource") {
            let named = self.file.words.get(at + 2).and_then(Token::literal);
            match named.and_then(|name| self.file.method(name)) {
                Some(open) => self.elements(open),
                None => self.table.is_elsewhere = true,
            }
        }
    }

    /// Reads what a loop goes over, where one begins.
    fn goes_over(&mut self, at: usize, end: usize) {
        // `x in [1, 2]` asks and goes over nothing.
        let around = &self.file.words[at.saturating_sub(12)..at];
        let goes = self.is(at, "range") || around.iter().any(|it| it.is("for"));
        if goes && self.is_any(at, &["in", "of", "range"]) {
            self.take(at + 1);
            return;
        }
        // `[…].forEach(`, `CASES.each do`.
        let takes_up = |at: usize| self.is(at, ".") && self.is_any(at + 1, &TAKE_UP);
        let begins = self.is(at, "[") && !self.is(at.wrapping_sub(1), "!");
        let after = if begins {
            after_closing(self.file.words, at)
        } else {
            at + 1
        };
        let is_word = (self.file.words.get(at)).is_some_and(|it| it.kind == Kind::Word);
        let named = is_word && !self.is(at.wrapping_sub(1), ".");
        if after < end && takes_up(after) && (begins || named) {
            self.take(at);
        }
    }

    /// Takes the rows of the list that begins here, or is named here.
    fn take(&mut self, at: usize) {
        if let Some(open) = self.file.list(at) {
            self.elements(open);
            return;
        }
        let name = self.file.words.get(at).and_then(Token::word);
        match name.and_then(|name| self.file.names.get(name).copied()) {
            Some(open) => self.elements(open),
            None => self.table.is_elsewhere = true,
        }
    }

    fn elements(&mut self, open: usize) {
        let end = after_closing(self.file.words, open).saturating_sub(1);
        let inner = &self.file.words[(open + 1).min(end)..end];
        for part in split(inner) {
            self.add(part);
        }
    }

    fn add(&mut self, part: &[Token]) {
        if !part.is_empty() {
            self.table.rows.insert(Row {
                words: part.iter().map(|token| token.text.clone()).collect(),
                values: values(self.file.language, part),
            });
        }
    }

    /// Rows of a table that is one text.
    fn lines<'l>(&mut self, lines: impl Iterator<Item = &'l str>) {
        for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
            let parts = line.split(['|', ',']).map(|part| {
                let part = part.trim();
                part.trim_start_matches("${")
                    .trim_end_matches('}')
                    .to_owned()
            });
            self.table.rows.insert(Row {
                words: vec![line.to_owned()],
                values: parts.filter(|part| !part.is_empty()).collect(),
            });
        }
    }
}
