//! What differs from run to run, so that a printed example and a real run can
//! be compared.

/// Returns a line with words in place of times, commits and names of runs, and
/// with single spaces.
pub(crate) fn masked(line: &str) -> String {
    let line = line.trim();
    // How far this machine can seal is its own affair.
    if line.starts_with("agents are ") {
        return "agents are …".to_owned();
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut masked = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let unit = words.get(at + 1).map(|next| next.trim_matches([',', ')']));
        let number = word.trim_start_matches('(');
        let timed = matches!(unit, Some("s" | "ms")) && number.parse::<f64>().is_ok();
        masked.push(if timed {
            word.replacen(number, "TIME", 1)
        } else {
            self::word(word)
        });
    }
    masked.join(" ")
}

/// Returns a line as it is written into a document: on a day of no meaning.
pub(super) fn settled(line: &str) -> String {
    let words = line.split_inclusive([' ', '\t', '/']).map(|word| {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        match kind(core) {
            Some("RUN") => word.replacen(core, "20260601T120000-123456", 1),
            Some("DATE") if core.len() > 10 => {
                word.replacen(core, "2026-06-01T12:00:00.000+00:00", 1)
            }
            Some("DATE") => word.replacen(core, "2026-06-01", 1),
            Some("TIME") if core.len() == 5 && core.contains(':') => {
                word.replacen(core, "12:00", 1)
            }
            _ => word.to_owned(),
        }
    });
    words.collect()
}

/// Masks a word, and each part of a path.
fn word(word: &str) -> String {
    let parts = word.split_inclusive('/').map(|part| {
        let core = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        match kind(core) {
            Some(mask) => part.replacen(core, mask, 1),
            None => part.to_owned(),
        }
    });
    parts.collect()
}

fn kind(word: &str) -> Option<&'static str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let shape: String = word
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    if shape.starts_with("00000000T000000-") {
        return Some("RUN");
    }
    if shape.starts_with("0000-00-00") {
        return Some("DATE");
    }
    if shape.starts_with("00:00") {
        return Some("TIME");
    }
    let hexadecimal = word
        .bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b) || b == b'-');
    if word.len() >= 7 && hexadecimal && word.bytes().any(|b| b.is_ascii_digit()) {
        return Some("HASH");
    }
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &word[..word.len() - unit.len()];
    let is_number = number.split('.').all(digits);
    (is_number && matches!(unit, "s" | "ms")).then_some("TIME")
}

/// Whether what was printed is what is shown. A line `…` stands for any
/// lines but the one that tells of a failure, `…` in a line for any text.
pub(super) fn fits(shown: &[String], printed: &[String]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [any, rest @ ..] if any.trim() == "…" => {
            let last = printed
                .iter()
                .position(|line| line.starts_with("[exit "))
                .unwrap_or(printed.len());
            (0..=last).any(|skipped| fits(rest, &printed[skipped..]))
        }
        [line, rest @ ..] => {
            printed
                .first()
                .is_some_and(|first| line_fits(&masked(line), &masked(first)))
                && fits(rest, &printed[1..])
        }
    }
}

fn line_fits(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => shown == printed,
        Some((start, rest)) => {
            let Some(printed) = printed.strip_prefix(start.trim_end()) else {
                return false;
            };
            let rest = rest.trim_start();
            (0..=printed.len())
                .filter(|&at| printed.is_char_boundary(at))
                .any(|at| line_fits(rest, printed[at..].trim_start()))
        }
    }
}

#[test]
fn a_shown_line_fits_another_run_of_the_same_and_nothing_else() {
    let fit = |shown: &str, printed: &str| {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        fits(&lines(shown), &lines(printed))
    };
    assert!(fit("committed as 607e1708f6", "committed as   99aa12bc34"));
    assert!(fit("(run 20260101T000000-1)", "(run 20261125T101112-99)"));
    assert!(fit("took 2.5s", "took 10.0s") && fit("in 0.1 s", "in 12.0 s"));
    assert!(fit("“Done.” (0.0 s)", "“Done.” (12.3 s)"));
    assert!(!fit("“Done.” (0.0 s)", "“Gone.” (0.0 s)"));
    assert!(fit(
        "kept in /a/20260101T000000-1/x",
        "kept in /a/20261125T101112-99/x"
    ));
    assert_eq!(
        settled("20261125T101112-99\tdone\t2026-11-25 10:11"),
        "20260601T120000-123456\tdone\t2026-06-01 12:00"
    );
    assert!(!fit("3 changes", "4 changes"));
    assert!(!fit("done", "done\nmore"));
    assert!(fit("a\n…\nd", "a\nb\nc\nd") && fit("a\n…", "a") && !fit("a\n…\nd", "a\nb"));
    assert!(fit("…\n[exit 3]", "a\n[exit 3]") && !fit("…", "a\n[exit 3]"));
    assert!(fit("in … of it", "in the middle of it") && !fit("in … of it", "in the middle"));
}
