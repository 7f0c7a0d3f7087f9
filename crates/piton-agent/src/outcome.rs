//! How a call ended.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::adapter::FailureClass;
use crate::process::ExitKind;

/// How a call ended. Only [`Outcome::Replied`] is a success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// A result came, was read and was understood.
    Replied { reply: Reply },
    /// The model would not do it.
    Refused { message: String },
    /// A limit of the account is used up; this is no failed attempt.
    LimitReached {
        message: String,
        /// When to come back, where the agent says.
        until: Option<Timestamp>,
    },
    /// The service behind the agent is down, overloaded or out of reach.
    Outage { message: String },
    /// The agent is not signed in, or its key is wrong.
    Authentication { message: String },
    /// The agent or its service would not take this call: an unknown flag or
    /// model, a broken configuration. The same call will fail again.
    Rejected { message: String },
    /// A bound of the agent's own (turns, money, tokens, context) was reached
    /// before it finished.
    CutShort { message: String },
    /// It ended with a failure that nothing above explains.
    Crashed { exit: ExitKind, message: String },
    /// It was silent for longer than the idle limit and was ended.
    Hung {
        #[serde(with = "seconds")]
        silent_for: Duration,
        /// Whether anything at all had come before.
        after_output: bool,
    },
    /// It was still running at the deadline and was ended.
    Deadline {
        #[serde(with = "seconds")]
        after: Duration,
    },
    /// It ended as if all were well, without a result.
    NoOutput { message: String },
    /// It answered, with something that cannot be taken as a reply.
    Unreadable { message: String },
    /// The program is not there or could not be started.
    NotStarted { message: String },
    /// piton was told to stop and ended it.
    Stopped,
}

/// What an agent gave back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    /// The answer in the schema asked for, where the agent gives one.
    pub structured: Option<serde_json::Value>,
}

impl Reply {
    /// The longest reply that is taken, in bytes. An answer is read by people
    /// and committed; what is longer went wrong.
    pub(crate) const LONGEST: usize = 8 << 20;

    /// Whether it is longer than that, as text or as data.
    fn is_too_long(&self) -> bool {
        let data = self.structured.as_ref();
        self.text.len() > Self::LONGEST
            || data.is_some_and(|data| data.to_string().len() > Self::LONGEST)
    }
}

impl Outcome {
    /// What comes of an answer that is too long to be taken.
    pub(crate) fn too_long() -> Self {
        Self::Unreadable {
            message: format!(
                "it is larger than piton takes as one reply ({} MiB)",
                Reply::LONGEST >> 20
            ),
        }
    }

    /// What comes of a call that failed in a way that is known.
    pub(crate) fn failed(
        class: FailureClass,
        message: String,
        exit: ExitKind,
        until: Option<Timestamp>,
    ) -> Self {
        match class {
            FailureClass::Refused => Self::Refused { message },
            FailureClass::LimitReached => Self::LimitReached { message, until },
            FailureClass::Outage => Self::Outage { message },
            FailureClass::Authentication => Self::Authentication { message },
            FailureClass::Rejected => Self::Rejected { message },
            FailureClass::CutShort => Self::CutShort { message },
            FailureClass::Crashed => Self::Crashed { exit, message },
        }
    }

    /// What comes of a reply, which may be none, or more than is taken.
    pub(crate) fn of_reply(text: String, structured: Option<serde_json::Value>) -> Self {
        let reply = Reply { text, structured };
        if reply.is_too_long() {
            Self::too_long()
        } else if reply.text.trim().is_empty() && reply.structured.is_none() {
            Self::NoOutput {
                message: "its reply is empty".to_owned(),
            }
        } else {
            Self::Replied { reply }
        }
    }

