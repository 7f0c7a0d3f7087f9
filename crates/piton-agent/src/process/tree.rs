//! All processes of one call, and how they are ended.
//!
//! A process belongs to the call when a chain of parents leads to the program
//! that was started, when it was seen doing so once, when it was given the
//! call's marker in its environment, or when a session that belongs to the call
//! holds it. The shells of agents have sessions of their own, and what they put
//! in the background loses its parent: one of these alone misses some. piton is
//! made the adopter of orphans, so that their chain of parents ends here and
//! they can be taken note of when they die.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

use super::table::{self, ProcessId, ProcessTable, Row};

/// The variable by which the processes of a call are known.
pub(crate) const MARKER: &str = "PITON_CALL";

/// How many calls run in this process. An adopted orphan that shows no trace of
/// where it came from belongs to the call in whose directory it works, and to
/// the only call where there is just one.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// The processes of one call.
#[derive(Debug)]
pub(crate) struct Tree {
    table: Box<dyn ProcessTable>,
    /// The program that was started; nothing after a restart of piton.
    root: Option<i32>,
    marker: String,
    directory: PathBuf,
    own: i32,
    /// When the program was started: what is older was not given the marker.
    born: Option<u64>,
    seen: BTreeSet<ProcessId>,
    /// Processes whose environment was looked at and had no marker.
    foreign: BTreeSet<ProcessId>,
}

impl Tree {
    /// Watches over the processes of `root`, which carry `token`.
    pub(crate) fn of(root: Option<u32>, directory: &Path, token: &str) -> Self {
        Self::told_by(table::of_this_machine(), root, directory, token)
    }

    fn told_by(
        table: Box<dyn ProcessTable>,
        root: Option<u32>,
        directory: &Path,
        token: &str,
    ) -> Self {
        CALLS.fetch_add(usize::from(root.is_some()), Ordering::SeqCst);
        let root = root.and_then(|root| i32::try_from(root).ok());
        let born = root
            .filter(|_| table.tells_earlier())
            // Where that cannot be told, all are looked at.
            .and_then(|root| table.row(root).ok().flatten())
            .map(|row| row.id.start);
        Self {
            table,
            born,
            // Links in the path are followed, as the kernel does.
            directory: directory
                .canonicalize()
                .unwrap_or_else(|_| directory.to_path_buf()),
            root,
            marker: format!("{MARKER}={token}"),
            own: i32::try_from(std::process::id()).unwrap_or(0),
            seen: BTreeSet::new(),
            foreign: BTreeSet::new(),
        }
    }

    /// Looks around and returns the living processes of the call, without the
    /// root itself: somebody else waits for that one. An error says that there
    /// may be more.
    pub(crate) fn look(&mut self) -> io::Result<Vec<i32>> {
        let rows = self.table.rows()?;
        self.foreign
            .retain(|id| rows.get(&id.pid).is_some_and(|row| row.id == *id));
        let marked: Vec<ProcessId> = rows
            .values()
            .map(|row| row.id)
            .filter(|id| self.born.is_none_or(|born| id.start >= born))
            .filter(|id| {
                !self.seen.contains(id) && !self.foreign.contains(id) && id.pid != self.own
            })
            .collect();
        for id in marked {
            if self.table.was_given(id.pid, &self.marker)? {
                self.seen.insert(id);
            } else {
                self.foreign.insert(id);
            }
        }
        if self.root.is_some() {
            let alone = CALLS.load(Ordering::SeqCst) == 1;
            for id in strays(&rows, self.own) {
                if alone || self.table.works_below(id.pid, &self.directory)? {
                    self.seen.insert(id);
                }
            }
        }
        self.seen = members(&rows, self.root, self.own, &self.seen);
        let others = self
            .seen
            .iter()
            .map(|id| id.pid)
            .filter(|pid| Some(*pid) != self.root);
        let (dead, alive): (Vec<_>, Vec<_>) = others.partition(|pid| rows[pid].zombie);
        for pid in dead.into_iter().filter(|pid| rows[pid].parent == self.own) {
            // Adopted and dead: taking note of it lets it go. An error means
            // that somebody else was faster.
            let _ = table::pid(pid).map(|pid| waitpid(Some(pid), WaitOptions::NOHANG));
        }
        Ok(alive)
    }

    /// Tells whether nothing of the call is left but its root. What cannot be
    /// looked at may be.
    pub(crate) fn is_clear(&mut self) -> bool {
        self.look().is_ok_and(|alive| alive.is_empty())
    }

