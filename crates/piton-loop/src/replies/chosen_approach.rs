//! The line by which an agent chooses between approaches.

use super::decision_line::{DecisionLine, Undecided};

/// Returns the approach that a text chooses, out of `names`; `None` where it
/// has no such line, as answers of the original have not, or names none of
/// them. A line that names two chooses neither, and is an error.
pub fn chosen_approach<'n>(text: &str, names: &[&'n str]) -> Result<Option<&'n str>, Undecided> {
    let named = |line: &str| -> Vec<&'n str> {
        let names = names.iter().copied();
        names.filter(|name| mentions(line, name)).collect()
    };
    let read = |line: DecisionLine<'_>| match named(line.rest).as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    match DecisionLine::only(text, "chosen approach", read, |name| *name) {
        Err(Undecided::Unknown { line }) if named(&line).is_empty() => Ok(None),
        chosen => chosen,
    }
}

/// Tells whether a text names an approach, and not one whose name is longer.
fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(&name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        !text[..at].ends_with(goes_on) && !after.starts_with(goes_on)
    })
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
        assert_eq!(
            choose("- **Chosen approach: facade** — it is smaller"),
            Ok(Some("facade"))
        );
        for text in [
            "Chosen approach: facade\nChosen approach: rewrite",
            "Chosen approach: facade, then rewrite",
        ] {
            assert!(choose(text).is_err(), "{text}");
        }
        for text in ["Chosen approach: facade-2", "Chosen approach: neither"] {
            assert_eq!(choose(text), Ok(None), "{text}");
        }
    }
}
