//! The text of `piton.toml`.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_plan::files::Content;
use piton_plan::{Handle, PlanBuilder};

use crate::config::{self, Key};
use crate::context::CONFIG_FILE;
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::operation::files::put;

/// What the file should say.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) migrations_dir: &'a RepoPath,
    pub(super) taste: &'a RepoPath,
    pub(super) validation_command: Option<&'a str>,
}

/// A new file explains its settings; an old one keeps everything it says.
const NEW: &str = "\
# piton's settings for this repository. `piton config show` lists all there are.

# Where live migrations are.
migrations-dir = \"\"

# The team's preferences, carried by every prompt.
taste = \"\"
";

const NEW_VALIDATION: &str = "
# The command that says whether the repository is sound. Run without a shell.
validation-command = \"\"
";

pub(super) fn decide(
    builder: &mut PlanBuilder<Op>,
    (disk, top): (&dyn DiskRead, &Path),
    old: Option<&[u8]>,
    wanted: &Wanted<'_>,
) -> Result<Option<Handle>, CommandError> {
    let old_text = old.map(String::from_utf8_lossy);
    let mut text = match (&old_text, wanted.validation_command) {
        (Some(old), _) => old.clone().into_owned(),
        (None, Some(_)) => format!("{NEW}{NEW_VALIDATION}"),
        (None, None) => NEW.to_owned(),
    };
    for (name, value) in [
        ("migrations-dir", Some(wanted.migrations_dir.as_str())),
        ("taste", Some(wanted.taste.as_str())),
        ("validation-command", wanted.validation_command),
    ] {
        let Some(written) = value else { continue };
        text = set(&text, name, written)?;
    }
    let path = CONFIG_FILE.parse().or_internal("could not name the file")?;
    let why = if old.is_some() {
        "this repository's settings, changed"
    } else {
        "this repository's settings"
    };
    let put = put((disk, top), path, Content::Text(text), why)?;
    Ok(put.map(|op| builder.add(Op::File(op))))
}

fn set(text: &str, name: &str, written: &str) -> Result<String, CommandError> {
    let key = Key::find(name).or_internal("could not find a setting")?;
    let value = key
        .kind()
        .parse(written)
        .map_err(|why| CommandError::usage(format!("--{name} {why}")))?;
    config::set(text, &key, &value).or_usage(format!("could not edit {CONFIG_FILE}"))
}
