//! Sends a change to the plan it belongs to, or keeps it until it can be sent.

use piton_backend::store::{PlanId, Provider, Reason};
use serde_json::Value as Json;

use super::answer::Answer;
use crate::context::Context;
use crate::stored::{StoredPlace, Told, Undelivered, deliver, elsewhere};

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
    /// The session that it is about, which keeps a log of its own.
    pub(super) session: Option<String>,
}

impl Report {
    /// A report of its own, of a plan where the settings say: these fields.
    pub(super) fn of<const N: usize>(plan: PlanId, patch: [(&str, Json); N]) -> Self {
        let patch = patch.map(|(name, value)| (name.to_owned(), value));
        Self {
            plan,
            provider: None,
            patch: patch.into(),
            comment: None,
            key: uuid::Uuid::new_v4().simple().to_string(),
            session: None,
        }
    }
}

/// Decides a report from here and sends it. Returns the plan that it is about.
pub(super) fn decide_and_send(
    context: &Context,
    decide: impl FnOnce() -> Result<Report, Unsent>,
) -> Result<PlanId, Unsent> {
    let place =
        StoredPlace::find(context).map_err(|error| Unsent::NoContext(error.on_one_line()))?;
    let report = decide()?;
    let plan = report.plan.clone();
    send(context, &place, report)?;
    Ok(plan)
}

/// Sends a report, after what waited.
pub(super) fn send(context: &Context, place: &StoredPlace, report: Report) -> Result<(), Unsent> {
    let provider = report.provider.unwrap_or_else(|| place.provider());
    let told = Told {
        key: report.key,
        patch: report.patch,
        comment: report.comment,
        report: None,
        session: report.session,
    };
    let delivered = deliver(context, place, (&report.plan, provider), &told);
    let of_others = delivered.map_err(|undelivered| match undelivered {
        Undelivered::NoBackend(error) => Unsent::NoContext(error.on_one_line()),
        Undelivered::Refused {
            message,
            reason,
            queued,
        } => Unsent::Backend {
            message,
            reason,
            queued,
        },
    })?;
    for line in of_others {
        context.out.warn(&line);
    }
    Ok(())
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
pub(super) fn plan_id(context: &Context, text: &str) -> Result<PlanId, Unsent> {
    let refused = |message: String| Unsent::Backend {
        message,
        reason: Reason::NotFound,
        queued: false,
    };
    let id = PlanId::from_words(text).map_err(|error| refused(error.to_string()))?;
    match elsewhere(context, text) {
        None => Ok(id),
        Some(why) => Err(refused(why)),
    }
}