    /// Sends a signal to every living process of the call, the root included
    /// when `with_root` says that nobody has waited for it yet.
    pub(crate) fn signal(&mut self, signal: Signal, with_root: bool) {
        // Numbers are used again: without a look only the root's is sure.
        let mut targets = self.look().unwrap_or_default();
        targets.extend(self.root.filter(|_| with_root));
        for pid in targets
            .into_iter()
            .filter(|pid| *pid != self.own)
            .filter_map(table::pid)
        {
            // What died meanwhile needs no signal.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        CALLS.fetch_sub(usize::from(self.root.is_some()), Ordering::SeqCst);
    }
}

/// Returns which of `rows` belong to the call: the root, what was seen before
/// and still is the same process, and what descends from these or shares a
/// session with them.
fn members(
    rows: &BTreeMap<i32, Row>,
    root: Option<i32>,
    own: i32,
    before: &BTreeSet<ProcessId>,
) -> BTreeSet<ProcessId> {
    let own_session = rows.get(&own).map(|row| row.session);
    let mut found: BTreeSet<ProcessId> = before
        .iter()
        .filter(|id| rows.get(&id.pid).is_some_and(|row| row.id == **id))
        .copied()
        .collect();
    found.extend(root.and_then(|root| rows.get(&root)).map(|row| row.id));
    loop {
        let pids: BTreeSet<i32> = found.iter().map(|id| id.pid).collect();
        // piton's own session holds the user's shell as well.
        let sessions: BTreeSet<i32> = pids
            .iter()
            .filter_map(|pid| Some(rows.get(pid)?.session))
            .filter(|session| {
                Some(*session) != own_session && *session > 1 && pids.contains(session)
            })
            .collect();
        let joins = |row: &&Row| {
            let id = row.id.pid;
            id != own && id > 1 && (pids.contains(&row.parent) || sessions.contains(&row.session))
        };
        let size = found.len();
        found.extend(rows.values().filter(joins).map(|row| row.id));
        if found.len() == size {
            return found;
        }
    }
}

/// Returns the orphans that piton adopted: what piton starts itself stays in
/// piton's session.
fn strays(rows: &BTreeMap<i32, Row>, own: i32) -> impl Iterator<Item = ProcessId> + '_ {
    let own_session = rows.get(&own).map(|row| row.session);
    let adopted = move |row: &&Row| {
        row.parent == own && own_session.is_some_and(|session| row.session != session)
    };
    rows.values()
        .filter(adopted)
        .map(|row| row.id)
        .filter(move |id| id.pid > 1 && id.pid != own)
}

/// Makes piton adopt the orphans of its agents, where the system knows how.
pub(crate) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    {
        // A kernel that refuses leaves the marker and the sessions to go by.
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[(i32, i32, i32)]) -> BTreeMap<i32, Row> {
        let row = |&(pid, parent, session): &(i32, i32, i32)| {
            let id = ProcessId {
                pid,
                start: u64::try_from(pid).unwrap(),
            };
            (
                pid,
                Row {
                    id,
                    parent,
                    session,
                    zombie: false,
                },
            )
        };
        rows.iter().map(row).collect()
    }

    /// A table that cannot be read, or not in every place.
    #[derive(Debug)]
    struct Torn {
        rows: bool,
    }

    impl ProcessTable for Torn {
        fn rows(&self) -> io::Result<BTreeMap<i32, Row>> {
            if self.rows {
                Ok(table(&[(4, 1, 4), (10, 4, 4)]))
            } else {
                Err(io::ErrorKind::Other.into())
            }
        }

        fn row(&self, pid: i32) -> io::Result<Option<Row>> {
            Ok(self.rows()?.remove(&pid))
        }

        fn tells_earlier(&self) -> bool {
            true
        }

        fn was_given(&self, _pid: i32, _assignment: &str) -> io::Result<bool> {
            Err(io::ErrorKind::Other.into())
        }

        fn works_below(&self, _pid: i32, _directory: &Path) -> io::Result<bool> {
            Err(io::ErrorKind::Other.into())
        }
    }

    #[test]
    fn what_cannot_be_looked_at_may_be_alive() {
        for rows in [false, true] {
            let table = Box::new(Torn { rows });
            let mut tree = Tree::told_by(table, None, Path::new("/"), "t");
            assert!(tree.look().is_err());
            assert!(!tree.is_clear());
        }
    }

    fn pids(rows: &[(i32, i32, i32)], before: &[(i32, u64)]) -> Vec<i32> {
        let before = before
            .iter()
            .map(|&(pid, start)| ProcessId { pid, start })
            .collect();
        members(&table(rows), Some(10), 5, &before)
            .into_iter()
            .map(|id| id.pid)
            .collect()
    }

    #[test]
    fn children_of_children_belong_whatever_their_session() {
        let rows = [
            (5, 1, 5),
            (10, 5, 5),
            (11, 10, 11),
            (12, 11, 11),
            (20, 5, 5),
            (30, 1, 30),
        ];
        assert_eq!(pids(&rows, &[]), [10, 11, 12]);
    }

    #[test]
    fn an_orphan_is_known_by_having_been_seen_and_brings_its_session_along() {
        let rows = [(5, 1, 5), (10, 5, 5), (11, 5, 11), (12, 5, 11)];
        assert_eq!(pids(&rows, &[]), [10]);
        assert_eq!(pids(&rows, &[(11, 11)]), [10, 11, 12]);
    }

    #[test]
    fn an_adopted_orphan_is_told_from_what_piton_starts_by_its_session() {
        let rows = table(&[(5, 1, 5), (10, 5, 5), (11, 5, 11), (12, 5, 5)]);
        assert_eq!(strays(&rows, 5).map(|id| id.pid).collect::<Vec<_>>(), [11]);
    }

    #[test]
    fn a_number_used_again_is_another_process() {
        let rows = [(5, 1, 5), (10, 5, 5), (11, 1, 11)];
        assert_eq!(pids(&rows, &[(11, 3)]), [10]);
    }

    #[test]
    fn pitons_own_session_is_never_drawn_in() {
        let rows = [(4, 1, 4), (5, 4, 4), (10, 5, 4), (6, 4, 4)];
        assert_eq!(pids(&rows, &[(10, 10)]), [10]);
    }

    proptest! {
        #[test]
        fn piton_and_the_first_process_never_belong(
            rows in proptest::collection::vec((1i32..12, 0i32..12, 1i32..12), 0..20),
            before in proptest::collection::vec(2i32..12, 0..3),
        ) {
            let mut table = table(&rows);
            let id = ProcessId { pid: 5, start: 5 };
            table.insert(5, Row { id, parent: 1, session: 5, zombie: false });
            let before = before.into_iter().filter(|pid| *pid != 5)
                .map(|pid| ProcessId { pid, start: u64::try_from(pid).unwrap() }).collect();
            let found = members(&table, Some(10), 5, &before);
            prop_assert!(found.iter().all(|id| id.pid > 1 && id.pid != 5));
        }
    }
}
