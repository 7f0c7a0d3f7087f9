//! Where we read or write something else than erk, and why.

const MEANT: &str = "a marker that is only talked about opens nothing";
const OLD_SHAPE: &str = "the shape of an old writer, which erk could not read back";
const UNKNOWN_KEPT: &str = "unknown and former fields are kept and are no problem";
const AS_WRITTEN: &str = "a value without quotes where a text belongs is read as it is written";
const NESTED: &str = "a plan may hold details of its own and is not cut at their end";
const FORM_KEPT: &str = "the block keeps its form: summary, markers, spelling, line breaks";
const NO_TEMPLATE: &str = "back-slashes in values are no template";
const REFUSED: &str = "two headers that both count are refused, not both overwritten";

/// Blocks and their values.
pub(crate) const BLOCKS: &[(&str, &str)] = &[
    ("test-1fb9b44e6f5f.md", OLD_SHAPE),
    ("test-696bc8e40e1b.md", OLD_SHAPE),
    ("test-092f6d840aa3.md", OLD_SHAPE),
    ("wf-started-old", OLD_SHAPE),
    ("planfile-f3f560f23b94.md", MEANT),
];

/// Which header, and what is wrong with it.
pub(crate) const HEADERS: &[(&str, &str)] = &[
    ("commit-a80cefebf43c.md", UNKNOWN_KEPT),
    ("commit-d8acc685db3c.md", UNKNOWN_KEPT),
    ("commit-2d25a70c352d.md", UNKNOWN_KEPT),
    ("commit-7af237a9e7b5.md", UNKNOWN_KEPT),
    ("commit-7c6b9c86c9e5.md", UNKNOWN_KEPT),
    ("test-760b556f6292.md", UNKNOWN_KEPT),
    ("test-071850be7734.md", UNKNOWN_KEPT),
    ("test-6bbc28c78699.md", UNKNOWN_KEPT),
    ("test-2551ac7408fb.md", UNKNOWN_KEPT),
    ("test-17886c5ee68b.md", UNKNOWN_KEPT),
    ("unknown-field", UNKNOWN_KEPT),
    ("removed-field-gist", UNKNOWN_KEPT),
    ("non-string-key", UNKNOWN_KEPT),
    ("unquoted-date", AS_WRITTEN),
    ("bool-yes", AS_WRITTEN),
    ("float-dot-exp", AS_WRITTEN),
    ("nan", AS_WRITTEN),
    ("true-is-int", "a truth is not a number"),
    ("plan-quotes-marker-code", MEANT),
];

/// The text of plans.
pub(crate) const PLANS: &[(&str, &str)] = &[
    ("commit-8ebb1ab07da0.md", NESTED),
    ("commit-564f4938717d.md", NESTED),
    ("commit-6db264469e89.md", NESTED),
    ("pr-nested", NESTED),
];

/// Results of patches.
pub(crate) const UPDATES: &[(&str, &str)] = &[
    ("dispatch:ok-minimal-code", FORM_KEPT),
    ("dispatch:ok-keyless-close", FORM_KEPT),
    ("dispatch:ok-details-open", FORM_KEPT),
    ("dispatch:summary-other-text", FORM_KEPT),
    ("dispatch:long-value", FORM_KEPT),
    ("dispatch:yaml-dup-key", FORM_KEPT),
    ("immutable:code", FORM_KEPT),
    ("empty-patch:code", FORM_KEPT),
    ("int-run-id:code", FORM_KEPT),
    ("empty-list:code", FORM_KEPT),
    ("dispatch:two-headers", REFUSED),
    ("dispatch:plan-quotes-marker", MEANT),
    ("dispatch:unknown-field", UNKNOWN_KEPT),
    ("dispatch:unquoted-timestamp", AS_WRITTEN),
    ("dispatch:backslash-g", NO_TEMPLATE),
    ("scalar:055", NO_TEMPLATE),
    ("scalar:059", NO_TEMPLATE),
];

/// Checks that exactly the listed ones differ.
pub(crate) fn check(tried: usize, found: &[(String, String)], listed: &[(&str, &str)]) {
    println!("tried {tried}, {} differ on purpose", listed.len());
    for (id, what) in found {
        assert!(
            listed.iter().any(|(listed, _)| listed == id),
            "{id} differs: {what}"
        );
    }
    for (id, reason) in listed {
        assert!(
            found.iter().any(|(found, _)| found == id),
            "{id} does not differ any more ({reason})"
        );
    }
}
