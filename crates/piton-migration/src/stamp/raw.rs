//! A stamp exactly as a file spells it.

use jiff::Timestamp;
use serde::Serialize;

use super::parse::{StampError, parse};

/// The text of a stamp, kept verbatim so that saving changes nothing, whether
/// or not it is a point in time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct RawStamp(String);

impl RawStamp {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the point in time, if the text is one.
    pub fn instant(&self) -> Result<Timestamp, StampError> {
        parse(&self.0)
    }
}

piton_base::holds_text!(RawStamp);
