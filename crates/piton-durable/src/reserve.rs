//! Space that is set aside while there is some, for what must be written when
//! there is none.

use std::path::{Path, PathBuf};

use crate::atomic::{WriteError, create_dirs};
use crate::disk::{Disk, Kind};

/// A file that takes up space until it is given up.
#[derive(Clone, Debug)]
#[must_use = "a reserve that nobody gives up is space that nobody has"]
pub struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// Takes up `bytes` at `path`, or finds that they are taken up already.
    pub fn lay(disk: &dyn Disk, path: &Path, bytes: usize) -> Result<Self, WriteError> {
        let this = Self { path: path.into() };
        if let Some(stat) = disk.stat(path)? {
            if stat.kind == Kind::File && stat.len >= bytes as u64 {
                return Ok(this);
            }
            disk.remove_file(path)?;
        }
        if let Some(parent) = path.parent() {
            create_dirs(disk, parent)?;
        }
        let laid = disk
            .write_new(path, &noise(bytes), 0o600)
            // Some file systems find out only now that there is no room.
            .and_then(|()| disk.sync_file(path));
        if let Err(error) = laid {
            let _ = disk.remove_file(path);
            return Err(error.into());
        }
        Ok(this)
    }

    /// Gives the space up; there may be none.
    pub fn give_up(disk: &dyn Disk, path: &Path) {
        let _ = disk.remove_file(path);
    }

    /// Gives up this one.
    pub fn release(self, disk: &dyn Disk) {
        Self::give_up(disk, &self.path);
    }
}

/// Bytes that no file system can press together.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = Vec::with_capacity(bytes + 8);
    while noise.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        noise.extend_from_slice(&state.to_le_bytes());
    }
    noise.truncate(bytes);
    noise
}
