//! Ruby: minitest's methods and blocks, and `RSpec`'s examples.

use std::ops::Range;

use super::super::code::{end_of_block, inside, is_at, reads, statement};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut reader = Reader {
        words,
        scan: Scan::default(),
        groups: Vec::new(),
        private: None,
    };
    for (at, token) in words.iter().enumerate() {
        if token.first && token.word().is_some() {
            reader.read(at);
        }
    }
    reader.scan
}

struct Reader<'a> {
    words: &'a [Token],
    scan: Scan,
    /// Groups that are open, with their indent and why they are passed over.
    groups: Vec<(usize, String, Option<String>)>,
    /// The indent at which methods are private.
    private: Option<usize>,
}

/// How a statement begins.
struct Head<'a> {
    at: usize,
    line: Range<usize>,
    /// Its first word, and the same without what marks it.
    word: &'a str,
    plain: &'a str,
    name: Option<&'a Token>,
    focused: bool,
    /// Why it is passed over by itself.
    why: Option<String>,
}

impl<'a> Head<'a> {
    fn of(words: &'a [Token], at: usize) -> Self {
        let line = statement(words, at);
        let head_line = &words[line.clone()];
        let word = words[at].word().unwrap_or_default();
        // `RSpec.xdescribe` is marked behind the dot.
        let word = match words.get(at + 2).and_then(Token::word) {
            Some(behind) if reads(words, at, &["RSpec", "."]) => behind,
            _ => word,
        };
        let (plain, prefix) = match word.strip_prefix('x').or_else(|| word.strip_prefix('f')) {
            Some(
                rest @ ("it" | "specify" | "example" | "describe" | "context" | "scenario"
                | "feature"),
            ) => (rest, &word[..1]),
            _ => (word, ""),
        };
        let marked = head_line
            .windows(2)
            .find(|two| two[1].is(":") && (two[0].is("skip") || two[0].is("pending")))
            .map(|two| format!("{}: …", two[0].text))
            .or_else(|| tagged(head_line));
        let focused = prefix == "f"
            || head_line.windows(2).any(|two| {
                (two[0].is("focus") && two[1].is(":")) || (two[0].is(":") && two[1].is("focus"))
            });
        Self {
            at,
            line,
            word,
            plain,
            name: words.get(at + 1 + usize::from(is_at(words, at + 1, "("))),
            focused,
            why: (prefix == "x").then(|| word.to_owned()).or(marked),
        }
    }
}

impl Reader<'_> {
    fn read(&mut self, at: usize) {
        let token = &self.words[at];
        self.groups.retain(|(indent, ..)| *indent < token.indent);
        self.private = self.private.filter(|indent| *indent <= token.indent);
        let head = Head::of(self.words, at);
        if token.is("private") && head.line.len() == 1 {
            self.private = Some(token.indent);
        }
        match head.plain {
            "class" | "module" | "describe" | "context" | "feature" => {
                self.focus(&head);
                let name = head.name.map(|name| name.text.clone()).unwrap_or_default();
                let why = head.why.or_else(|| self.inherited());
                self.groups.push((token.indent, name, why));
            }
            "it" | "specify" | "example" | "scenario" | "test" | "should" | "pending" | "skip" => {
                self.example(head);
            }
            "def" => {
                if let Some(name) = head.name.filter(|name| name.text.starts_with("test_")) {
                    self.method(&head, &name.text);
                }
            }
            _ => {}
        }
    }

    fn example(&mut self, head: Head<'_>) {
        let Some(name) = head.name.and_then(Token::literal) else {
            return;
        };
        let mut line = self.words[head.line.clone()].iter();
        let opens = line.any(|word| word.is_any(&["do", "{"]));
        if !opens && matches!(head.plain, "pending" | "skip" | "should") {
            return;
        }
        self.focus(&head);
        let body = block(self.words, head.at, &head.line);
        let never = matches!(head.plain, "pending" | "skip").then(|| head.plain.to_owned());
        let bare = (!opens).then(|| "it has no body".to_owned());
        let skipped = head
            .why
            .or_else(|| self.inherited())
            .or(never)
            .or(bare)
            .or_else(|| body_mark(&self.words[body.clone()]));
        self.scan.tests.push(Found {
            scope: scope(&self.groups),
            name: name.to_owned(),
            line: self.words[head.at].line,
            head: head.at,
            body,
            skipped,
        });
    }

    fn method(&mut self, head: &Head<'_>, name: &str) {
        let token = &self.words[head.at];
        let end = end_of_block(self.words, head.at);
        // What stands behind the name and its brackets.
        let body = head.line.end.min(end)..end;
        let hidden = (self.private == Some(token.indent)).then(|| "it is private".to_owned());
        let skipped = self
            .inherited()
            .or(hidden)
            .or_else(|| body_mark(&self.words[body.clone()]));
        let scope = scope(&self.groups);
        // A second definition of the same name replaces the first.
        self.scan
            .tests
            .retain(|one| one.scope != scope || one.name != name);
        self.scan.tests.push(Found {
            scope,
            name: name.to_owned(),
            line: token.line,
            head: head.at,
            body,
            skipped,
        });
    }

    fn focus(&mut self, head: &Head<'_>) {
        if head.focused {
            let line = self.words[head.at].line;
            self.scan.focus.push((head.word.to_owned(), line));
        }
    }

    /// Returns why the group around it is passed over.
    fn inherited(&self) -> Option<String> {
        self.groups.last().and_then(|(.., why)| why.clone())
    }
}

