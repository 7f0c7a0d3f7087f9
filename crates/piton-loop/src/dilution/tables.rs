//! The tables that tests go through. Each row is a test of its own, so that a
//! row that goes is a test that goes, and tests that became rows are none.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::code::{OPEN, after_closing, end_of_block, inside, is_at, is_before, over, reads};
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
            reader.goes_over(at);
        }
        for (at, span) in &self.loops {
            if *at < head && span.contains(&body.start) {
                reader.goes_over(*at);
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
        let begins = |at: &usize| reads(self.words, *at, &[name, "(", ")"]);
        let at = (0..self.words.len()).find(begins)?;
        let is_list = |at: &usize| {
            let mut heads = ["of", "asList"].iter();
            heads.any(|of| reads(self.words, *at, &[of, "("]))
        };
        let of = (at..).take(20).find(is_list)?;
        Some(of + 1)
    }

    /// Whether what stands before this place is taken up piece by piece.
    fn is_taken_up(&self, at: usize) -> bool {
        self.is(at, ".") && self.is_any(at + 1, &TAKE_UP)
    }

    /// The block of a loop that is told by its list.
    fn around(&self, at: usize) -> Option<Range<usize>> {
        let line = || self.words[..=at].iter().rposition(|it| it.first);
        if self.is_any(at, &["in", "of"]) {
            let line = line().filter(|line| self.is(*line, "for"))?;
            let head = after_closing(self.words, line);
            return Some(head..after_closing(self.words, head));
        }
        let list = over(self.words, at, &["["]);
        if !self.is_taken_up(list) {
            return None;
        }
        match self.language {
            Language::Ruby => line().map(|line| line..end_of_block(self.words, line)),
            Language::Python
            | Language::JavaScript
            | Language::Rust
            | Language::Go
            | Language::Java => Some(list..after_closing(self.words, list)),
        }
    }

    /// The bracket that opens a list: `[`, `&[`, `vec![`, `[]int{`.
    fn list(&self, at: usize) -> Option<usize> {
        match self.language {
            Language::Python => self.is_any(at, &OPEN).then_some(at),
            Language::JavaScript | Language::Ruby => self.is(at, "[").then_some(at),
            Language::Java => self.is(at, "{").then_some(at),
            Language::Rust => {
                let at = (at..=self.words.len()).find(|at| !self.is(*at, "&"))?;
                let at = if reads(self.words, at, &["vec", "!"]) {
                    at + 2
                } else {
                    at
                };
                self.is(at, "[").then_some(at)
            }
            Language::Go => {
                if !self.is(at, "[") && !reads(self.words, at, &["map", "["]) {
                    return None;
                }
                let kind = after_closing(self.words, at);
                let behind = if self.is(kind, "struct") {
                    after_closing(self.words, kind)
                } else {
                    kind
                };
                (behind..).take(8).find(|at| self.is(*at, "{"))
            }
        }
    }

    /// The first comma in no brackets.
    fn comma(&self, span: &Range<usize>) -> Option<usize> {
        let next = |at: &usize| Some(over(self.words, *at, &OPEN));
        std::iter::successors(Some(span.start), next)
            .take_while(|at| span.contains(at))
            .find(|at| self.is(*at, ","))
    }

    fn named_lists(&self) -> BTreeMap<&'w str, usize> {
        let mut names = BTreeMap::new();
        for sign in (1..self.words.len()).filter(|at| self.is(*at, "=")) {
            let Some(open) = self.list(sign + 1) else {
                continue;
            };
            // Back to the beginning of the line: `const CASES: &[u32] = &[`.
            for token in self.words[..sign].iter().rev().take(16) {
                if let Some(name) = token.word() {
                    names.entry(name).or_insert(open);
                }
                if token.first || token.is(";") {
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
        let names = matches!(&words[..at], [.., id, sign] if id.is("id") && sign.is("="));
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

    fn reads(&self, at: usize, texts: &[&str]) -> bool {
        reads(self.file.words, at, texts)
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
        if !self.reads(at, &["parametrize", "("]) {
            return;
        }
        match self.file.comma(&inside(self.file.words, at)) {
            Some(comma) if self.reads(comma + 1, &["argvalues", "="]) => self.take(comma + 3),
            Some(comma) => self.take(comma + 1),
            None => self.table.is_elsewhere = true,
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
        let is_case = |name| self.reads(at, &["#", "[", name]);
        if is_case("case") || is_case("test_case") {
            let words = self.file.words;
            self.add(&words[inside(words, at)]);
        } else if self.reads(at, &["values", "("]) {
            self.elements(at);
        }
    }

    fn java_mark(&mut self, at: usize) {
        let sources = ["ValueSource", "CsvSource", "EnumSource", "Parameters"];
        if sources.iter().any(|source| self.reads(at, &[source, "("])) {
            let words = self.file.words;
            let given = inside(words, at);
            let open = given.clone().find(|open| self.is(*open, "{"));
            if let Some(open) = open {
                self.elements(open);
            } else if let Some(text) = (words[given].iter())
                .find_map(Token::literal)
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
    fn goes_over(&mut self, at: usize) {
        // `x in [1, 2]` asks and goes over nothing.
        let around = &self.file.words[at.saturating_sub(12)..at];
        let goes = self.is(at, "range") || around.iter().any(|it| it.is("for"));
        if goes && self.is_any(at, &["in", "of", "range"]) {
            self.take(at + 1);
            return;
        }
        // `[…].forEach(`, `CASES.each do`.
        let words = self.file.words;
        let named = words[at].word().is_some() && !is_before(words, at, ".");
        let is_list = named || self.is(at, "[");
        if is_list && self.file.is_taken_up(over(words, at, &["["])) {
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
        let words = self.file.words;
        for part in split(&words[inside(words, open)]) {
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
