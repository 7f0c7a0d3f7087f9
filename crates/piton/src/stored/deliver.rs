//! Brings a report to the plan it belongs to, or keeps it until that is possible.

use std::time::Duration;

use piton_backend::folder::Event;
use piton_backend::header::{PatchError, Stamp};
use piton_backend::store::{BackendError, Noted, PlanId, Provider, Reason};
use piton_base::{Clock, on_one_line};
use serde_json::{Value as Json, json};

use super::outbox::{Outbox, Told, Waiting};
use super::place::StoredPlace;
use crate::context::Context;

/// How long a report waits for another process that sends what waited.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a report did not arrive.
#[derive(Debug)]
pub(crate) enum Undelivered {
    /// There is no backend to bring it to.
    NoBackend(String),
    Refused {
        message: String,
        reason: Reason,
        /// Whether it waits in the outbox.
        queued: bool,
    },
}

impl Undelivered {
    /// Says why, and whether it waits.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::NoBackend(why) => why.clone(),
            Self::Refused {
                message,
                queued: true,
                ..
            } => format!("{message}; it waits in the outbox"),
            Self::Refused {
                message,
                queued: false,
                ..
            } => message.clone(),
        }
    }
}

/// Brings a report, after what waited for its plan. Returns what people should
/// know of what waits for others.
pub(crate) fn deliver(
    context: &Context,
    place: &StoredPlace,
    (plan, provider): (&PlanId, Provider),
    told: Told,
) -> Result<Vec<String>, Undelivered> {
    let waiting = Waiting::new(plan, provider, told, context.clock.now());
    let refused = |error: PatchError| Undelivered::Refused {
        message: error.to_string(),
        reason: Reason::InvalidMetadata,
        queued: false,
    };
    let change = waiting.change(Duration::ZERO).map_err(refused)?;
    let outbox = Outbox::of(context, place);
    let sending = outbox.send(context, place, PATIENCE);
    // What waits for the plan was decided before: it goes first, or this waits too.
    if let Some(message) = sending.in_the_way_of(&waiting, &outbox) {
        return Err(Undelivered::Refused {
            message: message.to_owned(),
            reason: Reason::ProviderError,
            queued: outbox.keep(&waiting),
        });
    }
    let sent = waiting.bring(&change, provider, context, place);
    match sent {
        Err(error) => Err(Undelivered::NoBackend(error.on_one_line())),
        Ok(Ok(notes)) => {
            // On standard error: the answers of reports are what callers know.
            for warning in notes.iter().filter_map(Noted::warning) {
                context.out.warn(&warning);
            }
            Ok(sending.told)
        }
        Ok(Err(error)) => Err(Undelivered::Refused {
            message: on_one_line(&error),
            reason: error.reason(),
            queued: BackendError::may_pass(&error) && outbox.keep(&waiting),
        }),
    }
}

/// What happened to the work on a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Happened<'a> {
    pub(crate) at: jiff::Timestamp,
    pub(crate) event: Event,
    pub(crate) session: Option<&'a str>,
    pub(crate) user: &'a str,
    /// Whether a run of CI does the work.
    pub(crate) remote: bool,
}

impl Happened<'_> {
    /// Returns the fields of the header that say it.
    pub(crate) fn fields(&self) -> Vec<(String, Json)> {
        let at = json!(Stamp::write(self.at));
        let field = |name: &str, value: Json| (name.to_owned(), value);
        if self.remote {
            return vec![field("last_remote_impl_at", at)];
        }
        vec![
            field("last_local_impl_at", at),
            field("last_local_impl_event", json!(self.event)),
            field("last_local_impl_session", json!(self.session)),
            field("last_local_impl_user", json!(self.user)),
        ]
    }
}
