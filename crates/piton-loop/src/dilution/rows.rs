//! Rows that stand for tests, and rows that are lost.

use std::collections::BTreeSet;

use super::finding::Loss;
use super::suite::{Suite, Test};
use super::tables::{Row, telling};

/// Rows of the new tests that no old test had, each to be used once.
pub(super) struct Spare<'s> {
    left: Vec<(&'s Test, Vec<&'s Row>)>,
}

impl<'s> Spare<'s> {
    /// `partner` names the new test of each old one.
    pub(super) fn between(old: &'s Suite, new: &'s Suite, partner: &[Option<usize>]) -> Self {
        let left = new.tests.iter().enumerate().map(|(at, test)| {
            let known = (partner.iter().position(|it| *it == Some(at)))
                .map(|from| &old.tests[from].table.rows);
            let is_new = |row: &&Row| known.is_none_or(|known| !known.contains(row));
            (test, test.table.rows.iter().filter(is_new).collect())
        });
        Self {
            left: left.collect(),
        }
    }

    /// Whether a row asks what a test asked that is gone. It has to hold its
    /// values, in a test about the same.
    pub(super) fn stands_for(&mut self, gone: &Test) -> bool {
        if gone.values.is_empty() || !gone.table.rows.is_empty() {
            return false;
        }
        for (test, rows) in &mut self.left {
            if test.skipped.is_some() || test.checks.is_empty() || !is_about(gone, test) {
                continue;
            }
            let holds = |row: &&Row| {
                let mut values = telling(&gone.values).into_iter();
                values.all(|value| row.values.contains(value) || test.values.contains(value))
            };
            if let Some(at) = rows.iter().position(holds) {
                rows.remove(at);
                return true;
            }
        }
        false
    }
}

/// Whether two tests name something in common that is not of every test.
fn is_about(one: &Test, other: &Test) -> bool {
    const OF_TESTS: [&str; 22] = [
        "self", "this", "got", "result", "expected", "actual", "want", "test", "equal", "true",
        "false", "toBe", "toEqual", "await", "const", "let", "var", "int", "for", "return", "def",
        "end",
    ];
    one.words.intersection(&other.words).any(|word| {
        word.len() > 2
            && !OF_TESTS.contains(&word.as_str())
            && !word.starts_with("assert")
            && !word.starts_with("expect")
    })
}

/// Returns the rows that a test lost, and that are nowhere else.
pub(super) fn lost(old: &Test, test: &Test, new: &Suite) -> Option<Loss> {
    let (before, after) = (&old.table.rows, &test.table.rows);
    if before.len() <= after.len() || test.table.is_elsewhere {
        return None;
    }
    let others: Vec<&Test> = (new.tests.iter())
        .filter(|other| other.skipped.is_none() && !other.checks.is_empty())
        .filter(|other| other.name != test.name || other.path != test.path)
        .collect();
    let asks = |row: &Row, other: &Test| {
        let telling = telling(&row.values);
        !telling.is_empty() && telling.iter().all(|value| other.values.contains(*value))
    };
    let is_elsewhere = |row: &Row| {
        let kept = |other: &&Test| {
            other.table.rows.contains(row) || (asks(row, other) && is_about(old, other))
        };
        others.iter().any(kept) || (after.is_empty() && asks(row, test))
    };
    let missing: BTreeSet<&Row> = before.difference(after).collect();
    let lost = missing.into_iter().filter(|row| !is_elsewhere(row)).count();
    let lost = lost.min(before.len() - after.len());
    (lost > 0).then(|| Loss::FewerRows {
        test: test.name.clone(),
        before: before.len(),
        after: before.len() - lost,
    })
}
