//! Secrets that an agent wrote into a migration.

use std::path::Path;

use piton_agent::{Host, environment};
use piton_loop::planning::contents::Contents;

use crate::context::Context;

/// Returns a file of the candidate that holds the value of a variable which
/// looks like a secret, with the variable's name: it would be committed.
pub(super) fn found_in(context: &Context, dir: &Path) -> Option<(String, String)> {
    let host = Host::new(context.environment.raw());
    let secrets = environment::secrets(&host);
    let contents = Contents::read(&context.disk, dir).ok()??;
    contents.paths().find_map(|path| {
        let text = contents.text(path)?;
        let value = secrets
            .iter()
            .find(|value| value.len() >= SHORTEST && text.contains(*value))?;
        let holds = |other: &std::ffi::OsString| other.to_str() == Some(value);
        let (name, _) = host.environment.iter().find(|(_, other)| holds(other))?;
        Some((path.to_owned(), name.to_string_lossy().into_owned()))
    })
}

/// A shorter value says nothing: it comes up by chance.
const SHORTEST: usize = 8;
