//! Who writes, how the processes of a clone take turns, and what this clone
//! remembers of its own log.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use piton_base::Clock;
use piton_durable::{Disk, LockGuard};

use super::page::Page;
use crate::log::{LogPage, Writer};
use crate::store::{PlanId, Result, turn};

/// How much of a remembered log is read.
const MOST: u64 = 1 << 20;

/// The file that says that GraphQL is not to be had.
const PLAIN: &str = "no-graphql";

/// Where the processes of a clone meet.
#[derive(Clone, Debug)]
pub struct CloneState<'a> {
    pub dir: PathBuf,
    pub disk: &'a dyn Disk,
}

/// Who writes.
#[derive(Debug)]
pub struct Writing<'a> {
    pub(super) writer: Writer,
    pub(super) clock: &'a dyn Clock,
    clone: Option<CloneState<'a>>,
    own: Mutex<HashMap<u64, Arc<Kept>>>,
}

/// An own log as it was last written.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) page: Page,
    pub(super) text: String,
}

impl<'a> Writing<'a> {
    /// A writer; with a clone where several processes may be the same one.
    pub fn new(writer: Writer, clock: &'a dyn Clock, clone: Option<CloneState<'a>>) -> Self {
        Self {
            writer,
            clock,
            clone,
            own: Mutex::new(HashMap::new()),
        }
    }

    /// Takes this process's turn at a plan.
    pub(super) fn turn(&self, id: &PlanId) -> Result<Option<LockGuard>> {
        self.clone
            .as_ref()
            .map(|clone| {
                let path = clone.dir.join(format!("{id}.lock"));
                turn::take(&path, self.clock, "writing to a plan")
            })
            .transpose()
    }

    /// Returns the own log as it was last written.
    pub(super) fn recall(&self, number: u64) -> Option<Arc<Kept>> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = own.get(&number) {
            return Some(Arc::clone(kept));
        }
        let clone = self.clone.as_ref()?;
        let bytes = clone
            .disk
            .read_at_most(&self.path(clone, number), MOST)
            .ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (comment, text) = text.split_once('\n')?;
        let log = LogPage::read(text).filter(|log| log.writer == self.writer)?;
        let page = Page {
            comment: comment.parse().ok()?,
            log,
        };
        let kept = Arc::new(Kept {
            page,
            text: text.to_owned(),
        });
        own.insert(number, Arc::clone(&kept));
        Some(kept)
    }

    /// Remembers the own log, which was written as `text`. It is a help against stale answers only: without
    /// it everything works, and so nothing waits until it is durable.
    pub(super) fn remember(&self, number: u64, page: &Page, text: &str) {
        if let Some(clone) = &self.clone {
            let path = self.path(clone, number);
            let fresh = path.with_extension(format!("{}.new", std::process::id()));
            let whole = format!("{}\n{text}", page.comment);
            let disk = clone.disk;
            let _ = disk.remove_file(&fresh);
            let _ = disk
                .write_new(&fresh, whole.as_bytes(), 0o600)
                .and_then(|()| disk.rename(&fresh, &path));
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = Kept {
            page: page.clone(),
            text: text.to_owned(),
        };
        own.insert(number, Arc::new(kept));
    }

    /// Forgets a log whose comment is gone.
    pub(super) fn forget(&self, number: u64) {
        if let Some(clone) = &self.clone {
            let _ = clone.disk.remove_file(&self.path(clone, number));
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.remove(&number);
    }

    /// Whether GraphQL may be asked. Where it was not to be had, nobody asks
    /// again for a day: a report is not to take longer for it each time.
    pub(super) fn may_ask_for_versions(&self) -> bool {
        let Some(clone) = &self.clone else {
            return true;
        };
        let stat = clone.disk.stat(&clone.dir.join(PLAIN)).ok().flatten();
        let since = stat
            .and_then(|stat| stat.modified)
            .and_then(|time| Timestamp::try_from(time).ok());
        since.is_none_or(|since| {
            self.clock.now().duration_since(since) > SignedDuration::from_hours(24)
        })
    }

    /// Remembers that GraphQL is not to be had here.
    pub(super) fn ask_no_more_for_versions(&self) {
        if let Some(clone) = &self.clone {
            let path = clone.dir.join(PLAIN);
            let _ = clone.disk.remove_file(&path);
            let _ = clone.disk.write_new(&path, b"", 0o600);
        }
    }

    fn path(&self, clone: &CloneState<'_>, number: u64) -> PathBuf {
        clone
            .dir
            .join(format!("{number}.{}.log", self.writer.as_str()))
    }
}
