//! The name somebody probably meant.

/// Returns the candidate closest to `name`, if any is close.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let tail = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
    candidates
        .map(|candidate| {
            // `model` is as near to `agent.model` as a typo would be.
            let by_tail = distance(&tail(name), &tail(candidate)) + 1;
            (distance(name, candidate).min(by_tail), candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).clamp(1, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, remove or replace.
fn distance(a: &str, b: &str) -> usize {
    // Nothing that long is a misspelt key, and the table below is quadratic.
    if a.len() > 64 {
        return usize::MAX / 2;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_near_and_another_word_is_not() {
        let names = ["taste", "agent.model", "runs.keep"];
        let find = |name| nearest(name, names.into_iter());
        assert_eq!(find("tast"), Some("taste"));
        assert_eq!(find("model"), Some("agent.model"));
        assert_eq!(find("colour"), None);
        assert_eq!(find(&"x".repeat(100_000)), None);
    }
}