/// `:skip`, `:pending`, `if: false` behind the name of a test or a group.
fn tagged(line: &[Token]) -> Option<String> {
    let ends = |at: usize| {
        let next = line.get(at);
        next.is_none_or(|it| it.is_any(&[",", "do", "{", ")"]))
    };
    (0..line.len()).find_map(|at| {
        let mut names = ["skip", "pending"].into_iter();
        let symbol = |name: &&str| reads(line, at, &[":", name]);
        // `:skip => true`
        let set = reads(line, at + 2, &["=", ">"]) && !is_at(line, at + 4, "false");
        if let Some(name) = names.find(symbol).filter(|_| set || ends(at + 2)) {
            return Some(format!(":{name}"));
        }
        let never = reads(line, at, &["if", ":", "false"])
            || reads(line, at, &[":", "if", "=", ">", "false"]);
        never.then(|| "if: false".to_owned())
    })
}

/// A skip in what is set up for all tests.
pub(super) fn holds_back(words: &[Token], at: usize) -> Option<String> {
    let token = &words[at];
    let skips = token.first && token.is_any(&["skip", "pending", "omit"]);
    let line = &words[statement(words, at)];
    if !skips || line.iter().any(|it| it.is_any(&["do", "{"])) {
        return None;
    }
    // The line under which it is indented.
    let head = words[..at]
        .iter()
        .rfind(|it| it.first && it.indent < token.indent)?;
    let before = head.word()?;
    let set_up = before == "before"
        || (before == "def" && words[..at].iter().rfind(|it| it.is("setup")).is_some());
    set_up.then(|| format!("{} in what is set up", token.text))
}

fn scope(groups: &[(usize, String, Option<String>)]) -> String {
    let around: Vec<&str> = groups.iter().map(|(_, name, _)| name.as_str()).collect();
    around.join(" ")
}

/// The block of a test: up to its `end`, or what stands in braces.
fn block(words: &[Token], at: usize, line: &Range<usize>) -> Range<usize> {
    if let Some(open) = line.clone().find(|at| words[*at].is("{")) {
        return inside(words, open);
    }
    let end = end_of_block(words, at);
    let begins = (at..end).find(|at| words[*at].is("do")).unwrap_or(at);
    (begins + 1).min(end)..end
}

fn body_mark(body: &[Token]) -> Option<String> {
    body.iter().find_map(|token| {
        let word = token.word()?;
        (token.first && matches!(word, "skip" | "pending" | "omit" | "pend"))
            .then(|| word.to_owned())
    })
}

pub(super) fn is_check(word: &str, member: bool) -> bool {
    if member {
        return word.starts_with("must_")
            || word.starts_with("wont_")
            || word == "should"
            || word == "should_not";
    }
    matches!(
        word,
        "expect" | "is_expected" | "flunk" | "expect_any_instance_of"
    ) || word.starts_with("assert")
        || word.starts_with("refute")
}
