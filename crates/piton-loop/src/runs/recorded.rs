//! An event with its moment and its run: one line of the stream.

use jiff::Zoned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Event, RunId, stamp};

/// Something that happened: when, in which run, what. The record's lines and
/// those of `--events` are the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub at: Zoned,
    /// `None` where no agent is called, so that there is no record.
    pub run: Option<RunId>,
    /// Which of the jobs of a run, counted from 1; `None` where it is nobody's.
    pub job: Option<u32>,
    pub event: Event,
}

#[derive(Serialize)]
struct Written<'a> {
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<u32>,
    level: &'static str,
    message: String,
    #[serde(flatten)]
    event: &'a Event,
}

/// The level and the message follow from the event.
#[derive(Deserialize)]
struct Read {
    timestamp: String,
    #[serde(default)]
    run: Option<RunId>,
    #[serde(default)]
    job: Option<u32>,
    #[serde(flatten)]
    event: Event,
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Written {
            timestamp: stamp(&self.at),
            run: self.run.as_ref(),
            job: self.job,
            level: self.event.gravity().as_str(),
            message: self.event.message(),
            event: &self.event,
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(from)?;
        let at = Zoned::strptime("%Y-%m-%dT%H:%M:%S%.f%:z", &read.timestamp)
            .map_err(de::Error::custom)?;
        Ok(Self {
            at,
            run: read.run,
            job: read.job,
            event: read.event,
        })
    }
}
