//! Git's settings, with the files they came from.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::GitError;
use crate::program::GitCommand;

/// One value of one setting. A key may have several; mostly the last counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Setting {
    /// Section and name are in lower case, what stands between as it is written.
    pub key: String,
    /// `None` where only the key is written, which means true.
    pub value: Option<String>,
    /// The file it is written in; `None` for one that came with the command.
    pub file: Option<PathBuf>,
}

impl Setting {
    /// Returns the last part of the key.
    pub fn name(&self) -> &str {
        self.key.rsplit('.').next().unwrap_or_default()
    }

    /// Returns the middle part of a key that has one.
    pub(crate) fn subsection(&self) -> Option<&str> {
        let (_, rest) = self.key.split_once('.')?;
        Some(rest.rsplit_once('.')?.0)
    }
}

/// Returns every setting that holds in a working tree, includes followed, in the
/// order in which git reads them.
pub(crate) fn read(top: &Path) -> Result<Vec<Setting>, GitError> {
    let command =
        GitCommand::reading(top).args(["config", "--list", "--includes", "--show-origin", "-z"]);
    let shown = command.shown().to_owned();
    let stdout = command.run()?;
    parse(&stdout, top).ok_or_else(|| GitError::Unreadable {
        command: shown,
        what: "it ends in the middle of a setting".to_owned(),
    })
}

/// Reads pairs of origin and setting, each ended by NUL.
fn parse(stdout: &[u8], top: &Path) -> Option<Vec<Setting>> {
    let text = String::from_utf8_lossy(stdout);
    let mut parts = text.split_terminator('\0');
    let mut settings = Vec::new();
    while let Some(origin) = parts.next() {
        let entry = parts.next()?;
        let (key, value) = match entry.split_once('\n') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (entry, None),
        };
        settings.push(Setting {
            key: key.to_owned(),
            value,
            file: origin.strip_prefix("file:").map(|file| top.join(file)),
        });
    }
    Some(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_values_are_told_apart() {
        let out = b"file:.git/config\0core.bare\nfalse\0command line:\0a.B.c.d\0";
        let got = parse(out, Path::new("/r")).unwrap();
        assert_eq!(got[0].file.as_deref(), Some(Path::new("/r/.git/config")));
        assert_eq!(got[0].value.as_deref(), Some("false"));
        assert_eq!(got[1].subsection(), Some("B.c"));
        assert_eq!((&got[1].value, &got[1].file), (&None, &None));
        assert_eq!(parse(b"file:x\0", Path::new("/r")), None);
    }
}
