//! Where blocks stand: markers paired up from left to right, none in another.

use std::collections::HashMap;
use std::ops::Range;

/// How an opening marker begins.
pub(crate) const OPENING: &str = "<!-- erk:metadata-block:";
const CLOSING: &str = "<!-- /erk:metadata-block";
const END: &str = " -->";

/// A block as its markers make it, whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// The key, without the blanks around it.
    pub key: String,
    /// From the opening marker to the end of the closing one.
    pub span: Range<usize>,
    /// What stands between the markers.
    pub content: Range<usize>,
}

struct Opening<'a> {
    start: usize,
    end: usize,
    key: &'a str,
}

struct Closing<'a> {
    start: usize,
    end: usize,
    /// None closes any block.
    key: Option<&'a str>,
}

/// Finds the blocks of a text. Of several opening markers with one key before
/// the same closing marker, `content` begins after the last: an earlier one is
/// only talked about.
pub fn find_blocks(text: &str) -> Vec<RawBlock> {
    let openings = openings(text);
    let closings = closings(text);
    let mut by_key: HashMap<Option<&str>, Vec<&Closing<'_>>> = HashMap::new();
    for closing in &closings {
        by_key.entry(closing.key).or_default().push(closing);
    }
    let first_after = |key: Option<&str>, end: usize| {
        let own = by_key.get(&key)?;
        let at = own.partition_point(|closing| closing.start <= end);
        own.get(at).copied()
    };
    let mut blocks = Vec::new();
    let mut from = 0;
    for (at, opening) in openings.iter().enumerate() {
        if opening.start < from {
            continue;
        }
        let own = first_after(Some(opening.key), opening.end);
        let any = first_after(None, opening.end);
        let Some(closing) = own
            .into_iter()
            .chain(any)
            .min_by_key(|closing| closing.start)
        else {
            continue;
        };
        let innermost = openings[at..]
            .iter()
            .take_while(|other| other.end < closing.start)
            .filter(|other| other.key.trim() == opening.key.trim())
            .last()
            .unwrap_or(opening);
        blocks.push(RawBlock {
            key: opening.key.trim().to_owned(),
            span: innermost.start..closing.end,
            content: innermost.end..closing.start,
        });
        from = closing.end;
    }
    blocks
}

fn openings(text: &str) -> Vec<Opening<'_>> {
    text.match_indices(OPENING)
        .filter_map(|(start, _)| {
            let key_start = start + OPENING.len();
            // At least one character, whatever it is, belongs to the key.
            let first = text[key_start..].chars().next()?.len_utf8();
            let length = first + text.get(key_start + first..)?.find(END)?;
            Some(Opening {
                start,
                end: key_start + length + END.len(),
                key: &text[key_start..key_start + length],
            })
        })
        .collect()
}

fn closings(text: &str) -> Vec<Closing<'_>> {
    text.match_indices(CLOSING)
        .filter_map(|(start, _)| {
            let after = start + CLOSING.len();
            let rest = &text[after..];
            if rest.starts_with(END) {
                return Some(Closing {
                    start,
                    end: after + END.len(),
                    key: None,
                });
            }
            let rest = rest.strip_prefix(':')?;
            let length = rest.find(END)?;
            Some(Closing {
                start,
                end: after + 1 + length + END.len(),
                key: Some(&rest[..length]),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::find_blocks;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found: Vec<(String, String)> = find_blocks(text)
            .into_iter()
            .map(|block| (block.key, text[block.content].to_owned()))
            .collect();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(key, content)| (key.as_str(), content.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn markers_pair_up_as_the_tool_before_pairs_them() {
        check(
            "x<!-- erk:metadata-block:a -->1<!-- /erk:metadata-block:a -->",
            &[("a", "1")],
        );
        check(
            "<!-- erk:metadata-block:a -->1<!-- /erk:metadata-block -->",
            &[("a", "1")],
        );
        check(
            "<!-- erk:metadata-block:a -->1<!-- /erk:metadata-block:b -->",
            &[],
        );
        check(
            "<!-- erk:metadata-block:a -->1<!-- erk:metadata-block:b -->2<!-- /erk:metadata-block:b -->",
            &[("b", "2")],
        );
        check(
            "<!-- erk:metadata-block:a --><!-- /erk:metadata-block:a -->",
            &[],
        );
        check(
            "<!-- erk:metadata-block:a --> <!-- /erk:metadata-block:a -->",
            &[("a", " ")],
        );
        check(
            "<!--  erk:metadata-block:a -->1<!-- /erk:metadata-block:a -->",
            &[],
        );
    }

    #[test]
    fn a_marker_that_is_only_talked_about_opens_nothing() {
        check(
            "see `<!-- erk:metadata-block:a -->` below <!-- erk:metadata-block:a -->1<!-- /erk:metadata-block:a -->",
            &[("a", "1")],
        );
    }
}
