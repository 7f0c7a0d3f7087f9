//! What could not be sent, kept until a later command can.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use piton_backend::header::Patch;
use piton_backend::store::{BackendError, Change, PlanId, Provider, Reason};
use piton_base::{Clock, on_one_line};
use piton_durable::{Disk, Holder, Kind, Lock, write_atomic};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::backends::with_backend;
use super::place::StoredPlace;
use crate::context::Context;

/// The format that this program writes.
const VERSION: u32 = 1;

/// How much of a file is read.
const MOST: u64 = 1 << 20;

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    version: u32,
    plan: PlanId,
    /// Who keeps the plan; what the settings say, in what was written before
    /// this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<Provider>,
    key: String,
    /// Fields and values, in their order.
    patch: Vec<(String, Json)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// A comment that is replaced as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<Replaced>,
    /// The session that it is about, which keeps a log of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    since: Timestamp,
}

/// A comment of piton's own, and what it is to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Replaced {
    pub(crate) key: String,
    pub(crate) text: String,
}

/// What is reported: fields, and a comment beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// Tells the report apart; the same one sent again is done once.
    pub(crate) key: String,
    pub(crate) patch: Vec<(String, Json)>,
    pub(crate) comment: Option<String>,
    pub(crate) report: Option<Replaced>,
    /// The session that it is about, which keeps a log of its own.
    pub(crate) session: Option<String>,
}

impl Waiting {
    pub(crate) fn new(plan: &PlanId, provider: Provider, told: Told, since: Timestamp) -> Self {
        Self {
            version: VERSION,
            plan: plan.clone(),
            provider: Some(provider),
            key: told.key,
            patch: told.patch,
            comment: told.comment,
            report: told.report,
            session: told.session,
            since,
        }
    }
}

/// The outbox of a clone.
#[derive(Debug)]
pub(crate) struct Outbox<'a> {
    pub(crate) disk: &'a dyn Disk,
    pub(crate) dir: PathBuf,
}

