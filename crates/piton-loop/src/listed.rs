//! Lists that stay short.

use std::fmt::Display;

/// Returns the first few of what there is, and how many more there are;
/// nothing where there is none.
pub(crate) fn first_few<T: Display>(
    most: usize,
    all: impl IntoIterator<Item = T>,
) -> Option<String> {
    let mut all = all.into_iter();
    let mut shown: Vec<String> = all.by_ref().take(most).map(|one| one.to_string()).collect();
    let more = all.count();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}
