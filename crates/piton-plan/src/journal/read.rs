//! Reading journals.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use piton_durable::log::read_lines;
use piton_durable::{DiskError, DiskRead, Kind, LogError};

use crate::id::{ActionId, PlanId};
use crate::input::Answer;
use crate::journal::glance::glance;
use crate::journal::line::{Counts, FORMAT, HeadIn, Line, PlanIn, Version, WrittenAnswer};
use crate::journal::status::{Begun, Status};
use crate::operation::Operation;
use crate::plan::Plan;
use crate::ready::{Ready, Stance};
use crate::receipt::{Outcome, Receipt};
use crate::verify::Verification;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("there is no journal {wanted}")]
    NotFound { wanted: String },
    #[error("{wanted} fits {} journals: {}", found.len(), these(.found))]
    Ambiguous { wanted: String, found: Vec<PlanId> },
    #[error("there is no journal to go on with")]
    NothingToResume,
    #[error(
        "the journal {} has the format {found} of an older piton, and this piton reads only \
         {FORMAT}",
        path.display()
    )]
    Older { path: PathBuf, found: u32 },
    #[error(
        "the journal {} has the format {found}, and this piton reads up to {FORMAT}",
        path.display()
    )]
    Newer { path: PathBuf, found: u32 },
    #[error("the journal {} is damaged in line {line}", path.display())]
    Damaged {
        path: PathBuf,
        line: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("the journal {} names {action}, which is not in its plan", path.display())]
    Stranger { path: PathBuf, action: ActionId },
    #[error("the journal {} is that of {id}", path.display())]
    Misnamed { path: PathBuf, id: PlanId },
    #[error("the plan of {id} cannot be read")]
    Plan {
        id: PlanId,
        #[source]
        source: serde_json::Error,
    },
    #[error("{id} is finished already")]
    Finished { id: PlanId },
    #[error("{id} failed and cannot be resumed")]
    Over { id: PlanId },
    #[error("{id} was begun before")]
    Exists { id: PlanId },
}

impl JournalError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotFound { .. } | Self::Ambiguous { .. } | Self::NothingToResume => {
                Some("`piton journal list` shows the journals")
            }
            Self::Older { .. } => Some("run its command again"),
            Self::Newer { .. } => Some("use the piton that wrote it, or a newer one"),
            Self::Over { .. } => Some("run its command again; it makes a new plan"),
            Self::Log(_)
            | Self::Disk(_)
            | Self::Damaged { .. }
            | Self::Stranger { .. }
            | Self::Misnamed { .. }
            | Self::Plan { .. }
            | Self::Finished { .. }
            | Self::Exists { .. } => None,
        }
    }

    /// Whether the disk failed, and nothing is known of the journal.
    fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Disk(_) | Self::Log(LogError::Disk(_)))
    }
}

fn these(found: &[PlanId]) -> String {
    const MOST: usize = 3;
    let shown: Vec<String> = found.iter().take(MOST).map(PlanId::to_string).collect();
    let more = if found.len() > MOST { ", …" } else { "" };
    shown.join(", ") + more
}

/// A journal that was read. Its plan is read on its own, since only the family
/// of operations can.
#[derive(Clone, Debug)]
pub struct Journal {
    head: HeadIn,
    head_line: String,
    lines: Vec<Line>,
    torn: bool,
}

/// What a list shows of a journal.
#[derive(Debug)]
pub struct Listed {
    pub id: PlanId,
    /// What could be read, or why it could not.
    pub journal: Result<Begun, JournalError>,
}

/// Returns the journal of a plan, if the plan was ever begun.
pub fn find(disk: &dyn DiskRead, dir: &Path, id: PlanId) -> Result<Option<Journal>, JournalError> {
    read(disk, file(dir, id), id)
}

/// Returns whether there is a journal of a plan, without reading it.
pub fn is_there(disk: &dyn DiskRead, dir: &Path, id: PlanId) -> Result<bool, JournalError> {
    Ok(disk.stat(&file(dir, id))?.is_some())
}

pub fn load(disk: &dyn DiskRead, dir: &Path, id: PlanId) -> Result<Journal, JournalError> {
    find(disk, dir, id)?.ok_or_else(|| JournalError::NotFound {
        wanted: id.to_string(),
    })
}