impl Outbox<'_> {
    /// Keeps a change; tells whether it is safe.
    pub(crate) fn keep(&self, waiting: &Waiting) -> bool {
        let name = format!(
            "{:020}-{}.json",
            waiting.since.as_microsecond(),
            uuid::Uuid::new_v4().simple()
        );
        serde_json::to_vec_pretty(waiting)
            .is_ok_and(|bytes| write_atomic(self.disk, &self.dir.join(name), &bytes, 0o600).is_ok())
    }

    /// Returns the files that wait, oldest first.
    pub(crate) fn waiting(&self) -> Vec<PathBuf> {
        let entries = self.disk.list(&self.dir).unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry.kind == Kind::File)
            .map(|entry| self.dir.join(entry.name))
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect()
    }

    /// Sends what waits, oldest first, each to the backend that it was meant
    /// for. What cannot be sent at all is set aside, what may pass stays, and
    /// so does all that follows it. For somebody else who is sending it is
    /// waited as long as `patience` says.
    pub(crate) fn send(
        &self,
        context: &Context,
        place: &StoredPlace,
        patience: Duration,
    ) -> Result<(), Delay> {
        if self.waiting().is_empty() {
            return Ok(());
        }
        let holder = Holder {
            pid: std::process::id(),
            host: "this machine".to_owned(),
            since: context.clock.now(),
            what: "sending what waited".to_owned(),
        };
        let lock = Lock::at(self.dir.join("lock"));
        let _guard = lock.acquire(&holder, patience).map_err(|_| Delay {
            message: "another process of this clone is sending what waited".to_owned(),
            reason: Reason::ProviderError,
        })?;
        for path in self.waiting() {
            match self.send_one(&path, context, place) {
                Sent::Done => {
                    let _ = self.disk.remove_file(&path);
                }
                Sent::Never => {
                    let _ = self.disk.rename(&path, &path.with_extension("refused"));
                }
                Sent::Later(delay) => return Err(delay),
            }
        }
        Ok(())
    }

    /// Whether something about this plan waits.
    pub(crate) fn has_of(&self, plan: &PlanId) -> bool {
        self.has(|waiting| waiting.plan == *plan)
    }

    /// Whether a report with this key waits.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.has(|waiting| waiting.key == key)
    }

    fn has(&self, wanted: impl Fn(&Waiting) -> bool) -> bool {
        self.waiting().iter().any(|path| {
            let bytes = self.disk.read_at_most(path, MOST).unwrap_or_default();
            serde_json::from_slice::<Waiting>(&bytes).is_ok_and(|waiting| wanted(&waiting))
        })
    }

    fn send_one(&self, path: &std::path::Path, context: &Context, place: &StoredPlace) -> Sent {
        let bytes = match self.disk.read_at_most(path, MOST) {
            Ok(bytes) => bytes,
            // Another process has sent it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Sent::Done,
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => return Sent::Never,
            // The disk says no; nothing says that it is not to be sent.
            Err(error) => {
                return Sent::Later(Delay {
                    message: on_one_line(&error),
                    reason: Reason::ProviderError,
                });
            }
        };
        let Ok(waiting) = serde_json::from_slice::<Waiting>(&bytes) else {
            return Sent::Never;
        };
        if waiting.version > VERSION {
            return Sent::Later(Delay {
                message: "a newer piton left what waits".to_owned(),
                reason: Reason::ProviderError,
            });
        }
        let Ok(patch) = Patch::new(waiting.patch) else {
            return Sent::Never;
        };
        let change = Change {
            patch,
            key: waiting.key,
            waited: Duration::try_from(context.clock.now().duration_since(waiting.since))
                .unwrap_or_default()
                .max(Duration::from_millis(1)),
        };
        let provider = waiting.provider.unwrap_or_else(|| place.provider());
        let session = waiting.session.as_deref();
        let sent = with_backend(context, place, provider, session, |backend| {
            if let Some(report) = &waiting.report {
                backend.set_comment(&waiting.plan, &report.key, &report.text)?;
            }
            if change.patch.is_empty() && waiting.comment.is_none() {
                return Ok(());
            }
            backend
                .post_event(&waiting.plan, &change, waiting.comment.as_deref())
                .map(drop)
        });
        match sent {
            // The settings cannot be used now; they may be mended.
            Err(error) => Sent::Later(Delay {
                message: error.on_one_line(),
                reason: Reason::ProviderError,
            }),
            Ok(Ok(())) => Sent::Done,
            Ok(Err(error)) if BackendError::may_pass(&error) => Sent::Later(Delay {
                message: on_one_line(&error),
                reason: error.reason(),
            }),
            Ok(Err(_)) => Sent::Never,
        }
    }
}

/// Sends what waits in the outbox of the clone here, if anything does. What
/// cannot be sent now goes on waiting; that is nobody's error here.
pub(crate) fn send_waiting(context: &Context) {
    let Ok(place) = StoredPlace::find(context) else {
        return;
    };
    let outbox = Outbox {
        disk: &context.disk,
        dir: place.outbox(),
    };
    let _ = outbox.send(context, &place, Duration::ZERO);
}

/// Why something goes on waiting.
#[derive(Debug)]
pub(crate) struct Delay {
    pub(crate) message: String,
    pub(crate) reason: Reason,
}

enum Sent {
    Done,
    Later(Delay),
    Never,
}

impl StoredPlace {
    /// Whether anything waits to be sent.
    pub(crate) fn anything_waits(&self, context: &Context) -> bool {
        let outbox = Outbox {
            disk: &context.disk,
            dir: self.outbox(),
        };
        !outbox.waiting().is_empty()
    }

    /// Whether a report with this key waits to be sent.
    pub(crate) fn waits(&self, context: &Context, key: &str) -> bool {
        let outbox = Outbox {
            disk: &context.disk,
            dir: self.outbox(),
        };
        outbox.has_key(key)
    }
}
