//! Everything of a working tree that a commit would be made from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::program::GitCommand;
use crate::{CommitId, GitError, GitRead};

/// HEAD, the branch, and each path that differs from them in the index or in
/// the working tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    pub head: Option<CommitId>,
    pub branch: Option<String>,
    /// For each path what git says of it: states, modes, what is staged. Every
    /// untracked file has an entry of its own.
    pub paths: BTreeMap<PathBuf, String>,
}

/// Looks at the user's working tree. Neither hooks nor a file monitor run.
pub fn overview(git: &dyn GitRead) -> Result<Overview, GitError> {
    let command = GitCommand::watching(git.top()).args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignore-submodules=dirty",
    ]);
    let shown = command.shown().to_owned();
    let stdout = command.run_seeing_all_of_ours()?;
    parse(&stdout).map_err(|what| GitError::Unreadable {
        command: shown,
        what,
    })
}

fn parse(stdout: &[u8]) -> Result<Overview, String> {
    let mut overview = Overview::default();
    for record in stdout.split(|&byte| byte == 0).filter(|r| !r.is_empty()) {
        let unknown = || format!("record {:?}", String::from_utf8_lossy(record));
        let fields_before_path = match record[0] {
            b'1' => 8,
            b'u' => 10,
            b'?' => 1,
            b'#' => {
                let text = String::from_utf8_lossy(record);
                if let Some(id) = text.strip_prefix("# branch.oid ") {
                    overview.head = id.parse().ok();
                } else if let Some(name) = text.strip_prefix("# branch.head ") {
                    overview.branch = (name != "(detached)").then(|| name.to_owned());
                }
                continue;
            }
            _ => return Err(unknown()),
        };
        let path = record
            .splitn(fields_before_path + 1, |&byte| byte == b' ')
            .nth(fields_before_path)
            .ok_or_else(unknown)?;
        let said = &record[..record.len() - path.len()];
        overview.paths.insert(
            PathBuf::from(OsString::from_vec(path.to_vec())),
            String::from_utf8_lossy(said).trim_end().to_owned(),
        );
    }
    Ok(overview)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn head_branch_and_paths_are_read() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let out = format!(
            "# branch.oid {id}\0# branch.head a/b\0# branch.ab +1 -0\0\
             1 M. N... 100644 100644 100644 aa bb a b\0? new\0"
        );
        let got = parse(out.as_bytes()).unwrap();
        assert_eq!(got.head.unwrap().as_str(), id);
        assert_eq!(got.branch.as_deref(), Some("a/b"));
        assert_eq!(
            got.paths[Path::new("a b")],
            "1 M. N... 100644 100644 100644 aa bb"
        );
        assert_eq!(got.paths[Path::new("new")], "?");
        let none = parse(b"# branch.oid (initial)\0# branch.head (detached)\0").unwrap();
        assert_eq!((none.head, none.branch), (None, None));
        assert!(parse(b"x y").is_err());
    }
}