/// Returns all journals, the oldest first. Of a run that came to its end only
/// the two ends are read. One that cannot be read is listed with the reason;
/// one whose plan was not written out never began.
pub fn list(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<Listed>, JournalError> {
    let mut listed = Vec::new();
    for id in ids(disk, dir)? {
        if let Some(begun) = glance(disk, &file(dir, id), id) {
            let journal = Ok(begun);
            listed.push(Listed { id, journal });
            continue;
        }
        let journal = match find(disk, dir, id) {
            Ok(None) => continue,
            Ok(Some(journal)) => Ok(journal.begun()),
            Err(error) => Err(error),
        };
        listed.push(Listed { id, journal });
    }
    Ok(listed)
}

/// Returns the latest journals, the newest first, each read when it is asked
/// for. Whoever looks for what was cut off is not stopped by what is no journal
/// that this piton knows; what the disk does not give away is an error.
pub fn latest<'a>(
    disk: &'a dyn DiskRead,
    dir: &'a Path,
    most: usize,
) -> Result<impl Iterator<Item = Result<Journal, JournalError>> + 'a, JournalError> {
    let ids = ids(disk, dir)?.into_iter().rev().take(most);
    Ok(ids.filter_map(|id| match find(disk, dir, id) {
        Err(error) if !error.is_of_the_disk() => None,
        found => found.transpose(),
    }))
}

/// Returns the id that a user means: by its beginning, or the latest that can
/// be gone on with where nothing was said.
pub fn pick(disk: &dyn DiskRead, dir: &Path, wanted: Option<&str>) -> Result<PlanId, JournalError> {
    let Some(wanted) = wanted else {
        let open = list(disk, dir)?
            .into_iter()
            .rev()
            .find(|listed| matches!(&listed.journal, Ok(begun) if begun.status.is_open()));
        return Ok(open.ok_or(JournalError::NothingToResume)?.id);
    };
    let mut found = ids(disk, dir)?;
    found.retain(|id| !wanted.is_empty() && id.to_string().starts_with(wanted));
    match found.as_slice() {
        [] => Err(JournalError::NotFound {
            wanted: wanted.escape_debug().to_string(),
        }),
        [only] => Ok(*only),
        _ => Err(JournalError::Ambiguous {
            wanted: wanted.to_owned(),
            found,
        }),
    }
}

impl Journal {
    pub fn id(&self) -> PlanId {
        self.head.id
    }

    pub fn command(&self) -> &str {
        &self.head.plan.command
    }

    /// Returns when the plan was begun.
    pub fn at(&self) -> Timestamp {
        self.head.at
    }

    /// Returns the program that wrote it, with its version.
    pub fn tool(&self) -> &str {
        &self.head.tool
    }

    /// Whether a crash left an unfinished last line, which was passed over.
    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// Reads the plan.
    pub fn plan<O: Operation>(&self) -> Result<Plan<O>, JournalError> {
        let head: PlanIn<O> =
            serde_json::from_str(&self.head_line).map_err(|source| JournalError::Plan {
                id: self.head.id,
                source,
            })?;
        Ok(head.plan)
    }

    /// Returns the latest receipt of each action that has one.
    pub fn receipts(&self) -> Vec<Receipt> {
        let mut latest: HashMap<&ActionId, &Receipt> = HashMap::new();
        for line in &self.lines {
            match line {
                Line::Outcome(receipt) => _ = latest.insert(&receipt.action, receipt),
                Line::Ended { skipped, .. } => {
                    latest.extend(skipped.iter().map(|r| (&r.action, r)));
                }
                Line::Intent { .. } | Line::Resumed { .. } | Line::Verified { .. } => {}
            }
        }
        let actions = self.head.plan.actions.iter();
        actions
            .filter_map(|action| latest.get(&action.id).copied().cloned())
            .collect()
    }

    /// Returns the actions that were begun and of which nothing came, as far
    /// as the journal knows.
    pub fn under_way(&self) -> BTreeSet<&ActionId> {
        let mut under_way = BTreeSet::new();
        for line in &self.lines {
            match line {
                Line::Intent { action, .. } => _ = under_way.insert(action),
                Line::Outcome(receipt) => _ = under_way.remove(&receipt.action),
                Line::Resumed { .. } | Line::Ended { .. } | Line::Verified { .. } => {}
            }
        }
        under_way
    }

    /// Returns what looking again showed, if that was done.
    pub fn verification(&self) -> Option<&Verification> {
        self.lines.iter().rev().find_map(|line| match line {
            Line::Verified { verification, .. } => Some(verification),
            Line::Intent { .. } | Line::Outcome(_) | Line::Resumed { .. } | Line::Ended { .. } => {
                None
            }
        })
    }

    pub fn status(&self) -> Status {
        let ended = self.lines.iter().rev().find_map(|line| match line {
            Line::Ended { over, .. } => Some(Some(*over)),
            Line::Resumed { .. } | Line::Intent { .. } | Line::Outcome(_) => Some(None),
            Line::Verified { .. } => None,
        });
        let Some(Some(over)) = ended else {
            return Status::Stopped;
        };
        self.counts().status(over)
    }

    fn counts(&self) -> Counts {
        Counts::of(&self.receipts(), self.head.plan.actions.len())
    }

