//! What is found in one file, before it is compared.

use std::ops::Range;

/// A test as it was found in a file.
#[derive(Debug)]
pub(super) struct Found {
    /// What stands around it: a class, a group.
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) line: usize,
    /// Where its marks begin.
    pub(super) head: usize,
    pub(super) body: Range<usize>,
    pub(super) skipped: Option<String>,
}

/// All that one file says about tests.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) tests: Vec<Found>,
    /// Marks that let one test run alone.
    pub(super) focus: Vec<(String, usize)>,
    /// Modules of tests that the file makes part of the program.
    pub(super) links: Vec<(String, usize)>,
    /// What keeps tests from running, and stands outside of them all.
    pub(super) outside: Vec<(String, usize)>,
}
