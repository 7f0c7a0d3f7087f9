//! What stands around the plan in the body of a pull request: the footer, the
//! lines above it.

const RULE: &str = "\n---\n";

/// Returns the footer: what stands below the last rule.
pub fn footer(body: &str) -> Option<&str> {
    let at = body.rfind(RULE)?;
    Some(&body[at + RULE.len()..])
}

/// Returns whether the body tells how to check this very request out.
pub(crate) fn has_footer(body: &str, number: u64) -> bool {
    let number = number.to_string();
    let mut rest = body;
    while let Some(after) = checkout_phrase(rest) {
        if let Some(tail) = after.strip_prefix(number.as_str())
            && !tail.starts_with(|c: char| c.is_ascii_digit())
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Returns what follows the next `erk slot teleport ` or one of its like.
fn checkout_phrase(text: &str) -> Option<&str> {
    let mut best: Option<&str> = None;
    for noun in ["slot", "pr"] {
        for verb in ["teleport", "checkout"] {
            let phrase = format!("erk {noun} {verb} ");
            if let Some(at) = text.find(&phrase) {
                let after = &text[at + phrase.len()..];
                if best.is_none_or(|best| best.len() < after.len()) {
                    best = Some(after);
                }
            }
        }
    }
    best
}

const HEADER_LINES: [&str; 2] = ["**Plan:**", "**Remotely executed:**"];

/// Returns the lines about the plan and its run: above the footer, else at the
/// top.
pub fn header_lines(body: &str) -> Vec<&str> {
    let above = body.rfind(RULE).map_or(body, |at| &body[..at]);
    let is_one = |line: &&str| HEADER_LINES.iter().any(|start| line.starts_with(start));
    let mut last: Vec<&str> = above
        .lines()
        .rev()
        .skip_while(|line| line.trim().is_empty())
        .take_while(is_one)
        .collect();
    last.reverse();
    if !last.is_empty() {
        return last;
    }
    body.lines()
        .skip_while(|line| line.trim().is_empty())
        .take_while(is_one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::has_footer;

    #[test]
    fn a_number_is_matched_whole() {
        assert!(has_footer(
            "run erk pr checkout 41 or erk slot teleport 4",
            4
        ));
        assert!(!has_footer("run erk pr checkout 41", 4));
    }
}
