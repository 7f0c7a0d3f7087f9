//! Counts the words of a text and says which come up most.

use std::collections::BTreeMap;

/// Returns a report of the most frequent words, one line each.
pub fn report(text: &str, most: usize) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let mut rows: Vec<(String, usize)> = counts.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    rows.truncate(most);
    let mut out = String::new();
    for (word, count) in rows {
        out.push_str(&format!("{count:>4}  {word}\n"));
    }
    out
}
