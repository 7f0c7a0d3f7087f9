//! Which rule makes git ignore a path.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::GitError;
use crate::program::GitCommand;

/// A line of a `.gitignore` or a file like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreRule {
    pub pattern: String,
    /// As git names it: from the top of the working tree, or a whole path.
    pub file: PathBuf,
    pub line: u32,
}

impl fmt::Display for IgnoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the rule `{}` in {}, line {}",
            self.pattern,
            self.file.display(),
            self.line
        )
    }
}

/// Returns the rule because of which git would ignore a new file at `path`.
pub(crate) fn rule_for(top: &Path, path: &Path) -> Result<Option<IgnoreRule>, GitError> {
    let command = GitCommand::reading(top).args(["check-ignore", "--verbose", "-z", "--stdin"]);
    let shown = command.shown().to_owned();
    let mut asked = path.as_os_str().as_bytes().to_vec();
    asked.push(0);
    let Some(stdout) = command.found(Some(&asked))? else {
        return Ok(None);
    };
    parse(&stdout).map_err(|what| GitError::Unreadable {
        command: shown,
        what,
    })
}

/// Reads file, line, pattern and path, each ended by NUL. A pattern that makes
/// an exception is told as well.
fn parse(stdout: &[u8]) -> Result<Option<IgnoreRule>, String> {
    let text = String::from_utf8_lossy(stdout);
    let mut parts = text.split('\0');
    let (Some(file), Some(line), Some(pattern)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("{text:?}"));
    };
    let rule = IgnoreRule {
        pattern: pattern.to_owned(),
        file: PathBuf::from(file),
        line: line.parse().map_err(|_| format!("line {line:?}"))?,
    };
    Ok((!pattern.starts_with('!')).then_some(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_told_and_an_exception_is_none() {
        let rule = parse(b".gitignore\x003\0migrations/\0migrations/x\0").unwrap();
        assert_eq!(
            rule.unwrap().to_string(),
            "the rule `migrations/` in .gitignore, line 3"
        );
        assert_eq!(parse(b".gitignore\x003\0!migrations/\0x\0").unwrap(), None);
        assert!(parse(b".gitignore").is_err());
    }
}
