//! What could not be sent, kept until a later command can.

pub(super) mod sending;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_backend::store::{PlanId, Provider};
use piton_base::{Digest, on_one_line};
use piton_durable::{Disk, DiskResult, Kind, write_atomic};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::place::StoredPlace;
use crate::context::Context;

/// The format that this program writes.
const VERSION: u32 = 1;

/// How much of a file is read.
const MOST: u64 = 1 << 20;

/// How the name of what was refused ends.
const REFUSED: &str = "refused";

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    version: u32,
    plan: PlanId,
    /// Who keeps the plan; what the settings say, in what was written before
    /// this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<Provider>,
    #[serde(flatten)]
    told: Told,
    since: Timestamp,
}

/// A comment of piton's own, and what it is to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Replaced {
    pub(crate) key: String,
    pub(crate) text: String,
}

/// What is reported: fields, and a comment beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Tells the report apart; the same one sent again is done once.
    pub(crate) key: String,
    /// Fields and values, in their order.
    pub(crate) patch: Vec<(String, Json)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) comment: Option<String>,
    /// A comment that is replaced as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<Replaced>,
    /// The session that it is about, which keeps a log of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
}

impl Waiting {
    pub(crate) fn new(plan: &PlanId, provider: Provider, told: Told, since: Timestamp) -> Self {
        Self {
            version: VERSION,
            plan: plan.clone(),
            provider: Some(provider),
            told,
            since,
        }
    }

    /// Returns the plan's mark in the name of the file, by which its reports
    /// are known for its own where one of them cannot be read.
    fn mark(&self) -> String {
        let mut hex = Digest::of(self.plan.as_str().as_bytes()).hex();
        hex.truncate(16);
        hex
    }
}

/// Returns the mark in a name, which those of earlier programs lack.
fn marked(path: &Path) -> Option<&str> {
    let mut parts = path.file_stem()?.to_str()?.split('-');
    let (_, mark, _) = (parts.next()?, parts.next()?, parts.next()?);
    Some(mark)
}

/// The outbox of a clone.
#[derive(Debug)]
pub(crate) struct Outbox<'a> {
    disk: &'a dyn Disk,
    dir: PathBuf,
}

impl<'a> Outbox<'a> {
    pub(crate) fn of(context: &'a Context, place: &StoredPlace) -> Self {
        Self {
            disk: &context.disk,
            dir: place.outbox(),
        }
    }

    /// Keeps a change; tells whether it is safe.
    pub(super) fn keep(&self, waiting: &Waiting) -> bool {
        let name = format!(
            "{:020}-{}-{}.json",
            waiting.since.as_microsecond(),
            waiting.mark(),
            uuid::Uuid::new_v4().simple()
        );
        serde_json::to_vec_pretty(waiting)
            .is_ok_and(|bytes| write_atomic(self.disk, &self.dir.join(name), &bytes, 0o600).is_ok())
    }

    /// Whether something about this plan waits.
    pub(crate) fn has_of(&self, plan: &PlanId) -> bool {
        self.has(|waiting| waiting.plan == *plan)
    }

    /// Whether a report with this key waits.
    fn has_key(&self, key: &str) -> bool {
        self.has(|waiting| waiting.told.key == key)
    }

    /// Counts what waits, by its plan; what cannot be read is counted for none.
    pub(crate) fn counts(&self) -> BTreeMap<Option<PlanId>, usize> {
        let mut counts = BTreeMap::new();
        for path in self.waiting().unwrap_or_default() {
            let plan = self.read(&path).ok().map(|waiting| waiting.plan);
            *counts.entry(plan).or_default() += 1;
        }
        counts
    }

    /// Returns what was refused and set aside.
    pub(crate) fn refused(&self) -> Vec<PathBuf> {
        self.ending_with(REFUSED).unwrap_or_default()
    }

    /// Returns the files that wait, oldest first.
    fn waiting(&self) -> DiskResult<Vec<PathBuf>> {
        self.ending_with("json")
    }

    fn ending_with(&self, end: &str) -> DiskResult<Vec<PathBuf>> {
        let entries = self.disk.list_if_there(&self.dir)?;
        Ok(entries
            .into_iter()
            .filter(|entry| entry.kind == Kind::File)
            .map(|entry| self.dir.join(entry.name))
            .filter(|path| path.extension().is_some_and(|it| it == end))
            .collect())
    }

    /// What cannot be looked at may be what is looked for.
    fn has(&self, wanted: impl Fn(&Waiting) -> bool) -> bool {
        let Ok(waiting) = self.waiting() else {
            return true;
        };
        waiting.iter().any(|path| match self.read(path) {
            Ok(waiting) => wanted(&waiting),
            Err(Unread::Later(_)) => true,
            Err(Unread::Gone | Unread::Damaged(_)) => false,
        })
    }

    fn read(&self, path: &Path) -> Result<Waiting, Unread> {
        /// As much of it as every program writes.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let bytes = self.disk.read_at_most(path, MOST).map_err(|error| {
            let message = on_one_line(&error);
            match error.kind() {
                ErrorKind::NotFound => Unread::Gone,
                ErrorKind::FileTooLarge => Unread::Damaged(message),
                // The disk says no; nothing says that it is not to be sent.
                _ => Unread::Later(message),
            }
        })?;
        match serde_json::from_slice::<Versioned>(&bytes) {
            Ok(Versioned { version }) if version > VERSION => {
                Err(Unread::Later("a newer piton left it".to_owned()))
            }
            _ => serde_json::from_slice(&bytes).map_err(|error| Unread::Damaged(error.to_string())),
        }
    }
}

/// Why nothing can be said of a file that waits.
#[derive(Debug)]
enum Unread {
    /// Another process has sent it.
    Gone,
    /// It may be read another time.
    Later(String),
    Damaged(String),
}

impl StoredPlace {
    /// Whether anything waits to be sent to this plan.
    pub(crate) fn waits_for(&self, context: &Context, plan: &PlanId) -> bool {
        Outbox::of(context, self).has_of(plan)
    }

    /// Whether a report with this key waits to be sent.
    pub(crate) fn waits(&self, context: &Context, key: &str) -> bool {
        Outbox::of(context, self).has_key(key)
    }
}
