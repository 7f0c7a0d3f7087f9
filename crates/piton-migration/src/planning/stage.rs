//! Where planning keeps its files.

use std::collections::BTreeSet;

use super::step::Step;

/// The planning record, below the migration directory.
pub const STATE_FILE: &str = ".planning/state.json";
/// The accepted outputs, below the migration directory.
pub const STAGES_DIR: &str = ".planning/stages";

/// Returns the name for the next output of a step, given the names that
/// [`STAGES_DIR`] holds already: the first free number, and none for the first.
pub fn stage_file_name(step: Step, taken: &BTreeSet<String>) -> String {
    let plain = format!("{step}.stdout.md");
    if !taken.contains(&plain) {
        return plain;
    }
    let mut number = 2_u64;
    loop {
        let numbered = format!("{step}-{number}.stdout.md");
        if !taken.contains(&numbered) {
            return numbered;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_step_keeps_its_earlier_outputs() {
        let mut taken = BTreeSet::new();
        for expected in [
            "review-2.stdout.md",
            "review-2-2.stdout.md",
            "review-2-3.stdout.md",
        ] {
            let name = stage_file_name(Step::Review2, &taken);
            assert_eq!(name, expected);
            taken.insert(name);
        }
    }
}
