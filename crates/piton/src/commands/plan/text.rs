//! A text given by a file or on standard input.

use std::io::Read;
use std::path::Path;

use crate::context::Context;
use crate::error::{Attempt as _, CommandError};
use crate::operation::files;

/// How long a text may be: several times what GitHub takes.
const MOST: u64 = 1 << 20;

/// Reads the text of a file; `-` is standard input.
pub(super) fn read(context: &Context, file: &Path) -> Result<String, CommandError> {
    let shown = file.display();
    let bytes = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .take(MOST + 1)
            .read_to_end(&mut bytes)
            .or_failed("could not read standard input")?;
        bytes
    } else {
        files::read(&context.disk, &context.directory.join(file))?
            .ok_or_else(|| CommandError::usage(format!("could not read {shown}: no such file")))?
    };
    if bytes.len() as u64 > MOST {
        return Err(CommandError::usage(format!(
            "could not use {shown}: it is longer than {MOST} bytes, and GitHub takes 65536 characters"
        )));
    }
    String::from_utf8(bytes)
        .map_err(|_| CommandError::usage(format!("could not read {shown}: it is not UTF-8")))
}
