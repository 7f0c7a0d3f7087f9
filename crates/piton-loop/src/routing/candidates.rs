//! The ways in which one file can be widened to what belongs with it.

use std::collections::{BTreeMap, BTreeSet};

use super::aliases::{aliases, stem, tested};
use super::words::{is_part_of_a_word, mentions, words};
use crate::replies::CandidateKind;

/// No candidate has more files.
const MOST_FILES: usize = 8;
const PAIRED: u32 = 50;
const MENTIONED: u32 = 30;
const TOGETHER: u32 = 5;
const TOGETHER_AT_MOST: u32 = 25;

/// What was observed around one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) seed: String,
    /// The files of the commit, in order; without the seed nothing is widened.
    pub(crate) tracked: Vec<String>,
    pub(crate) seed_text: String,
    /// Files whose text speaks of the seed.
    pub(crate) speaking_of_it: BTreeSet<String>,
    /// How many of the last commits that touched the seed touched this too.
    pub(crate) together: BTreeMap<String, u32>,
}

/// One way of widening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) kind: CandidateKind,
    /// The seed first, then the others, the best supported first.
    pub(crate) files: Vec<String>,
    pub(crate) evidence: Vec<String>,
    /// Files that would likely validate a change of these.
    pub(crate) surfaces: Vec<String>,
}

/// Why a file belongs with the seed.
#[derive(Clone, Copy, Debug, Default)]
struct Support {
    paired: bool,
    spoken_of: bool,
    speaks: bool,
    together: u32,
}

impl Support {
    fn score(self) -> u32 {
        u32::from(self.paired) * PAIRED
            + u32::from(self.spoken_of) * MENTIONED
            + u32::from(self.speaks) * MENTIONED
            + (self.together * TOGETHER).min(TOGETHER_AT_MOST)
    }

    fn is_by_history_alone(self) -> bool {
        !self.paired && !self.spoken_of && !self.speaks
    }

    fn told(self, path: &str, seed: &str) -> String {
        let mut why = Vec::new();
        if self.paired {
            why.push("one tests the other".to_owned());
        }
        if self.spoken_of {
            why.push(format!("{seed} speaks of it"));
        }
        if self.speaks {
            why.push(format!("it speaks of {seed}"));
        }
        if self.together > 0 {
            why.push(format!("changed together in {} commits", self.together));
        }
        format!("{path}: {}", why.join(", "))
    }
}

/// Returns the ways to choose from, the narrowest first: at most one of each
/// kind, and no two with the same files.
pub(crate) fn candidates(around: &Surroundings) -> Vec<Candidate> {
    let seed = around.seed.as_str();
    let alone = Candidate {
        kind: CandidateKind::Seed,
        files: vec![seed.to_owned()],
        evidence: vec![format!("{seed}: the file that was chosen")],
        surfaces: Vec::new(),
    };
    if !around.tracked.iter().any(|path| path == seed) {
        return vec![alone];
    }
    let mut supported: Vec<(&str, Support)> = supports(around);
    supported.sort_by(|(a, x), (b, y)| y.score().cmp(&x.score()).then(a.cmp(b)));
    let here = |path: &str| directory(path) == directory(seed);
    let local = supported
        .iter()
        .filter(|(path, why)| why.paired || here(path) && !why.is_by_history_alone());
    let cross = supported
        .iter()
        .filter(|(path, why)| !(here(path) && why.is_by_history_alone()));
    let mut found = vec![alone];
    for (kind, files) in [
        (CandidateKind::LocalCluster, local.collect::<Vec<_>>()),
        (CandidateKind::CrossCluster, cross.collect::<Vec<_>>()),
    ] {
        let candidate = cluster(kind, seed, &files);
        let set: BTreeSet<&String> = candidate.files.iter().collect();
        let is_new = |one: &Candidate| one.files.iter().collect::<BTreeSet<_>>() != set;
        if found.iter().all(is_new) {
            found.push(candidate);
        }
    }
    found
}

fn cluster(kind: CandidateKind, seed: &str, with: &[&(&str, Support)]) -> Candidate {
    let with: Vec<_> = with.iter().take(MOST_FILES - 1).collect();
    let files = std::iter::once(seed).chain(with.iter().map(|(path, _)| *path));
    let is_test = |path: &&str| tested(stem(name(path))) != stem(name(path));
    Candidate {
        kind,
        files: files.map(str::to_owned).collect(),
        evidence: with
            .iter()
            .map(|(path, why)| why.told(path, seed))
            .collect(),
        surfaces: (with.iter().map(|(path, _)| *path))
            .filter(is_test)
            .map(str::to_owned)
            .collect(),
    }
}

