//! The name of a run: the local time it began, to the microsecond.

use std::str::FromStr;

use jiff::Zoned;
use serde::{Deserialize, Serialize};

/// A run's name, `YYYYMMDDThhmmss-` and six digits; sorts by time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A word that names no run.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a run; runs are named like 20260131T235959-123456")]
pub struct RunIdError(String);

impl RunId {
    /// Names the run that begins now.
    pub(crate) fn at(now: &Zoned) -> Self {
        let micros = now.subsec_nanosecond() / 1000;
        Self(format!("{}-{micros:06}", now.strftime("%Y%m%dT%H%M%S")))
    }

    /// A name that no run has, until its record begins.
    pub(super) fn unset() -> Self {
        Self("00000000T000000-000000".to_owned())
    }
}

piton_base::holds_text!(RunId);

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let bytes = word.as_bytes();
        let fits = bytes.len() == 22
            && bytes.iter().enumerate().all(|(i, byte)| match i {
                8 => *byte == b'T',
                15 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if fits {
            Ok(Self(word.to_owned()))
        } else {
            Err(RunIdError(word.to_owned()))
        }
    }
}

piton_base::through_text!(RunId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_the_local_time_it_began() {
        let now: Zoned = "2026-05-13T23:15:50.013007-07:00[-07:00]".parse().unwrap();
        let id = RunId::at(&now);
        assert_eq!(id.as_str(), "20260513T231550-013007");
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn a_path_is_no_run() {
        for word in ["", "..", "../../../../etc/passwd", "20260513T231550-01300/"] {
            assert!(word.parse::<RunId>().is_err(), "{word}");
        }
    }
}
