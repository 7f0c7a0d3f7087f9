//! The line by which an agent chooses between approaches.

use super::decision_line::{Contradiction, DecisionLine};

/// Returns the approach that a text chooses, out of `names`; `None` where it
/// has no such line, as answers of the original have not.
pub fn chosen_approach<'n>(
    text: &str,
    names: &[&'n str],
) -> Result<Option<&'n str>, Contradiction> {
    let read = |line: DecisionLine<'_>| {
        let said = line
            .rest
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '.'));
        let said = said.strip_prefix("approaches/").unwrap_or(said);
        let said = said.strip_suffix(".md").unwrap_or(said);
        names
            .iter()
            .copied()
            .find(|name| name.eq_ignore_ascii_case(said))
    };
    DecisionLine::only(text, "chosen approach", read, |name| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_is_found_and_two_are_told() {
        let choose = |text| chosen_approach(text, &["facade", "rewrite"]);
        assert_eq!(
            choose("It is smaller.\n\nChosen approach: facade"),
            Ok(Some("facade"))
        );
        assert_eq!(
            choose("**Chosen approach:** `Rewrite`."),
            Ok(Some("rewrite"))
        );
        assert_eq!(
            choose("Chosen approach: approaches/facade.md"),
            Ok(Some("facade"))
        );
        assert_eq!(choose("I like the facade."), Ok(None));
        assert!(choose("Chosen approach: facade\nChosen approach: rewrite").is_err());
    }
}
