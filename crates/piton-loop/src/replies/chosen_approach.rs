//! The line by which an agent chooses between approaches.

use std::ops::Range;

use super::decision_line::{DecisionLine, Undecided};

/// Returns the approach that a text chooses, out of `names`; `None` where it
/// has no such line, as answers of the original have not. A line that names
/// none of them, or two, chooses nothing and is an error; where no approach is
/// known, every choice is as good.
pub(crate) fn chosen_approach<'n>(
    text: &str,
    names: &[&'n str],
) -> Result<Option<&'n str>, Undecided> {
    if names.is_empty() {
        return Ok(None);
    }
    DecisionLine::only(
        text,
        "chosen approach",
        |line| choice(line.rest, names),
        |name| *name,
    )
}

/// Returns the one name that the line chooses. What stands after it as a reason
/// may name the others.
fn choice<'n>(line: &str, names: &[&'n str]) -> Option<&'n str> {
    match named(before_the_reason(line), names).as_slice() {
        [only] => Some(*only),
        [] => match named(line, names).as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the names that a text holds; where one is part of another, the
/// longer one alone.
fn named<'n>(text: &str, names: &[&'n str]) -> Vec<&'n str> {
    let found: Vec<(&'n str, Range<usize>)> = names
        .iter()
        .flat_map(|name| mentions(text, name).map(|place| (*name, place)))
        .collect();
    let is_part = |place: &Range<usize>| {
        found.iter().any(|(_, other)| {
            other.len() > place.len() && other.start <= place.start && place.end <= other.end
        })
    };
    let mut named: Vec<&'n str> = found
        .iter()
        .filter(|(_, place)| !is_part(place))
        .map(|(name, _)| *name)
        .collect();
    named.dedup();
    named
}

/// What a reason begins with.
const REASONS: [&str; 12] = [
    "\u{2014}",
    "\u{2013}",
    " - ",
    " -- ",
    " (",
    ". ",
    "; ",
    " because ",
    " since ",
    " over ",
    " instead of ",
    " rather than ",
];

fn before_the_reason(line: &str) -> &str {
    let lower = line.to_ascii_lowercase();
    let ends = REASONS.iter().filter_map(|mark| lower.find(mark));
    &line[..ends.min().unwrap_or(line.len())]
}

/// Returns where a text names an approach, and not one whose name is longer.
/// Between the words of a name may stand blanks as well.
fn mentions(text: &str, name: &str) -> impl Iterator<Item = Range<usize>> {
    let folded = |text: &str| text.to_lowercase().replace([' ', '_'], "-");
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let (lower, name) = (text.to_lowercase(), folded(name));
    // Folding keeps the length, so that places in one are places in the other.
    let places: Vec<Range<usize>> = folded(text)
        .match_indices(&name)
        .map(|(at, found)| at..at + found.len())
        .filter(|place| {
            !lower[..place.start].ends_with(goes_on) && !lower[place.end..].starts_with(goes_on)
        })
        .collect();
    places.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Option<&'static str>, Undecided> {
        chosen_approach(text, &["facade", "rewrite", "facade-in-front"])
    }

    #[test]
    fn one_choice_is_found() {
        for text in [
            "It is smaller.\n\nChosen approach: facade",
            "chosen approach: Facade.",
            "**Chosen approach:** `facade`.",
            "Chosen approach: approaches/facade.md",
            "- **Chosen approach: facade** — it is smaller",
            "Chosen approach: facade — smaller than a rewrite",
            "Chosen approach: facade, since a rewrite takes long",
            "Chosen approach: the facade (the rewrite can come later)",
            "Chosen approach: \"facade\" over rewrite",
        ] {
            assert_eq!(choose(text), Ok(Some("facade")), "{text}");
        }
        for text in [
            "Chosen approach: facade-in-front",
            "Chosen approach: Facade in front",
            "Chosen approach: facade_in_front.md",
        ] {
            assert_eq!(choose(text), Ok(Some("facade-in-front")), "{text}");
        }
        assert_eq!(choose("I like the facade."), Ok(None));
    }

    #[test]
    fn two_choices_are_none() {
        for text in [
            "Chosen approach: facade\nChosen approach: rewrite",
            "Chosen approach: facade, then rewrite",
            "Chosen approach: facade and rewrite",
            "Chosen approach: both, facade/rewrite",
            "- Chosen approach: facade\n- Chosen approach: rewrite",
        ] {
            assert!(choose(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reason_may_name_the_others_and_may_hold_the_choice() {
        for text in [
            "Chosen approach: facade because a rewrite is long (and a rewrite is dear)",
            "Chosen approach: the first one — facade",
            "Chosen approach: facade: approaches/facade.md",
        ] {
            assert_eq!(choose(text), Ok(Some("facade")), "{text}");
        }
        let both = "Chosen approach: the first one — facade or rewrite";
        assert!(
            choose(both).is_err(),
            "a reason that names two chooses none"
        );
    }

    #[test]
    fn of_a_name_within_a_name_the_longer_one_is_meant_and_what_is_beside_it_counts() {
        let chosen = chosen_approach("Chosen approach: unit tests", &["tests", "unit-tests"]);
        assert_eq!(chosen, Ok(Some("unit-tests")));
        assert!(choose("Chosen approach: facade in front, rewrite").is_err());
        assert!(choose("Chosen approach: rewrite, facade in front").is_err());
    }

    #[test]
    fn a_choice_of_what_was_not_offered_is_told() {
        for text in [
            "Chosen approach: facade-2",
            "Chosen approach: facades",
            "Chosen approach: semi-facade",
            "Chosen approach: refacade",
            "Chosen approach: neither",
            "Chosen approach:",
            "Chosen approach: façade",
            "**Chosen approach:** the third",
        ] {
            assert!(
                matches!(choose(text), Err(Undecided::Unknown { .. })),
                "{text}"
            );
        }
    }
}
