//! Moving the migrations directory.

use std::path::Path;

use piton_durable::transaction::keep;
use piton_durable::{DiskRead, Kind, create_dirs, write_atomic};
use piton_plan::{Done, Failure, Given, Moment, Observation, Observe, Perform};

use super::{InTheWay, MigrationPerformer, MigrationWorld, MoveDir};

/// What stands at a place where the directory may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occupant {
    Nothing,
    EmptyDir,
    Dir,
    Other,
}

impl Observe<MoveDir> for MigrationWorld<'_> {
    fn observe(&self, op: &MoveDir, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        let (disk, top) = (self.disk, self.git.top());
        let from = look(disk, &op.from.under(top))?;
        let to = look(disk, &op.to.under(top))?;
        let free = match op.in_the_way {
            InTheWay::Nothing => to == Occupant::Nothing,
            InTheWay::EmptyDir => matches!(to, Occupant::Nothing | Occupant::EmptyDir),
            // After a kill the directory may be set aside already.
            InTheWay::Dir => to != Occupant::Other,
        };
        Ok(match (from, to) {
            (Occupant::Dir | Occupant::EmptyDir, _) if free => {
                Observation::pending(format!("a directory at {}", op.from), ())
            }
            (Occupant::Nothing, Occupant::Dir | Occupant::EmptyDir) => Observation::already(),
            (Occupant::Dir | Occupant::EmptyDir | Occupant::Nothing | Occupant::Other, _) => {
                Observation::changed(
                    op.premise(),
                    format!("{} at {}, {} at {}", told(from), op.from, told(to), op.to),
                )
            }
        })
    }
}

impl Perform<MoveDir> for MigrationPerformer<'_> {
    /// Sets aside what is in the way, rewrites the states, then moves. After a
    /// kill in between, the states name the new place already; doing it again
    /// completes the move.
    fn perform(&self, op: &MoveDir, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let _held = self.gate.enter("moving the migrations directory")?;
        let (disk, top, aside) = (self.disk, self.git.top(), self.backups);
        let (from, to) = (op.from.under(top), op.to.under(top));
        let mut message = String::new();
        if op.in_the_way == InTheWay::Dir && look(disk, &to)? == Occupant::Dir {
            let kept = keep(disk, &to, aside).map_err(Failure::io)?;
            message = format!("what was there is kept in {}", kept.display());
        }
        for rewrite in &op.rewrites {
            let path = rewrite.path.under(&from);
            let mode = disk.stat(&path)?.map_or(0o600, |stat| stat.mode);
            write_atomic(disk, &path, rewrite.content.as_bytes(), mode)?;
        }
        if let Some(parent) = to.parent() {
            create_dirs(disk, parent)?;
        }
        disk.rename(&from, &to)?;
        for parent in [to.parent(), from.parent()].into_iter().flatten() {
            disk.sync_dir(parent)?;
        }
        Ok(Done::saying(message))
    }
}

fn look(disk: &dyn DiskRead, path: &Path) -> Result<Occupant, Failure> {
    Ok(match disk.stat(path)?.map(|stat| stat.kind) {
        None => Occupant::Nothing,
        Some(Kind::Dir) => match disk.list(path) {
            Ok(entries) if entries.is_empty() => Occupant::EmptyDir,
            Ok(_) => Occupant::Dir,
            Err(error) => return Err(error.into()),
        },
        Some(Kind::File | Kind::Symlink | Kind::Other) => Occupant::Other,
    })
}

const fn told(place: Occupant) -> &'static str {
    match place {
        Occupant::Nothing => "nothing",
        Occupant::EmptyDir => "an empty directory",
        Occupant::Dir => "a directory with something in it",
        Occupant::Other => "something that is not a directory",
    }
}
