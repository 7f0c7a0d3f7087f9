//! A file of lines that only grows.
//!
//! A line counts once its append returned. A crash may leave the beginning of
//! one more line at the end; readers pass over it and the next writer cuts it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::atomic::{WriteError, create_dirs};
use crate::disk::{Appender, Disk, DiskRead};
use crate::refusal::DiskError;

/// Why a log could not be read or continued.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("the log {} is not UTF-8 in line {line}", path.display())]
    NotUtf8 { path: PathBuf, line: usize },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("a line for {} cannot be encoded", path.display())]
    Encode {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The whole lines, without their line feeds.
    pub lines: Vec<String>,
    /// How many bytes of an unfinished line follow them.
    pub torn: usize,
}

/// Reads a log; a missing one is empty, and a torn last line is no error.
pub fn read_lines(disk: &dyn DiskRead, path: &Path) -> Result<Lines, LogError> {
    let bytes = read_or_empty(disk, path)?;
    let (whole, torn) = split_torn(&bytes);
    let lines = whole
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            std::str::from_utf8(text)
                .map(str::to_owned)
                .map_err(|_| LogError::NotUtf8 {
                    path: path.into(),
                    line: index + 1,
                })
        })
        .collect::<Result<_, _>>()?;
    Ok(Lines { lines, torn })
}

/// A log open for appending. One writer at a time; the caller holds the lock.
pub struct Log<'d> {
    disk: &'d dyn Disk,
    path: PathBuf,
    file: Box<dyn Appender>,
    /// The length up to which everything is whole.
    good: u64,
    /// An append failed, so there may be rubbish after `good`.
    soiled: bool,
}

impl<'d> Log<'d> {
    /// Opens the log at `path`, creating it with its directories where missing
    /// and cutting a torn last line.
    pub fn open(disk: &'d dyn Disk, path: &Path, mode: u32) -> Result<Self, LogError> {
        let parent = path.parent().unwrap_or(Path::new(""));
        create_dirs(disk, parent)?;
        let log = Self::open_unsynced(disk, path, mode)?;
        // A crash may have kept the file's lines and not yet its name.
        disk.sync_dir(parent)?;
        Ok(log)
    }

    /// The same in a directory that is there, with a name that a power cut may
    /// take: for what is evidence and decides nothing.
    pub fn open_unsynced(disk: &'d dyn Disk, path: &Path, mode: u32) -> Result<Self, LogError> {
        let bytes = read_or_empty(disk, path)?;
        let (whole, torn) = split_torn(&bytes);
        let file = disk.append(path, mode)?;
        let mut log = Log {
            disk,
            path: path.into(),
            file,
            good: whole.len() as u64,
            soiled: torn > 0,
        };
        log.cut()?;
        Ok(log)
    }

    /// Appends one value as a line of JSON, durably.
    pub fn append<T: Serialize>(&mut self, value: &T) -> Result<(), LogError> {
        self.append_all(std::slice::from_ref(value))
    }

    /// Appends several values with one sync: after a crash a prefix of them
    /// may be there.
    fn append_all<T: Serialize>(&mut self, values: &[T]) -> Result<(), LogError> {
        if values.is_empty() {
            return Ok(());
        }
        let whole = self.good;
        self.write(values)?;
        self.sync().inspect_err(|_| {
            // What did not become durable does not count.
            self.good = whole;
            self.soiled = true;
        })
    }

    /// Appends one value as a line of JSON that a power cut may still take,
    /// until the next sync: for what decides nothing before that.
    pub fn append_unsynced<T: Serialize>(&mut self, value: &T) -> Result<(), LogError> {
        self.write(std::slice::from_ref(value))
    }

    /// Makes durable what was appended without.
    pub fn sync(&mut self) -> Result<(), LogError> {
        Ok(self.file.sync()?)
    }

    fn write<T: Serialize>(&mut self, values: &[T]) -> Result<(), LogError> {
        let mut bytes = Vec::new();
        for value in values {
            serde_json::to_writer(&mut bytes, value).map_err(|source| LogError::Encode {
                path: self.path.clone(),
                source,
            })?;
            bytes.push(b'\n');
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.cut()?;
        self.soiled = true;
        self.file.append(&bytes)?;
        self.good += bytes.len() as u64;
        self.soiled = false;
        Ok(())
    }

    /// Removes what a failed append or a crash left after the last whole line.
    fn cut(&mut self) -> Result<(), LogError> {
        if !self.soiled {
            return Ok(());
        }
        self.disk.truncate(&self.path, self.good)?;
        self.disk.sync_file(&self.path)?;
        self.soiled = false;
        Ok(())
    }
}

impl fmt::Debug for Log<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("path", &self.path)
            .field("good", &self.good)
            .finish_non_exhaustive()
    }
}

fn read_or_empty(disk: &dyn DiskRead, path: &Path) -> Result<Vec<u8>, LogError> {
    match disk.read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Splits off what follows the last line feed.
fn split_torn(bytes: &[u8]) -> (&[u8], usize) {
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    (&bytes[..whole], bytes.len() - whole)
}
