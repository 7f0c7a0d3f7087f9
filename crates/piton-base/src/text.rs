//! Text as it is measured and made short, the same in every crate.

use std::path::{Path, PathBuf};

/// Returns a number of bytes in the unit that people would use.
pub fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (unit, one) in UNITS {
        if bytes >= one {
            return format!("{}.{} {unit}", bytes / one, bytes % one * 10 / one);
        }
    }
    format!("{bytes} bytes")
}

/// Returns the length of the longest run of back-ticks: what quotes the text has
/// to be longer.
pub fn longest_ticks(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Returns the words of a text in small letters, joined by single dashes; all
/// but ASCII letters and digits is left out.
pub fn dashed(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

/// Returns the path of a file beside another one: its name and this ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_runs_and_words_are_told_as_people_would() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_250_000), "1.2 MB");
        assert_eq!(longest_ticks("a `b` ```c"), 3);
        assert_eq!(longest_ticks("abc"), 0);
        assert_eq!(dashed("Add a cache, please!"), "add-a-cache-please-");
        assert_eq!(beside("a/b.c".as_ref(), ".d"), Path::new("a/b.c.d"));
    }
}
