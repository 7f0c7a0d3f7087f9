//! Writing one object into the user's store.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use piton_durable::{Disk, Doing};

use super::SlotError;

/// Writes one object durably. What a kill leaves of it has a name by which git
/// knows a piece of an object, and clears it away in time. Two slots may bring
/// the same object at once, so each writes a piece of its own.
pub(super) fn put_object(disk: &dyn Disk, target: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    let piece = loop {
        let piece = target.with_file_name(piece_name());
        match disk.write_new(&piece, bytes, 0o444) {
            Ok(()) => break piece,
            // A dead process had the same id and left its piece here.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                let _ = disk.remove_file(&piece);
                return Err(error.about(Doing::Write, target).into());
            }
        }
    };
    let written = disk
        .sync_file(&piece)
        .and_then(|()| disk.rename(&piece, target));
    if let Err(error) = written {
        let _ = disk.remove_file(&piece);
        return Err(error.about(Doing::Write, target).into());
    }
    match target.parent() {
        Some(dir) => Ok(disk.sync_dir(dir)?),
        None => Ok(()),
    }
}

/// The process id keeps processes apart, the counter threads.
fn piece_name() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("tmp_obj_{}_{counter}", std::process::id())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Barrier;
    use std::thread;

    use piton_durable::RealDisk;

    use super::*;

    #[test]
    fn slots_that_bring_the_same_object_at_once_all_succeed() {
        let dir = tempfile::tempdir().unwrap();
        for round in 0..50 {
            let target = dir.path().join(format!("object-{round}"));
            let start = Barrier::new(4);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        start.wait();
                        put_object(&RealDisk, &target, b"the same").unwrap();
                    });
                }
            });
            assert_eq!(fs::read(&target).unwrap(), b"the same");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 50);
    }
}
