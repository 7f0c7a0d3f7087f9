//! What of a text is only quoted: fenced code, the plan within a pull request.

use std::ops::Range;

use super::find::find_blocks;
use crate::text::original_plan;

/// The parts of a text whose markers are shown rather than meant.
#[derive(Clone, Debug, Default)]
pub struct Quoted {
    parts: Vec<Range<usize>>,
}

impl Quoted {
    /// Finds them.
    pub(crate) fn of(text: &str) -> Self {
        let mut parts = fences(text);
        parts.extend(original_plan(text));
        Self { parts }
    }

    /// Returns whether a marker at this place is only shown: it is in one of
    /// those parts, or does not stand alone on its line.
    pub(crate) fn shows(&self, text: &str, at: usize) -> bool {
        self.parts.iter().any(|part| part.contains(&at)) || !begins_a_line(text, at)
    }
}

fn begins_a_line(text: &str, at: usize) -> bool {
    let before = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    text[before..at].trim().is_empty()
}

/// Finds fenced code. A fence that nothing closes is none: real texts hold
/// many of those, and what follows them is meant. The fence within a block is
/// the block's own.
fn fences(text: &str) -> Vec<Range<usize>> {
    let mut blocks = find_blocks(text).into_iter().peekable();
    let mut found = Vec::new();
    let mut open: Option<(usize, char, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        while blocks.next_if(|block| block.content.end <= start).is_some() {}
        if blocks
            .peek()
            .is_some_and(|block| block.content.contains(&start))
        {
            continue;
        }
        let trimmed = line.trim_end();
        let body = trimmed.trim_start_matches(' ');
        if trimmed.len() - body.len() > 3 {
            continue;
        }
        let Some(mark) = body.chars().next().filter(|c| matches!(c, '`' | '~')) else {
            continue;
        };
        let length = body.chars().take_while(|c| *c == mark).count();
        let info = &body[length..];
        if length < 3 {
            continue;
        }
        if let Some((from, own, least)) = open {
            if own == mark && length >= least && info.is_empty() {
                found.push(from..at);
                open = None;
            }
        } else if mark == '~' || !info.contains('`') {
            open = Some((start, mark, length));
        }
    }
    found
}
