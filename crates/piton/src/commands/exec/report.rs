//! Sends a change to the plan it belongs to, or keeps it until it can be sent.

use piton_backend::store::{PlanId, Provider, Reason};
use serde_json::Value as Json;

use super::answer::Answer;
use crate::context::Context;
use crate::stored::{StoredPlace, Told, Undelivered, deliver, elsewhere};

/// A change and where it goes.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) plan: PlanId,
    /// Who keeps it; without, as the settings say.
    pub(super) provider: Option<Provider>,
    pub(super) told: Told,
}

impl Report {
    /// A report of its own, of a plan where the settings say: these fields.
    pub(super) fn of(
        plan: PlanId,
        patch: impl IntoIterator<Item = (impl Into<String>, Json)>,
    ) -> Self {
        let patch = patch.into_iter();
        Self {
            plan,
            provider: None,
            told: Told {
                key: uuid::Uuid::new_v4().simple().to_string(),
                patch: patch.map(|(name, value)| (name.into(), value)).collect(),
                ..Told::default()
            },
        }
    }

    /// The same about a session, which keeps a log of its own.
    #[must_use]
    pub(super) fn in_session(mut self, session: Option<&str>) -> Self {
        self.told.session = session.map(str::to_owned);
        self
    }
}

/// Decides a report from here and sends it. Returns the plan that it is about.
pub(super) fn decide_and_send(
    context: &Context,
    decide: impl FnOnce() -> Result<Report, Undelivered>,
) -> Result<PlanId, Undelivered> {
    let place =
        StoredPlace::find(context).map_err(|error| Undelivered::NoBackend(error.on_one_line()))?;
    let report = decide()?;
    let plan = report.plan.clone();
    send(context, &place, report)?;
    Ok(plan)
}

/// Sends a report, after what waited.
pub(super) fn send(
    context: &Context,
    place: &StoredPlace,
    report: Report,
) -> Result<(), Undelivered> {
    let provider = report.provider.unwrap_or_else(|| place.provider());
    for line in deliver(context, place, (&report.plan, provider), report.told)? {
        context.out.warn(&line);
    }
    Ok(())
}

impl Undelivered {
    /// Adds what a program is told of it. `field` names the kind of failure,
    /// `prefix` begins the message.
    pub(super) fn tell(&self, answer: Answer, field: &'static str, prefix: &str) -> Answer {
        match self {
            Self::NoBackend(why) => answer
                .with(field, "context-not-initialized")
                .with("message", format!("Context not initialized: {why}")),
            Self::Refused {
                message,
                reason,
                queued,
            } => {
                let answer = answer
                    .with(field, "update-failed")
                    .with("message", format!("{prefix}: {message}"))
                    .with("reason", reason.as_str());
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
pub(super) fn plan_id(context: &Context, text: &str) -> Result<PlanId, Undelivered> {
    let refused = |message: String| Undelivered::Refused {
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
