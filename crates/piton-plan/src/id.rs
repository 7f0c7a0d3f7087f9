//! The names of actions and of plans.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::verb::Verb;

/// The name of an action: `category:verb:target`.
///
/// Split at the first two colons only, since targets contain colons. The same
/// decision on the same world gives the same id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ActionId(Arc<str>);

/// Why a text is no action id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an action id: {why}; it looks like `file:create:docs/a.md`", text.escape_debug())]
pub struct InvalidActionId {
    text: String,
    why: &'static str,
}

impl ActionId {
    /// Names what `verb` does to `target`; the parts are checked with the plan.
    pub(crate) fn derive(category: &str, verb: Verb, target: &str) -> Self {
        let verb = verb.as_str();
        let mut text = String::with_capacity(category.len() + verb.len() + target.len() + 2);
        text.push_str(category);
        text.push(':');
        text.push_str(verb);
        text.push(':');
        text.push_str(target);
        Self(text.into())
    }

    /// Whether this is the id that [`Self::derive`] gives for the parts.
    pub(crate) fn agrees(&self, category: &str, verb: Verb, target: &str) -> bool {
        self.0
            .strip_prefix(category)
            .and_then(|rest| rest.strip_prefix(':'))
            .and_then(|rest| rest.strip_prefix(verb.as_str()))
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|rest| rest == target)
    }

    /// Returns the category, the verb's word and the target.
    pub fn parts(&self) -> (&str, &str, &str) {
        let mut parts = self.0.splitn(3, ':');
        let mut part = || parts.next().unwrap_or_default();
        (part(), part(), part())
    }

    pub fn category(&self) -> &str {
        self.parts().0
    }

    pub fn target(&self) -> &str {
        self.parts().2
    }
}

/// Returns why a text cannot be a category, if it cannot.
pub(crate) fn category_problem(category: &str) -> Option<&'static str> {
    let named = category.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = category
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (!named || !rest).then_some("the category is lower-case letters, digits and hyphens")
}

/// Returns why a text cannot be a target, if it cannot.
pub(crate) fn target_problem(target: &str) -> Option<&'static str> {
    if target.is_empty() {
        return Some("the target is empty");
    }
    // Without a way out of the loop this takes many bytes at once, and nearly
    // all targets are plain.
    let plain = |plain: bool, byte: u8| plain & (0x20..0x7f).contains(&byte);
    let is_plain = target.bytes().fold(true, plain);
    (!is_plain && target.contains(char::is_control))
        .then_some("the target contains a control character")
}

impl FromStr for ActionId {
    type Err = InvalidActionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| {
            Err(InvalidActionId {
                text: text.to_owned(),
                why,
            })
        };
        let mut parts = text.splitn(3, ':');
        let (Some(category), Some(verb), Some(target)) = (parts.next(), parts.next(), parts.next())
        else {
            return refuse("it has no two colons");
        };
        if let Some(why) = category_problem(category).or_else(|| target_problem(target)) {
            return refuse(why);
        }
        if verb.parse::<Verb>().is_err() {
            return refuse("the word between the colons is not one that piton knows");
        }
        Ok(Self(text.into()))
    }
}

piton_base::through_text!(ActionId);
piton_base::holds_text!(ActionId);

/// The name of a plan, and of the journal of performing it. Sorts by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PlanId(Uuid);

/// Why a text is no plan id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a plan id; it looks like `0193a1b2-0000-7000-8000-000000000000`", .0.escape_debug())]
pub struct InvalidPlanId(String);

impl PlanId {
    /// Makes an id from the time and ten random bytes.
    pub fn new(now: jiff::Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Returns when it was made.
    pub fn at(self) -> jiff::Timestamp {
        let millis = self.0.as_u128() >> 80;
        let millis = i64::try_from(millis).unwrap_or(0);
        jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl FromStr for PlanId {
    type Err = InvalidPlanId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidPlanId(text.to_owned()))?;
        // One spelling only: the id is also the name of a file.
        if uuid.hyphenated().to_string() != text {
            return Err(InvalidPlanId(text.to_owned()));
        }
        Ok(Self(uuid))
    }
}

piton_base::through_text!(PlanId);

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.hyphenated().to_string())
    }
}
