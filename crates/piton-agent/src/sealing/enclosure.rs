//! Where one program of others runs: what it may write, and a temporary
//! directory of its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, WriteError, tree};
use piton_seal::{CacheSet, Request, temporary_variables};
use thiserror::Error;

use super::Purpose;
use super::seeds;
use super::terms::SealTerms;
use crate::process::temporary_name;

/// What one program needs.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// What it may write: its slot, files of its own.
    pub write: Vec<PathBuf>,
    /// The same, for what need not be there.
    pub write_if_there: Vec<PathBuf>,
    /// What it may read although it is in a credential store.
    pub read: Vec<PathBuf>,
    pub purpose: Purpose,
    /// Which of the clone's own tool caches it uses.
    pub caches: CacheSet,
}

/// Where one program runs. Dropping it takes its temporary directory away.
#[derive(Debug)]
pub struct Enclosure<'a> {
    disk: &'a dyn Disk,
    request: Option<Request>,
    variables: Vec<(OsString, OsString)>,
    temporary: Option<PathBuf>,
}

/// Failure to make a place for a program to run in.
#[derive(Debug, Error)]
#[error("could not make a directory for the program to run in (TMPDIR says where)")]
pub struct EnclosureError(#[from] WriteError);

impl<'a> Enclosure<'a> {
    /// Makes what one program needs. `token` names the call.
    pub fn make(
        terms: &SealTerms,
        needs: Needs,
        token: &str,
        disk: &'a dyn Disk,
    ) -> Result<Self, EnclosureError> {
        let mut enclosure = Self {
            disk,
            request: None,
            variables: Vec::new(),
            temporary: None,
        };
        if terms.standing == piton_seal::Standing::Off {
            return Ok(enclosure);
        }
        let temporary = terms.temporary.join(temporary_name(token));
        disk.create_dir(&temporary).map_err(WriteError::from)?;
        enclosure.temporary = Some(temporary.clone());
        // Others of this machine have no business in it.
        disk.set_mode(&temporary, 0o700).map_err(WriteError::from)?;
        let named = temporary_variables(&temporary);
        let named = named.map(|(name, value)| (OsString::from(name), value));
        enclosure.variables.extend(named);
        let mut write = needs.write;
        write.push(temporary);
        let caches = terms.caches.iter();
        for cache in caches.flat_map(|caches| caches.set(needs.caches)) {
            seeds::plant(disk, &cache)?;
            write.push(cache.directory.clone());
            let named = cache.variables.iter();
            let named = named.map(|(name, value)| (OsString::from(name), value.clone()));
            enclosure.variables.extend(named);
        }
        enclosure.request = terms.request(needs.purpose).map(|mut request| {
            request.write.extend(write);
            request.write_if_there.extend(needs.write_if_there);
            request.read.extend(needs.read);
            request
        });
        Ok(enclosure)
    }

    /// Returns what the program may do; nothing where it is not sealed.
    pub fn request(&self) -> Option<Request> {
        self.request.clone()
    }

    /// Returns its temporary directory, for the note of the call.
    pub fn temporary(&self) -> Option<&Path> {
        self.temporary.as_deref()
    }

    /// Sets the variables that lead the program to what is its own.
    pub fn set(&self, environment: &mut BTreeMap<OsString, OsString>) {
        environment.extend(self.variables.iter().cloned());
    }
}

impl Drop for Enclosure<'_> {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // What cannot be removed is in the temporary directory, which the
            // system clears.
            let _ = tree::remove(self.disk, temporary);
        }
    }
}
