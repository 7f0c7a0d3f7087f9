//! The lines of an agent's Markdown, told apart by what they are.

use piton_migration::text::{lines, strip};

/// One line of a text, without the white space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// What the agent says itself.
    Said(&'a str),
    /// A line inside a fence; fences are counted from zero.
    Fenced { fence: usize, line: &'a str },
    /// A quotation, or the fence itself.
    Other,
}

/// Tells the lines of a text apart. A fence that nothing closes goes on to the
/// end, as it does for whoever renders the text.
pub(super) fn read(text: &str) -> Vec<Line<'_>> {
    let mut open: Option<Fence> = None;
    let mut fences = 0;
    lines(text)
        .map(|line| {
            let stripped = strip(line);
            match open {
                Some(fence) if fence.closes(stripped) => {
                    open = None;
                    Line::Other
                }
                Some(_) => Line::Fenced {
                    fence: fences - 1,
                    line,
                },
                None => {
                    open = Fence::opens(stripped);
                    if open.is_some() {
                        fences += 1;
                        Line::Other
                    } else if stripped.starts_with('>') {
                        Line::Other
                    } else {
                        Line::Said(stripped)
                    }
                }
            }
        })
        .collect()
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
}

impl Fence {
    /// Reads the opening of a fence, in a list item or not.
    fn opens(line: &str) -> Option<Self> {
        let line = line.trim_start_matches(['-', '*', '+', ' ']);
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let after = line.trim_start_matches(mark);
        let length = line.len() - after.len();
        // Back-ticks after the opening make it a code span within its line.
        let is_span = mark == '`' && after.contains('`');
        (length >= 3 && !is_span).then_some(Self { mark, length })
    }

    fn closes(self, line: &str) -> bool {
        let after = line.trim_start_matches(self.mark);
        after.is_empty() && line.len() >= self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<&str> {
        let said = |line| match line {
            Line::Said(text) => Some(text),
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
    }

    #[test]
    fn what_is_fenced_is_taken_out() {
        assert_eq!(
            fenced("a\n```json\n{\n  1\n}\n```\nb\n~~~\n~~~\n```\nx\n```"),
            ["{\n  1\n}\n", "", "x\n"]
        );
    }
}