    /// Returns what is known before the run is carried on: what went well is
    /// settled, what was under way is looked at first, the rest is to be done.
    pub(super) fn ready<'p, O: Operation>(&self, plan: &'p Plan<O>) -> Ready<'p, O> {
        let under_way = self.under_way();
        let mut ready = self.stances(plan, |action| under_way.contains(action));
        for receipt in self.receipts() {
            let settled = match receipt.outcome {
                Outcome::Ok | Outcome::AlreadySo => true,
                // An order to leave something alone is simply obeyed again.
                Outcome::Failed(_) | Outcome::Skipped(_) => false,
            };
            if let (true, Some(position)) = (settled, plan.position(&receipt.action)) {
                ready.stances[position as usize] = Stance::Settled(receipt);
            }
        }
        ready
    }

    /// Returns the same for a run that begins again: nothing is settled, and
    /// everything may have been done before.
    pub(super) fn unsettled<'p, O: Operation>(&self, plan: &'p Plan<O>) -> Ready<'p, O> {
        self.stances(plan, |_| true)
    }

    fn stances<'p, O: Operation>(
        &self,
        plan: &'p Plan<O>,
        may_be_done: impl Fn(&ActionId) -> bool,
    ) -> Ready<'p, O> {
        let stance = |action: &ActionId| {
            if let Some(reason) = self.head.left_out.get(action) {
                return Stance::Leave(reason.clone());
            }
            let answer = self.head.answers.get(action).map(|answer| match answer {
                WrittenAnswer::Yes => Answer::Yes,
                WrittenAnswer::Text(text) => Answer::Text(text.clone()),
            });
            if may_be_done(action) {
                Stance::Again(answer)
            } else {
                Stance::Go(answer)
            }
        };
        let stances = plan.actions().iter().map(|action| stance(action.id()));
        Ready {
            plan,
            stances: stances.collect(),
        }
    }

    /// Returns what a list shows of it.
    pub fn begun(&self) -> Begun {
        Begun {
            command: self.head.plan.command.clone(),
            at: self.head.at,
            actions: self.head.plan.actions.len(),
            settled: self.counts().settled,
            status: self.status(),
        }
    }
}

pub(super) fn file(dir: &Path, id: PlanId) -> PathBuf {
    dir.join(format!("{id}.jsonl"))
}

fn ids(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<PlanId>, JournalError> {
    let entries = disk.list_if_there(dir)?.into_iter();
    // Sorted by name is sorted by time.
    Ok(entries
        .filter(|entry| entry.kind == Kind::File)
        .filter_map(|entry| {
            let name = entry.name.to_str()?;
            name.strip_suffix(".jsonl")?.parse().ok()
        })
        .collect())
}

fn read(disk: &dyn DiskRead, path: PathBuf, id: PlanId) -> Result<Option<Journal>, JournalError> {
    let found = read_lines(disk, &path)?;
    let torn = found.torn > 0;
    let mut lines = found.lines.into_iter();
    // Without a first line nothing was begun: it is on disk before anything is.
    let Some(head_line) = lines.next() else {
        return Ok(None);
    };
    let damaged = |line, source| JournalError::Damaged {
        path: path.clone(),
        line,
        source,
    };
    let version: Version = serde_json::from_str(&head_line).map_err(|e| damaged(1, e))?;
    if version.journal > FORMAT {
        let found = version.journal;
        return Err(JournalError::Newer { path, found });
    }
    if version.journal < FORMAT {
        let found = version.journal;
        return Err(JournalError::Older { path, found });
    }
    let head: HeadIn = serde_json::from_str(&head_line).map_err(|e| damaged(1, e))?;
    if head.id != id {
        let id = head.id;
        return Err(JournalError::Misnamed { path, id });
    }
    let lines = lines
        .enumerate()
        .map(|(at, line)| serde_json::from_str(&line).map_err(|e| damaged(at + 2, e)))
        .collect::<Result<Vec<Line>, _>>()?;
    if let Some(action) = stranger(&head, &lines) {
        let action = action.clone();
        return Err(JournalError::Stranger { path, action });
    }
    Ok(Some(Journal {
        head,
        head_line,
        lines,
        torn,
    }))
}

/// Returns an action that the plan does not have, if the lines tell of one.
fn stranger<'l>(head: &HeadIn, lines: &'l [Line]) -> Option<&'l ActionId> {
    let known: HashSet<&ActionId> = head.plan.actions.iter().map(|action| &action.id).collect();
    lines
        .iter()
        .flat_map(|line| match line {
            Line::Intent { action, .. } => vec![action],
            Line::Outcome(receipt) => vec![&receipt.action],
            Line::Ended { skipped, .. } => skipped.iter().map(|r| &r.action).collect(),
            Line::Resumed { .. } | Line::Verified { .. } => Vec::new(),
        })
        .find(|id| !known.contains(id))
}
