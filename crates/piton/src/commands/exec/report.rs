//! Sends a change to the plan it belongs to, or keeps it until it can be sent.

use piton_backend::header::Patch;
use piton_backend::store::{BackendError, Change, PlanId, Provider, Reason};
use piton_base::{Clock, on_one_line};
use serde_json::Value as Json;

use super::answer::Answer;
use crate::context::Context;
use crate::error::CommandError;
use crate::stored::{Outbox, StoredPlace, Waiting, with_backend};

/// Why a change did not arrive.
#[derive(Debug)]
pub(super) enum Unsent {
    /// There is no backend to send it to.
    NoContext(String),
    Backend {
        message: String,
        reason: Reason,
        /// Whether it waits in the outbox.
        queued: bool,
    },
}

/// A change and where it goes.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) plan: PlanId,
    pub(super) provider: Option<Provider>,
    pub(super) patch: Vec<(String, Json)>,
    pub(super) comment: Option<String>,
    /// Tells the report apart; the same one sent again is done once.
    pub(super) key: String,
}

/// Makes a key that no other report has.
pub(super) fn fresh_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Says an error of the program on one line.
pub(super) fn told(error: &CommandError) -> String {
    let json = error.json();
    let causes = json["causes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str);
    let mut line = error.to_string();
    for cause in causes {
        line.push_str(": ");
        line.push_str(cause);
    }
    line
}

/// Sends a report. After it arrived, what waited is sent too.
pub(super) fn send(context: &Context, place: &StoredPlace, report: Report) -> Result<(), Unsent> {
    let patch = Patch::new(report.patch.clone()).map_err(|error| Unsent::Backend {
        message: error.to_string(),
        reason: Reason::InvalidMetadata,
        queued: false,
    })?;
    let change = Change {
        patch,
        key: report.key.clone(),
    };
    let outbox = Outbox {
        disk: &context.disk,
        dir: place.outbox(),
    };
    let provider = report.provider.unwrap_or_else(|| place.provider());
    let sent = with_backend(context, place, provider, |backend| {
        let sent = backend.post_event(&report.plan, &change, report.comment.as_deref());
        if sent.is_ok() {
            outbox.send(backend, context.clock.now());
        }
        sent
    });
    match sent {
        Err(error) => Err(Unsent::NoContext(told(&error))),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            let queued = BackendError::may_pass(&error)
                && outbox.keep(&Waiting::new(
                    &report.plan,
                    &report.key,
                    report.patch,
                    report.comment,
                    context.clock.now(),
                ));
            Err(Unsent::Backend {
                message: on_one_line(&error),
                reason: error.reason(),
                queued,
            })
        }
    }
}

impl Unsent {
    /// Adds what a program is told of it. `field` names the kind of failure,
    /// `prefix` begins the message.
    pub(super) fn tell(&self, answer: Answer, field: &'static str, prefix: &str) -> Answer {
        match self {
            Self::NoContext(why) => answer
                .with(field, "context-not-initialized")
                .with("message", format!("Context not initialized: {why}")),
            Self::Backend {
                message,
                reason,
                queued,
            } => {
                let answer = answer
                    .with(field, "update-failed")
                    .with("message", format!("{prefix}: {message}"))
                    .with("reason", reason.word());
                if *queued {
                    answer.with("queued", true)
                } else {
                    answer
                }
            }
        }
    }
}

/// Reads the id of a plan from the command line.
pub(super) fn plan_id(text: &str) -> Result<PlanId, Unsent> {
    PlanId::from_words(text).map_err(|error| Unsent::Backend {
        message: error.to_string(),
        reason: Reason::NotFound,
        queued: false,
    })
}

/// Finds the checkout and its settings.
pub(super) fn place(context: &Context) -> Result<StoredPlace, Unsent> {
    StoredPlace::find(context).map_err(|error| Unsent::NoContext(told(&error)))
}