fn supports(around: &Surroundings) -> Vec<(&str, Support)> {
    let seed = around.seed.as_str();
    let spoken = words(&around.seed_text);
    // Every name of a file holds the first word of its stem, so most files are
    // ruled out without being searched for.
    let may_be_spoken_of = |path: &str| {
        let first = stem(name(path)).split(|c| !is_part_of_a_word(c)).next();
        first.is_none_or(|word| word.is_empty() || spoken.contains(word))
    };
    around
        .tracked
        .iter()
        .map(String::as_str)
        .filter(|path| *path != seed)
        .filter_map(|path| {
            let support = Support {
                paired: is_pair(seed, path),
                spoken_of: may_be_spoken_of(path) && mentions(&around.seed_text, &aliases(path)),
                speaks: around.speaking_of_it.contains(path),
                together: around.together.get(path).copied().unwrap_or(0),
            };
            (support.score() > 0).then_some((path, support))
        })
        .collect()
}

/// Whether one of two files is named as the other's test.
fn is_pair(a: &str, b: &str) -> bool {
    let (a, b) = (stem(name(a)), stem(name(b)));
    a != b && tested(a) == tested(b) && (tested(a) == a || tested(b) == b)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(seed: &str, text: &str, tracked: &[&str]) -> Surroundings {
        Surroundings {
            seed: seed.to_owned(),
            seed_text: text.to_owned(),
            tracked: tracked.iter().map(ToString::to_string).collect(),
            ..Surroundings::default()
        }
    }

    fn kinds(around: &Surroundings) -> Vec<(CandidateKind, Vec<String>)> {
        candidates(around)
            .into_iter()
            .map(|one| (one.kind, one.files))
            .collect()
    }

    #[test]
    fn what_nothing_speaks_for_is_left_out_and_clusters_of_one_file_are_the_seed() {
        let around = around(
            "src/a_b.py",
            "nothing",
            &["doc/text.md", "src/a_b.py", "src/other.py"],
        );
        assert_eq!(
            kinds(&around),
            [(CandidateKind::Seed, vec!["src/a_b.py".to_owned()])]
        );
    }

    #[test]
    fn a_test_and_a_neighbour_make_a_local_cluster_and_the_rest_a_cross_cluster() {
        let mut around = around(
            "src/table.py",
            "import report.cells\nfrom . import helper",
            &[
                "report/cells.py",
                "src/cold.py",
                "src/helper.py",
                "src/table.py",
                "tests/test_table.py",
                "web/page.js",
            ],
        );
        around.speaking_of_it.insert("web/page.js".to_owned());
        around.together.insert("src/cold.py".to_owned(), 9);
        let found = kinds(&around);
        assert_eq!(
            found[1],
            (
                CandidateKind::LocalCluster,
                ["src/table.py", "tests/test_table.py", "src/helper.py"]
                    .map(str::to_owned)
                    .to_vec()
            )
        );
        assert_eq!(
            found[2].1,
            [
                "src/table.py",
                "tests/test_table.py",
                "report/cells.py",
                "src/helper.py",
                "web/page.js"
            ],
            "a neighbour that only changed together is in none"
        );
        assert_eq!(candidates(&around)[1].surfaces, ["tests/test_table.py"]);
    }

    #[test]
    fn the_best_supported_come_first_each_with_all_that_speaks_for_it() {
        let mut around = around(
            "src/table.py",
            "import one.both\nimport one.heard",
            &[
                "one/both.py",
                "one/heard.py",
                "one/history.py",
                "one/says.py",
                "src/table.py",
                "tests/table_test.py",
            ],
        );
        around.speaking_of_it = ["one/both.py", "one/says.py"].map(str::to_owned).into();
        around.together = [("one/history.py", 9), ("one/says.py", 1)]
            .map(|(path, times)| (path.to_owned(), times))
            .into();
        let found = candidates(&around);
        assert_eq!(
            found.last().expect("a cluster").evidence,
            [
                "one/both.py: src/table.py speaks of it, it speaks of src/table.py",
                "tests/table_test.py: one tests the other",
                "one/says.py: it speaks of src/table.py, changed together in 1 commits",
                "one/heard.py: src/table.py speaks of it",
                "one/history.py: changed together in 9 commits",
            ]
        );
    }

    #[test]
    fn a_test_and_what_it_tests_are_a_pair_from_either_side_and_two_tests_are_none() {
        assert!(is_pair("src/table.py", "tests/test_table.py"));
        assert!(is_pair("tests/table_test.py", "src/table.py"));
        assert!(!is_pair("tests/test_table.py", "more/table_test.py"));
        assert!(!is_pair("src/table.py", "other/table.py"));
    }

    #[test]
    fn no_candidate_has_more_than_eight_files_and_an_untracked_seed_stays_alone() {
        let tracked: Vec<String> = (0..20).map(|n| format!("d{n}/page{n}.py")).collect();
        let mut names: Vec<&str> = tracked.iter().map(String::as_str).collect();
        names.push("src/seed.py");
        let mut around = around("src/seed.py", "", &names);
        around.speaking_of_it = tracked.iter().cloned().collect();
        assert_eq!(kinds(&around)[1].1.len(), 8);
        around.tracked.pop();
        assert_eq!(kinds(&around).len(), 1);
    }
}
