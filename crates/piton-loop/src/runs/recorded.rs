//! An event with its moment and its run: one line of the stream.

use jiff::Zoned;
use serde::{Deserialize, Serialize};

use super::{Event, RunId, stamp};

/// Something that happened: when, in which run, what. The record's lines and
/// those of `--events` are the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Line", try_from = "Line")]
pub struct Recorded {
    pub at: Zoned,
    /// `None` where no agent is called, so that there is no record.
    pub run: Option<RunId>,
    /// Which of the jobs of a run, counted from 1; `None` where it is nobody's.
    pub job: Option<u32>,
    pub event: Event,
}

/// It as it is written. The level and the message follow from the event.
#[derive(Serialize, Deserialize)]
struct Line {
    timestamp: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<u32>,
    #[serde(skip_deserializing)]
    level: &'static str,
    #[serde(skip_deserializing)]
    message: String,
    #[serde(flatten)]
    event: Event,
}

impl From<Recorded> for Line {
    fn from(told: Recorded) -> Self {
        Self {
            timestamp: stamp(&told.at),
            run: told.run,
            job: told.job,
            level: told.event.gravity().as_str(),
            message: told.event.message(),
            event: told.event,
        }
    }
}

impl TryFrom<Line> for Recorded {
    type Error = jiff::Error;

    fn try_from(line: Line) -> Result<Self, Self::Error> {
        Ok(Self {
            at: Zoned::strptime("%Y-%m-%dT%H:%M:%S%.f%:z", &line.timestamp)?,
            run: line.run,
            job: line.job,
            event: line.event,
        })
    }
}
