//! A shell that asks what may be typed.

use std::ffi::OsString;

use clap_complete::env::{CompleteEnv, Shells};

use super::names::here;

/// Set by the shells' scripts to their own name.
const VARIABLE: &str = "_PITON_COMPLETE";

/// Answers a shell that asks what may stand at its cursor, and tells whether
/// one asked.
pub(crate) fn answered(args: Vec<OsString>, definition: fn() -> clap::Command) -> bool {
    let answered = CompleteEnv::with_factory(definition)
        .var(VARIABLE)
        .try_complete(args, Some(&here()));
    // A shell has nobody to tell.
    answered.unwrap_or(true)
}

/// Returns the script that makes a shell ask, if there is one for it.
pub(crate) fn script(shell: &str) -> std::io::Result<Option<String>> {
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(shell) else {
        return Ok(None);
    };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "piton", "piton", "piton", &mut script)?;
    Ok(Some(String::from_utf8_lossy(&script).into_owned()))
}
