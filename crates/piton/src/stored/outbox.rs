//! What could not be sent, kept until a later command can.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use piton_backend::header::Patch;
use piton_backend::store::{Backend, BackendError, Change, PlanId};
use piton_base::Clock;
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
    key: String,
    /// Fields and values, in their order.
    patch: Vec<(String, Json)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    since: Timestamp,
}

impl Waiting {
    pub(crate) fn new(
        plan: &PlanId,
        key: &str,
        patch: Vec<(String, Json)>,
        comment: Option<String>,
        since: Timestamp,
    ) -> Self {
        Self {
            version: VERSION,
            plan: plan.clone(),
            key: key.to_owned(),
            patch,
            comment,
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

    /// Sends what waits. What cannot be sent at all is set aside, what may pass
    /// stays; somebody else who is sending is left to it.
    pub(crate) fn send(&self, backend: &dyn Backend, now: Timestamp) {
        let waiting = self.waiting();
        if waiting.is_empty() {
            return;
        }
        let holder = Holder {
            pid: std::process::id(),
            host: "this machine".to_owned(),
            since: now,
            what: "sending what waited".to_owned(),
        };
        let lock = Lock::at(self.dir.join("lock"));
        let Ok(_guard) = lock.acquire(&holder, Duration::ZERO) else {
            return;
        };
        for path in waiting {
            match self.send_one(&path, backend) {
                Sent::Done => {
                    let _ = self.disk.remove_file(&path);
                }
                Sent::Never => {
                    let _ = self.disk.rename(&path, &path.with_extension("refused"));
                }
                Sent::Later => return,
            }
        }
    }

    fn send_one(&self, path: &std::path::Path, backend: &dyn Backend) -> Sent {
        let bytes = match self.disk.read_at_most(path, MOST) {
            Ok(bytes) => bytes,
            // Another process has sent it meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Sent::Done,
            Err(_) => return Sent::Never,
        };
        let Ok(waiting) = serde_json::from_slice::<Waiting>(&bytes) else {
            return Sent::Never;
        };
        if waiting.version > VERSION {
            return Sent::Later;
        }
        let Ok(patch) = Patch::new(waiting.patch) else {
            return Sent::Never;
        };
        let change = Change {
            patch,
            key: waiting.key,
        };
        let sent = backend.post_event(&waiting.plan, &change, waiting.comment.as_deref());
        match sent {
            Ok(_) => Sent::Done,
            Err(error) if BackendError::may_pass(&error) => Sent::Later,
            Err(_) => Sent::Never,
        }
    }
}

/// Sends what waits in the outbox of the clone here, if anything does.
pub(crate) fn send_waiting(context: &Context) {
    let Ok(place) = StoredPlace::find(context) else {
        return;
    };
    let outbox = Outbox {
        disk: &context.disk,
        dir: place.outbox(),
    };
    if outbox.waiting().is_empty() {
        return;
    }
    // What cannot be sent now goes on waiting; that is nobody's error here.
    let _ = with_backend(context, &place, place.provider(), |backend| {
        outbox.send(backend, context.clock.now());
    });
}

enum Sent {
    Done,
    Later,
    Never,
}
