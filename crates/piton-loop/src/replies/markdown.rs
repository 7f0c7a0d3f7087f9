//! The lines of an agent's Markdown, told apart by what they are.

use piton_migration::text::{is_space, lines, strip};

/// One line of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// What the agent says itself, without the white space around it;
    /// `indented` as far as code is.
    Said { line: &'a str, indented: bool },
    /// A line inside a fence; fences are counted from zero.
    Fenced { fence: usize, line: &'a str },
    /// A quotation, a comment, or the fence itself.
    Other,
}

/// How far a line must be indented to be code.
const CODE: usize = 4;

/// What HTML sets apart, by how it opens and closes: nobody sees the first, and
/// the others are quoted.
const SET_APART: [(&str, &str); 3] = [
    ("<!--", "-->"),
    ("<pre", "</pre>"),
    ("<blockquote", "</blockquote>"),
];

/// What the lines to come stand in.
#[derive(Clone, Copy)]
enum Within {
    Text,
    Fence(Fence),
    SetApart { until: &'static str },
}

/// Tells the lines of a text apart. A fence that nothing closes goes on to the
/// end, as it does for whoever renders the text.
pub(super) fn read(text: &str) -> Vec<Line<'_>> {
    let all: Vec<&str> = lines(text).collect();
    let last_end = all.iter().rposition(|line| line.contains("-->"));
    let mut within = Within::Text;
    let mut fences = 0;
    (0..)
        .zip(all)
        .map(|(at, line)| match within {
            Within::Fence(fence) if fence.closes(line) => {
                within = Within::Text;
                Line::Other
            }
            Within::Fence(_) => Line::Fenced {
                fence: fences - 1,
                line,
            },
            Within::SetApart { until } => {
                if line.to_ascii_lowercase().contains(until) {
                    within = Within::Text;
                }
                Line::Other
            }
            Within::Text => {
                let ends_below = last_end.is_some_and(|end| end > at);
                if let Some(fence) = Fence::opens(line) {
                    fences += 1;
                    within = Within::Fence(fence);
                    Line::Other
                } else if let Some((open, until)) = set_apart(line) {
                    let inside = strip(line).get(open.len()..).unwrap_or_default();
                    if !inside.to_ascii_lowercase().contains(until) {
                        within = Within::SetApart { until };
                    }
                    Line::Other
                } else if opens_comment(line) && ends_below {
                    within = Within::SetApart { until: "-->" };
                    said(line)
                } else if strip(line).starts_with('>') {
                    Line::Other
                } else {
                    said(line)
                }
            }
        })
        .collect()
}

fn said(line: &str) -> Line<'_> {
    Line::Said {
        line: strip(line),
        indented: width(line) >= CODE,
    }
}

/// How far a line is indented.
fn width(line: &str) -> usize {
    line.chars()
        .take_while(|c| is_space(*c))
        .map(|c| if c == '\t' { CODE } else { 1 })
        .sum()
}

/// Returns how what a line begins opens and closes, where it is set apart.
fn set_apart(line: &str) -> Option<(&'static str, &'static str)> {
    let line = strip(line).to_ascii_lowercase();
    SET_APART
        .into_iter()
        .find(|(open, _)| line.starts_with(open))
}

/// Tells whether a comment begins in the middle of a line and goes on below.
fn opens_comment(line: &str) -> bool {
    line.rsplit_once("<!--")
        .is_some_and(|(_, after)| !after.contains("-->"))
}

/// Takes `- `, `* `, `+ `, `## `, `1. ` and `2) ` off the front, one in another.
pub(super) fn without_bullets(line: &str) -> &str {
    let mut line = line;
    while let Some(inner) = without_bullet(line) {
        line = inner;
    }
    line
}

fn without_bullet(line: &str) -> Option<&str> {
    let marker = line.trim_start_matches(['-', '*', '+', '•', '#']);
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if marker.len() < line.len() {
        marker
    } else if digits.len() < line.len() {
        digits.strip_prefix(['.', ')'])?
    } else {
        return None;
    };
    rest.starts_with(is_space).then(|| strip(rest))
}

/// Returns what is inside each fence of a text.
pub(super) fn fenced(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in read(text) {
        if let Line::Fenced { fence, line } = line {
            blocks.resize(fence + 1, String::new());
            blocks[fence].push_str(line);
            blocks[fence].push('\n');
        }
    }
    blocks
}

#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// Where its line would be code already, counted from the margin.
    code: usize,
}

impl Fence {
    /// Reads the opening of a fence, in a list item or not.
    fn opens(line: &str) -> Option<Self> {
        let opening = without_bullets(strip(line));
        let mark = opening.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let after = opening.trim_start_matches(mark);
        let length = opening.len() - after.len();
        // Back-ticks after the opening make it a code span within its line.
        let is_span = mark == '`' && after.contains('`');
        let bullets = strip(line).len() - opening.len();
        (length >= 3 && !is_span).then(|| Self {
            mark,
            length,
            code: width(line) + bullets + CODE,
        })
    }

    fn closes(self, line: &str) -> bool {
        let closing = strip(line);
        closing.trim_start_matches(self.mark).is_empty()
            && closing.len() >= self.length
            && width(line) < self.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<&str> {
        let said = |line| match line {
            Line::Said { line, .. } => Some(line),
            Line::Fenced { .. } | Line::Other => None,
        };
        read(text).into_iter().filter_map(said).collect()
    }

    #[test]
    fn fences_and_quotations_are_not_said() {
        assert_eq!(
            said("a\n```text\nb\n```\nc\n> d\n  > e\nf"),
            ["a", "c", "f"]
        );
        assert_eq!(said("~~~\nb\n```\nc\n~~~~\nd"), ["d"]);
        assert_eq!(said("- ```\n  b\n  ```\nc"), ["c"]);
        assert_eq!(said("````\n```\nb\n```\n````\nc"), ["c"]);
        assert_eq!(said("a\n```\nb\nc"), ["a"], "a fence without an end");
        assert_eq!(said("```a``` b\nc"), ["```a``` b", "c"], "a span");
        assert_eq!(said("1. ```\n   b\n   ```\nc"), ["c"]);
        assert_eq!(said("```\n    ```\nb\n```\nc"), ["c"], "code in a fence");
        assert_eq!(said("12. - ```\n      b\n      ```\nc"), ["c"]);
    }

    #[test]
    fn what_html_sets_apart_is_not_said() {
        assert_eq!(said("<!-- a\nb\n-->\nc"), ["c"]);
        assert_eq!(said("a <!-- b\nc\n--> d\ne"), ["a <!-- b", "e"]);
        assert_eq!(said("<PRE class=x>\nb\n</Pre>\nc"), ["c"]);
        assert_eq!(said("a\nb\n--> c\nd"), ["a", "b", "--> c", "d"]);
        // Nothing closes it, so it is a word like others.
        assert_eq!(said("--> a <!-- b\nc"), ["--> a <!-- b", "c"]);
        assert_eq!(said("an open `<!--` mark\nb"), ["an open `<!--` mark", "b"]);
    }

    #[test]
    fn what_is_fenced_is_taken_out() {
        assert_eq!(
            fenced("a\n```json\n{\n  1\n}\n```\nb\n~~~\n~~~\n```\nx\n```"),
            ["{\n  1\n}\n", "", "x\n"]
        );
    }
}
