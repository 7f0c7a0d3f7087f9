//! A temporary directory of a program's own.

use std::ffi::OsString;
use std::path::Path;

/// Returns the variables that lead a program's temporary files to `directory`.
/// The last is zsh's, which takes it for a beginning of names.
pub fn temporary_variables(directory: &Path) -> [(&'static str, OsString); 4] {
    let whole = directory.as_os_str().to_owned();
    [
        ("TMPDIR", whole.clone()),
        ("TMP", whole.clone()),
        ("TEMP", whole),
        ("TMPPREFIX", directory.join("zsh").into_os_string()),
    ]
}
