//! The text of a plan within the body of a pull request.

use std::ops::Range;

use crate::block::OPENING;

/// Where a body has the text of its plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanInBody {
    /// In the details element `original-plan`.
    Section(Range<usize>),
    /// After the first rule, below the header: an early layout.
    Flat(Range<usize>),
    /// The body has no place for a plan.
    Nowhere,
}

impl PlanInBody {
    /// Returns where the plan stands.
    pub fn place(&self) -> Option<Range<usize>> {
        match self {
            Self::Section(place) | Self::Flat(place) => Some(place.clone()),
            Self::Nowhere => None,
        }
    }
}

const OPENINGS: [&str; 2] = [
    "<summary>original-plan</summary>",
    "<summary><code>original-plan</code></summary>",
];

/// Writes the part of a body that holds the plan.
pub fn wrap_original_plan(plan: &str) -> String {
    format!("<details>\n<summary>original-plan</summary>\n\n{plan}\n\n</details>")
}

/// Finds the plan of a body.
pub fn plan_in_body(body: &str) -> PlanInBody {
    if let Some(place) = original_plan(body) {
        return PlanInBody::Section(place);
    }
    flat(body).map_or(PlanInBody::Nowhere, PlanInBody::Flat)
}

fn flat(body: &str) -> Option<Range<usize>> {
    let (rule, length) = ["\n\n---\n\n", "\r\n\r\n---\r\n\r\n"]
        .into_iter()
        .find_map(|rule| Some((body.find(rule)?, rule.len())))?;
    body[..rule]
        .contains(OPENING)
        .then_some(rule + length..body.len())
}

/// Finds what stands in the details element `original-plan`.
pub(crate) fn original_plan(body: &str) -> Option<Range<usize>> {
    OPENINGS
        .into_iter()
        .find_map(|opening| section(body, opening))
}

/// How many openings are tried; a body has one.
const SECTIONS: usize = 32;

fn section(body: &str, opening: &str) -> Option<Range<usize>> {
    body.match_indices(opening)
        .take(SECTIONS)
        .find_map(|(at, _)| {
            let before = &body[..at];
            let above = before
                .strip_suffix('\n')
                .map(|above| above.strip_suffix('\r').unwrap_or(above))?;
            if !above.ends_with("<details>") {
                return None;
            }
            let after = at + opening.len();
            let start = after
                + ["\n\n", "\r\n\r\n"]
                    .into_iter()
                    .find(|gap| body[after..].starts_with(gap))?
                    .len();
            let end = section_end(body, start)?;
            Some(start..end)
        })
}

/// Finds where the details element ends that holds a plan. Details of the plan
/// itself are counted; where they do not add up, the last end before the
/// header, the footer or the end of the body is the one.
fn section_end(body: &str, start: usize) -> Option<usize> {
    let ends: Vec<usize> = ends(body, start).collect();
    let first = *ends.first()?;
    let mut depth = 1_usize;
    let mut at = start;
    for line in body[start..].split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with("<details") && !trimmed.contains("</details>") {
            depth += 1;
        } else if trimmed.starts_with("</details>") {
            depth -= 1;
            if depth == 0 {
                return Some(gap_before(body, start, at));
            }
        }
        at += line.len();
    }
    let header = body[start..]
        .find(OPENING)
        .map_or(body.len(), |length| start + length);
    Some(ends.into_iter().rfind(|end| *end < header).unwrap_or(first))
}

/// Returns the ends of details elements that have an empty line above.
fn ends(body: &str, start: usize) -> impl Iterator<Item = usize> {
    let from = start.saturating_sub(2);
    body[from..]
        .match_indices("</details>")
        .map(move |(at, _)| from + at)
        .filter(move |at| body[..*at].ends_with("\n\n") || body[..*at].ends_with("\r\n\r\n"))
        .map(move |at| gap_before(body, start, at))
}

/// Goes back over the empty line above the end of a details element.
fn gap_before(body: &str, start: usize, at: usize) -> usize {
    let before = &body[..at];
    let gap = ["\r\n\r\n", "\n\n", "\r\n", "\n"]
        .into_iter()
        .find(|gap| before.ends_with(gap))
        .map_or(0, str::len);
    (at - gap).max(start)
}
