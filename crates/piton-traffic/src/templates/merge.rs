//! Merging what a person wrote with what a template became, line by line.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// One change of a text against the one that both began with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit<'t> {
    /// The lines of the base that go.
    at: Range<usize>,
    lines: &'t [&'t str],
}

/// Merges two texts that began as one. `None` where both changed the same
/// place in different ways: then only a person can say what is meant.
pub fn merge(base: &str, theirs: &str, ours: &str) -> Option<String> {
    let base: Vec<&str> = base.split_inclusive('\n').collect();
    let theirs: Vec<&str> = theirs.split_inclusive('\n').collect();
    let ours: Vec<&str> = ours.split_inclusive('\n').collect();
    let mut all = edits(&base, &theirs);
    for edit in edits(&base, &ours) {
        if all.contains(&edit) {
            continue;
        }
        if all.iter().any(|other| meet(&other.at, &edit.at)) {
            return None;
        }
        all.push(edit);
    }
    all.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut merged = String::new();
    let mut next = 0;
    for edit in all {
        merged.extend(base[next..edit.at.start].iter().copied());
        merged.extend(edit.lines.iter().copied());
        next = edit.at.end;
    }
    merged.extend(base[next..].iter().copied());
    Some(merged)
}

/// Whether two places of the base are one, or touch.
fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.end && other.start <= one.end
}

fn edits<'t>(base: &[&'t str], text: &'t [&'t str]) -> Vec<Edit<'t>> {
    capture_diff_slices(Algorithm::Myers, base, text)
        .into_iter()
        .filter_map(|op| match op {
            DiffOp::Equal { .. } => None,
            DiffOp::Delete {
                old_index, old_len, ..
            } => Some(Edit {
                at: old_index..old_index + old_len,
                lines: &[],
            }),
            DiffOp::Insert {
                old_index,
                new_index,
                new_len,
            } => Some(Edit {
                at: old_index..old_index,
                lines: &text[new_index..new_index + new_len],
            }),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => Some(Edit {
                at: old_index..old_index + old_len,
                lines: &text[new_index..new_index + new_len],
            }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_in_different_places_are_both_kept() {
        let base = "a\nb\nc\nd\ne\nf\n";
        let merged = merge(base, "a\nmine\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\n");
        assert_eq!(merged.as_deref(), Some("a\nmine\nb\nc\nd\nE\nf\n"));
        assert_eq!(merge(base, base, "x\n").as_deref(), Some("x\n"));
        assert_eq!(merge(base, "x\n", base).as_deref(), Some("x\n"));
        assert_eq!(merge(base, "x\n", "x\n").as_deref(), Some("x\n"));
    }

    #[test]
    fn changes_in_one_place_are_for_a_person_to_settle() {
        assert_eq!(merge("a\nb\nc\n", "a\nmine\nc\n", "a\nours\nc\n"), None);
        assert_eq!(merge("a\nb\n", "a\nmine\nb\n", "a\nours\nb\n"), None);
    }
}
