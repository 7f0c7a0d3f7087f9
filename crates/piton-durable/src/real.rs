//! The machine's own disk.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the room behind which the raw calls stand"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::disk::{Appender, Disk, DiskRead, Ends, Entry, Kind, Stat};
use crate::refusal::{DiskError, DiskResult, Doing};
use crate::{deep, platform};

/// The machine's own file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl DiskRead for RealDisk {
    fn stat(&self, path: &Path) -> DiskResult<Option<Stat>> {
        match stat(path) {
            Ok(stat) => Ok(Some(stat)),
            Err(error) if nothing_there(&error) => Ok(None),
            Err(error) => Err(DiskError::new(Doing::Look, path, error)),
        }
    }

    fn read(&self, path: &Path) -> DiskResult<Vec<u8>> {
        self.read_at_most(path, u64::MAX)
    }

    fn read_at_most(&self, path: &Path, limit: u64) -> DiskResult<Vec<u8>> {
        read_at_most(path, limit).map_err(DiskError::at(Doing::Read, path))
    }

    fn read_ends(&self, path: &Path, most: usize) -> DiskResult<Ends> {
        read_ends(path, most).map_err(DiskError::at(Doing::Read, path))
    }

    fn read_link(&self, path: &Path) -> DiskResult<PathBuf> {
        fs::read_link(path).map_err(DiskError::at(Doing::Read, path))
    }

    fn resolve(&self, path: &Path) -> DiskResult<PathBuf> {
        fs::canonicalize(path).map_err(DiskError::at(Doing::Resolve, path))
    }

    fn list(&self, dir: &Path) -> DiskResult<Vec<Entry>> {
        list(dir).map_err(DiskError::at(Doing::List, dir))
    }
}

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> DiskResult<()> {
        fs::create_dir(path).map_err(DiskError::at(Doing::CreateDir, path))
    }

    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> DiskResult<()> {
        write_new(path, bytes, mode).map_err(DiskError::at(Doing::Write, path))
    }

    fn append(&self, path: &Path, mode: u32) -> DiskResult<Box<dyn Appender>> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(mode)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .map_err(DiskError::at(Doing::Append, path))?;
        Ok(Box::new(RealAppender {
            file,
            path: path.into(),
        }))
    }

    fn truncate(&self, path: &Path, len: u64) -> DiskResult<()> {
        OpenOptions::new()
            .write(true)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .and_then(|file| file.set_len(len))
            .map_err(DiskError::at(Doing::Cut, path))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> DiskResult<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .map_err(DiskError::at(Doing::SetMode, path))
    }

    fn sync_file(&self, path: &Path) -> DiskResult<()> {
        sync(path).map_err(DiskError::at(Doing::Sync, path))
    }

    fn sync_dir(&self, path: &Path) -> DiskResult<()> {
        sync(path).map_err(DiskError::at(Doing::Sync, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> DiskResult<()> {
        fs::rename(from, to).map_err(DiskError::between(Doing::Move, from, to))
    }

    fn rename_new(&self, from: &Path, to: &Path) -> DiskResult<()> {
        platform::rename_new(from, to).map_err(DiskError::between(Doing::Move, from, to))
    }

    fn exchange(&self, a: &Path, b: &Path) -> DiskResult<()> {
        platform::exchange(a, b).map_err(DiskError::between(Doing::Exchange, a, b))
    }

    fn remove_file(&self, path: &Path) -> DiskResult<()> {
        fs::remove_file(path).map_err(DiskError::at(Doing::Remove, path))
    }

    fn remove_dir(&self, path: &Path) -> DiskResult<()> {
        fs::remove_dir(path).map_err(DiskError::at(Doing::Remove, path))
    }

    fn remove_deep(&self, path: &Path) -> DiskResult<()> {
        deep::remove(path).map_err(DiskError::at(Doing::Remove, path))
    }
}

fn read_at_most(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let (mut file, len) = open(path)?;
    if len > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    read_whole(&mut file, usize::try_from(len).unwrap_or(0))
}

fn read_ends(path: &Path, most: usize) -> io::Result<Ends> {
    let (mut file, len) = open(path)?;
    let most = u64::try_from(most).unwrap_or(u64::MAX).min(len);
    let (mut first, mut last) = (Vec::new(), Vec::new());
    (&mut file).take(most).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(len - most))?;
    file.take(most).read_to_end(&mut last)?;
    Ok(Ends { first, last })
}

/// Opens a regular file, and returns how long it is.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new()
        .read(true)
        // NONBLOCK so that opening a pipe without a writer cannot hang.
        .custom_flags(
            OFlags::NOFOLLOW
                .union(OFlags::NONBLOCK)
                .bits()
                .cast_signed(),
        )
        .open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok((file, meta.len()))
}

