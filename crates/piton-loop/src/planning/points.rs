//! The points that a revision must answer, and which of them it did.

use std::collections::BTreeSet;

use piton_migration::text::{lines, strip};

/// Returns the numbers of the points that `asked` lists and `answer` says
/// nothing about. A text without numbers is one point that any words answer.
pub(super) fn unanswered(asked: &str, answer: &str) -> Vec<u64> {
    let answered: BTreeSet<u64> = lines(answer).filter_map(answers).collect();
    let asked: BTreeSet<u64> = lines(asked).filter_map(point).collect();
    if asked.is_empty() {
        return if strip(answer).is_empty() {
            vec![1]
        } else {
            Vec::new()
        };
    }
    asked.difference(&answered).copied().collect()
}

/// The number of a list item that begins at the margin.
fn point(line: &str) -> Option<u64> {
    let (number, rest) = number(line.trim_start_matches(['*', '_', '#', ' ']))?;
    let indented = line.starts_with("    ");
    (!indented && !strip(rest).is_empty()).then_some(number)
}

/// The number that a line of an answer speaks of: `1.`, `**2:**`, `- Point 3.`.
fn answers(line: &str) -> Option<u64> {
    let line = strip(line).trim_start_matches(['-', '*', '+', '_', '`', '#', ' ']);
    let lower = line.to_lowercase();
    let rest = ["point ", "finding ", "#"]
        .into_iter()
        .find_map(|word| lower.strip_prefix(word))
        .unwrap_or(&lower);
    let (number, rest) = number(rest)?;
    let says = rest.chars().any(char::is_alphanumeric);
    says.then_some(number)
}

fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let number = text[..end].parse().ok()?;
    let rest = text[end..].trim_start_matches(['*', '_', '`']);
    let rest = rest.strip_prefix(['.', ')', ':'])?;
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINDINGS: &str = "Read it.\n\n1. **phase 1** (major): no tests\n   Settled by: tests\n\n2. **phase 2**: too large\n";

    #[test]
    fn every_number_must_be_spoken_of() {
        assert_eq!(unanswered(FINDINGS, "All fine as it is."), [1, 2]);
        assert_eq!(unanswered(FINDINGS, "1. The tests are there."), [2]);
        assert_eq!(unanswered(FINDINGS, "1. Right.\n2."), [2]);
        for answer in [
            "1. Wrong: they exist.\n2. It is one change.",
            "**1.** wrong\n\n**2:** it is one change",
            "- Point 1: wrong\n- Finding 2) one change",
            "### 2. Size\none change\n### 1. Tests\nwrong",
        ] {
            assert_eq!(unanswered(FINDINGS, answer), [0; 0], "{answer}");
        }
    }

    #[test]
    fn only_a_number_at_the_margin_with_words_behind_it_is_a_point() {
        for quoted in ["See:\n    2. quoted\n", "3.\n", "4. \n    5. quoted\n"] {
            assert_eq!(unanswered(quoted, "Fine."), [0; 0], "{quoted}");
        }
    }

    #[test]
    fn a_text_without_numbers_is_answered_by_any_words() {
        assert_eq!(unanswered("make it smaller", " \n"), [1]);
        assert_eq!(unanswered("make it smaller", "It cannot be."), [0; 0]);
    }
}
