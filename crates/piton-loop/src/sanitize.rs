//! One short line out of an agent's words, fit for summaries and commits.

use piton_migration::text::{is_space, lines, strip};

/// The longest summary, in characters.
pub(crate) const SUMMARY_CHARS: usize = 240;

/// Returns the text on one line, without machine paths, cut to
/// `SUMMARY_CHARS`; `None` when nothing is left.
pub fn sanitize(text: &str, repo_root: &str) -> Option<String> {
    let kept: Vec<String> = lines(text)
        .filter(|line| !line.contains("codex exec"))
        .map(|line| {
            let line = match repo_root {
                "" | "/" => line.to_owned(),
                root => line.replace(root, "<repo>"),
            };
            squeeze(&without_temp_paths(&line))
        })
        .filter(|line| !line.is_empty())
        .collect();
    let joined: String = kept.join(" ").chars().take(SUMMARY_CHARS).collect();
    let summary = strip(&joined);
    (!summary.is_empty()).then(|| summary.to_owned())
}

/// Collapses every run of white space to one space.
fn squeeze(line: &str) -> String {
    line.split(is_space)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn without_temp_paths(line: &str) -> String {
    const TEMP: &str = "/tmp/";
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(TEMP) {
        out.push_str(&rest[..at]);
        out.push_str("<tmp>");
        let path = &rest[at..];
        rest = path.find(' ').map_or("", |end| &path[end..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_machine_are_replaced() {
        assert_eq!(
            sanitize("see /tmp/x/y.log and\n\n /r/src/a.rs", "/r").as_deref(),
            Some("see <tmp> and <repo>/src/a.rs")
        );
    }

    #[test]
    fn a_summary_is_cut_between_characters() {
        let long = "é".repeat(SUMMARY_CHARS + 5);
        assert_eq!(
            sanitize(&long, "/r").map(|s| s.chars().count()),
            Some(SUMMARY_CHARS)
        );
    }
}
