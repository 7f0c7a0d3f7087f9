//! Colour and width of what is shown.

use crate::receipt::Outcome;
use crate::verb::{Kind, Verb};

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// The columns there are.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            colour: false,
            width: 80,
        }
    }
}

/// The few colours that are used; none of them says anything that the words
/// do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
    Magenta,
    Cyan,
    Grey,
}

impl Colour {
    pub(super) fn of_verb(verb: Verb) -> Option<Self> {
        Some(match verb.kind() {
            Kind::Adds => Self::Green,
            Kind::Sets => Self::Cyan,
            Kind::Replaces | Kind::Asks | Kind::Moves => Self::Yellow,
            Kind::Removes | Kind::Closes => Self::Red,
            Kind::Leaves => Self::Grey,
            Kind::Does | Kind::Checks => return None,
        })
    }

    pub(super) fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Ok => Self::Green,
            Outcome::AlreadySo => Self::Grey,
            Outcome::Failed(_) => Self::Red,
            Outcome::Skipped(_) => Self::Yellow,
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Red => 31,
            Self::Green => 32,
            Self::Yellow => 33,
            Self::Magenta => 35,
            Self::Cyan => 36,
            Self::Grey => 90,
        }
    }
}

impl Style {
    pub(super) fn paint(self, colour: impl Into<Option<Colour>>, text: &str) -> String {
        match colour.into() {
            Some(colour) if self.colour => format!("\x1b[{}m{text}\x1b[0m", colour.code()),
            _ => text.to_owned(),
        }
    }
}
