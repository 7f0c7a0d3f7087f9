//! Setting aside what was planted, and putting back what stood there.

use std::path::{Path, PathBuf};

use piton_durable::{
    Disk, DiskError, Kind, TreeError, WriteError, create_dirs, tree, write_atomic,
};

use super::bytes::Bytes;
use super::print::{Print, Prints};

/// What was planted is still there, or what stood there is not back.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} could not be set aside, and git would run or use it; remove it before you run git in \
     this repository",
    path.display()
)]
pub struct AsideError {
    path: PathBuf,
    #[source]
    source: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error("piton could not put back what was there before; look for it in the evidence")]
    Lost,
}

/// Moves what stands at `paths` into `evidence` and puts back what `before`
/// knows. Parents come before what is in them.
pub(super) fn set_aside(
    disk: &dyn Disk,
    paths: &[PathBuf],
    before: &Prints,
    evidence: &Path,
) -> Result<(), AsideError> {
    create_dirs(disk, evidence).map_err(|error| AsideError {
        path: evidence.to_owned(),
        source: error.into(),
    })?;
    for (number, path) in paths.iter().enumerate() {
        let failed = |source| AsideError {
            path: path.clone(),
            source,
        };
        let stays = matches!(before.get(path), Some(Print::Dir { .. })) && is_dir(disk, path);
        if !stays {
            move_away(disk, path, evidence, number).map_err(failed)?;
        }
    }
    for path in paths {
        let failed = |source| AsideError {
            path: path.clone(),
            source,
        };
        put_back(disk, path, before.get(path).unwrap_or(&Print::Missing)).map_err(failed)?;
    }
    Ok(())
}

/// A directory that still is one has another mode, and what is in it stays.
fn is_dir(disk: &dyn Disk, path: &Path) -> bool {
    matches!(disk.stat(path), Ok(Some(stat)) if stat.kind == Kind::Dir)
}

fn move_away(disk: &dyn Disk, path: &Path, evidence: &Path, number: usize) -> Result<(), Why> {
    let Some(stat) = disk.stat(path)? else {
        return Ok(());
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let to = evidence.join(format!("{number}-{name}"));
    if disk.rename(path, &to).is_ok() {
        // Nothing that is there is ever run, by whatever way.
        if stat.kind == Kind::File {
            disk.set_mode(&to, 0o600)?;
        }
        return Ok(());
    }
    // On another file system a file is copied, anything else is removed.
    if stat.kind == Kind::File {
        write_atomic(disk, &to, &disk.read(path)?, 0o600)?;
    }
    Ok(tree::remove(disk, path)?)
}

fn put_back(disk: &dyn Disk, path: &Path, before: &Print) -> Result<(), Why> {
    match before {
        Print::Missing => Ok(()),
        Print::File {
            mode,
            bytes: Some(Bytes(bytes)),
            ..
        } => Ok(write_atomic(disk, path, bytes, *mode)?),
        Print::Dir { mode } => {
            if disk.stat(path)?.is_none() {
                create_dirs(disk, path)?;
            }
            Ok(disk.set_mode(path, *mode)?)
        }
        Print::File { bytes: None, .. } | Print::Link { .. } | Print::Other | Print::Unreadable => {
            Err(Why::Lost)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use piton_durable::DiskRead;
    use piton_testkit::SimDisk;

    use super::*;

    const HOOKS: &str = "/repo/.git/hooks";
    const EVIDENCE: &str = "/repo/.git/piton/failures/set-aside";

    fn clear(disk: &SimDisk, before: &Prints, paths: &[&str]) -> Result<(), AsideError> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        set_aside(disk, &paths, before, Path::new(EVIDENCE))
    }

    fn look(disk: &SimDisk) -> Prints {
        let mut prints = Prints::new();
        Print::add_tree(disk, Path::new(HOOKS), 100, &mut prints);
        prints
    }

    fn kept(disk: &SimDisk, name: &str) -> Option<(Vec<u8>, u32)> {
        let path = Path::new(EVIDENCE).join(name);
        let mode = disk.stat(&path).unwrap()?.mode;
        Some((disk.read(&path).unwrap(), mode))
    }

    #[test]
    fn what_is_set_aside_can_be_read_and_not_run() {
        let disk = SimDisk::new();
        disk.put_dir(HOOKS);
        let before = look(&disk);
        let hook = "/repo/.git/hooks/pre-push";
        disk.put_mode(hook, "evil", 0o755);
        clear(&disk, &before, &[hook]).unwrap();
        assert_eq!(look(&disk), before);
        let evil = Some((b"evil".to_vec(), 0o600));
        assert_eq!(kept(&disk, "0-pre-push"), evil);
    }

    #[test]
    fn evidence_on_another_file_system_is_a_copy_that_cannot_be_run() {
        let disk = SimDisk::new();
        disk.put_dir(HOOKS);
        disk.put_dir(EVIDENCE);
        disk.mount(EVIDENCE, 2);
        let before = look(&disk);
        let (hook, dir) = ("/repo/.git/hooks/pre-push", "/repo/.git/hooks/more");
        disk.put_mode(hook, "evil", 0o755);
        disk.put("/repo/.git/hooks/more/evil", "evil");
        clear(&disk, &before, &[hook, dir]).unwrap();
        assert_eq!(look(&disk), before);
        let evil = Some((b"evil".to_vec(), 0o600));
        assert_eq!(kept(&disk, "0-pre-push"), evil);
    }

    #[test]
    fn a_directory_gets_its_mode_back_and_keeps_what_is_in_it() {
        let disk = SimDisk::new();
        disk.put("/repo/.git/hooks/pre-push", "mine");
        let before = look(&disk);
        disk.set_mode(Path::new(HOOKS), 0o777).unwrap();
        clear(&disk, &before, &[HOOKS]).unwrap();
        assert_eq!(look(&disk), before);
    }

    #[test]
    fn a_directory_that_was_removed_or_replaced_is_back_with_its_files() {
        for replace in [false, true] {
            let disk = SimDisk::new();
            let hook = "/repo/.git/hooks/pre-push";
            disk.put_mode(hook, "mine", 0o755);
            let before = look(&disk);
            disk.remove_file(Path::new(hook)).unwrap();
            disk.remove_dir(Path::new(HOOKS)).unwrap();
            if replace {
                disk.put(HOOKS, "a file");
            }
            clear(&disk, &before, &[HOOKS, hook]).unwrap();
            assert_eq!(look(&disk), before, "{replace}");
        }
    }

    #[test]
    fn what_cannot_be_put_back_is_told() {
        let disk = SimDisk::new();
        disk.put_symlink("/repo/.git/hooks/pre-push", "elsewhere");
        let before = look(&disk);
        let hook = "/repo/.git/hooks/pre-push";
        disk.remove_file(Path::new(hook)).unwrap();
        let error = clear(&disk, &before, &[hook]).unwrap_err();
        assert!(error.to_string().contains(hook), "{error}");
        let full = SimDisk::new();
        full.put_dir(HOOKS);
        let before = look(&full);
        full.put(hook, "evil");
        full.fail_from(1, io::ErrorKind::StorageFull);
        clear(&full, &before, &[hook]).unwrap_err();
    }
}