fn list(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = fs::read_dir(dir)?
        .map(|entry| {
            let entry = entry?;
            Ok(Entry {
                name: entry.file_name(),
                kind: kind_of(entry.file_type()?),
            })
        })
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort_unstable();
    Ok(entries)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    // The umask took its share when the file was created.
    let written = file.set_permissions(fs::Permissions::from_mode(mode));
    let written = written.and_then(|()| file.write_all(bytes));
    // Nobody is to find half of it: it may be a lock of git's.
    written.inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Reads a file that had `len` bytes when it was opened. Asking for one byte
/// more than that and getting `len` shows the end without a second call, which
/// is a fifth of the cost of reading a small file.
fn read_whole(file: &mut File, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len.saturating_add(1)];
    let mut filled = 0;
    loop {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if filled == len {
            break;
        }
        if filled == bytes.len() {
            // It grew meanwhile.
            bytes.truncate(filled);
            file.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[derive(Debug)]
struct RealAppender {
    file: File,
    path: PathBuf,
}

impl Appender for RealAppender {
    fn append(&mut self, bytes: &[u8]) -> DiskResult<()> {
        self.file
            .write_all(bytes)
            .map_err(DiskError::at(Doing::Append, &self.path))
    }

    fn sync(&mut self) -> DiskResult<()> {
        self.file
            .sync_all()
            .map_err(DiskError::at(Doing::Sync, &self.path))
    }
}

/// Both mean that no such thing is there: the name is missing, or one of its
/// parents is a file.
fn nothing_there(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Looks at what stands at a path, a link itself.
#[cfg(target_os = "linux")]
fn stat(path: &Path) -> io::Result<Stat> {
    use rustix::fs::{AtFlags, CWD, FileType, StatxFlags, statx};
    use rustix::io::Errno;
    use std::time::{Duration, UNIX_EPOCH};

    let wanted = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
    let found = match statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted) {
        // An old kernel, or a container that was made for one.
        Err(Errno::NOSYS | Errno::PERM) => {
            return fs::symlink_metadata(path).map(|it| stat_of(&it));
        }
        found => found?,
    };
    if found.stx_mask & StatxFlags::MNT_ID.bits() == 0 {
        return fs::symlink_metadata(path).map(|it| stat_of(&it));
    }
    let since = Duration::from_secs(found.stx_mtime.tv_sec.unsigned_abs());
    let second = if found.stx_mtime.tv_sec < 0 {
        UNIX_EPOCH.checked_sub(since)
    } else {
        UNIX_EPOCH.checked_add(since)
    };
    let rest = Duration::from_nanos(found.stx_mtime.tv_nsec.into());
    Ok(Stat {
        kind: match FileType::from_raw_mode(found.stx_mode.into()) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Dir,
            FileType::Symlink => Kind::Symlink,
            _ => Kind::Other,
        },
        mode: u32::from(found.stx_mode) & 0o7777,
        len: found.stx_size,
        modified: second.and_then(|second| second.checked_add(rest)),
        // One disk may be mounted in two places, and renames cross no mount.
        device: found.stx_mnt_id,
    })
}

#[cfg(not(target_os = "linux"))]
fn stat(path: &Path) -> io::Result<Stat> {
    fs::symlink_metadata(path).map(|meta| stat_of(&meta))
}

fn stat_of(meta: &fs::Metadata) -> Stat {
    Stat {
        kind: kind_of(meta.file_type()),
        mode: meta.mode() & 0o7777,
        len: meta.len(),
        modified: meta.modified().ok(),
        device: meta.dev(),
    }
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_file() {
        Kind::File
    } else if file_type.is_dir() {
        Kind::Dir
    } else if file_type.is_symlink() {
        Kind::Symlink
    } else {
        Kind::Other
    }
}