    /// Returns the name of the class, as records carry it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Replied { .. } => "replied",
            Self::Refused { .. } => "refused",
            Self::LimitReached { .. } => "limit-reached",
            Self::Outage { .. } => "outage",
            Self::Authentication { .. } => "authentication",
            Self::Rejected { .. } => "rejected",
            Self::CutShort { .. } => "cut-short",
            Self::Crashed { .. } => "crashed",
            Self::Hung { .. } => "hung",
            Self::Deadline { .. } => "deadline",
            Self::NoOutput { .. } => "no-output",
            Self::Unreadable { .. } => "unreadable",
            Self::NotStarted { .. } => "not-started",
            Self::Stopped => "stopped",
        }
    }

    pub fn reply(&self) -> Option<&Reply> {
        if let Self::Replied { reply } = self {
            Some(reply)
        } else {
            None
        }
    }

    /// Says what a person can do about it; empty where nothing is wrong.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Replied { .. } => "",
            Self::Refused { .. } => {
                "read the prompt in the call's directory; reword the target or try another model"
            }
            Self::LimitReached { until: Some(_), .. } => {
                "nothing is lost; run again after that time, or with another agent"
            }
            Self::LimitReached { until: None, .. } => {
                "nothing is lost; check the plan's quota, then run again later or with another agent"
            }
            Self::Outage { .. } => {
                "nothing is lost; check the network and the service's status page, then run again"
            }
            Self::Authentication { .. } => {
                "sign in with the agent's own program (run it once by hand), or set its key in the environment"
            }
            Self::Rejected { .. } => {
                "check the model, the effort and the adapter's arguments with `piton config show`"
            }
            Self::CutShort { .. } => "raise that bound, or give the agent a smaller piece of work",
            Self::Crashed { .. } => "read agent.stderr.log in the call's directory, then run again",
            Self::Hung { .. } => {
                "run again; where a tool needs longer in silence, raise the agent's idle limit"
            }
            Self::Deadline { .. } => {
                "give the agent a smaller piece of work, or raise the agent's deadline"
            }
            Self::NoOutput { .. } => {
                "read the logs in the call's directory; if the agent's version is new, its output may have changed"
            }
            Self::Unreadable { .. } => {
                "read agent.stdout.log in the call's directory; the adapter may not fit this program"
            }
            Self::NotStarted { .. } => {
                "install the program or correct its name in the configuration"
            }
            Self::Stopped => "run again to continue where it stopped",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replied { .. } => write!(f, "the agent replied"),
            Self::Refused { message } => write!(f, "the model refused: {message}"),
            Self::LimitReached {
                message,
                until: None,
            } => write!(f, "a usage limit is reached: {message}"),
            Self::LimitReached {
                message,
                until: Some(until),
            } => {
                write!(f, "a usage limit is reached until {until}: {message}")
            }
            Self::Outage { message } => write!(f, "the agent's service is out of reach: {message}"),
            Self::Authentication { message } => write!(f, "the agent is not signed in: {message}"),
            Self::Rejected { message } => write!(f, "the call was not accepted: {message}"),
            Self::CutShort { message } => {
                write!(f, "the agent stopped before it was done: {message}")
            }
            Self::Crashed { exit, message } if message.is_empty() => {
                write!(f, "the agent failed ({exit})")
            }
            Self::Crashed { exit, message } => write!(f, "the agent failed ({exit}): {message}"),
            Self::Hung {
                silent_for,
                after_output,
            } => write!(
                f,
                "the agent hung: it produced no {}output for {} s and was ended",
                if *after_output { "further " } else { "" },
                silent_for.as_secs(),
            ),
            Self::Deadline { after } => {
                write!(
                    f,
                    "the agent timed out after {} s and was ended",
                    after.as_secs()
                )
            }
            Self::NoOutput { message } => write!(f, "the agent ended without a result: {message}"),
            Self::Unreadable { message } => {
                write!(f, "the agent's answer cannot be used: {message}")
            }
            Self::NotStarted { message } => write!(f, "the agent could not be started: {message}"),
            Self::Stopped => write!(f, "the agent was ended because piton was told to stop"),
        }
    }
}

/// Durations are whole and broken seconds in records.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(value.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }
}
